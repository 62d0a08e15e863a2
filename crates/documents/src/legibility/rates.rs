//! How often each finding is right: true and false warnings at several thresholds, over photographs whose truth
//! is known (`testkit::photographs`). The chosen threshold is marked `*`; docs/legibility.md keeps the table.
#![allow(clippy::print_stdout, reason = "the table is what this is for")]

use image::{GrayImage, Luma, imageops};
use testkit::photographs::{self, Photograph};

use super::{
    DARK, Ink, Print, Sharpness, glare, lines, not_upright, tests::dazzled, tests::moved, tests::plane,
    tests::shrunk, upside_down,
};
use crate::{
    Finding,
    outline::{self, Outline},
    picture::Plane,
    resize,
};

/// Photographs of each sort.
const COUNT: u32 = 80;

/// Prints one line for each threshold and gives the share of true and false warnings at the chosen one.
fn rates(name: &str, bad: &[f64], good: &[f64], thresholds: &[f64], chosen: f64) -> (f64, f64) {
    let at = |values: &[f64], threshold: f64| values.iter().filter(|value| **value >= threshold).count();
    let share = |count: usize, of: &[f64]| {
        let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        number(count) / number(of.len().max(1))
    };
    for threshold in thresholds {
        let (hits, alarms) = (at(bad, *threshold), at(good, *threshold));
        let mark = if (threshold - chosen).abs() < 1e-9 { "*" } else { " " };
        println!(
            "{name:14} {threshold:>7.3}{mark} warned rightly {hits:>3}/{:<3} wrongly {alarms:>3}/{:<3}",
            bad.len(),
            good.len()
        );
    }
    (share(at(bad, chosen), bad), share(at(good, chosen), good))
}

fn small(picture: &GrayImage, edge: u32) -> Plane {
    let whole = plane(picture);
    resize::within(&whole.bytes, whole.size(), edge).expect("smaller")
}

fn flat() -> Vec<GrayImage> {
    photographs::flat_papers().into_iter().map(|(_, paper)| paper).collect()
}

fn outlines(photographs: &[Photograph]) -> Vec<Option<Outline>> {
    photographs.iter().map(|photograph| Outline::find(&small(&photograph.picture, outline::EDGE))).collect()
}

/// Farthest corner from the truth, as a share of the picture's diagonal; whichever corner comes first.
fn miss(found: &Outline, truth: &Photograph) -> f64 {
    let (width, height) = (f64::from(photographs::SIZE.0), f64::from(photographs::SIZE.1));
    let apart = |turn: usize, at: usize| {
        let (found, truth) = (found.corners[(at + turn) % 4], truth.corners[at]);
        (found.0 * width - truth.0).hypot(found.1 * height - truth.1) / width.hypot(height)
    };
    let farthest = |turn: usize| (0..4).map(|at| apart(turn, at)).fold(0.0, f64::max);
    (0..4).map(farthest).fold(f64::INFINITY, f64::min)
}

/// The proposal to cut, and the question whether a paper is cut off: one search serves both.
#[test]
fn papers_are_found_and_missed_as_told() {
    let whole = photographs::whole(COUNT);
    let cut: Vec<(Photograph, usize)> = photographs::cut_off(COUNT);
    let found = outlines(&whole);
    let proposed: Vec<(&Outline, &Photograph)> = found
        .iter()
        .zip(&whole)
        .filter_map(|(found, truth)| {
            Some((found.as_ref().filter(|found| found.proposal().is_some())?, truth))
        })
        .collect();
    let right = proposed.iter().filter(|(found, truth)| miss(found, truth) < 0.02).count();
    let (wrong, none) = (proposed.len() - right, whole.len() - proposed.len());
    println!("proposals      of {}: right {right}, none {none}, wrong {wrong}", whole.len());
    let cut_photographs: Vec<Photograph> = cut.iter().map(|(photograph, _)| photograph.clone()).collect();
    let cut_found = outlines(&cut_photographs);
    let mistaken = cut_found.iter().flatten().filter(|found| found.proposal().is_some()).count();
    println!(
        "proposals      of {} papers that are cut off: none {}, wrong {mistaken}",
        cut.len(),
        cut.len() - mistaken
    );
    assert!(right * 10 >= whole.len() * 9 && wrong * 50 <= whole.len(), "{right} right, {wrong} wrong");
    assert!(mistaken * 20 <= cut.len(), "{mistaken} proposals for papers that are not all there");

    // The weakest edge's support where something seems cut off; 0 where nothing does.
    let measure = |found: &Option<Outline>, side: Option<usize>| {
        let Some(found) = found else { return 0.0 };
        let asked = found.runs_out().is_some_and(|cut| side.map_or(cut.contains(&true), |side| cut[side]));
        if asked { found.weakest() } else { 0.0 }
    };
    let bad: Vec<f64> =
        cut_found.iter().zip(&cut).map(|(found, (_, side))| measure(found, Some(*side))).collect();
    let scans: Vec<Option<Outline>> =
        flat().iter().map(|paper| Outline::find(&small(paper, outline::EDGE))).collect();
    let good: Vec<f64> = found.iter().chain(&scans).map(|found| measure(found, None)).collect();
    let (hits, alarms) =
        rates("cut off", &bad, &good, &[0.5, 0.6, 0.7, 0.8, outline::LIKELY, 0.95], outline::LIKELY);
    assert!(hits >= 0.7 && alarms <= 0.05, "{hits} {alarms}");
    assert!(
        scans.iter().flatten().all(|scan| scan.cut_off().is_none_or(|cut| !cut.contains(&true))),
        "a scan"
    );
}

fn print(luma: &Plane) -> Option<Print> {
    Ink::find(luma).map(|ink| Print::measure(&ink))
}

#[test]
fn print_on_its_side_is_told_as_told() {
    let mut pictures = flat();
    pictures.extend(photographs::whole(COUNT / 2).into_iter().map(|photograph| photograph.picture));
    let measure = |turn: fn(&GrayImage) -> GrayImage| -> Vec<Option<Print>> {
        pictures.iter().map(|picture| print(&small(&turn(picture), lines::EDGE))).collect()
    };
    let value = |print: &Option<Print>| f64::from(print.map_or(0, |print| print.sideways));
    let (right, left) = (measure(imageops::rotate90), measure(imageops::rotate270));
    let bad: Vec<f64> = right.iter().chain(&left).map(value).collect();
    let good: Vec<f64> =
        measure(GrayImage::clone).iter().chain(&measure(imageops::rotate180)).map(value).collect();
    let chosen = f64::from(lines::SIDEWAYS);
    let (hits, alarms) =
        rates("not upright", &bad, &good, &[100.0, 120.0, 140.0, chosen, 180.0, 220.0], chosen);
    assert!(hits >= 0.4 && alarms <= 0.01, "{hits} {alarms}");
    let warned = |prints: &[Option<Print>], turns: u8| {
        let warned = prints.iter().flatten().filter(|print| print.finding().is_some());
        warned.fold((0_u32, 0_u32), |(right, all), print| (right + u32::from(print.turns == turns), all + 1))
    };
    let (one, three) = (warned(&left, 1), warned(&right, 3));
    let (correct, all) = (one.0 + three.0, one.1 + three.1);
    println!("not upright    direction of the turn right {correct}/{all}");
    assert!(correct * 5 >= all * 4);
}

/// Papers on their heads against the same papers upright.
#[test]
fn print_on_its_head_is_told_as_told() {
    let mut pictures = flat();
    pictures.extend(photographs::whole(COUNT).into_iter().map(|photograph| photograph.picture));
    pictures.extend(photographs::cut_off(COUNT).into_iter().map(|(photograph, _)| photograph.picture));
    let sureness = |luma: &Plane| {
        let ink = Ink::find(luma)?;
        let print = Print::measure(&ink);
        if print.finding().is_some() {
            return None;
        }
        upside_down::sureness(luma, &ink, print.slant)
    };
    let measure = |turn: fn(&GrayImage) -> GrayImage| -> Vec<f64> {
        let planes = pictures.iter().map(|picture| small(&turn(picture), lines::EDGE));
        planes.map(|luma| sureness(&luma).map_or(-1.0, f64::from)).collect()
    };
    let (bad, good) = (measure(imageops::rotate180), measure(GrayImage::clone));
    let chosen = f64::from(upside_down::SURE);
    let (hits, alarms) = rates("upside down", &bad, &good, &[0.1, 0.2, 0.3, 0.4, chosen, 0.6, 0.8], chosen);
    assert!(hits >= 0.5 && alarms <= 0.0, "{hits} {alarms}");
}

/// What is said of papers that lie or stand on their heads, by lines of print and by the classifier.
#[test]
fn papers_are_turned_as_told() {
    let mut pictures = flat();
    pictures.extend(photographs::whole(COUNT / 2).into_iter().map(|photograph| photograph.picture));
    let said = |turn: fn(&GrayImage) -> GrayImage| -> Vec<Option<u8>> {
        let turns = |luma: &Plane| match not_upright(luma) {
            Some(Finding::NotUpright { quarter_turns }) => Some(quarter_turns),
            _ => None,
        };
        pictures.iter().map(|picture| turns(&small(&turn(picture), lines::EDGE))).collect()
    };
    for (name, turn, turns) in [
        ("on its head", imageops::rotate180 as fn(&GrayImage) -> GrayImage, 2),
        ("on its right side", imageops::rotate90, 3),
        ("on its left side", imageops::rotate270, 1),
    ] {
        let said = said(turn);
        let warned = said.iter().flatten().count();
        let right = said.iter().flatten().filter(|said| **said == turns).count();
        let half = said.iter().flatten().filter(|said| **said == 2).count();
        println!("{name:17} warned {warned}/{}, turn right {right}, half a turn {half}", said.len());
        assert!(turns == 2 || half * 20 <= said.len(), "{half} lying papers taken for upside down");
        assert!(turns != 2 || right == warned, "{right} of {warned}");
    }
}

#[test]
fn light_and_focus_are_told_as_told() {
    let photographs: Vec<GrayImage> =
        photographs::whole(30).into_iter().map(|photograph| photograph.picture).collect();
    let good: Vec<GrayImage> = flat().into_iter().chain(photographs).collect();
    let dimmed = |picture: &GrayImage, percent: u16| {
        let dim = |level: u8| u8::try_from(u16::from(level) * percent / 100).unwrap_or(u8::MAX);
        GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
            Luma([dim(picture.get_pixel(x, y).0[0])])
        })
    };
    // How far below white the brightest twentieth begins.
    let darkness = |picture: &GrayImage| {
        let mut levels = picture.as_raw().clone();
        levels.sort_unstable();
        255.0 - f64::from(levels[levels.len() * 19 / 20])
    };
    let dark: Vec<f64> =
        good.iter().flat_map(|picture| [20, 35].map(|percent| darkness(&dimmed(picture, percent)))).collect();
    let light: Vec<f64> = good.iter().map(darkness).collect();
    let chosen = 255.0 - f64::from(DARK);
    let (hits, alarms) = rates("dark", &dark, &light, &[95.0, 125.0, chosen, 175.0, 195.0], chosen);
    assert!(hits >= 0.95 && alarms <= 0.01, "{hits} {alarms}");

    let blur =
        |picture: &GrayImage| Sharpness::measure(&plane(picture)).map_or(0.0, |blur| f64::from(blur.worst));
    let sharp: Vec<GrayImage> = flat().iter().map(|paper| shrunk(paper, 1400)).collect();
    let soft: Vec<f64> =
        sharp.iter().flat_map(|paper| [2.5, 4.0].map(|sigma| blur(&imageops::blur(paper, sigma)))).collect();
    let crisp: Vec<f64> = sharp.iter().map(blur).collect();
    let (hits, alarms) = rates("blurred", &soft, &crisp, &[330.0, 400.0, 450.0, 500.0, 600.0], 450.0);
    assert!(hits >= 0.85 && alarms <= 0.07, "{hits} {alarms}");
    // Shaken is told by how lopsided the blur is, once the worst axis is soft at all.
    let lopsided = |picture: &GrayImage| {
        let blur = Sharpness::measure(&plane(picture)).filter(|blur| blur.worst >= 330);
        blur.map_or(0.0, |blur| f64::from(blur.worst) / f64::from(blur.best.max(1)))
    };
    let hands = [(1.0, 0.0), (0.0, 1.0), (0.7, 0.7), (-0.87, 0.5)];
    let shaken: Vec<f64> =
        sharp.iter().flat_map(|paper| hands.map(|hand| lopsided(&moved(paper, 15, hand)))).collect();
    let steady: Vec<f64> = sharp.iter().map(lopsided).collect();
    let (hits, alarms) = rates("shaken", &shaken, &steady, &[1.2, 1.4, 1.6, 1.8, 2.2], 1.6);
    assert!(hits >= 0.5 && alarms <= 0.07, "{hits} {alarms}");

    let patch = |picture: &GrayImage| {
        let share = glare::largest(&plane(picture)).map_or(0, |(share, _)| share);
        f64::from(u32::try_from(share).unwrap_or(u32::MAX))
    };
    let matt: Vec<GrayImage> = good.iter().map(|picture| dimmed(picture, 85)).collect();
    let dazzling: Vec<f64> = matt
        .iter()
        .flat_map(|picture| [5.0, 8.0, 14.0].map(|radius| patch(&dazzled(picture, radius))))
        .collect();
    let plain: Vec<f64> = matt.iter().map(patch).collect();
    let (hits, alarms) = rates("glare", &dazzling, &plain, &[1.0, 2.0, 3.0, 6.0, 12.0], 3.0);
    assert!(hits >= 0.8 && alarms <= 0.01, "{hits} {alarms}");
}
