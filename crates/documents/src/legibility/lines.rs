//! Which way lines of print run: a picture whose lines run from top to bottom lies on its side.
//!
//! Ink of the size of letters is summed along rows and along columns, in strips narrow enough for tilted
//! paper and at several slants; across lines of print the sums rise and fall, along them they do not.
//! Lines that start at one margin and end where they end tell left from right: that gives the direction in
//! which to turn. Whether lines that run from side to side stand on their heads: `upside_down`.

use super::ink::Ink;
use crate::Finding;

/// Long edge at which lines are looked for, pixels.
pub(super) const EDGE: u32 = 1000;
/// How much stronger the columns' rise and fall must be than the rows', hundredths.
pub(super) const SIDEWAYS: u32 = 150;

/// Rise and fall across rows and across columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    /// Columns over rows, hundredths: 100 and more when lines run from top to bottom.
    pub(super) sideways: u32,
    /// Clockwise turns that would let lines start on the left; 1 or 3.
    pub(super) turns: u8,
    /// Slant of the rows, sixteenths.
    pub(super) slant: i32,
}

impl Print {
    pub(super) fn measure(ink: &Ink) -> Self {
        let turned = ink.turned();
        let (rows, slant) = ink.rise_and_fall();
        let (columns, turned_slant) = turned.rise_and_fall();
        let sideways = u32::try_from(columns * 100 / rows.max(1)).unwrap_or(u32::MAX);
        let turns = if starts_on_the_left(&turned, turned_slant) { 1 } else { 3 };
        Self { sideways, turns, slant }
    }

    pub(super) fn finding(self) -> Option<Finding> {
        (self.sideways >= SIDEWAYS).then_some(Finding::NotUpright { quarter_turns: self.turns })
    }
}

/// Whether lines agree more on where they start than on where they end.
fn starts_on_the_left(ink: &Ink, slant: i32) -> bool {
    let mut spans: Vec<(u32, usize, usize)> = vec![(0, usize::MAX, 0); ink.rows()];
    for (x, y) in &ink.places {
        let (x, y) = (usize::from(*x), usize::from(*y));
        let span = &mut spans[ink.slanted(x, y, slant)];
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
    let close = |a: usize, b: usize| usize::from(a.abs_diff(b) * 50 < ink.width);
    let (starts, ends) = lines.windows(2).fold((0, 0), |(starts, ends), pair| {
        (starts + close(pair[0].0, pair[1].0), ends + close(pair[0].1, pair[1].1))
    });
    starts >= ends
}
