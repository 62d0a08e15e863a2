//! TIFFs that hold more than colours.

use documents::{Edit, Finding, Format, Limits, Refusal};

use crate::{made, prepare};

const LZW: u16 = 5;
const ZLIB: u16 = 8;
/// What a sample beside the colours may be.
const UNSAID: u16 = 0;
const GLASS: u16 = 2;

/// Four coloured quarters with these samples beside each pixel's colours.
fn quarters(extra: &[u16], compression: u16, predictor: u16) -> Vec<u8> {
    let (width, height) = (1200, 900);
    let picture = made::quarters(width, height);
    let noise = made::noise((width * height) as usize, 11);
    let per_pixel = 3 + extra.len();
    let mut pixels = Vec::new();
    for (pixel, noise) in picture.pixels().zip(noise) {
        pixels.extend_from_slice(&pixel.0);
        pixels.extend(extra.iter().map(|kind| if *kind == GLASS { 255 } else { noise }));
    }
    if predictor == 2 {
        for row in pixels.chunks_exact_mut(width as usize * per_pixel) {
            for at in (per_pixel..row.len()).rev() {
                row[at] = row[at].wrapping_sub(row[at - per_pixel]);
            }
        }
    }
    let strips = pixels.chunks(100 * width as usize * per_pixel);
    let packed = strips.map(|strip| if compression == LZW { made::lzw(strip) } else { made::zlib(strip) });
    let samples = per_pixel as u16;
    made::Page { samples, compression, extra, predictor, ..made::Page::rgb(width, height) }
        .file(&packed.collect::<Vec<_>>())
}

#[test]
fn what_stands_beside_the_colours_is_left_out() {
    for extra in [&[UNSAID][..], &[UNSAID, UNSAID], &[GLASS], &[GLASS, UNSAID]] {
        for (compression, predictor) in [(LZW, 1), (LZW, 2), (ZLIB, 1)] {
            let what = format!("{extra:?}, compression {compression}, predictor {predictor}");
            let prepared = prepare(&quarters(extra, compression, predictor)).unwrap();
            let picture = made::pixels(&prepared.bytes);
            assert_eq!(picture.dimensions(), (1200, 900), "{what}");
            for (found, expected) in made::corners(&picture).into_iter().zip(made::CORNERS) {
                made::assert_near(found, expected, &what);
            }
        }
    }
}

/// The general decoder gets these wrong without a word.
#[test]
fn what_would_be_misread_is_refused() {
    let refused = Err(Refusal::Unsupported { format: Format::Tiff });
    assert_eq!(prepare(&quarters(&[UNSAID], ZLIB, 2)), refused);
    // With all samples wanted there is nothing to misread.
    assert!(prepare(&quarters(&[GLASS], ZLIB, 2)).is_ok());
}

/// The decoder takes 32 bytes for each of them.
#[test]
fn more_values_than_a_page_can_have_are_refused() {
    let width = |values: u32| [&[0, 1, 3, 0][..], &values.to_le_bytes(), &[40, 0, 0, 0]].concat();
    let small = [b"II*\0\x08\0\0\0\x01\0".as_slice(), &width(1 << 22), &[0; 4]].concat();
    assert_eq!(prepare(&small), Err(Refusal::TooComplex));
    assert_eq!(documents::page_count(&small, &Limits::default()), Err(Refusal::TooComplex));
    let width = |values: u64| [&[0, 1, 3, 0][..], &values.to_le_bytes(), &40_u64.to_le_bytes()].concat();
    let head = [b"II+\0\x08\0\0\0".as_slice(), &16_u64.to_le_bytes(), &1_u64.to_le_bytes()].concat();
    let big = [head.as_slice(), &width(1 << 40), &[0; 8]].concat();
    assert_eq!(prepare(&big), Err(Refusal::TooComplex));
}

/// Four coloured quarters as JPEGs, a hundred rows each, the tables in every one of them.
fn strips() -> Vec<Vec<u8>> {
    let sheet = made::quarters(1200, 1000);
    let strip = |strip: u32| {
        let part = image::imageops::crop_imm(&sheet, 0, strip * 100, 1200, 100).to_image();
        let jpeg = made::encode(&part, 92, turbojpeg::Subsamp::Sub2x2, false);
        // TIFF writers leave out the JFIF segment.
        [&jpeg[..2], &jpeg[20..]].concat()
    };
    (0..10).map(strip).collect()
}

fn of_strips(strips: &[Vec<u8>]) -> Vec<u8> {
    made::Page { compression: 7, photometric: 6, ..made::Page::rgb(1200, 1000) }.file(strips)
}

/// The decoder fills in what it cannot read: in a strip of a TIFF as in a JPEG, a person must know.
#[test]
fn a_strip_that_is_damaged_is_told_of() {
    let whole = prepare(&of_strips(&strips())).unwrap();
    assert!(!whole.findings.contains(&Finding::Incomplete.on(1)), "{:?}", whole.findings);
    let mut broken_off = strips();
    let length = broken_off[9].len();
    // All of its header and half of its data.
    let data = memchr::memmem::find(&broken_off[9], b"\xFF\xDA").unwrap();
    broken_off[9].truncate(data + (length - data) / 2);
    let mut corrupt = strips();
    let length = corrupt[4].len();
    let data = memchr::memmem::find(&corrupt[4], b"\xFF\xDA").unwrap() + 14;
    for (at, byte) in made::noise(length - 2 - data, 7).into_iter().enumerate() {
        // No byte that would make a marker.
        corrupt[4][data + at] = byte & 0x7F;
    }
    for (what, strips) in [("breaks off", broken_off), ("makes no sense", corrupt)] {
        let prepared = prepare(&of_strips(&strips)).unwrap();
        assert_eq!(prepared.findings.first(), Some(&Finding::Incomplete.on(1)), "{what}");
        // As a page among others.
        let files = [made::jpeg(&made::sheet(1600, 1200, 1)), of_strips(&strips)];
        let sources = files.iter().map(|file| file.as_slice().into()).collect();
        let bound = documents::bind(sources, &Edit::default(), &Limits::default(), &()).unwrap();
        assert_eq!(bound.findings.first(), Some(&Finding::Incomplete.on(2)), "{what}");
    }
}
