//! Ink of the size of letters, and how it lies in rows.

use crate::picture::Plane;

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

/// Column and row of a pixel of ink; there are many of them.
pub(super) type Place = (u16, u16);

/// Pixels of ink that belong to something as large as a letter, and the size of the picture.
pub(super) struct Ink {
    pub(super) places: Vec<Place>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// What a patch reaches to; the last column and row belong to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) top: usize,
    pub(super) bottom: usize,
}

impl Ink {
    /// `None` where there is too little print.
    pub(super) fn find(luma: &Plane) -> Option<Self> {
        let (width, height) = (usize::try_from(luma.width).ok()?, usize::try_from(luma.height).ok()?);
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
        let (mut places, mut count) = (Vec::new(), 0);
        patches(&mut dark, width, |patch, bounds| {
            if LETTER.contains(&((bounds.right - bounds.left).max(bounds.bottom - bounds.top) + 1)) {
                count += 1;
                places.extend(patch.iter().filter_map(|at| place(at % width, at / width)));
            }
        });
        (count >= FEWEST_LETTERS).then_some(Self { places, width, height })
    }

    /// After a clockwise quarter turn.
    pub(super) fn turned(&self) -> Self {
        let turned = |(x, y): &Place| place(self.height.checked_sub(1 + usize::from(*y))?, usize::from(*x));
        Self {
            places: self.places.iter().filter_map(turned).collect(),
            width: self.height,
            height: self.width,
        }
    }

    /// The strongest rise and fall of the sums of rows over all slants, and its slant in sixteenths.
    pub(super) fn rise_and_fall(&self) -> (u64, i32) {
        let mut strongest = (0, 0);
        for slant in -SLANTS..=SLANTS {
            let (profiles, rows) = self.profiles(slant);
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
    fn profiles(&self, slant: i32) -> (Vec<u32>, usize) {
        let rows = self.rows();
        let strips = self.width / STRIP + 1;
        let mut profiles = vec![0_u32; strips * rows];
        for (x, y) in &self.places {
            let (x, y) = (usize::from(*x), usize::from(*y));
            profiles[x / STRIP * rows + self.slanted(x, y, slant)] += 1;
        }
        (profiles, rows)
    }

    /// More than there are slanted rows.
    pub(super) fn rows(&self) -> usize {
        self.height + self.width
    }

    /// The row a place lies in when rows rise or fall by `slant` sixteenths; at most height + width / 2.
    pub(super) fn slanted(&self, x: usize, y: usize, slant: i32) -> usize {
        let fall = x * usize::try_from(slant.unsigned_abs()).unwrap_or(0) / 16;
        if slant >= 0 { y + self.width / 2 - fall.min(self.width / 2) } else { y + fall }
    }
}

fn place(x: usize, y: usize) -> Option<Place> {
    Some((u16::try_from(x).ok()?, u16::try_from(y).ok()?))
}

/// Tells each patch of what hangs together in a map with nothing along its border, and empties the map.
pub(super) fn patches(map: &mut [bool], width: usize, mut each: impl FnMut(&[usize], Bounds)) {
    let (mut patch, mut waiting) = (Vec::new(), Vec::new());
    for first in 0..map.len() {
        if !std::mem::take(&mut map[first]) {
            continue;
        }
        patch.clear();
        waiting.push(first);
        let mut bounds = Bounds { left: usize::MAX, right: 0, top: usize::MAX, bottom: 0 };
        while let Some(at) = waiting.pop() {
            let (x, y) = (at % width, at / width);
            patch.push(at);
            bounds.left = bounds.left.min(x);
            bounds.right = bounds.right.max(x);
            bounds.top = bounds.top.min(y);
            bounds.bottom = bounds.bottom.max(y);
            // Nothing along the border, so neighbours are always inside.
            for next in [at - 1, at + 1, at - width, at + width] {
                if std::mem::take(&mut map[next]) {
                    waiting.push(next);
                }
            }
        }
        each(&patch, bounds);
    }
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
