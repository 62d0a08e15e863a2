//! Which four lines enclose a paper: every pair of facing lines with every other, judged by how much of
//! each side lies on a real edge with the brighter part on the same side all around.

use super::{
    Outline,
    edges::{Field, Line, number},
};

/// Smallest paper, as a share of the picture.
const SMALLEST: f64 = 0.08;
/// How far a corner may lie beyond the picture, as a share of it.
const FAR: f64 = 0.35;
/// Facing sides may lean towards each other by this much (cosine).
const FACING: f64 = -0.82;
/// Neighbouring sides stand at right angles within this (cosine).
const ACROSS: f64 = 0.55;
/// Where brightness is compared, pixels to either side of an edge.
const APART: f64 = 3.0;
/// Difference between inside and outside that counts as an edge.
const CONTRAST: f64 = 9.0;
/// Places looked at along each side.
const SAMPLES: usize = 28;
/// A side of which less can be seen says nothing.
const LEAST_SEEN: f64 = 0.35;
/// What the border of the picture counts as a side.
const BORDER: f64 = 0.35;
/// What the size of a paper counts against its support.
const SIZE: f64 = 0.3;

#[derive(Clone, Copy)]
struct Side {
    line: Line,
    border: bool,
}

/// The quad that scores best.
pub(super) fn best(field: &Field, lines: &[Line]) -> Option<Outline> {
    let bright = search(field, lines, 1.0);
    let dark = search(field, lines, -1.0);
    let found = match (bright, dark) {
        (Some(bright), Some(dark)) => Some(if dark.0 > bright.0 { dark } else { bright }),
        (bright, dark) => bright.or(dark),
    };
    found.map(|(_, outline)| outline)
}

/// Among papers brighter (`inside` 1) or darker (−1) than what lies around.
fn search(field: &Field, lines: &[Line], inside: f64) -> Option<(f64, Outline)> {
    let (width, height) = field.size();
    let border = |cos: f64, sin: f64, offset: f64| Side { line: Line::new(cos, sin, offset), border: true };
    let mut sides: Vec<Side> = lines
        .iter()
        .map(|line| Side {
            line: Line::new(line.cos * inside, line.sin * inside, line.offset * inside),
            border: false,
        })
        .collect();
    sides.extend([
        border(1.0, 0.0, 0.0),
        border(0.0, 1.0, 0.0),
        border(-1.0, 0.0, -width),
        border(0.0, -1.0, -height),
    ]);
    let dot = |a: &Side, b: &Side| a.line.cos * b.line.cos + a.line.sin * b.line.sin;
    let mut pairs = Vec::new();
    for (index, one) in sides.iter().enumerate() {
        for other in &sides[index + 1..] {
            // Facing each other, with room for a paper in between; no two borders.
            let between = -(one.line.offset + other.line.offset);
            let room = between > 0.18 * width.min(height);
            if dot(one, other) < FACING && room && !(one.border && other.border) {
                pairs.push((one, other));
            }
        }
    }
    let mut best: Option<(f64, Outline)> = None;
    for (index, (left, right)) in pairs.iter().enumerate() {
        for (upper, lower) in &pairs[index + 1..] {
            if dot(left, upper).abs() > ACROSS || dot(right, lower).abs() > ACROSS {
                continue;
            }
            let borders = [left, right, upper, lower].iter().filter(|side| side.border).count();
            if borders > 1 {
                continue;
            }
            let worst = best.as_ref().map_or(0.0, |(score, _)| *score);
            if let Some(better) = judge(field, [upper, right, lower, left], inside, worst) {
                best = Some(better);
            }
        }
    }
    best
}

/// Score and corners of four sides (in order around the paper), if better than `worst`.
fn judge(field: &Field, sides: [&Side; 4], inside: f64, worst: f64) -> Option<(f64, Outline)> {
    let (width, height) = field.size();
    let [a, b, c, d] = sides;
    let mut corners =
        [d.line.meets(&a.line)?, a.line.meets(&b.line)?, b.line.meets(&c.line)?, c.line.meets(&d.line)?];
    let mut order = [0, 1, 2, 3];
    let area = area(&corners);
    if area < 0.0 {
        // Around the other way: the pairs were named in the other order.
        corners = [corners[0], corners[3], corners[2], corners[1]];
        order = [3, 2, 1, 0];
    }
    let share = area.abs() / (width * height);
    let far = |(x, y): &(f64, f64)| {
        *x < -FAR * width || *x > (1.0 + FAR) * width || *y < -FAR * height || *y > (1.0 + FAR) * height
    };
    // The smallest a side may be: two lines that meet too early enclose nothing.
    let convex = (0..4).all(|at| {
        let side = sides[at];
        corners.iter().all(|corner| side.line.above(*corner) > -1.0)
    });
    if share < SMALLEST || corners.iter().any(far) || !convex {
        return None;
    }
    let size = SIZE * share.min(1.0);
    let mut support = [None; 4];
    let (mut least, mut sum) = (1.0_f64, 0.0);
    for at in 0..4 {
        let side = sides[order[at]];
        let found = if side.border {
            BORDER
        } else {
            let found = edge(field, &side.line, corners[at], corners[(at + 1) % 4], inside)?;
            support[at] = Some(found);
            least = least.min(found);
            found
        };
        sum += found;
        // Even with perfect sides to come it would not be the best.
        let possible = (sum + number(3 - at)) / 4.0;
        if 0.5 * least + 0.5 * possible + size <= worst {
            return None;
        }
    }
    let score = 0.5 * least + 0.5 * sum / 4.0 + size;
    if score <= worst {
        return None;
    }
    // From the upper left corner on.
    let first = (0..4).min_by(|a, b| {
        let near = |at: usize| corners[at].0 / width + corners[at].1 / height;
        near(*a).total_cmp(&near(*b))
    })?;
    corners.rotate_left(first);
    support.rotate_left(first);
    let corners = corners.map(|(x, y)| (x / width, y / height));
    Some((score, Outline { corners, sides: support }))
}

fn area(corners: &[(f64, f64); 4]) -> f64 {
    (0..4)
        .map(|at| {
            let (a, b) = (corners[at], corners[(at + 1) % 4]);
            (a.0 * b.1 - b.0 * a.1) / 2.0
        })
        .sum()
}

/// Share of what can be seen of a side that lies on an edge; `None` when too little can be seen.
fn edge(field: &Field, line: &Line, from: (f64, f64), to: (f64, f64), inside: f64) -> Option<f64> {
    let (mut seen, mut found) = (0_usize, 0_usize);
    let (across, down) = (line.cos * APART, line.sin * APART);
    for sample in 0..SAMPLES {
        let at = (number(sample) + 0.5) / number(SAMPLES);
        let (x, y) = (from.0 + (to.0 - from.0) * at, from.1 + (to.1 - from.1) * at);
        let (Some(within), Some(without)) =
            (field.level((x + across, y + down)), field.level((x - across, y - down)))
        else {
            continue;
        };
        seen += 1;
        found += usize::from((within - without) * inside >= CONTRAST);
    }
    (number(seen) >= LEAST_SEEN * number(SAMPLES)).then(|| number(found) / number(seen))
}
