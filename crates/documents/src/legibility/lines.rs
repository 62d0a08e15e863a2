//! Which way lines of print run: a picture whose lines run from top to bottom lies on its side.
//!
//! Ink of the size of letters is summed along rows and along columns, in strips narrow enough for tilted
//! paper and at several slants; across lines of print the sums rise and fall, along them they do not.
//! Lines that start at one margin and end where they end tell left from right: that gives the direction in
//! which to turn. Whether a picture stands on its head is not judged (see `docs/legibility.md`).

use crate::{Finding, picture::Plane};

/// Long edge at which lines are looked for, pixels.
pub(super) const EDGE: u32 = 1000;
/// Ink is darker than its surroundings by this share of 64.
const DARKER: u32 = 12;
/// Half a side of the surroundings, pixels.
const AROUND: usize = 12;
/// Paper is at least this bright.
const PAPER: u32 = 80;
/// Letters and their parts, longer side in pixels.
const LETTER: std::ops::RangeInclusive<usize> = 3..=48;
/// Fewer letters say nothing.
const FEWEST_LETTERS: usize = 60;
/// Width of a strip, pixels.
const STRIP: usize = 64;
/// Slants tried to either side, sixteenths.
const SLANTS: i32 = 8;
/// How much stronger the columns' rise and fall must be than the rows', hundredths.
pub(super) const SIDEWAYS: u32 = 150;

/// Rise and fall across rows and across columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Print {
    /// Columns over rows, hundredths: 100 and more when lines run from top to bottom.
    pub(crate) sideways: u32,
    /// Clockwise turns that would let lines start on the left; 1 or 3.
    pub(crate) turns: u8,
}

impl Print {
    /// `None` where there is too little print.
    pub(crate) fn measure(luma: &Plane) -> Option<Self> {
        let (width, height) = (usize::try_from(luma.width).ok()?, usize::try_from(luma.height).ok()?);
        let ink = letters(luma, width, height)?;
        let turned: Vec<Place> = ink
            .iter()
            .map(|(x, y)| Some((u16::try_from(height).ok()?.checked_sub(1 + *y)?, *x)))
            .collect::<Option<_>>()?;
        let (rows, _) = rise_and_fall(&ink, width, height);
        let (columns, slant) = rise_and_fall(&turned, height, width);
        let sideways = u32::try_from(columns * 100 / rows.max(1)).unwrap_or(u32::MAX);
        let turns = if starts_on_the_left(&turned, height, width, slant) { 1 } else { 3 };
        Some(Self { sideways, turns })
    }

    pub(crate) fn finding(self) -> Option<Finding> {
        (self.sideways >= SIDEWAYS).then_some(Finding::NotUpright { quarter_turns: self.turns })
    }
}

/// Column and row of a pixel of ink; there are many of them.
type Place = (u16, u16);

/// Pixels of ink that belong to something as large as a letter.
fn letters(luma: &Plane, width: usize, height: usize) -> Option<Vec<Place>> {
    let most = usize::from(u16::MAX);
    if width < 4 * AROUND
        || height < 4 * AROUND
        || width > most
        || height > most
        || luma.bytes.len() < width * height
    {
        return None;
    }
    let mut dark = darker_than_around(&luma.bytes, width, height);
    let (mut ink, mut count) = (Vec::new(), 0);
    let mut letter: Vec<Place> = Vec::new();
    let mut waiting = Vec::new();
    for first in 0..width * height {
        if !std::mem::take(&mut dark[first]) {
            continue;
        }
        letter.clear();
        waiting.push(first);
        let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
        while let Some(at) = waiting.pop() {
            let (x, y) = (at % width, at / width);
            letter.push((u16::try_from(x).ok()?, u16::try_from(y).ok()?));
            (left, right, top, bottom) = (left.min(x), right.max(x), top.min(y), bottom.max(y));
            // The map has no ink along its border, so neighbours are always inside.
            for next in [at - 1, at + 1, at - width, at + width] {
                if std::mem::take(&mut dark[next]) {
                    waiting.push(next);
                }
            }
        }
        if LETTER.contains(&((right - left).max(bottom - top) + 1)) {
            count += 1;
            ink.extend_from_slice(&letter);
        }
    }
    (count >= FEWEST_LETTERS).then_some(ink)
}

/// Where a pixel is much darker than the mean of its surroundings; never along the border.
fn darker_than_around(levels: &[u8], width: usize, height: usize) -> Vec<bool> {
    let row = width + 1;
    let mut sums = vec![0_u32; row * (height + 1)];
    for y in 0..height {
        let mut line = 0;
        for x in 0..width {
            line += u32::from(levels[y * width + x]);
            sums[(y + 1) * row + x + 1] = sums[y * row + x + 1].wrapping_add(line);
        }
    }
    let mut dark = vec![false; width * height];
    for y in AROUND..height - AROUND - 1 {
        for x in AROUND..width - AROUND - 1 {
            let (left, right, top, bottom) = (x - AROUND, x + AROUND + 1, y - AROUND, y + AROUND + 1);
            let sum = sums[bottom * row + right]
                .wrapping_sub(sums[top * row + right])
                .wrapping_sub(sums[bottom * row + left])
                .wrapping_add(sums[top * row + left]);
            let side = u32::try_from(2 * AROUND + 1).unwrap_or(1);
            let mean = sum / (side * side);
            let level = u32::from(levels[y * width + x]);
            dark[y * width + x] = mean >= PAPER && level * 64 < mean * (64 - DARKER);
        }
    }
    dark
}

/// The strongest rise and fall of the sums of rows over all slants, and its slant in sixteenths.
fn rise_and_fall(ink: &[Place], width: usize, height: usize) -> (u64, i32) {
    let mut strongest = (0, 0);
    for slant in -SLANTS..=SLANTS {
        let (profiles, rows) = profiles(ink, width, height, slant);
        let sum = profiles
            .chunks_exact(rows)
            .flat_map(|strip| strip.windows(3))
            .map(|rows| u64::from(rows[0].abs_diff(rows[2])).pow(2))
            .sum();
        if sum > strongest.0 {
            strongest = (sum, slant);
        }
    }
    strongest
}

/// Ink in each slanted row of each strip; and rows per strip.
fn profiles(ink: &[Place], width: usize, height: usize, slant: i32) -> (Vec<u32>, usize) {
    let rows = height + width;
    let strips = width / STRIP + 1;
    let mut profiles = vec![0_u32; strips * rows];
    for (x, y) in ink {
        let (x, y) = (usize::from(*x), usize::from(*y));
        profiles[x / STRIP * rows + slanted(x, y, width, slant)] += 1;
    }
    (profiles, rows)
}

/// The row a place lies in when rows rise or fall by `slant` sixteenths; at most height + width / 2.
fn slanted(x: usize, y: usize, width: usize, slant: i32) -> usize {
    let fall = x * usize::try_from(slant.unsigned_abs()).unwrap_or(0) / 16;
    if slant >= 0 { y + width / 2 - fall.min(width / 2) } else { y + fall }
}

/// Whether lines agree more on where they start than on where they end.
fn starts_on_the_left(ink: &[Place], width: usize, height: usize, slant: i32) -> bool {
    let rows = height + width;
    let mut spans: Vec<(u32, usize, usize)> = vec![(0, usize::MAX, 0); rows];
    for (x, y) in ink {
        let (x, y) = (usize::from(*x), usize::from(*y));
        let span = &mut spans[slanted(x, y, width, slant)];
        *span = (span.0 + 1, span.1.min(x), span.2.max(x));
    }
    let mut lines: Vec<(usize, usize)> = Vec::new();
    let mut line: Option<(usize, usize)> = None;
    for (count, left, right) in spans {
        if count > 3 {
            let (from, to) = line.unwrap_or((usize::MAX, 0));
            line = Some((from.min(left), to.max(right)));
        } else if let Some(line) = line.take() {
            lines.push(line);
        }
    }
    let close = |a: usize, b: usize| usize::from(a.abs_diff(b) * 50 < width);
    let (starts, ends) = lines.windows(2).fold((0, 0), |(starts, ends), pair| {
        (starts + close(pair[0].0, pair[1].0), ends + close(pair[0].1, pair[1].1))
    });
    starts >= ends
}
