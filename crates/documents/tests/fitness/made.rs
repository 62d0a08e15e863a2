//! Files to try, made in code.

use std::io::Write;

use exif::{Field, In, Rational, Tag, Value, experimental::Writer};
use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

pub const RED: [u8; 3] = [200, 30, 30];
pub const GREEN: [u8; 3] = [30, 180, 40];
pub const BLUE: [u8; 3] = [40, 50, 200];
pub const YELLOW: [u8; 3] = [230, 220, 40];

/// Corners, clockwise from the upper left.
pub const CORNERS: [[u8; 3]; 4] = [RED, GREEN, BLUE, YELLOW];

/// Four quarters of different colours: red, green, blue, yellow, clockwise from the upper left.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x * 2 < width, y * 2 < height) {
            (true, true) => RED,
            (false, true) => GREEN,
            (false, false) => BLUE,
            (true, false) => YELLOW,
        })
    })
}

/// Numbers without a pattern, the same every time.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// A sheet of paper with lines of “print”, mild grain; compresses like a scan. A small piece of it is
/// drawn and then laid out over the whole, because a debug build draws slowly.
pub fn sheet(width: u32, height: u32, seed: u64) -> RgbImage {
    const PIECE: u32 = 720;
    let grain = noise((PIECE * PIECE) as usize, seed);
    let piece = RgbImage::from_fn(PIECE, PIECE, |x, y| {
        let ink = (y / 24) % 3 == 0 && grain[((x / 15) + (y / 24) * 911) as usize] > 110;
        let base: u8 = if ink { 60 } else { 215 };
        let level = base + grain[(y * PIECE + x) as usize] % 24;
        Rgb([level, level, level.saturating_sub(8)])
    });
    let rows: Vec<&[u8]> = piece.as_raw().chunks_exact(PIECE as usize * 3).collect();
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height as usize {
        let row = rows[y % rows.len()];
        let end = pixels.len() + width as usize * 3;
        while pixels.len() < end {
            pixels.extend_from_slice(&row[..row.len().min(end - pixels.len())]);
        }
    }
    RgbImage::from_raw(width, height, pixels).unwrap()
}

pub fn encode(image: &RgbImage, quality: i32, subsamp: Subsamp, progressive: bool) -> Vec<u8> {
    let mut encoder = Compressor::new().unwrap();
    encoder.set_quality(quality).unwrap();
    encoder.set_subsamp(subsamp).unwrap();
    encoder.set_progressive(progressive).unwrap();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = Image {
        pixels: image.as_raw().as_slice(),
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    };
    encoder.compress_to_vec(pixels).unwrap()
}

pub fn jpeg(image: &RgbImage) -> Vec<u8> {
    encode(image, 92, Subsamp::Sub2x2, false)
}

pub fn gray_jpeg(width: usize, height: usize) -> Vec<u8> {
    let pixels: Vec<u8> = (0..width * height).map(|at| (at % width * 255 / width) as u8).collect();
    gray_jpeg_of(&pixels, width, height)
}

pub fn gray_jpeg_of(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut encoder = Compressor::new().unwrap();
    encoder.set_subsamp(Subsamp::Gray).unwrap();
    let image = Image { pixels, width, pitch: width, height, format: PixelFormat::GRAY };
    encoder.compress_to_vec(image).unwrap()
}

/// CMYK as Photoshop writes it: inverted, with its marker (the encoder writes one).
pub fn cmyk_jpeg(width: usize, height: usize, ink: [u8; 4]) -> Vec<u8> {
    let pixels: Vec<u8> = ink.iter().map(|ink| 255 - ink).cycle().take(width * height * 4).collect();
    let mut encoder = Compressor::new().unwrap();
    encoder.set_subsamp(Subsamp::None).unwrap();
    let image = Image { pixels: &pixels[..], width, pitch: width * 4, height, format: PixelFormat::CMYK };
    encoder.compress_to_vec(image).unwrap()
}

/// Puts a segment right after the start of a JPEG.
pub fn with_segment(jpeg: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, payload, &jpeg[2..]].concat()
}

/// EXIF with orientation, GPS position and a camera's serial number.
pub fn exif_block(orientation: u16) -> Vec<u8> {
    let fields = [
        Field { tag: Tag::Orientation, ifd_num: In::PRIMARY, value: Value::Short(vec![orientation]) },
        Field {
            tag: Tag::Make,
            ifd_num: In::PRIMARY,
            value: Value::Ascii(vec![b"SECRET-PLACE phone".to_vec()]),
        },
        Field {
            tag: Tag::GPSLatitude,
            ifd_num: In::PRIMARY,
            value: Value::Rational([31, 14, 9].map(|num| Rational { num, denom: 1 }).to_vec()),
        },
        Field { tag: Tag::GPSLatitudeRef, ifd_num: In::PRIMARY, value: Value::Ascii(vec![b"N".to_vec()]) },
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = std::io::Cursor::new(Vec::new());
    writer.write(&mut block, false).unwrap();
    block.into_inner()
}

pub fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    with_segment(jpeg, 0xE1, &[b"Exif\0\0", &exif_block(orientation)[..]].concat())
}

pub fn with_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    with_segment(jpeg, 0xE2, &[b"ICC_PROFILE\0\x01\x01", profile].concat())
}

pub fn raster(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A TIFF of several uncompressed RGB pages, little endian.
pub fn tiff(pages: &[RgbImage]) -> Vec<u8> {
    let mut bytes = b"II\x2A\x00\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let data = bytes.len() as u32;
        bytes.extend_from_slice(page.as_raw());
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        let bits = bytes.len() as u32;
        [8_u16, 8, 8].iter().for_each(|bits| bytes.extend_from_slice(&bits.to_le_bytes()));
        let directory = bytes.len() as u32;
        bytes[link..link + 4].copy_from_slice(&directory.to_le_bytes());
        let entries: [(u16, u16, u32, u32); 9] = [
            (256, 4, 1, page.width()),
            (257, 4, 1, page.height()),
            (258, 3, 3, bits),
            (259, 3, 1, 1),
            (262, 3, 1, 2),
            (273, 4, 1, data),
            (277, 3, 1, 3),
            (278, 4, 1, page.height()),
            (279, 4, 1, page.as_raw().len() as u32),
        ];
        bytes.extend_from_slice(&(entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            bytes.extend_from_slice(&tag.to_le_bytes());
            bytes.extend_from_slice(&kind.to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        link = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes
}

/// A TIFF of one page, little endian, as its directory tells it.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    pub width: u32,
    pub height: u32,
    pub samples: u16,
    pub photometric: u16,
    pub compression: u16,
    /// Rows of a strip.
    pub lines: u32,
    /// What the samples beyond the colours are.
    pub extra: &'a [u16],
    pub predictor: u16,
    pub profile: &'a [u8],
}

impl Page<'_> {
    /// Eight bits, packed with zlib.
    pub fn rgb(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            samples: 3,
            photometric: 2,
            compression: 8,
            lines: 100,
            extra: &[],
            predictor: 1,
            profile: b"",
        }
    }

    /// The file whose rows are all the same.
    pub fn packed(&self, row: &[u8]) -> Vec<u8> {
        let strip = |strip: u32| {
            let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
            let lines = self.lines.min(self.height - strip * self.lines);
            (0..lines).for_each(|_| packed.write_all(row).unwrap());
            packed.finish().unwrap()
        };
        self.file(&(0..self.height.div_ceil(self.lines)).map(strip).collect::<Vec<_>>())
    }

    /// The file of these strips.
    pub fn file(&self, strips: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = b"II\x2A\x00\0\0\0\0".to_vec();
        let (mut offsets, mut lengths) = (Vec::new(), Vec::new());
        for strip in strips {
            offsets.push(bytes.len() as u32);
            lengths.push(strip.len() as u32);
            bytes.extend_from_slice(strip);
        }
        let mut put = |part: Vec<u8>| {
            bytes.resize(bytes.len().next_multiple_of(2), 0);
            let at = bytes.len() as u32;
            bytes.extend_from_slice(&part);
            at
        };
        // A list of one stands in the directory itself.
        let mut list = |numbers: &[u32]| match numbers {
            [only] => *only,
            _ => put(numbers.iter().flat_map(|number| number.to_le_bytes()).collect()),
        };
        let (offsets, lengths) = (list(&offsets), list(&lengths));
        let bits = put([8, 0].repeat(usize::from(self.samples)));
        let profile = put(self.profile.to_vec());
        let count = strips.len() as u32;
        let mut entries: Vec<(u16, u16, u32, u32)> = vec![
            (256, 4, 1, self.width),
            (257, 4, 1, self.height),
            (258, 3, u32::from(self.samples), bits),
            (259, 3, 1, u32::from(self.compression)),
            (262, 3, 1, u32::from(self.photometric)),
            (273, 4, count, offsets),
            (277, 3, 1, u32::from(self.samples)),
            (278, 4, 1, self.lines),
            (279, 4, count, lengths),
            (317, 3, 1, u32::from(self.predictor)),
        ];
        // Two of them stand in the directory itself.
        if let [first, rest @ ..] = self.extra {
            let both = u32::from(*first) | u32::from(rest.first().copied().unwrap_or(0)) << 16;
            entries.push((338, 3, self.extra.len() as u32, both));
        }
        if !self.profile.is_empty() {
            entries.push((34_675, 7, self.profile.len() as u32, profile));
        }
        let mut directory = (entries.len() as u16).to_le_bytes().to_vec();
        for (tag, kind, count, value) in entries {
            directory.extend_from_slice(&tag.to_le_bytes());
            directory.extend_from_slice(&kind.to_le_bytes());
            directory.extend_from_slice(&count.to_le_bytes());
            directory.extend_from_slice(&value.to_le_bytes());
        }
        directory.extend_from_slice(&[0; 4]);
        let directory = put(directory);
        bytes[4..8].copy_from_slice(&directory.to_le_bytes());
        bytes
    }
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Packed as a strip of a TIFF is, by another program's encoder.
pub fn lzw(bytes: &[u8]) -> Vec<u8> {
    use tiff::{
        encoder::{Compression, TiffEncoder, colortype::Gray8},
        tags::Tag,
    };
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap().with_compression(Compression::Lzw);
    encoder.write_image::<Gray8>(bytes.len() as u32, 1, bytes).unwrap();
    let file = file.into_inner();
    let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(&file)).unwrap();
    let mut number = |tag| decoder.get_tag_u32_vec(tag).unwrap()[0] as usize;
    let (at, length) = (number(Tag::StripOffsets), number(Tag::StripByteCounts));
    file[at..at + length].to_vec()
}

/// The checksum of a PNG's chunks.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}

/// A PDF with a picture on each page, and whatever `more` does to it.
pub fn pdf(pictures: Vec<Stream>, more: impl FnOnce(&mut Document)) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let mut kids = Vec::new();
    for picture in pictures {
        let picture = document.add_object(picture);
        let content =
            document.add_object(Stream::new(dictionary! {}, b"q 595 0 0 842 0 0 cm /P Do Q".to_vec()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            "Resources" => dictionary! { "XObject" => dictionary! { "P" => picture } },
        });
        kids.push(Object::Reference(page));
    }
    let count = kids.len() as i64;
    document.objects.insert(
        tree,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    more(&mut document);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

pub fn catalog(document: &mut Document) -> &mut Dictionary {
    document.catalog_mut().unwrap()
}

/// Every stream of a PDF, unpacked, and its strings: what somebody who searches the file would find.
pub fn unpacked(pdf: &[u8]) -> Vec<u8> {
    let mut document = Document::load_mem(pdf).unwrap();
    document.decompress();
    let mut all = pdf.to_vec();
    document.save_to(&mut all).unwrap();
    all
}

pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// A page of drawn content instead of a picture, put at the end of a document.
pub fn add_page(document: &mut Document, content: &[u8], resources: Dictionary) -> lopdf::ObjectId {
    let tree = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
    let content = document.add_object(Stream::new(dictionary! {}, content.to_vec()));
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    });
    let root = document.get_dictionary_mut(tree).unwrap();
    root.get_mut(b"Kids").unwrap().as_array_mut().unwrap().push(page.into());
    let count = root.get(b"Count").unwrap().as_i64().unwrap();
    root.set("Count", count + 1);
    page
}

/// An image XObject of a JPEG.
pub fn jpeg_stream(jpeg: Vec<u8>, width: u32, height: u32) -> Stream {
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
        "ColorSpace" => "DeviceRGB", "BitsPerComponent" => 8, "Filter" => "DCTDecode",
    };
    Stream::new(dict, jpeg)
}

/// Colour in the middle of each quarter, clockwise from the upper left.
pub fn corners(image: &RgbImage) -> [[u8; 3]; 4] {
    let (width, height) = image.dimensions();
    let at = |x: u32, y: u32| image.get_pixel(width * x / 4, height * y / 4).0;
    [at(1, 1), at(3, 1), at(3, 3), at(1, 3)]
}

pub fn assert_near(found: [u8; 3], expected: [u8; 3], what: &str) {
    let far = found.iter().zip(expected).any(|(found, expected)| found.abs_diff(expected) > 12);
    assert!(!far, "{what}: {found:?} instead of {expected:?}");
}

pub fn pixels(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}
