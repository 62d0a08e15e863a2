//! What a person changes: crops and what they hide, from file to fit file.

use documents::{Area, Change, Edit, Limits, PageEdit, Point, Prepared, Quad, Refusal};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use turbojpeg::Subsamp;

use crate::{hold, made};

fn edited(source: &[u8], page: PageEdit) -> Result<Prepared, Refusal> {
    let limits = Limits::default();
    let edit = Edit { pages: vec![page] };
    let prepared = documents::prepare(source, &edit, &limits, &())?;
    hold(&prepared, &limits);
    Ok(prepared)
}

fn quad(corners: [(u16, u16); 4]) -> Quad {
    Quad(corners.map(|(x, y)| Point { x, y }))
}

/// Four coloured quarters between 25 and 75 % of a gray table.
fn card_on_table(width: u32, height: u32) -> RgbImage {
    let card = made::quarters(width / 2, height / 2);
    RgbImage::from_fn(width, height, |x, y| match (x.checked_sub(width / 4), y.checked_sub(height / 4)) {
        (Some(x), Some(y)) if x < card.width() && y < card.height() => *card.get_pixel(x, y),
        _ => Rgb([120, 118, 116]),
    })
}

const CARD: [(u16, u16); 4] = [(2500, 2500), (7500, 2500), (7500, 7500), (2500, 7500)];

#[test]
fn a_card_is_cut_out_whatever_the_file() {
    let picture = card_on_table(2400, 1800);
    let raster = |format| made::raster(&DynamicImage::ImageRgb8(picture.clone()), format);
    let files = [
        ("jpeg", made::jpeg(&picture)),
        ("full colour", made::encode(&picture, 92, Subsamp::None, false)),
        ("progressive", made::encode(&picture, 92, Subsamp::Sub2x1, true)),
        ("png", raster(ImageFormat::Png)),
        ("webp", raster(ImageFormat::WebP)),
        ("tiff", raster(ImageFormat::Tiff)),
    ];
    for (name, file) in files {
        for quarter_turns in 0..4 {
            let page = PageEdit { crop: Some(quad(CARD)), quarter_turns, ..PageEdit::default() };
            let prepared = edited(&file, page).unwrap();
            let long = prepared.width.max(prepared.height);
            assert_eq!((long, prepared.change), (1200, Change::Converted), "{name}");
            let mut expected = made::CORNERS;
            expected.rotate_right(usize::from(quarter_turns));
            for bytes in [&prepared.bytes, &prepared.thumbnail] {
                let found = made::corners(&made::pixels(bytes));
                for (found, expected) in found.into_iter().zip(expected) {
                    made::assert_near(found, expected, &format!("{name}, {quarter_turns} turns"));
                }
            }
        }
    }
}

/// The corners are told on the upright page: a photo stored lying down is cut at the same places.
#[test]
fn a_photo_stored_lying_down_is_cut_where_it_was_pointed_at() {
    let upright =
        RgbImage::from_fn(
            900,
            1200,
            |x, y| {
                if x < 450 && y < 300 { Rgb(made::RED) } else { Rgb([200, 200, 200]) }
            },
        );
    let lying = image::imageops::rotate270(&upright);
    let file = made::with_exif(&made::jpeg(&lying), 6);
    let crop = Some(quad([(0, 0), (5000, 0), (5000, 2500), (0, 2500)]));
    let prepared = edited(&file, PageEdit { crop, ..PageEdit::default() }).unwrap();
    assert_eq!((prepared.width, prepared.height), (450, 300));
    let picture = made::pixels(&prepared.bytes);
    for corner in made::corners(&picture) {
        made::assert_near(corner, made::RED, "the upper left quarter");
    }
}

/// A small crop of a large photo is cut from all of its pixels, not from a small decode.
#[test]
fn a_small_crop_of_a_large_photo_is_sharp() {
    let picture = RgbImage::from_fn(6000, 4000, |x, _| Rgb([if x % 4 < 2 { 30 } else { 220 }; 3]));
    let file = made::encode(&picture, 95, Subsamp::Sub2x2, false);
    let crop = Some(quad([(4000, 4000), (6000, 4000), (6000, 6000), (4000, 6000)]));
    let prepared = edited(&file, PageEdit { crop, ..PageEdit::default() }).unwrap();
    assert_eq!((prepared.width, prepared.height), (1200, 800));
    let row: Vec<u8> =
        made::pixels(&prepared.bytes).rows().nth(400).unwrap().map(|pixel| pixel.0[1]).collect();
    let crisp = row.iter().filter(|level| **level < 70 || **level > 180).count();
    assert!(crisp * 10 > row.len() * 9, "{crisp} of {} pixels are dark or light", row.len());
}

#[test]
fn a_tilted_card_is_stretched_flat() {
    // A parallelogram of a chequered card; its middle lines are where they should be afterwards.
    let slant = |x: u32, y: u32| (f64::from(x) - 300.0 - f64::from(y) * 0.25, f64::from(y) - 200.0);
    let picture = RgbImage::from_fn(2000, 1500, |x, y| {
        let (u, v) = slant(x, y);
        if !(0.0..1200.0).contains(&u) || !(0.0..1000.0).contains(&v) {
            return Rgb([90, 90, 90]);
        }
        Rgb(match (u < 600.0, v < 500.0) {
            (true, true) => made::RED,
            (false, true) => made::GREEN,
            (false, false) => made::BLUE,
            (true, false) => made::YELLOW,
        })
    });
    let crop = Some(quad([(1750, 1333), (7750, 1333), (9000, 8000), (3000, 8000)]));
    let prepared = edited(&made::jpeg(&picture), PageEdit { crop, ..PageEdit::default() }).unwrap();
    let flat = made::pixels(&prepared.bytes);
    let (width, height) = flat.dimensions();
    for (x, y, expected) in
        [(2, 2, 0), (47, 47, 0), (53, 47, 1), (98, 2, 1), (53, 53, 2), (98, 98, 2), (47, 53, 3), (2, 98, 3)]
    {
        let found = flat.get_pixel(width * x / 100, height * y / 100).0;
        made::assert_near(found, made::CORNERS[expected], &format!("{x}, {y} of 100"));
    }
}

#[test]
fn a_hidden_place_is_black_and_its_file_never_kept() {
    let picture = made::sheet(1600, 1200, 9);
    let area = Area { left: 5000, top: 5000, width: 1000, height: 500 };
    let files = [
        ("jpeg", made::jpeg(&picture)),
        ("png", made::raster(&DynamicImage::ImageRgb8(picture), ImageFormat::Png)),
    ];
    for (name, file) in files {
        let page = PageEdit { hidden: vec![area], ..PageEdit::default() };
        let prepared = edited(&file, page).unwrap();
        assert_eq!(prepared.change, Change::Converted, "{name}");
        for (bytes, darkest) in [(&prepared.bytes, 16), (&prepared.thumbnail, 40)] {
            let shown = made::pixels(bytes);
            let (width, height) = shown.dimensions();
            for (x, y) in [(505, 505), (550, 525), (595, 545)] {
                let found = shown.get_pixel(width * x / 1000, height * y / 1000).0;
                assert!(found.iter().all(|level| *level <= darkest), "{name}: {found:?}");
            }
        }
    }
}

#[test]
fn an_edit_that_cannot_be_made_is_refused() {
    let file = made::jpeg(&made::sheet(1600, 1200, 10));
    let mirrored = quad([(7500, 2500), (2500, 2500), (2500, 7500), (7500, 7500)]);
    let page = PageEdit { crop: Some(mirrored), ..PageEdit::default() };
    assert_eq!(edited(&file, page), Err(Refusal::BadEdit));
    let nowhere = Area { left: 10_000, top: 0, width: 100, height: 100 };
    let page = PageEdit { hidden: vec![nowhere], ..PageEdit::default() };
    assert_eq!(edited(&file, page), Err(Refusal::BadEdit));
    // The whole page is no crop: the file keeps its bytes.
    let whole = quad([(0, 0), (10_000, 0), (10_000, 10_000), (0, 10_000)]);
    let page = PageEdit { crop: Some(whole), ..PageEdit::default() };
    assert_eq!(edited(&file, page).unwrap().bytes, file);
}
