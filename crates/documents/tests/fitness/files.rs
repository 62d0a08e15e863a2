//! A file that is read from where it lies becomes what its bytes become.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use documents::{Edit, Limits, PageEdit, Refusal, prepare, prepare_file};
use image::{DynamicImage, ImageFormat};
use turbojpeg::Subsamp;

use crate::{made, photos, samples};

/// Both doors, for a limit that is so low that large and small files take every road.
fn both(name: &str, bytes: &[u8]) {
    for (max_output_bytes, max_long_edge) in [(2_000_000, None), (20_000, None), (20_000, Some(300))] {
        let limits = Limits { max_output_bytes, max_long_edge, ..Limits::default() };
        for quarter_turns in [0, 1] {
            let turned = PageEdit { quarter_turns, ..PageEdit::default() };
            let edit = if quarter_turns == 0 { Edit::default() } else { Edit { pages: vec![turned] } };
            let from_file = prepare_file(Cursor::new(bytes.to_vec()), &edit, &limits, &());
            assert!(from_file == prepare(bytes, &edit, &limits, &()), "{name}: {limits:?}, {edit:?}");
        }
    }
}

#[test]
fn whatever_it_is() {
    for sample in samples::all() {
        both(sample.name, &sample.bytes);
    }
}

#[test]
fn photos_and_scans() {
    let sheet = made::sheet(900, 700, 1);
    let photo = made::encode(&photos::stored(1200, 900, 1), 90, Subsamp::Sub2x2, false);
    let files = [
        ("lying", made::with_exif(&photo, 6)),
        ("full colour", made::encode(&sheet, 92, Subsamp::None, false)),
        ("progressive", made::encode(&sheet, 92, Subsamp::Sub2x1, true)),
        ("stray bytes", [&photo[..2], &b"stray"[..], &photo[2..]].concat()),
        ("film behind it", [&photo[..], &b"film"[..]].concat()),
        ("breaks off", photo[..photo.len() * 9 / 10].to_vec()),
        ("breaks off early", photo[..photo.len() / 3].to_vec()),
        ("ink", made::cmyk_jpeg(700, 500, [9, 80, 200, 3])),
        ("png", made::raster(&DynamicImage::ImageRgb8(sheet.clone()), ImageFormat::Png)),
        (
            "gray png",
            made::raster(&DynamicImage::ImageRgb8(sheet.clone()).to_luma8().into(), ImageFormat::Png),
        ),
        ("one page", made::tiff(std::slice::from_ref(&sheet))),
        ("two pages", made::tiff(&[sheet.clone(), made::sheet(300, 400, 2)])),
    ];
    for (name, file) in files {
        both(name, &file);
        both(&format!("{name}, half of it"), &file[..file.len() / 2]);
    }
}

/// Strips in LZW, each sought in the file.
#[test]
fn strips() {
    let rows = |seed| made::lzw(&made::noise(400 * 3 * 16, seed));
    let page = made::Page { compression: 5, lines: 16, ..made::Page::rgb(400, 32) };
    let file = page.file(&[rows(7), rows(8)]);
    both("strips", &file);
    let mut cut = rows(9);
    cut.truncate(cut.len() / 2);
    both("half a strip", &page.file(&[rows(7), cut]));
    both("strips, cut", &file[..file.len() - 9]);
}

/// A file on a disk that fails once it was looked at.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.0.position() > 200_000 {
            return Err(io::Error::other("gone"));
        }
        self.0.by_ref().take(50_000).read(to)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn what_cannot_be_read_is_damaged() {
    let noise = image::RgbImage::from_raw(600, 400, made::noise(600 * 400 * 3, 5)).unwrap();
    let sheet = DynamicImage::ImageRgb8(noise);
    let jpeg = made::encode(&sheet.to_rgb8(), 98, Subsamp::None, false);
    for file in [jpeg, made::raster(&sheet, ImageFormat::Bmp)] {
        assert!(file.len() > 400_000);
        let limits = Limits { max_output_bytes: 100_000, ..Limits::default() };
        let outcome = prepare_file(Failing(Cursor::new(file)), &Edit::default(), &limits, &());
        assert_eq!(outcome.err(), Some(Refusal::Damaged));
    }
}
