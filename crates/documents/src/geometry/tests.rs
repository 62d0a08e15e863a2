//! By pixels: what was bent comes back straight, what was hidden is gone, and nothing asked can panic.

use proptest::prelude::*;

use super::{Frame, homography::Homography, homography::Spot, ready};
use crate::{
    Area, PageEdit, Point, Quad, Refusal, WHOLE,
    orientation::Turn,
    picture::{Decoded, Picture, Pixels, Plane, Ready},
};

const RED: [u8; 3] = [200, 30, 30];
const GREEN: [u8; 3] = [30, 180, 40];
const BLUE: [u8; 3] = [40, 50, 200];
const YELLOW: [u8; 3] = [230, 220, 40];
const CORNERS: [[u8; 3]; 4] = [RED, GREEN, BLUE, YELLOW];

fn level(value: f64) -> u8 {
    u8::try_from(super::homography::whole(value.round())).unwrap_or(0)
}

fn part(value: f64) -> u16 {
    u16::try_from(super::homography::whole((value * f64::from(WHOLE)).round())).unwrap_or(0)
}

fn decoded(width: u32, height: u32, pixels: Pixels) -> Decoded {
    Decoded { width, height, pixels, conversion: None }
}

fn drawn(width: u32, height: u32, colour: impl Fn(f64, f64) -> [u8; 3]) -> Vec<u8> {
    let row = |y: u32| (0..width).map(move |x| (x, y));
    (0..height).flat_map(row).flat_map(|(x, y)| colour(f64::from(x) + 0.5, f64::from(y) + 0.5)).collect()
}

/// RGB in every way a codec may hand it over; the name is for messages.
fn kinds(width: u32, height: u32, rgb: &[u8]) -> Vec<(&'static str, Pixels)> {
    let pixels = rgb.as_chunks::<3>().0;
    let yuv = pixels.iter().map(|[r, g, b]| {
        let [r, g, b] = [r, g, b].map(|level| f64::from(*level));
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        [y, 128.0 + 0.564 * (b - y), 128.0 + 0.713 * (r - y)].map(|level_| level(level_.clamp(0.0, 255.0)))
    });
    let yuv: Vec<[u8; 3]> = yuv.collect();
    // Chroma of every `across`-th and `down`-th pixel; luma padded to whole samples as the decoder does.
    let planes = |across: u32, down: u32| {
        let chroma = (width.div_ceil(across), height.div_ceil(down));
        let plane = |index: usize, (plane_width, plane_height): (u32, u32), step: (u32, u32)| {
            let at = |x: u32, y: u32| {
                let (x, y) = ((x * step.0).min(width - 1), (y * step.1).min(height - 1));
                yuv[usize::try_from(y * width + x).unwrap_or(0)][index]
            };
            let bytes = (0..plane_height).flat_map(|y| (0..plane_width).map(move |x| at(x, y))).collect();
            Plane { width: plane_width, height: plane_height, bytes }
        };
        let luma = (chroma.0 * across, chroma.1 * down);
        Pixels::Yuv([
            plane(0, luma, (1, 1)),
            plane(1, chroma, (across, down)),
            plane(2, chroma, (across, down)),
        ])
    };
    let ink = |inverted: bool| {
        let ink = |light: u8| if inverted { light } else { 255 - light };
        let none = if inverted { 255 } else { 0 };
        Pixels::Cmyk {
            bytes: pixels.iter().flat_map(|[r, g, b]| [ink(*r), ink(*g), ink(*b), none]).collect(),
            inverted,
        }
    };
    vec![
        ("rgb", Pixels::Rgb(rgb.to_vec())),
        ("ink", ink(false)),
        ("ink, inverted", ink(true)),
        ("4:4:4", planes(1, 1)),
        ("4:2:2", planes(2, 1)),
        ("4:2:0", planes(2, 2)),
        ("4:1:1", planes(4, 1)),
        ("gray", Pixels::Gray(yuv.iter().map(|yuv| yuv[0]).collect())),
    ]
}

/// Colour at a share of width and height; gray pictures give their level three times.
fn colour(picture: &Picture, x: f64, y: f64) -> [u8; 3] {
    let at = |share: f64, side: u32| {
        let place = super::homography::whole(share * f64::from(side));
        usize::try_from(place).unwrap_or(0).min(usize::try_from(side).unwrap_or(1) - 1)
    };
    let (column, row) = (at(x, picture.width), at(y, picture.height));
    let width = usize::try_from(picture.width).unwrap_or(1);
    match &picture.pixels {
        Ready::Gray(gray) => [gray[row * width + column]; 3],
        Ready::Rgb(rgb) => rgb.as_chunks::<3>().0[row * width + column],
        Ready::Fine(_) => unreachable!("cut pictures are in RGB then"),
        Ready::Yuv { y, u, v } => {
            let half = (row / 2) * (width / 2) + column / 2;
            let (y, u, v) =
                (f64::from(y[row * width + column]), f64::from(u[half]) - 128.0, f64::from(v[half]) - 128.0);
            [y + 1.402 * v, y - 0.344 * u - 0.714 * v, y + 1.772 * u]
                .map(|channel| level(channel.clamp(0.0, 255.0)))
        }
    }
}

fn quad(corners: [(f64, f64); 4]) -> Quad {
    Quad(corners.map(|(x, y)| Point { x: part(x), y: part(y) }))
}

/// The orientation that undoes one.
fn undo(number: u8) -> Turn {
    Turn::from_exif(match number {
        6 => 8,
        8 => 6,
        other => other,
    })
}

/// Four coloured quarters in a tilted frame on black come out as four quarters, whatever way the picture is stored,
/// turned and held in memory.
#[test]
fn every_turn_and_every_kind_of_pixels() {
    let (width, height) = (240_u32, 180_u32);
    let tilted = [(0.2, 0.1), (0.9, 0.2), (0.8, 0.9), (0.1, 0.8)];
    let upright = [(0.1, 0.2), (0.8, 0.2), (0.8, 0.9), (0.1, 0.9)];
    for (name, corners) in [("tilted", tilted), ("box", upright)] {
        let pixels = corners.map(|(x, y)| Spot { x: x * f64::from(width), y: y * f64::from(height) });
        let middle = Homography::onto(&pixels, (1.0, 1.0)).at(0.5, 0.5);
        // Which quarter a place is in: by the lines through the middles of opposite sides.
        let map = Homography::onto(&pixels, (1.0, 1.0));
        let side = |a: Spot, b: Spot, x: f64, y: f64| (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) > 0.0;
        let inside = |x: f64, y: f64| (0..4).all(|i| side(pixels[i], pixels[(i + 1) % 4], x, y));
        let picture = drawn(width, height, |x, y| {
            let right = side(map.at(0.5, 1.0), middle, x, y);
            let below = side(middle, map.at(1.0, 0.5), x, y);
            match (inside(x, y), right, below) {
                (false, ..) => [0; 3],
                (_, false, false) => RED,
                (_, true, false) => GREEN,
                (_, true, true) => BLUE,
                (_, false, true) => YELLOW,
            }
        });
        for number in 1..=8_u8 {
            let turn = Turn::from_exif(number);
            let (stored_width, stored_height) = undo(number).size((width, height));
            let stored = undo(number).apply::<[u8; 3]>(picture.as_chunks().0, 240, 180).into_flattened();
            for quarter_turns in 0..4_u8 {
                let edit = PageEdit { crop: Some(quad(corners)), quarter_turns, ..PageEdit::default() };
                let mut expected = CORNERS;
                expected.rotate_right(usize::from(quarter_turns));
                for (kind, pixels) in kinds(stored_width, stored_height, &stored) {
                    let mut decoded = decoded(stored_width, stored_height, pixels);
                    for edge in [4000, 100] {
                        let found = ready(&mut decoded, edge, turn, &edit).expect("an edit that can be made");
                        let what =
                            format!("{name}, orientation {number}, {quarter_turns} turns, {kind}, {edge}");
                        let wide = found.width > found.height;
                        assert_eq!(wide, quarter_turns.is_multiple_of(2), "{what}");
                        assert!(found.long_edge() <= edge, "{what}");
                        let places = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.08, 0.08)];
                        let wanted = [expected[0], expected[1], expected[2], expected[3], expected[0]];
                        for ((x, y), wanted) in places.into_iter().zip(wanted) {
                            let seen = colour(&found, x, y);
                            let gray = level(
                                0.299 * f64::from(wanted[0])
                                    + 0.587 * f64::from(wanted[1])
                                    + 0.114 * f64::from(wanted[2]),
                            );
                            let wanted = if kind == "gray" { [gray; 3] } else { wanted };
                            let near = seen.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 24);
                            assert!(near, "{what}: {seen:?} instead of {wanted:?} at {x}, {y}");
                        }
                    }
                }
            }
        }
    }
}

/// Lines and dots as on a form; smooth enough to be read back between pixels.
fn form(u: f64, v: f64) -> f64 {
    let wave = |at: f64, count: f64| (at * count * std::f64::consts::TAU).sin();
    150.0 + 45.0 * wave(u, 24.0) * wave(v, 16.0) + 40.0 * wave(u + v, 5.0)
}

/// A form 3 : 2 on a table, seen by a camera from the side; where its corners are seen.
fn photographed(width: u32, height: u32, (lean, swing, roll): (f64, f64, f64)) -> (Vec<u8>, [Spot; 4]) {
    let focus = 0.8 * f64::from(width.max(height));
    let corner = |x: f64, y: f64| {
        let (x, y) = (x * roll.cos() - y * roll.sin(), x * roll.sin() + y * roll.cos());
        let (y, z) = (y * lean.cos(), y * lean.sin());
        let (x, z) = (x * swing.cos() + z * swing.sin(), z * swing.cos() - x * swing.sin());
        let away = 4.0 + z;
        Spot { x: f64::from(width) / 2.0 + focus * x / away, y: f64::from(height) / 2.0 + focus * y / away }
    };
    let corners = [corner(-1.5, -1.0), corner(1.5, -1.0), corner(1.5, 1.0), corner(-1.5, 1.0)];
    // Back from the picture to the form, by the inverse of the map's matrix: solved by a few steps of Newton.
    let map = Homography::onto(&corners, (1.0, 1.0));
    let back = |x: f64, y: f64| {
        let (mut u, mut v) = (0.5, 0.5);
        for _ in 0..12 {
            let (here, right, below) = (map.at(u, v), map.at(u + 1e-4, v), map.at(u, v + 1e-4));
            let (a, b) = ((right.x - here.x) / 1e-4, (below.x - here.x) / 1e-4);
            let (c, d) = ((right.y - here.y) / 1e-4, (below.y - here.y) / 1e-4);
            let (dx, dy) = (x - here.x, y - here.y);
            let area = a * d - b * c;
            u = (u + (dx * d - dy * b) / area).clamp(-0.5, 1.5);
            v = (v + (dy * a - dx * c) / area).clamp(-0.5, 1.5);
        }
        (u, v)
    };
    let inside = |u: f64, v: f64| (-0.02..=1.02).contains(&u) && (-0.02..=1.02).contains(&v);
    let gray = drawn(width, height, |x, y| {
        let (u, v) = back(x, y);
        [if inside(u, v) { level(form(u, v)) } else { 20 }; 3]
    });
    (gray.chunks_exact(3).map(|pixel| pixel[0]).collect(), corners)
}

#[test]
fn what_was_bent_comes_back_straight() {
    let (width, height) = (1200_u32, 900_u32);
    for angles in [
        (0.0, 0.0, 0.0),
        (0.5, 0.0, 0.0),
        (-0.4, 0.3, 0.2),
        (0.3, -0.5, -0.4),
        (0.0, 0.45, 0.3),
        (0.2, 0.2, 0.05),
    ] {
        let (gray, corners) = photographed(width, height, angles);
        let corners = corners.map(|spot| (spot.x / f64::from(width), spot.y / f64::from(height)));
        let edit = PageEdit { crop: Some(quad(corners)), ..PageEdit::default() };
        let frame = Frame::new((width, height), Turn::UPRIGHT, &edit).expect("a paper");
        for (edge, allowed) in [(4000, 2.0), (500, 2.0), (300, 3.0)] {
            let mut decoded = decoded(width, height, Pixels::Gray(gray.clone()));
            let flat = ready(&mut decoded, edge, Turn::UPRIGHT, &edit).expect("flat");
            let shape = f64::from(flat.width) / f64::from(flat.height);
            assert!((shape / 1.5 - 1.0).abs() < 0.025, "{angles:?}: {} × {}", flat.width, flat.height);
            assert_eq!(flat.long_edge(), edge.min(frame.long_edge()));
            let luma = flat.luma().bytes;
            let mut error = 0.0;
            for (at, found) in luma.iter().enumerate() {
                let at = u32::try_from(at).expect("small");
                let u = (f64::from(at % flat.width) + 0.5) / f64::from(flat.width);
                let v = (f64::from(at / flat.width) + 0.5) / f64::from(flat.height);
                error += (f64::from(*found) - form(u, v)).abs();
            }
            let error = error / f64::from(flat.width * flat.height);
            assert!(error < allowed, "{angles:?} at {edge}: off by {error} levels in the mean");
        }
    }
}

/// The strongest thing that can be said of hiding: two pictures that differ only in what is hidden become the same.
#[test]
fn what_is_hidden_leaves_no_trace() {
    let (width, height) = (160_u32, 120_u32);
    let area = Area { left: 4000, top: 3000, width: 2500, height: 2000 };
    let secret = |x: f64, y: f64| (64.0..104.0).contains(&x) && (36.0..60.0).contains(&y);
    let picture =
        |digits: [u8; 3]| drawn(width, height, |x, y| if secret(x, y) { digits } else { [210, 190, 90] });
    let crops = [None, Some(quad([(0.3, 0.2), (0.9, 0.1), (0.8, 0.9), (0.2, 0.8)]))];
    for (crop, number) in crops.into_iter().flat_map(|crop| (1..=8_u8).map(move |number| (crop, number))) {
        let turn = Turn::from_exif(number);
        let size = undo(number).size((width, height));
        let stored = |digits: [u8; 3]| {
            undo(number).apply::<[u8; 3]>(picture(digits).as_chunks().0, 160, 120).into_flattened()
        };
        let edit = PageEdit { hidden: vec![area], crop, ..PageEdit::default() };
        let pairs = kinds(size.0, size.1, &stored([250, 0, 40])).into_iter().zip(kinds(
            size.0,
            size.1,
            &stored([0, 80, 255]),
        ));
        for ((kind, one), (_, other)) in pairs {
            for edge in [160, 70] {
                let shown = |pixels: &Pixels| {
                    let copy = match pixels {
                        Pixels::Gray(gray) => Pixels::Gray(gray.clone()),
                        Pixels::Yuv(planes) => Pixels::Yuv(planes.clone()),
                        Pixels::Rgb(rgb) => Pixels::Rgb(rgb.clone()),
                        Pixels::Cmyk { bytes, inverted } => {
                            Pixels::Cmyk { bytes: bytes.clone(), inverted: *inverted }
                        }
                    };
                    ready(&mut decoded(size.0, size.1, copy), edge, turn, &edit).expect("hidden")
                };
                let (first, second) = (shown(&one), shown(&other));
                let bytes = |picture: &Picture| match &picture.pixels {
                    Ready::Gray(bytes) | Ready::Rgb(bytes) => bytes.clone(),
                    Ready::Yuv { y, u, v } | Ready::Fine([y, u, v]) => [&y[..], u, v].concat(),
                };
                let what = format!("{kind}, orientation {number}, {edge}, cropped: {}", crop.is_some());
                assert!(bytes(&first) == bytes(&second), "{what}: something came through");
                if crop.is_none() {
                    for (x, y) in [(0.41, 0.31), (0.525, 0.4), (0.64, 0.49)] {
                        let seen = colour(&first, x, y);
                        assert!(seen.iter().all(|level| *level <= 24), "{what}: {seen:?}");
                    }
                    let beside = colour(&first, 0.3, 0.4);
                    assert!(beside[0] > 150, "{what}: {beside:?} beside what is hidden");
                }
            }
        }
    }
}

#[test]
fn edits_that_make_no_paper_are_refused() {
    let bad = |crop: [(u16, u16); 4]| {
        let crop = Quad(crop.map(|(x, y)| Point { x, y }));
        let edit = PageEdit { crop: Some(crop), ..PageEdit::default() };
        Frame::new((100, 100), Turn::UPRIGHT, &edit).err()
    };
    let whole = [(0, 0), (10_000, 0), (10_000, 10_000), (0, 10_000)];
    assert_eq!(bad(whole), None);
    let refused = Some(Refusal::BadEdit);
    assert_eq!(bad([(0, 0), (0, 10_000), (10_000, 10_000), (10_000, 0)]), refused, "mirrored");
    assert_eq!(bad([(0, 0), (10_000, 10_000), (10_000, 0), (0, 10_000)]), refused, "crossed");
    assert_eq!(bad([(0, 0), (10_001, 0), (10_000, 10_000), (0, 10_000)]), refused, "beyond the page");
    assert_eq!(bad([(0, 0), (10_000, 0), (10_000, 10_000), (9000, 900)]), refused, "an arrow");
    assert_eq!(bad([(0, 0), (900, 0), (900, 900), (0, 900)]), refused, "next to nothing");
    assert_eq!(bad([(0, 0), (5000, 1), (10_000, 0), (5000, 9000)]), refused, "a triangle");
    assert_eq!(bad([(5, 5); 4]), refused, "a point");
    for hidden in
        [Area { left: 10_000, top: 0, width: 5, height: 5 }, Area { left: 0, top: 0, width: 0, height: 9 }]
    {
        let edit = PageEdit { hidden: vec![hidden], ..PageEdit::default() };
        assert_eq!(Frame::new((100, 100), Turn::UPRIGHT, &edit).err(), Some(Refusal::BadEdit));
    }
}

#[test]
fn a_crop_keeps_the_resolution_of_the_source() {
    let frame = |corners| {
        let edit = PageEdit { crop: Some(quad(corners)), ..PageEdit::default() };
        Frame::new((8000, 6000), Turn::UPRIGHT, &edit).expect("a paper")
    };
    let half = frame([(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]);
    assert_eq!((half.full_size(), half.long_edge()), ((4000, 3000), 4000));
    assert_eq!((half.decode_edge(2000), half.decode_edge(9000)), (4000, 8000));
    assert!((half.share() - 0.25).abs() < 1e-9);
}

fn any_quad() -> impl Strategy<Value = Quad> {
    let near = || 0..=WHOLE / 2;
    let far = || WHOLE / 2..=WHOLE;
    let paper = [(near(), near()), (far(), near()), (far(), far()), (near(), far())];
    let anything = [(); 4].map(|()| (0..=WHOLE + 9, 0..=WHOLE + 9));
    let points = |corners: [(u16, u16); 4]| Quad(corners.map(|(x, y)| Point { x, y }));
    prop_oneof![paper.prop_map(points), anything.prop_map(points)]
}

proptest! {
    /// Whatever corners, areas, sizes and kinds of pixels: a picture within its bounds, or a refusal.
    #[test]
    fn nothing_asked_can_panic(
        quads in any_quad(),
        area in (0..=WHOLE, 0..=WHOLE, 0..=u16::MAX, 0..=u16::MAX),
        size in prop_oneof![(1..60_u32, 1..60_u32), (1..3_u32, 1..700_u32), (1..700_u32, 1..3_u32)],
        (number, quarter_turns, kind) in (0..=9_u8, 0..=255_u8, 0..8_usize),
        edge in prop_oneof![1..80_u32, Just(u32::MAX), Just(0)],
        hides in any::<bool>(),
    ) {
        let rgb = vec![77; usize::try_from(size.0 * size.1 * 3).unwrap_or(0)];
        let (_, pixels) = kinds(size.0, size.1, &rgb).swap_remove(kind);
        let area = Area { left: area.0, top: area.1, width: area.2, height: area.3 };
        let hidden = if hides { vec![area] } else { vec![] };
        let edit = PageEdit { page: 0, hidden, crop: Some(quads), quarter_turns };
        let mut decoded = decoded(size.0, size.1, pixels);
        match ready(&mut decoded, edge, Turn::from_exif(number), &edit) {
            Ok(picture) => {
                prop_assert!(picture.width >= 1 && picture.height >= 1);
                prop_assert!(picture.long_edge() <= edge.max(2).min(size.0.max(size.1) * 2));
            }
            Err(refusal) => prop_assert_eq!(refusal, Refusal::BadEdit),
        }
    }
}
