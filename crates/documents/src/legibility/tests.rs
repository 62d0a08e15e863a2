//! Sharp papers against the same papers spoiled, as a table (docs/legibility.md) and as a test.
#![allow(clippy::print_stdout, reason = "the table is what this is for")]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of test pictures")]

use image::{GrayImage, ImageBuffer, Luma, imageops};

use super::{EDGE, Sharpness, findings};
use crate::{Finding, picture::Plane};

/// Papers of a person who does not exist, at the sizes telephones and scanners give.
fn sharp() -> Vec<(String, GrayImage)> {
    use testkit::papers;
    let mut pictures = vec![];
    for (name, bytes) in [
        ("card, photo", papers::id_card_front_photo()),
        ("card, screenshot", papers::id_card_back_png()),
        ("register, scan", papers::household_head_tiff()),
        ("portrait", papers::portrait_jpeg()),
        ("portrait, larger", papers::better_portrait_jpeg()),
    ] {
        let picture = image::load_from_memory(&bytes).expect("our own").to_luma8();
        // A portrait is often small.
        let long = if name == "portrait" { 1000 } else { EDGE };
        pictures.push((name.to_owned(), shrunk(&picture, long)));
    }
    pictures
}

pub(super) fn shrunk(picture: &GrayImage, long: u32) -> GrayImage {
    let from = picture.width().max(picture.height());
    let side = |side: u32| (side * long / from).max(1);
    imageops::resize(picture, side(picture.width()), side(picture.height()), imageops::FilterType::Lanczos3)
}

/// As a hand moves: the mean along a line of `length` pixels.
pub(super) fn moved(picture: &GrayImage, length: i64, (across, down): (f64, f64)) -> GrayImage {
    let (width, height) = (i64::from(picture.width()), i64::from(picture.height()));
    ImageBuffer::from_fn(picture.width(), picture.height(), |x, y| {
        let sum: i64 = (-length / 2..=length / 2)
            .map(|at| {
                let at = at as f64;
                let x = (i64::from(x) + (at * across).round() as i64).clamp(0, width - 1);
                let y = (i64::from(y) + (at * down).round() as i64).clamp(0, height - 1);
                i64::from(picture.get_pixel(x as u32, y as u32)[0])
            })
            .sum();
        Luma([(sum / (length / 2 * 2 + 1)) as u8])
    })
}

/// A lamp in the upper right quarter, `radius` in hundredths of the width.
pub(super) fn dazzled(picture: &GrayImage, radius: f64) -> GrayImage {
    let (cx, cy) = (f64::from(picture.width()) * 0.7, f64::from(picture.height()) * 0.3);
    let radius = f64::from(picture.width()) * radius / 100.0;
    ImageBuffer::from_fn(picture.width(), picture.height(), |x, y| {
        let far = ((f64::from(x) - cx).powi(2) + (f64::from(y) - cy).powi(2)).sqrt() / radius;
        let light = 400.0 * (-far.powi(4)).exp();
        // Papers are photographed a little under white.
        Luma([(f64::from(picture.get_pixel(x, y)[0]) * 0.88 + light).min(255.0) as u8])
    })
}

pub(super) fn plane(picture: &GrayImage) -> Plane {
    Plane { width: picture.width(), height: picture.height(), bytes: picture.as_raw().clone() }
}

pub(super) fn seen(picture: &GrayImage) -> Vec<Finding> {
    findings(plane(picture), 2000).expect("measured")
}

fn found(picture: &GrayImage) -> Vec<&'static str> {
    seen(picture).iter().map(Finding::code).collect()
}

type Spoil = fn(&GrayImage) -> GrayImage;

const SPOILT: [(&str, Spoil, bool); 10] = [
    ("as it is", GrayImage::clone, false),
    ("soft, sigma 0.8", |p| imageops::blur(p, 0.8), false),
    ("out of focus, sigma 2.5", |p| imageops::blur(p, 2.5), true),
    ("out of focus, sigma 4", |p| imageops::blur(p, 4.0), true),
    ("moved 9 px across", |p| moved(p, 9, (1.0, 0.0)), true),
    ("moved 15 px across", |p| moved(p, 15, (1.0, 0.0)), true),
    ("moved 15 px down", |p| moved(p, 15, (0.0, 1.0)), true),
    ("moved 15 px at 45°", |p| moved(p, 15, (0.7, 0.7)), true),
    ("moved 21 px at 30°", |p| moved(p, 21, (0.87, 0.5)), true),
    ("moved 21 px at 150°", |p| moved(p, 21, (-0.87, 0.5)), true),
];

#[test]
fn blur_is_told_from_sharp_print() {
    let papers = sharp();
    println!("{:26} {:>12} {:>12} {:>8}", "", "worst axis", "best axis", "warned");
    for (name, spoil, warns) in SPOILT {
        let spoilt: Vec<GrayImage> = papers.iter().map(|(_, paper)| spoil(paper)).collect();
        let measured: Vec<Sharpness> =
            spoilt.iter().map(|paper| Sharpness::measure(&plane(paper)).expect("there is print")).collect();
        let range = |of: fn(&Sharpness) -> u32| {
            let values: Vec<u32> = measured.iter().map(of).collect();
            format!("{}–{}", values.iter().min().unwrap_or(&0), values.iter().max().unwrap_or(&0))
        };
        let blurred =
            |paper: &&GrayImage| found(paper).iter().any(|code| ["blurred", "shaken"].contains(code));
        let warned = spoilt.iter().filter(blurred).count();
        let (worst, best) = (range(|s| s.worst), range(|s| s.best));
        println!("{name:26} {worst:>12} {best:>12} {warned:>5}/{}", papers.len());
        let expected = if warns { papers.len() } else { 0 };
        assert_eq!(warned, expected, "{name}");
    }
}

#[test]
fn glare_is_found_where_it_is() {
    for (name, paper) in sharp() {
        assert!(!found(&paper).contains(&"glare"), "{name}");
        for radius in [5.0, 8.0, 14.0] {
            let place = seen(&dazzled(&paper, radius)).into_iter().find_map(|finding| match finding {
                Finding::Glare { area } => Some(area),
                _ => None,
            });
            let place = place.unwrap_or_else(|| unreachable!("{name}, radius {radius}: no glare was found"));
            let (x, y) = (place.left + place.width / 2, place.top + place.height / 2);
            assert!(x.abs_diff(7000) < 600 && y.abs_diff(3000) < 600, "{name}, radius {radius}: {place:?}");
        }
    }
}

#[test]
fn white_paper_is_no_glare() {
    let page = GrayImage::from_fn(1200, 1600, |x, y| Luma([if x % 37 < 3 && y % 23 < 9 { 20 } else { 255 }]));
    assert!(!found(&page).contains(&"glare"));
}

#[test]
fn plain_and_tiny_pictures_are_not_judged() {
    assert_eq!(Sharpness::measure(&plane(&GrayImage::from_pixel(1200, 900, Luma([200])))), None);
    assert_eq!(Sharpness::measure(&plane(&GrayImage::from_pixel(40, 3, Luma([9])))), None);
    for (width, height) in [(1, 1), (1, 1600), (1600, 3), (4, 4), (50, 50)] {
        let _ = seen(&GrayImage::from_fn(width, height, |x, y| Luma([(x * 31 + y * 17) as u8])));
    }
}

/// A page with lines of print, a card and a scan: each on its head, and upright.
#[test]
fn what_stands_on_its_head_is_warned_of_and_turned_half_around() {
    let turns = |picture: &GrayImage| {
        seen(picture).into_iter().find_map(|finding| match finding {
            Finding::NotUpright { quarter_turns } => Some(quarter_turns),
            _ => None,
        })
    };
    for (name, paper) in testkit::photographs::flat_papers() {
        assert_eq!(turns(&paper), None, "{name}");
        if ["letter", "card, portrait", "notice, lying"].contains(&name) {
            assert_eq!(turns(&imageops::rotate180(&paper)), Some(2), "{name}");
        }
    }
}

#[test]
fn what_is_no_print_is_not_said_to_stand_on_its_head() {
    let mut state = 7_u32;
    let noise = GrayImage::from_fn(1200, 900, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Luma([(state >> 24) as u8])
    });
    let blank = GrayImage::from_pixel(1200, 1600, Luma([250]));
    let mut pictures =
        vec![("noise", noise.clone()), ("soft noise", imageops::blur(&noise, 2.0)), ("blank", blank)];
    for (name, bytes) in
        [("portrait", testkit::papers::portrait_jpeg()), ("larger", testkit::papers::better_portrait_jpeg())]
    {
        pictures.push((name, image::load_from_memory(&bytes).expect("our own").to_luma8()));
    }
    for (name, picture) in pictures {
        for picture in [imageops::rotate180(&picture), picture] {
            assert!(!found(&picture).contains(&"not_upright"), "{name}");
        }
    }
}
