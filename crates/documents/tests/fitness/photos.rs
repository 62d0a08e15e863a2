//! JPEG in.

use documents::{Change, Finding, Format, Kind, PageFinding};
use turbojpeg::Subsamp;

use crate::{made, prepare, turned};

/// Where the upright corners of a picture stored with this orientation come from: `stored(o)[i]` is the
/// colour that must be stored at corner i so that the upright picture reads red, green, blue, yellow.
fn stored_for(orientation: u16) -> [usize; 4] {
    match orientation {
        2 => [1, 0, 3, 2],
        3 => [2, 3, 0, 1],
        4 => [3, 2, 1, 0],
        5 => [0, 3, 2, 1],
        6 => [1, 2, 3, 0],
        7 => [2, 1, 0, 3],
        8 => [3, 0, 1, 2],
        _ => [0, 1, 2, 3],
    }
}

/// Quarters that lie as a camera with this orientation stores them.
pub fn stored(width: u32, height: u32, orientation: u16) -> image::RgbImage {
    let colours = stored_for(orientation).map(|corner| made::CORNERS[corner]);
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb(match (x * 2 < width, y * 2 < height) {
            (true, true) => colours[0],
            (false, true) => colours[1],
            (false, false) => colours[2],
            (true, false) => colours[3],
        })
    })
}

#[test]
fn a_second_header_with_a_thumbnail_is_left_behind() {
    let plain = made::jpeg(&made::quarters(200, 100));
    let header = [&b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01"[..], &[9, 9, 9]].concat();
    let twice = made::with_segment(&made::with_segment(&plain, 0xE0, &header), 0xE0, &header);
    let prepared = prepare(&twice).unwrap();
    assert!(documents::check(&prepared.bytes, &documents::Limits::default()).is_ok());
}

#[test]
fn all_orientations_come_out_upright_and_without_their_place() {
    // Whole blocks turn without loss, odd sides are encoded anew: both must be right.
    for (width, height) in [(1280_u32, 960_u32), (1283, 957)] {
        for orientation in 1..=8_u16 {
            let source = made::with_exif(&made::jpeg(&stored(width, height, orientation)), orientation);
            assert!(memchr::memmem::find(&source, b"SECRET-PLACE").is_some());
            let prepared = prepare(&source).unwrap();
            let swapped = orientation >= 5;
            let longer_is_height = prepared.height > prepared.width;
            assert_eq!(swapped, longer_is_height, "orientation {orientation}");
            let upright = made::pixels(&prepared.bytes);
            for (found, expected) in made::corners(&upright).into_iter().zip(made::CORNERS) {
                made::assert_near(found, expected, &format!("orientation {orientation}, {width} wide"));
            }
            let small = made::pixels(&prepared.thumbnail);
            for (found, expected) in made::corners(&small).into_iter().zip(made::CORNERS) {
                made::assert_near(found, expected, &format!("thumbnail of orientation {orientation}"));
            }
            let expected = if orientation == 1 { Change::Stripped } else { Change::Converted };
            assert_eq!(prepared.change, expected);
            assert_eq!(prepared.source.width, width, "the source is described as stored");
        }
    }
}

#[test]
fn a_person_turns_on_top_of_what_the_file_says() {
    let source = made::with_exif(&made::jpeg(&stored(1280, 960, 6)), 6);
    for turns in 0..=7_u8 {
        let prepared = turned(&source, turns).unwrap();
        let mut expected = made::CORNERS;
        expected.rotate_right(usize::from(turns % 4));
        for (found, expected) in made::corners(&made::pixels(&prepared.bytes)).into_iter().zip(expected) {
            made::assert_near(found, expected, &format!("{turns} quarter turns"));
        }
    }
}

#[test]
fn a_fit_file_keeps_its_bytes() {
    let plain = made::jpeg(&made::sheet(1600, 1200, 1));
    let prepared = prepare(&plain).unwrap();
    assert_eq!((prepared.change, prepared.bytes == plain), (Change::Kept, true));
    assert_eq!((prepared.kind, prepared.source.format), (Kind::Jpeg, Format::Jpeg));
    assert!(prepared.findings.is_empty(), "{:?}", prepared.findings);

    let progressive = made::encode(&made::sheet(1600, 1200, 2), 90, Subsamp::None, true);
    assert_eq!(prepare(&progressive).unwrap().bytes, progressive);

    let gray = made::gray_jpeg(1200, 900);
    assert_eq!(prepare(&gray).unwrap().bytes, gray);
}

#[test]
fn metadata_of_every_kind_goes_and_the_picture_stays() {
    let plain = made::jpeg(&made::sheet(1600, 1200, 3));
    let srgb = moxcms::ColorProfile::new_srgb().encode().unwrap();
    let mut loaded = made::with_exif(&plain, 1);
    loaded = made::with_segment(&loaded, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<SECRET-PLACE/>");
    loaded = made::with_segment(&loaded, 0xED, b"Photoshop 3.0\0SECRET-PLACE");
    loaded = made::with_segment(&loaded, 0xFE, b"SECRET-PLACE in a comment");
    loaded = made::with_profile(&loaded, &srgb);
    // A second picture (or film) glued on after the end, as “motion photos” have it.
    loaded.extend_from_slice(&made::with_exif(&plain, 1));
    let prepared = prepare(&loaded).unwrap();
    assert_eq!(prepared.change, Change::Stripped);
    assert_eq!(prepared.bytes, plain, "byte for byte what it was before the metadata");
}

#[test]
fn a_thumbnail_in_the_jfif_segment_goes() {
    let plain = made::jpeg(&made::sheet(1200, 900, 4));
    assert_eq!(&plain[2..4], b"\xFF\xE0");
    let rest = &plain[20..];
    let mut jfif = b"JFIF\0\x01\x01\0\0\x01\0\x01\x02\x02".to_vec();
    jfif.extend_from_slice(&[7; 12]);
    let loaded = made::with_segment(&[&plain[..2], rest].concat(), 0xE0, &jfif);
    let prepared = prepare(&loaded).unwrap();
    assert_eq!(prepared.bytes, plain);
}

#[test]
fn display_p3_becomes_srgb() {
    let colour = [80, 160, 80];
    let image = image::RgbImage::from_pixel(1200, 900, image::Rgb(colour));
    let p3 = moxcms::ColorProfile::new_display_p3();
    let source = made::with_profile(&made::encode(&image, 95, Subsamp::None, false), &p3.encode().unwrap());
    let prepared = prepare(&source).unwrap();
    let srgb = moxcms::ColorProfile::new_srgb();
    let layout = moxcms::Layout::Rgb;
    let transform = p3.create_transform_8bit(layout, &srgb, layout, Default::default()).unwrap();
    let mut expected = [0; 3];
    transform.transform(&colour, &mut expected).unwrap();
    assert!(expected[0] + 10 < colour[0], "the test would prove nothing: {expected:?}");
    let found = made::pixels(&prepared.bytes).get_pixel(600, 450).0;
    assert!(found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4), "{found:?} for {expected:?}");
    assert_eq!(prepared.change, Change::Converted);
    assert!(memchr::memmem::find(&prepared.bytes, b"ICC_PROFILE").is_none());
}

#[test]
fn printers_ink_becomes_light() {
    let prepared = prepare(&made::cmyk_jpeg(1200, 900, [0, 200, 200, 20])).unwrap();
    assert_eq!(prepared.change, Change::Converted);
    let found = made::pixels(&prepared.bytes).get_pixel(600, 450).0;
    made::assert_near(found, [235, 51, 51], "red ink");
}

#[test]
fn twelve_megapixels_of_noise_fit() {
    let (width, height) = (4000, 3000);
    let image = image::RgbImage::from_raw(width, height, made::noise(36_000_000, 5)).unwrap();
    let source = made::encode(&image, 90, Subsamp::Sub2x2, false);
    assert!(source.len() > 8_000_000);
    let prepared = prepare(&source).unwrap();
    assert_eq!(prepared.change, Change::Shrunk);
    assert!(prepared.bytes.len() > 1_000_000, "room was left: {} bytes", prepared.bytes.len());
}

#[test]
fn a_large_photo_uses_the_room_there_is() {
    let source = made::with_exif(&made::encode(&made::sheet(4032, 3024, 6), 95, Subsamp::Sub2x1, false), 6);
    assert!(source.len() > 2_500_000, "{}", source.len());
    let prepared = prepare(&source).unwrap();
    assert_eq!(prepared.change, Change::Shrunk);
    assert!(prepared.height > prepared.width && prepared.height >= 1920, "{}", prepared.height);
    assert!(prepared.bytes.len() > 1_000_000, "{}", prepared.bytes.len());
    assert!(prepared.width.is_multiple_of(2) && prepared.height.is_multiple_of(2));
}

#[test]
fn a_photo_that_breaks_off_is_shown_to_the_person() {
    let whole = made::jpeg(&made::sheet(2000, 1500, 7));
    let prepared = prepare(&whole[..whole.len() * 9 / 10]).unwrap();
    assert_eq!(prepared.findings, [Finding::Incomplete.on(1)]);
    assert_ne!(prepared.change, Change::Kept);

    // Without its end marker only, nothing is missing but the proof.
    let prepared = prepare(&whole[..whole.len() - 2]).unwrap();
    assert_eq!(prepared.findings, [Finding::Incomplete.on(1)]);

    // Half a photo is none, upright or turned.
    for orientation in [1, 6] {
        let half = made::with_exif(&whole, orientation);
        let half = &half[..half.len() / 2];
        assert_eq!(prepare(half), Err(documents::Refusal::Damaged), "orientation {orientation}");
    }
}

#[test]
fn findings_say_what_was_seen() {
    let prepared = prepare(&made::jpeg(&made::sheet(640, 480, 8))).unwrap();
    assert_eq!(prepared.findings, [Finding::TooSmall { long_edge: 640 }.on(1)]);
    let night = image::RgbImage::from_fn(1200, 900, |x, _| image::Rgb([(x % 40) as u8; 3]));
    assert_eq!(prepare(&made::jpeg(&night)).unwrap().findings, [Finding::Dark.on(1)]);
    let json = serde_json::to_value(Finding::TooSmall { long_edge: 640 }).unwrap();
    assert_eq!(json, serde_json::json!({ "code": "too_small", "longEdge": 640 }));
    // As it is kept beside the file: those of earlier programs name no page.
    let kept = serde_json::json!({ "page": 3, "code": "too_small", "longEdge": 640 });
    let found = Finding::TooSmall { long_edge: 640 }.on(3);
    assert_eq!(serde_json::to_value(found).unwrap(), kept);
    assert_eq!(serde_json::from_value::<PageFinding>(kept).unwrap(), found);
    assert_eq!(serde_json::from_value::<PageFinding>(json).unwrap(), PageFinding { page: 1, ..found });
}

#[test]
fn a_page_can_be_looked_at() {
    let prepared = prepare(&made::jpeg(&made::quarters(1600, 1200))).unwrap();
    let page = documents::render_page(&prepared.bytes, 0, 400, &documents::Limits::default()).unwrap();
    assert_eq!((page.width, page.height), (400, 300));
    for (found, expected) in made::corners(&made::pixels(&page.png)).into_iter().zip(made::CORNERS) {
        made::assert_near(found, expected, "preview");
    }
    let beyond = documents::render_page(&prepared.bytes, 1, 400, &documents::Limits::default());
    assert_eq!(beyond, Err(documents::Refusal::NoSuchPage { page: 1, pages: 1 }));
}

#[test]
fn odd_shapes() {
    for (width, height) in [(1, 1), (1, 700), (3, 2), (2000, 7), (17, 31)] {
        let image = made::quarters(width, height);
        for subsamp in [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2, Subsamp::Sub1x2, Subsamp::Sub4x1] {
            for orientation in [1, 2, 6] {
                let source = made::with_exif(&made::encode(&image, 90, subsamp, false), orientation);
                let prepared = prepare(&source).unwrap();
                assert!(prepared.width >= 1 && prepared.height >= 1);
            }
        }
    }
}

#[test]
fn a_caller_may_ask_for_fewer_pixels() {
    let limits = documents::Limits { max_long_edge: Some(1000), ..documents::Limits::default() };
    let asked =
        |source: &[u8]| documents::prepare(source, &documents::Edit::default(), &limits, &()).unwrap();
    // Fit by its bytes, but longer than asked for.
    let prepared = asked(&made::jpeg(&made::sheet(1600, 1200, 1)));
    assert_eq!((prepared.width, prepared.height, prepared.change), (1000, 750, Change::Shrunk));
    let short = made::jpeg(&made::sheet(1000, 700, 1));
    assert_eq!(asked(&short).bytes, short, "short enough as it is");
}
