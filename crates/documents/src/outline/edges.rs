//! Edges of a picture and the long straight lines among them (Hough, voting only along each edge's own
//! direction). Lines know which side is the brighter one.

use std::f64::consts::TAU;

use crate::picture::Plane;

/// Steps of a line's direction around the circle.
const ANGLES: usize = 240;
/// Each edge votes for this many directions to either side of its own.
const SPREAD: usize = 3;
/// Width of a step across, pixels.
const STEP: f64 = 1.5;
/// An edge's vote counts at most this much: print is blacker than a table's edge.
const MOST_VOTE: f64 = 40.0;
/// Weaker edges are noise.
const LEAST_EDGE: f64 = 10.0;
/// Lines kept for each quarter of the circle.
const PER_QUARTER: usize = 12;

/// A line `x·cos + y·sin = offset`; the brighter side is where the left is greater.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) cos: f64,
    pub(super) sin: f64,
    pub(super) offset: f64,
    votes: f64,
    angle: usize,
}

impl Line {
    pub(super) fn new(cos: f64, sin: f64, offset: f64) -> Self {
        Self { cos, sin, offset, votes: 0.0, angle: 0 }
    }

    /// How far a place lies on the brighter side.
    pub(super) fn above(&self, (x, y): (f64, f64)) -> f64 {
        x * self.cos + y * self.sin - self.offset
    }

    pub(super) fn meets(&self, other: &Self) -> Option<(f64, f64)> {
        let area = self.cos * other.sin - self.sin * other.cos;
        let x = (self.offset * other.sin - other.offset * self.sin) / area;
        let y = (other.offset * self.cos - self.offset * other.cos) / area;
        (area.abs() > 0.1).then_some((x, y))
    }
}

/// Brightness, smoothed, and its slope.
pub(super) struct Field {
    pub(super) width: usize,
    pub(super) height: usize,
    smooth: Vec<f64>,
}

impl Field {
    /// `None` for pictures too small to hold a paper.
    pub(super) fn new(luma: &Plane) -> Option<Self> {
        let (width, height) = (usize::try_from(luma.width).ok()?, usize::try_from(luma.height).ok()?);
        if width < 32 || height < 32 || luma.bytes.len() < width * height {
            return None;
        }
        let mut smooth: Vec<f64> =
            luma.bytes[..width * height].iter().map(|level| f64::from(*level)).collect();
        for _ in 0..2 {
            smooth = blurred(&smooth, width, 1);
            smooth = blurred(&smooth, width, width);
        }
        Some(Self { width, height, smooth })
    }

    pub(super) fn size(&self) -> (f64, f64) {
        let side = |side: usize| f64::from(u16::try_from(side).unwrap_or(u16::MAX));
        (side(self.width), side(self.height))
    }

    /// Brightness at a place; `None` outside.
    pub(super) fn level(&self, (x, y): (f64, f64)) -> Option<f64> {
        let (width, height) = self.size();
        if !(0.0..width).contains(&x) || !(0.0..height).contains(&y) {
            return None;
        }
        self.smooth.get(index(y) * self.width + index(x)).copied()
    }

    fn slope(&self, x: usize, y: usize) -> (f64, f64) {
        let at = y * self.width + x;
        let (smooth, row) = (&self.smooth, self.width);
        (smooth[at + 1] - smooth[at - 1], smooth[at + row] - smooth[at - row])
    }
}

/// The mean with the two neighbours `step` apart.
fn blurred(levels: &[f64], width: usize, step: usize) -> Vec<f64> {
    let mut blurred = levels.to_vec();
    for at in step..levels.len() - step {
        let column = at % width;
        if step == 1 && (column == 0 || column + 1 == width) {
            continue;
        }
        blurred[at] = (levels[at - step] + 2.0 * levels[at] + levels[at + step]) / 4.0;
    }
    blurred
}

/// The strongest lines.
pub(super) fn lines(field: &Field) -> Vec<Line> {
    let (width, height) = field.size();
    let reach = width.hypot(height);
    let steps = index(2.0 * reach / STEP) + 3;
    let turns: Vec<(f64, f64)> = (0..ANGLES).map(direction).collect();
    let mut votes = vec![0.0_f64; ANGLES * steps];
    for y in 2..field.height - 2 {
        for x in 2..field.width - 2 {
            let (across, down) = field.slope(x, y);
            let strength = across.hypot(down);
            if strength < LEAST_EDGE {
                continue;
            }
            let turn = down.atan2(across).rem_euclid(TAU) / TAU;
            let middle = index(turn * number(ANGLES) + 0.5);
            for angle in middle + ANGLES - SPREAD..=middle + ANGLES + SPREAD {
                let angle = angle % ANGLES;
                let (cos, sin) = turns[angle];
                let offset = (number(x) + 0.5) * cos + (number(y) + 0.5) * sin;
                votes[angle * steps + index((offset + reach) / STEP)] += strength.min(MOST_VOTE);
            }
        }
    }
    let mut found: Vec<Line> = Vec::new();
    for angle in 0..ANGLES {
        for step in 1..steps - 1 {
            let here = votes[angle * steps + step];
            // A line of a tenth of the picture, barely visible.
            if here < LEAST_EDGE * reach / 8.0
                || here < votes[angle * steps + step - 1]
                || here < votes[angle * steps + step + 1]
            {
                continue;
            }
            let (cos, sin) = turns[angle];
            let offset = (number(step) + 0.5) * STEP - reach;
            found.push(Line { cos, sin, offset, votes: here, angle });
        }
    }
    found.sort_by(|a, b| b.votes.total_cmp(&a.votes));
    let mut kept: Vec<Line> = Vec::new();
    let mut full = [0; 4];
    for line in found {
        let quarter = (line.angle * 4 / ANGLES).min(3);
        let same = |known: &Line| {
            let apart = known.angle.abs_diff(line.angle);
            apart.min(ANGLES - apart) <= 5 && near(known, &line, (width, height))
        };
        if full[quarter] < PER_QUARTER && !kept.iter().any(same) {
            full[quarter] += 1;
            kept.push(line);
        }
    }
    kept
}

/// Whether two lines of about the same direction lie within a few pixels of each other inside the picture.
fn near(one: &Line, other: &Line, (width, height): (f64, f64)) -> bool {
    // The point of one line next to the middle of the picture.
    let above = one.above((width / 2.0, height / 2.0));
    let foot = (width / 2.0 - above * one.cos, height / 2.0 - above * one.sin);
    other.above(foot).abs() < 5.0
}

fn direction(angle: usize) -> (f64, f64) {
    let turn = TAU * number(angle) / number(ANGLES);
    (turn.cos(), turn.sin())
}

pub(super) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Towards zero; nothing below it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
pub(super) fn index(value: f64) -> usize {
    value as usize
}
