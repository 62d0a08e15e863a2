//! Colours by pixels: profiles, printers' ink, palettes, gray, and how finely colour is kept.

use documents::Change;
use image::{DynamicImage, ImageFormat, RgbImage};
use moxcms::{ColorProfile, Layout};
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

use crate::{made, photos::stored, prepare};

/// What a colour of this profile is in sRGB, by the profile itself.
fn seen(profile: &ColorProfile, layout: Layout, colour: &[u8]) -> [u8; 3] {
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, Layout::Rgb, Default::default()).unwrap();
    let mut rgb = [0; 3];
    transform.transform(colour, &mut rgb).unwrap();
    rgb
}

fn close(found: [u8; 3], expected: [u8; 3], what: &str) {
    let far = found.iter().zip(expected).any(|(a, b)| a.abs_diff(b) > 5);
    assert!(!far, "{what}: {found:?} instead of {expected:?}");
}

#[test]
fn profiles_and_orientations_together() {
    for (name, profile) in
        [("Display P3", ColorProfile::new_display_p3()), ("Adobe RGB", ColorProfile::new_adobe_rgb())]
    {
        let expected = made::CORNERS.map(|colour| seen(&profile, Layout::Rgb, &colour));
        let moved = expected.iter().flatten().zip(made::CORNERS.iter().flatten());
        assert!(moved.map(|(a, b)| a.abs_diff(*b)).max() > Some(12), "{name} would prove nothing");
        let block = profile.encode().unwrap();
        for orientation in 1..=8_u16 {
            let plain = made::encode(&stored(1200, 900, orientation), 95, Subsamp::None, false);
            let source = made::with_exif(&made::with_profile(&plain, &block), orientation);
            let prepared = prepare(&source).unwrap();
            assert_eq!(prepared.change, Change::Converted);
            assert!(memchr::memmem::find(&prepared.bytes, b"ICC_PROFILE").is_none());
            let found = made::corners(&made::pixels(&prepared.bytes));
            for (found, expected) in found.into_iter().zip(expected) {
                close(found, expected, &format!("{name}, orientation {orientation}"));
            }
        }
    }
}

#[test]
fn gray_of_another_gamma_and_orientations_together() {
    let profile = ColorProfile::new_gray_with_gamma(1.4);
    let levels = [40, 90, 160, 230];
    let expected = levels.map(|level| seen(&profile, Layout::Gray, &[level])[1]);
    assert!(expected[1].abs_diff(levels[1]) > 12, "would prove nothing: {expected:?}");
    for orientation in 1..=8_u16 {
        // The quarters' levels, where their colours would stand.
        let lying = stored(1200, 900, orientation);
        let pixels: Vec<u8> = lying
            .pixels()
            .map(|pixel| levels[made::CORNERS.iter().position(|corner| *corner == pixel.0).unwrap()])
            .collect();
        let plain = made::gray_jpeg_of(&pixels, 1200, 900);
        let source = made::with_exif(&made::with_profile(&plain, &profile.encode().unwrap()), orientation);
        let prepared = prepare(&source).unwrap();
        let header = turbojpeg::read_header(&prepared.bytes).unwrap();
        assert_eq!(header.colorspace, Colorspace::Gray, "one component comes out");
        let found = made::corners(&made::pixels(&prepared.bytes));
        for (found, expected) in found.into_iter().zip(expected) {
            close(found, [expected; 3], &format!("orientation {orientation}"));
        }
    }
}

/// Four inks as stored in a JPEG, in this colour space.
fn ink_jpeg(stored: [u8; 4], space: Colorspace) -> Vec<u8> {
    let pixels: Vec<u8> = stored.into_iter().cycle().take(800 * 600 * 4).collect();
    let mut encoder = Compressor::new().unwrap();
    encoder.set_subsamp(Subsamp::None).unwrap();
    encoder.set_colorspace(space).unwrap();
    encoder.set_quality(95).unwrap();
    let image =
        Image { pixels: &pixels[..], width: 800, pitch: 3200, height: 600, format: PixelFormat::CMYK };
    encoder.compress_to_vec(image).unwrap()
}

fn without_adobe(jpeg: &[u8]) -> Vec<u8> {
    let at = memchr::memmem::find(jpeg, b"\xFF\xEE\0\x0EAdobe").expect("the encoder writes the marker");
    [&jpeg[..at], &jpeg[at + 16..]].concat()
}

#[test]
fn ink_with_and_without_the_marker_that_turns_it_round() {
    let ink = [0, 200, 200, 20];
    let inverted = ink.map(|ink| 255 - ink);
    let red = [235, 51, 51];
    for (what, source) in [
        ("CMYK, Adobe", ink_jpeg(inverted, Colorspace::CMYK)),
        ("YCCK, Adobe", ink_jpeg(inverted, Colorspace::YCCK)),
        ("CMYK, no marker", without_adobe(&ink_jpeg(ink, Colorspace::CMYK))),
    ] {
        let prepared = prepare(&source).unwrap();
        close(made::pixels(&prepared.bytes).get_pixel(400, 300).0, red, what);
        close(made::pixels(&prepared.thumbnail).get_pixel(100, 80).0, red, what);
    }
}

/// A profile of a printer whose cyan looks red: told apart from the formula at a glance.
fn printer() -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for number in [1_u32, 0, 0, 0, 1, 0, 0, 0, 1] {
        table.extend_from_slice(&(number << 16).to_be_bytes());
    }
    (0..4).for_each(|_| table.extend(0..=255));
    for corner in 0..16_u8 {
        let [cyan, magenta, yellow, black] = [8, 4, 2, 1].map(|bit| corner & bit != 0);
        let light = if black { 0 } else { 255 - 40 * u8::from(cyan) - 30 * u8::from(magenta) };
        let a = if black { 128 } else { 128 + 60 * u8::from(cyan) };
        let b = if black { 128 } else { 128 + 50 * u8::from(yellow) };
        table.extend_from_slice(&[light, a, b]);
    }
    (0..3).for_each(|_| table.extend(0..=255));
    let mut profile = vec![0; 128];
    for (at, word) in [
        (8, &b"\x02\x40\0\0"[..]),
        (12, b"prtrCMYKLab "),
        (36, b"acsp"),
        (68, b"\0\0\xF6\xD6\0\x01\0\0\0\0\xD3\x2D"),
    ] {
        profile[at..at + word.len()].copy_from_slice(word);
    }
    profile.extend_from_slice(b"\0\0\0\x01A2B0\0\0\0\x90");
    profile.extend_from_slice(&(table.len() as u32).to_be_bytes());
    profile.extend_from_slice(&table);
    let length = (profile.len() as u32).to_be_bytes();
    profile[..4].copy_from_slice(&length);
    profile
}

#[test]
fn ink_of_a_printer_that_says_how_it_looks() {
    let block = printer();
    let profile = ColorProfile::new_from_slice(&block).unwrap();
    let ink = [230, 10, 40, 0];
    let expected = seen(&profile, Layout::Rgba, &ink);
    assert!(expected[0] > expected[1] + 60, "cyan looks red: {expected:?}");
    let jpeg = made::with_profile(&ink_jpeg(ink.map(|ink| 255 - ink), Colorspace::CMYK), &block);
    let prepared = prepare(&jpeg).unwrap();
    close(made::pixels(&prepared.bytes).get_pixel(400, 300).0, expected, "JPEG");
    let page = made::Page { samples: 4, photometric: 5, profile: &block, ..made::Page::rgb(800, 600) };
    let row: Vec<u8> = ink.into_iter().cycle().take(3200).collect();
    let prepared = prepare(&page.packed(&row)).unwrap();
    close(made::pixels(&prepared.bytes).get_pixel(400, 300).0, expected, "TIFF");
}

#[test]
fn ink_in_a_tiff() {
    let row: Vec<u8> = [0, 200, 200, 20].into_iter().cycle().take(4800).collect();
    let page = made::Page { samples: 4, photometric: 5, ..made::Page::rgb(1200, 900) };
    let prepared = prepare(&page.packed(&row)).unwrap();
    close(made::pixels(&prepared.bytes).get_pixel(400, 300).0, [235, 51, 51], "CMYK");
}

#[test]
fn a_tiff_whose_strips_are_jpegs() {
    // Each strip is a picture of its own; what its components are is told by the TIFF alone.
    let sheet = made::quarters(1200, 1600);
    let strips: Vec<Vec<u8>> = (0..10)
        .map(|strip| {
            let part = image::imageops::crop_imm(&sheet, 0, strip * 160, 1200, 160).to_image();
            let jpeg = made::encode(&part, 92, Subsamp::Sub2x2, false);
            // TIFF writers leave out the JFIF segment.
            [&jpeg[..2], &jpeg[20..]].concat()
        })
        .collect();
    let page = made::Page { compression: 7, photometric: 6, lines: 160, ..made::Page::rgb(1200, 1600) };
    let prepared = prepare(&page.file(&strips)).unwrap();
    for (found, expected) in made::corners(&made::pixels(&prepared.bytes)).into_iter().zip(made::CORNERS) {
        made::assert_near(found, expected, "JPEG in TIFF");
    }
    // A strip that promises far more than its place in the page: its own header is judged first.
    let mut bomb = strips;
    let frame = memchr::memmem::find(&bomb[3], b"\xFF\xC0").unwrap();
    bomb[3][frame + 5..frame + 9].copy_from_slice(&[0x3F, 0xFF, 0x3F, 0xFF]);
    assert!(prepare(&page.file(&bomb)).is_err());
}

#[test]
fn palettes() {
    // Red, glass, green; indices by thirds.
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1200, 900);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette([made::RED, [1, 2, 3], made::GREEN].concat());
    encoder.set_trns(&[255_u8, 0][..]);
    let row: Vec<u8> = (0..1200_u32).map(|x| (x / 400) as u8).collect();
    encoder.write_header().unwrap().write_image_data(&row.repeat(900)).unwrap();
    let prepared = prepare(&bytes).unwrap();
    let found = made::pixels(&prepared.bytes);
    for (x, expected) in [(200, made::RED), (600, [255; 3]), (1000, made::GREEN)] {
        made::assert_near(found.get_pixel(x, 450).0, expected, "PNG palette");
    }

    let mut bytes = Vec::new();
    let colours = [made::RED, [9, 9, 9], made::BLUE].concat();
    let mut encoder = gif::Encoder::new(&mut bytes, 1200, 900, &colours).unwrap();
    let frame = |top: u16, numbers: Vec<u8>| gif::Frame {
        left: 100,
        top,
        width: 900,
        height: 600,
        transparent: Some(1),
        buffer: numbers.into(),
        ..Default::default()
    };
    let row: Vec<u8> = (0..900_u32).map(|x| (x / 300) as u8).collect();
    encoder.write_frame(&frame(200, row.repeat(600))).unwrap();
    encoder.write_frame(&frame(0, vec![0; 900 * 600])).unwrap();
    drop(encoder);
    let found = made::pixels(&prepare(&bytes).unwrap().bytes);
    assert_eq!(found.dimensions(), (1200, 900));
    for (x, y, expected) in [
        (250, 500, made::RED),
        (550, 500, [255; 3]),
        (850, 500, made::BLUE),
        (1100, 500, [255; 3]),
        (250, 100, [255; 3]),
    ] {
        made::assert_near(found.get_pixel(x, y).0, expected, "first frame of a GIF on paper");
    }
}

#[test]
fn gray_stays_gray() {
    let level = |x: u32| (x * 200 / 1300) as u8;
    let gray = image::GrayImage::from_fn(1300, 1000, |x, _| image::Luma([level(x)]));
    let glass = image::ImageBuffer::from_fn(1300, 1000, |x, _| image::LumaA([level(x), 255]));
    let gray = DynamicImage::ImageLuma8(gray);
    let files = [
        ("PNG", made::raster(&gray, ImageFormat::Png)),
        ("TIFF", made::raster(&gray, ImageFormat::Tiff)),
        ("BMP", made::raster(&gray, ImageFormat::Bmp)),
        ("glass", made::raster(&DynamicImage::ImageLumaA8(glass), ImageFormat::Png)),
        ("large JPEG", made::gray_jpeg_of(&made::noise(4000 * 3000, 3), 4000, 3000)),
    ];
    for (what, source) in files {
        let prepared = prepare(&source).unwrap();
        let header = turbojpeg::read_header(&prepared.bytes).unwrap();
        assert_eq!(header.colorspace, Colorspace::Gray, "{what}");
        if what != "large JPEG" {
            let found = made::pixels(&prepared.bytes).get_pixel(650, 500).0;
            made::assert_near(found, [level(650); 3], what);
        }
    }
}

/// Red letters on white: thin strokes whose colour a quarter of the samples would wash out.
fn coloured_print(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb(if y % 24 < 8 && (x / 3 * 7 + y / 24 * 5) % 11 < 4 {
            [220, 20, 60]
        } else {
            [255, 255, 255]
        })
    })
}

#[test]
fn coloured_print_keeps_its_colour() {
    let sheet = coloured_print(1600, 1200);
    let lossless = made::raster(&DynamicImage::ImageRgb8(sheet), ImageFormat::Png);
    let prepared = prepare(&lossless).unwrap();
    assert_eq!(turbojpeg::read_header(&prepared.bytes).unwrap().subsamp, Subsamp::None);
    // Where all of it does not fit, colour gives way before size does.
    let noise = RgbImage::from_raw(2000, 1500, made::noise(2000 * 1500 * 3, 4)).unwrap();
    let prepared = prepare(&made::raster(&DynamicImage::ImageRgb8(noise), ImageFormat::Png)).unwrap();
    assert_eq!(turbojpeg::read_header(&prepared.bytes).unwrap().subsamp, Subsamp::Sub2x2);
}

#[test]
fn coloured_print_in_a_jpeg_keeps_its_colour_too() {
    let encoded = |image: &RgbImage| made::encode(image, 97, Subsamp::None, false);
    let large = coloured_print(3600, 2700);
    let source = encoded(&large);
    assert!(source.len() > 2_000_000, "{}", source.len());
    let limits = documents::Limits { max_long_edge: Some(1600), ..Default::default() };
    let asked = |source: &[u8]| documents::prepare(source, &Default::default(), &limits, &()).unwrap();
    let prepared = asked(&source);
    assert_eq!(turbojpeg::read_header(&prepared.bytes).unwrap().subsamp, Subsamp::None);
    let mean = |image: &RgbImage| -> [f64; 3] {
        let count = f64::from(image.width() * image.height());
        [0, 1, 2].map(|part| image.pixels().map(|pixel| f64::from(pixel[part])).sum::<f64>() / count)
    };
    for (found, expected) in mean(&made::pixels(&prepared.bytes)).into_iter().zip(mean(&large)) {
        assert!((found - expected).abs() < 6.0, "{found} instead of {expected}");
    }
    // Black print has no colour to keep.
    let prepared = asked(&encoded(&made::sheet(3600, 2700, 9)));
    assert_eq!(turbojpeg::read_header(&prepared.bytes).unwrap().subsamp, Subsamp::Sub2x2);
}
