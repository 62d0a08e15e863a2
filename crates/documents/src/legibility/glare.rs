//! Glare: a patch of pure white on paper that is not white.

use crate::{Area, WHOLE, picture::Plane};

/// Pixels to a side that count as one; a patch of glare is larger than print.
const CELL: usize = 4;
/// A cell whose mean is at least this is burnt out.
const BURNT: u32 = 250;
/// Paper this bright is white by itself (scans, screenshots): nothing can be told.
const WHITE_PAPER: usize = 238;
/// Smallest patch that hides something, thousandths of the picture.
const SMALLEST: usize = 3;
/// A larger one is no reflection, thousandths.
const LARGEST: usize = 250;

/// The largest patch of glare.
pub(super) fn find(luma: &Plane) -> Option<Area> {
    let (share, area) = largest(luma)?;
    (SMALLEST..=LARGEST).contains(&share).then_some(area)
}

/// The largest burnt patch on paper that is not white, of any size, and its share in thousandths.
pub(super) fn largest(luma: &Plane) -> Option<(usize, Area)> {
    let cells = Cells::new(luma)?;
    if cells.paper() >= WHITE_PAPER {
        return None;
    }
    let patch = cells.largest_patch()?;
    Some((patch.cells * 1000 / cells.burnt.len(), patch.area(&cells)?))
}

struct Cells {
    width: usize,
    burnt: Vec<bool>,
    levels: [usize; 256],
}

impl Cells {
    fn new(luma: &Plane) -> Option<Self> {
        let (full, rows) = (usize::try_from(luma.width).ok()?, usize::try_from(luma.height).ok()?);
        let (width, height) = (full / CELL, rows / CELL);
        if width == 0 || height == 0 {
            return None;
        }
        let mut burnt = Vec::with_capacity(width * height);
        let mut levels = [0; 256];
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0_u32;
                for line in 0..CELL {
                    let start = (y * CELL + line) * full + x * CELL;
                    sum += luma
                        .bytes
                        .get(start..start + CELL)?
                        .iter()
                        .map(|level| u32::from(*level))
                        .sum::<u32>();
                }
                let mean = sum / 16;
                burnt.push(mean >= BURNT);
                levels[usize::try_from(mean).ok()?.min(255)] += 1;
            }
        }
        Some(Self { width, burnt, levels })
    }

    /// How bright the bright tenth is of what is not burnt out: the paper.
    fn paper(&self) -> usize {
        let below = usize::try_from(BURNT).unwrap_or(255);
        let count: usize = self.levels[..below].iter().sum();
        if count * 2 < self.burnt.len() {
            return 255;
        }
        let mut seen = 0;
        (0..below)
            .rev()
            .find(|level| {
                seen += self.levels[*level];
                seen * 10 >= count
            })
            .unwrap_or(0)
    }

    fn largest_patch(&self) -> Option<Patch> {
        let mut left = self.burnt.clone();
        let mut largest: Option<Patch> = None;
        for first in 0..left.len() {
            if left[first] {
                let patch = self.take_patch(&mut left, first);
                if largest.as_ref().is_none_or(|known| known.cells < patch.cells) {
                    largest = Some(patch);
                }
            }
        }
        largest
    }

    /// All burnt cells that touch `first`, taken out of `left`.
    fn take_patch(&self, left: &mut [bool], first: usize) -> Patch {
        let mut patch = Patch { cells: 0, x: (usize::MAX, 0), y: (usize::MAX, 0) };
        let mut waiting = vec![first];
        left[first] = false;
        while let Some(at) = waiting.pop() {
            let (x, y) = (at % self.width, at / self.width);
            patch.cells += 1;
            patch.x = (patch.x.0.min(x), patch.x.1.max(x));
            patch.y = (patch.y.0.min(y), patch.y.1.max(y));
            let beside = [
                (x > 0).then(|| at - 1),
                (x + 1 < self.width).then(|| at + 1),
                at.checked_sub(self.width),
                Some(at + self.width),
            ];
            for next in beside.into_iter().flatten() {
                if left.get(next).copied().unwrap_or(false) {
                    left[next] = false;
                    waiting.push(next);
                }
            }
        }
        patch
    }
}

struct Patch {
    cells: usize,
    /// First and last column and row.
    x: (usize, usize),
    y: (usize, usize),
}

impl Patch {
    fn area(&self, cells: &Cells) -> Option<Area> {
        let height = cells.burnt.len() / cells.width;
        let share = |part: usize, whole: usize| u16::try_from(part * usize::from(WHOLE) / whole).ok();
        Some(Area {
            left: share(self.x.0, cells.width)?,
            top: share(self.y.0, height)?,
            width: share(self.x.1 - self.x.0 + 1, cells.width)?,
            height: share(self.y.1 - self.y.0 + 1, height)?,
        })
    }
}
