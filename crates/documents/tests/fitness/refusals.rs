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
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
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
    assert_eq!(
        refused(b"\x00\x00\x00\x18ftypheic\0\0\0\0mif1heic"),
        Refusal::Unsupported { format: Format::Heic }
    );
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
