//! Whether lines of print that run from side to side stand on their heads.
//!
//! Some pieces of lines are cut out and shown to a small classifier one after the other, until one looks upright: where
//! a paper is upright that is mostly the first. Where none does they are shown turned around: what stands on its head
//! must look upright then. What is no print looks alike both ways.

use super::{
    ink::{Bounds, Ink, patches},
    line_direction,
    lines::Print,
};
use crate::{Finding, orientation::Turn, picture::Plane};

/// Pieces of lines looked at, at most.
const PIECES: usize = 4;
/// Fewer say nothing.
const FEWEST_PIECES: usize = 3;
/// A piece is upright when the classifier gives less than this for its standing on its head, of 1.
const UPRIGHT: f32 = 0.25;
/// How much surer the pieces must look to stand on their heads than turned around; 1 when all do without a doubt.
pub(super) const SURE: f32 = 0.5;
/// Columns taken together where pieces are looked for.
const TOGETHER: usize = 4;
/// Letters of a line are closer to each other, pixels.
const GAP: usize = 16;
/// How high a line can be, pixels; counted along columns.
const HIGH: std::ops::RangeInclusive<usize> = 8..=60;
/// Space above and below a line that is cut out with it, as a share of its height.
const SPACE: f32 = 0.2;

/// A piece of a line, cut out: [`line_direction::HEIGHT`] rows.
pub(super) struct Piece {
    pub(super) width: usize,
    pub(super) levels: Vec<u8>,
}

/// Of a picture whose lines of print do not run from top to bottom.
pub(super) fn finding(luma: &Plane, ink: &Ink, print: Print) -> Option<Finding> {
    if sureness(luma, ink, print.slant)? < SURE {
        return None;
    }
    // Letters on their right side look as if they stood on their heads, and stand in columns where print is dense: seen
    // after a quarter turn they still do, while those that stand on their heads look upright then.
    let turn = Turn::UPRIGHT.then_quarters(1);
    let (width, height) = turn.size(luma.size());
    let turned = Plane { width, height, bytes: turn.bytes::<1>(luma.bytes.clone(), luma.size()) };
    let ink = ink.turned();
    let (_, slant) = ink.rise_and_fall();
    let lying = sureness(&turned, &ink, slant).is_some_and(|sureness| sureness >= SURE);
    Some(Finding::NotUpright { quarter_turns: if lying { 3 } else { 2 } })
}

/// How much surer pieces of lines look to stand on their heads than turned around; at most 0 where one looks upright.
/// `None` where there are too few lines.
pub(super) fn sureness(luma: &Plane, ink: &Ink, slant: i32) -> Option<f32> {
    let longest = longest(ink, slant);
    let mut pieces = Vec::new();
    let mut sum = 0.0;
    for bounds in &longest {
        let piece = cut_out(luma, ink, slant, *bounds);
        let share = line_direction::upside_down(&piece)?;
        if share < UPRIGHT {
            return Some(0.0);
        }
        sum += share;
        pieces.push(piece);
    }
    for mut piece in pieces {
        piece.levels.reverse();
        sum -= line_direction::upside_down(&piece)?;
    }
    (!longest.is_empty()).then(|| sum / longest.len() as f32)
}

/// The pieces of lines with the most ink, in columns and slanted rows; none where there are too few.
fn longest(ink: &Ink, slant: i32) -> Vec<Bounds> {
    // One more on each side, so that nothing lies along the border.
    let (width, height) = (ink.width / TOGETHER + 3, ink.rows() + 2);
    let mut map = vec![false; width * height];
    for (x, y) in &ink.places {
        let (x, y) = (usize::from(*x), usize::from(*y));
        map[(ink.slanted(x, y, slant) + 1) * width + x / TOGETHER + 1] = true;
    }
    for row in map.chunks_exact_mut(width) {
        let mut last: Option<usize> = None;
        for x in 0..width {
            if row[x] {
                if let Some(last) = last.filter(|last| (x - last) * TOGETHER <= GAP) {
                    row[last..x].fill(true);
                }
                last = Some(x);
            }
        }
    }
    let mut pieces: Vec<(usize, Bounds)> = Vec::new();
    patches(&mut map, width, |patch, found| {
        let left = (found.left - 1) * TOGETHER;
        let right = (found.right * TOGETHER - 1).min(ink.width - 1);
        let bounds = Bounds { left, right, top: found.top - 1, bottom: found.bottom - 1 };
        let (long, high) = (right - left + 1, bounds.bottom - bounds.top + 1);
        if HIGH.contains(&high) && 2 * long >= 5 * high {
            pieces.push((patch.len(), bounds));
        }
    });
    if pieces.len() < FEWEST_PIECES {
        return Vec::new();
    }
    pieces.sort_by_key(|(ink, _)| std::cmp::Reverse(*ink));
    pieces.into_iter().take(PIECES).map(|(_, bounds)| bounds).collect()
}

/// The middle of a piece, straight, in the classifier's height.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels and levels; `as` saturates"
)]
fn cut_out(luma: &Plane, ink: &Ink, slant: i32, bounds: Bounds) -> Piece {
    let rise = slant as f32 / 16.0;
    let along = 1.0 / rise.hypot(1.0);
    let across = rise * along;
    let high = (bounds.bottom - bounds.top + 1) as f32 * along * (1.0 + SPACE);
    let scale = high / line_direction::HEIGHT as f32;
    let long = (bounds.right - bounds.left + 1) as f32 / along;
    let width = ((long / scale).ceil() as usize).clamp(1, line_direction::WIDTH);
    let middle = (bounds.left + bounds.right + 1) as f32 / 2.0;
    let moved = if slant >= 0 { (ink.width / 2) as f32 } else { 0.0 };
    let row = (bounds.top + bounds.bottom + 1) as f32 / 2.0 - moved + middle * rise;
    let mut levels = Vec::with_capacity(width * line_direction::HEIGHT);
    for y in 0..line_direction::HEIGHT {
        let down = (y as f32 + 0.5 - line_direction::HEIGHT as f32 / 2.0) * scale;
        for x in 0..width {
            let right = (x as f32 + 0.5 - width as f32 / 2.0) * scale;
            levels.push(level(
                luma,
                middle + right * along - down * across,
                row + right * across + down * along,
            ));
        }
    }
    Piece { width, levels }
}

/// Brightness between pixels; beyond the border as at the border.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels and levels; `as` saturates"
)]
fn level(luma: &Plane, x: f32, y: f32) -> u8 {
    let (x, y) = ((x - 0.5).max(0.0), (y - 0.5).max(0.0));
    let (left, top) = (x as u32, y as u32);
    let pixel = |x: u32, y: u32| {
        let (x, y) = (x.min(luma.width.saturating_sub(1)), y.min(luma.height.saturating_sub(1)));
        let at = usize::try_from(u64::from(y) * u64::from(luma.width) + u64::from(x)).unwrap_or(usize::MAX);
        f32::from(luma.bytes.get(at).copied().unwrap_or(0))
    };
    let (dx, dy) = (x.fract(), y.fract());
    let upper = pixel(left, top) * (1.0 - dx) + pixel(left + 1, top) * dx;
    let lower = pixel(left, top + 1) * (1.0 - dx) + pixel(left + 1, top + 1) * dx;
    (upper * (1.0 - dy) + lower * dy + 0.5) as u8
}
