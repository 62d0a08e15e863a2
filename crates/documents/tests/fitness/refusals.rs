//! Bad input: each with its own answer, and quickly.

use std::time::{Duration, Instant};

use documents::{Format, Limits, Refusal};
use image::{DynamicImage, ImageFormat};

use crate::{made, prepare};

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let small = made::raster(&DynamicImage::ImageRgb8(made::quarters(4, 4)), ImageFormat::Png);
    let mut png = small;
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = made::crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

#[test]
fn each_has_its_own_answer() {
    let refused = |source: &[u8]| prepare(source).unwrap_err();
    assert_eq!(refused(b""), Refusal::Empty);
    assert_eq!(refused("这是一段文字，改名成了 .jpg".as_bytes()), Refusal::NotADocument);
    assert_eq!(refused(&vec![7; 40_000_000]), Refusal::TooLarge { bytes: 40_000_000, max: 33_554_432 });
    assert_eq!(
        refused(&png_header(50_000, 50_000)),
        Refusal::TooManyPixels { width: 50_000, height: 50_000 }
    );
    assert_eq!(refused(&png_header(20_001, 3)), Refusal::TooManyPixels { width: 20_001, height: 3 });
    assert_eq!(refused(&png_header(0, 50)), Refusal::Damaged);
    let heic = refused(b"\x00\x00\x00\x18ftypheic\0\0\0\0mif1heic");
    if cfg!(feature = "heic") {
        assert_eq!(heic, Refusal::Damaged);
    } else {
        assert_eq!(heic, Refusal::Unsupported { format: Format::Heic });
    }
    assert_eq!(refused(b"PK\x03\x04 a word file"), Refusal::Unsupported { format: Format::Office });
    assert_eq!(refused(b"\xFF\xD8\xFF"), Refusal::Damaged);
    assert_eq!(refused(b"%PDF-1.7 and nothing more"), Refusal::Damaged);
    let png = made::raster(&DynamicImage::ImageRgb8(made::sheet(500, 500, 1)), ImageFormat::Png);
    assert_eq!(refused(&png[..png.len() / 2]), Refusal::Damaged);
    assert_eq!(refused(&png[..20]), Refusal::Damaged);
}

#[test]
fn a_header_of_billions_of_pixels_is_read_no_further() {
    let begun = Instant::now();
    let mut jpeg = made::jpeg(&made::quarters(64, 64));
    let frame = memchr::memmem::find(&jpeg, b"\xFF\xC0").unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    assert_eq!(prepare(&jpeg), Err(Refusal::TooManyPixels { width: 65_500, height: 65_500 }));
    // Within the limits, but thinner than any picture: 100 megapixels in a kilobyte.
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    assert_eq!(prepare(&jpeg), Err(Refusal::Damaged));
    // No height at all.
    jpeg[frame + 5..frame + 7].copy_from_slice(&[0, 0]);
    assert_eq!(prepare(&jpeg), Err(Refusal::Damaged));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn thousands_of_scans_are_not_decoded() {
    let jpeg = made::encode(&made::sheet(1000, 1000, 2), 80, turbojpeg::Subsamp::Sub2x2, true);
    let last = memchr::memmem::rfind(&jpeg, b"\xFF\xDA").unwrap();
    let (scan, end) = (&jpeg[last..jpeg.len() - 2], &jpeg[jpeg.len() - 2..]);
    let mut bomb = jpeg[..jpeg.len() - 2].to_vec();
    (0..3000).for_each(|_| bomb.extend_from_slice(&scan[..scan.len().min(40)]));
    bomb.extend_from_slice(end);
    let begun = Instant::now();
    assert_eq!(prepare(&bomb), Err(Refusal::TooComplex));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_check_wants_prepared_files() {
    let limits = Limits::default();
    let plain = made::jpeg(&made::sheet(1200, 900, 3));
    assert!(documents::check(&plain, &limits).is_ok());
    for unprepared in [
        made::with_exif(&plain, 1),
        made::with_exif(&plain, 6),
        [&plain[..], b"more"].concat(),
        plain[..plain.len() - 2].to_vec(),
        plain[..plain.len() / 2].to_vec(),
        made::cmyk_jpeg(100, 100, [1, 2, 3, 4]),
    ] {
        assert_eq!(documents::check(&unprepared, &limits), Err(Refusal::NotPrepared));
    }
    assert_eq!(documents::check(b"", &limits), Err(Refusal::Empty));
    let png = made::raster(&DynamicImage::ImageRgb8(made::quarters(9, 9)), ImageFormat::Png);
    assert_eq!(documents::check(&png, &limits), Err(Refusal::Unsupported { format: Format::Png }));
    let large = vec![0xFF; 2_000_001];
    assert_eq!(
        documents::check(&large, &limits),
        Err(Refusal::TooLarge { bytes: 2_000_001, max: 2_000_000 })
    );
}

#[test]
fn codes_are_stable() {
    let refusal = Refusal::CannotFit { bytes: 3, max: 2, pages: 1 };
    assert_eq!(refusal.code(), "cannot_fit");
    assert!(refusal.to_string().contains('3'));
}

/// The rest of the table of bad inputs (research), each row with its own answer; rows about several formats
/// stand in `rasters`, `photos` and `colours`.
mod table {
    use documents::{Change, Finding, Format, Limits, Refusal};
    use image::{DynamicImage, ImageFormat};

    use super::png_header;
    use crate::{made, prepare};

    #[test]
    fn corrupt_bytes_are_shown_to_the_person() {
        let mut jpeg = made::jpeg(&made::sheet(2000, 1500, 11));
        let middle = jpeg.len() / 2;
        for (at, byte) in made::noise(400, 7).into_iter().enumerate() {
            // No byte that would make a marker.
            jpeg[middle + at] = byte & 0x7F;
        }
        let prepared = prepare(&jpeg).unwrap();
        assert_eq!(prepared.findings.first(), Some(&Finding::Incomplete.on(1)));
        assert_ne!(prepared.change, Change::Kept);
    }

    #[test]
    fn a_pdf_named_jpg_is_a_pdf() {
        let sheet = made::sheet(600, 800, 3);
        let pdf = made::pdf(vec![made::jpeg_stream(made::jpeg(&sheet), 600, 800)], |_| {});
        assert_eq!(prepare(&pdf).unwrap().source.format, Format::Pdf);
    }

    #[test]
    fn megabytes_of_metadata_go() {
        let plain = made::jpeg(&made::sheet(1600, 1200, 5));
        let loaded = (0..40).fold(plain.clone(), |jpeg, _| made::with_segment(&jpeg, 0xE1, &vec![7; 65_000]));
        assert!(loaded.len() > 2_500_000);
        let prepared = prepare(&loaded).unwrap();
        assert_eq!((prepared.change, prepared.bytes == plain), (Change::Stripped, true));
    }

    #[test]
    fn headers_beyond_the_limits() {
        let too_many = |side| Err(Refusal::TooManyPixels { width: side, height: side });
        assert_eq!(prepare(&png_header(30_000, 30_000)), too_many(30_000));
        let page = made::Page { lines: 200_000, ..made::Page::rgb(200_000, 200_000) };
        assert_eq!(prepare(&page.file(&[vec![0; 100]])), too_many(200_000));
        // Of the others, as their headers have it.
        let image = DynamicImage::ImageRgb8(made::quarters(40, 40));
        let mut bmp = made::raster(&image, ImageFormat::Bmp);
        bmp[18..26].copy_from_slice(&[0x30, 0x75, 0, 0, 0x30, 0x75, 0, 0]);
        assert_eq!(prepare(&bmp), too_many(30_000));
        let mut gif = made::raster(&image, ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[0x30, 0x75, 0x30, 0x75]);
        assert_eq!(prepare(&gif), too_many(30_000));
    }

    #[test]
    fn formats_that_are_not_read_say_which_they_are() {
        for (start, format) in [
            (&b"\x00\x00\x00\x1Cftypavif\0\0\0\0mif1miaf"[..], Format::Avif),
            (b"\xFF\x0A", Format::JpegXl),
            (b"8BPS\x00\x01", Format::Photoshop),
        ] {
            assert_eq!(prepare(start), Err(Refusal::Unsupported { format }));
        }
    }

    #[test]
    fn scans_that_hold_all_coefficients_are_counted() {
        let huge = |jpeg: &[u8], marker: &[u8]| {
            let mut jpeg = jpeg.to_vec();
            let frame = memchr::memmem::find(&jpeg, marker).unwrap();
            jpeg[frame + 5..frame + 9].copy_from_slice(&[0x20, 0, 0x20, 0]);
            jpeg.resize(300_000, 0);
            jpeg
        };
        let too_many = Err(Refusal::TooManyPixels { width: 8192, height: 8192 });
        let progressive = made::encode(&made::quarters(64, 64), 80, turbojpeg::Subsamp::None, true);
        assert_eq!(prepare(&huge(&progressive, b"\xFF\xC2")), too_many);
        // Baseline, but the first scan has one component only: as hungry as a progressive picture.
        let plain = made::encode(&made::quarters(64, 64), 80, turbojpeg::Subsamp::None, false);
        let scan = memchr::memmem::find(&plain, b"\xFF\xDA").unwrap();
        let one = [&plain[..scan], b"\xFF\xDA\0\x08\x01\x01\0\0\x3F\0", &plain[scan + 14..]].concat();
        assert_eq!(prepare(&huge(&one, b"\xFF\xC0")), too_many);
    }

    #[test]
    fn the_first_frame_of_an_animated_webp() {
        let frame = |colour| {
            let image = image::RgbImage::from_pixel(1000, 800, image::Rgb(colour));
            let webp = made::raster(&DynamicImage::ImageRgb8(image), ImageFormat::WebP);
            let side = |pixels: u32| pixels.to_le_bytes()[..3].to_vec();
            let place = [side(0), side(0), side(999), side(799), side(100), vec![0]].concat();
            [place, webp[12..].to_vec()].concat()
        };
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            [&kind[..], &(data.len() as u32).to_le_bytes(), data, &[0][..data.len() % 2]].concat()
        };
        let body = [
            chunk(b"VP8X", &[2, 0, 0, 0, 0xE7, 3, 0, 0x1F, 3, 0]),
            chunk(b"ANIM", &[255, 255, 255, 255, 0, 0]),
            chunk(b"ANMF", &frame(made::RED)),
            chunk(b"ANMF", &frame(made::BLUE)),
        ]
        .concat();
        let length = (body.len() as u32 + 4).to_le_bytes();
        let webp = [&b"RIFF"[..], &length, b"WEBP", &body].concat();
        let prepared = prepare(&webp).unwrap();
        made::assert_near(made::pixels(&prepared.bytes).get_pixel(500, 400).0, made::RED, "first frame");
    }

    #[test]
    fn a_broken_raster_is_damaged_not_half_a_picture() {
        let image = DynamicImage::ImageRgb8(made::sheet(900, 700, 12));
        for format in
            [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Gif]
        {
            let whole = made::raster(&image, format);
            let answer = prepare(&whole[..whole.len() / 2]);
            assert_eq!(answer, Err(Refusal::Damaged), "{format:?}");
        }
        assert!(Limits::default().max_pixels >= 630_000);
    }
}
