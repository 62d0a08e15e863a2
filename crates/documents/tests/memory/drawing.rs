//! Pages that ask for more than they look: little to store, much to keep until all is drawn. Each is drawn with as
//! much of its kind as is let through, and refused with more.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{DRAWN, MOST, held, made};

/// As large as a person can look at a page, pixels.
const LARGEST: u32 = 4096;

fn draw(what: &str, source: Vec<u8>, edge: u32, taken: bool) {
    held(what, source, taken, Some((DRAWN, edge.to_string())), MOST);
}

fn page_of(content: &[u8], resources: impl FnOnce(&mut Document) -> Dictionary) -> Vec<u8> {
    let mut packed = Stream::new(dictionary! {}, content.to_vec());
    packed.compress().unwrap();
    made::pdf(vec![], |document| {
        let resources = resources(document);
        let page = made::add_page(document, b"", resources);
        let content = document.add_object(packed);
        document.get_dictionary_mut(page).unwrap().set("Contents", content);
    })
}

fn packed(document: &mut Document, dict: Dictionary, content: &[u8]) -> ObjectId {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    let mut stream = Stream::new(dict, encoder.finish().unwrap());
    stream.dict.set("Filter", "FlateDecode");
    document.add_object(stream)
}

fn picture(document: &mut Document, side: u32, space: &str, samples: usize) -> Object {
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => side, "Height" => side,
        "ColorSpace" => space, "BitsPerComponent" => 8,
    };
    let side = usize::try_from(side).unwrap();
    packed(document, dict, &vec![120; side * side * samples]).into()
}

fn pictures(count: usize, side: u32, space: &str, samples: usize) -> Vec<u8> {
    page_of(&b"q 595 0 0 842 0 0 cm /P Do Q ".repeat(count), |document| {
        let picture = picture(document, side, space, samples);
        dictionary! { "XObject" => dictionary! { "P" => picture } }
    })
}

#[test]
fn pictures_over_each_other() {
    draw("PDF, 16 pictures over each other", pictures(16, 2_000, "DeviceGray", 1), 1_600, true);
    draw("PDF, 200 pictures over each other", pictures(200, 2_000, "DeviceGray", 1), 1_600, false);
}

#[test]
fn small_pictures_and_clips() {
    let dots = |count: usize| pictures(count, 1, "DeviceGray", 1);
    draw("PDF, 60 pictures of a pixel", dots(60), 1_600, true);
    draw("PDF, 20 000 pictures of a pixel", dots(20_000), 1_600, false);
    let clipped = |count: usize| {
        let clip = (0..1_000).map(|line| format!("0 {line} m 595 {} l ", line + 3)).collect::<String>();
        let content = [clip.into_bytes(), b"W n ".to_vec(), b"0 0 595 842 re f ".repeat(count)].concat();
        page_of(&content, |_| dictionary! {})
    };
    draw("PDF, 4 areas within a clip of many pieces", clipped(4), 2_000, true);
    draw("PDF, 5 000 areas within a clip of many pieces", clipped(5_000), 1_600, false);
    let framed = b"q 20 20 555 802 re W n 30 30 m 400 400 l S Q ".repeat(2_000);
    draw("PDF, 2 000 frames, each with a line", page_of(&framed, |_| dictionary! {}), 2_000, true);
}

/// A sheet of A4 as a scanner makes it with 600 dots an inch.
#[test]
fn an_ordinary_scan_is_shown() {
    let (width, height) = (4_960, 7_016);
    let jpeg = made::encode(&made::sheet(width, height, 1), 60, turbojpeg::Subsamp::Sub2x2, false);
    let mut scan = made::jpeg_stream(jpeg, width, height);
    let profile = moxcms::ColorProfile::new_srgb().encode().unwrap();
    let source = page_of(b"q 595 0 0 842 0 0 cm /P Do Q", |document| {
        let profile = document.add_object(Stream::new(dictionary! { "N" => 3 }, profile));
        scan.dict.set("ColorSpace", vec!["ICCBased".into(), profile.into()]);
        let scan = document.add_object(scan);
        dictionary! { "XObject" => dictionary! { "P" => scan } }
    });
    draw("PDF, a scan of A4 at 600 dpi with a profile", source, 2_048, true);
}

#[test]
fn large_pictures() {
    draw("PDF, gray without loss, 36 MP, drawn", pictures(1, 6_000, "DeviceGray", 1), LARGEST, true);
    draw("PDF, RGB without loss, 20 MP, drawn", pictures(1, 4_500, "DeviceRGB", 3), 2_000, true);
    draw("PDF, ink without loss, 49 MP, drawn", pictures(1, 7_000, "DeviceCMYK", 4), 2_000, false);
}

#[test]
fn masks() {
    let source = |count: usize| {
        let content: Vec<u8> =
            (0..count).flat_map(|one| format!("/G{one} gs 0 0 595 842 re f ").into_bytes()).collect();
        page_of(&content, |document| {
            let mut states = Dictionary::new();
            for one in 0..count {
                let dict = dictionary! {
                    "Type" => "XObject", "Subtype" => "Form", "Group" => dictionary! { "S" => "Transparency", "CS" => "DeviceGray" },
                    "BBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "Resources" => dictionary! {},
                };
                let form = packed(document, dict, format!("0.5 g {one} 0 300 842 re f").as_bytes());
                let mask = dictionary! { "Type" => "Mask", "S" => "Luminosity", "G" => form };
                states.set(format!("G{one}"), dictionary! { "SMask" => mask });
            }
            dictionary! { "ExtGState" => states }
        })
    };
    draw("PDF, 6 masks", source(6), LARGEST, true);
    draw("PDF, 3 000 masks", source(3_000), LARGEST, false);
}

#[test]
fn paint_over_paint() {
    let areas = |count: usize| page_of(&b"1 1 590 830 re f ".repeat(count), |_| dictionary! {});
    draw("PDF, 300 areas over each other", areas(300), LARGEST, true);
    draw("PDF, 300 000 areas over each other", areas(300_000), LARGEST, false);
    let lines = |count: usize| page_of(&b"0 0 m 595 842 l S ".repeat(count), |_| dictionary! {});
    draw("PDF, 500 lines over each other", lines(500), LARGEST, true);
    draw("PDF, 100 000 lines over each other", lines(100_000), LARGEST, false);
    let dashes = |length: &str| {
        page_of(format!("[{length}] 0 d 9 w 0 0 m 595 842 l S").as_bytes(), |_| dictionary! {})
    };
    draw("PDF, dashes", dashes("0.1"), LARGEST, true);
    draw("PDF, dashes beyond count", dashes("0.0000001"), LARGEST, false);
    let zigzag = |count: usize| {
        let content = [b"0 0 m ".to_vec(), b"595 842 l 0 0 l ".repeat(count), b"S".to_vec()].concat();
        page_of(&content, |_| dictionary! {})
    };
    draw("PDF, one line of 1 000 pieces", zigzag(500), LARGEST, true);
    draw("PDF, one line of 200 000 pieces", zigzag(100_000), LARGEST, false);
    draw("PDF, one line of 4 000 000 pieces", zigzag(2_000_000), LARGEST, false);
    draw(
        "PDF, 20 000 000 states saved",
        page_of(&b"q ".repeat(20_000_000), |_| dictionary! {}),
        LARGEST,
        false,
    );
}

#[test]
fn print() {
    let source = |times: usize| {
        let content = [
            b"BT /F 8 Tf 9 TL 0 800 Td ".to_vec(),
            b"(abcdefghijklmnopqrstuvwxyz) ' ".repeat(times),
            b"ET".to_vec(),
        ];
        page_of(&content.concat(), |_| {
            let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
            dictionary! { "Font" => dictionary! { "F" => font } }
        })
    };
    draw("PDF, a page dense with print", source(90), LARGEST, true);
    draw("PDF, millions of letters", source(150_000), LARGEST, false);
}

#[test]
fn cells_and_meshes() {
    let cells = |count: usize| {
        let fill = b"/Pattern cs /P scn 0 0 595 842 re f ".repeat(count);
        page_of(&fill, |document| {
            let dict = dictionary! {
                "Type" => "Pattern", "PatternType" => 1, "PaintType" => 1, "TilingType" => 1,
                "BBox" => vec![0.into(), 0.into(), 500.into(), 700.into()],
                "XStep" => 500, "YStep" => 700, "Resources" => dictionary! {},
            };
            let cell = packed(document, dict, b"0 0 250 350 re f");
            dictionary! { "Pattern" => dictionary! { "P" => cell } }
        })
    };
    draw("PDF, 5 fills with a large cell", cells(5), 2_000, true);
    draw("PDF, 300 fills with a large cell", cells(300), 2_000, false);
    let mesh = |side: i64| {
        page_of(b"/S sh", |document| {
            let decode = [0, side, 0, side, 0, 1, 0, 1, 0, 1].map(Object::from).to_vec();
            let dict = dictionary! {
                "ShadingType" => 4, "ColorSpace" => "DeviceRGB", "BitsPerCoordinate" => 8,
                "BitsPerComponent" => 8, "BitsPerFlag" => 8, "Decode" => decode,
            };
            let corner = |x: u8, y: u8| [0, x, y, 200, 90, 40];
            let corners = [corner(0, 0), corner(255, 0), corner(0, 255)].concat();
            let shading = packed(document, dict, &corners);
            dictionary! { "Shading" => dictionary! { "S" => shading } }
        })
    };
    draw("PDF, a mesh", mesh(500), 1_200, true);
    draw("PDF, a mesh far beyond its page", mesh(40_000), 1_200, false);
}
