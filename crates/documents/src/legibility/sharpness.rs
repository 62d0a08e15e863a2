//! Out of focus, or moved while the shutter was open.
//!
//! After the idea of Crété-Roffet et al. (2007): blurring a sharp picture again changes the differences between
//! neighbours much, blurring a blurred one changes them little. Measured along four axes, because a moving hand
//! blurs along one of them only; and only in the tenth of the blocks with the strongest edges, so that empty
//! paper, wood grain and the camera's noise do not count.

use crate::{Finding, picture::Plane};

/// Side of a block, pixels.
const BLOCK: usize = 32;
/// The second blur is a box over this many pixels to each side.
const REACH: isize = 4;
const BOX: u32 = 9;
/// Too few blocks to judge.
const FEWEST_BLOCKS: usize = 12;
/// The mean difference between neighbours in the strongest blocks; below it there is nothing to be sharp.
const FLAT: u64 = 3;

/// Along one axis this much is left after a second blur when a picture is out of focus, thousandths.
const SOFT: u32 = 450;
/// The same along the worst axis, when the best one is much sharper.
const SMEARED: u32 = 330;
/// How much sharper the best axis is then, hundredths.
const LOPSIDED: u32 = 160;

/// How blurred a picture is along its sharpest and its least sharp axis: 0 = crisp, 1000 = nothing but blur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sharpness {
    pub(crate) best: u32,
    pub(crate) worst: u32,
}

impl Sharpness {
    /// `None` where a picture is too small or too plain to tell.
    pub(crate) fn measure(luma: &Plane) -> Option<Self> {
        let picture = Grid::new(luma)?;
        let axes = [(1, 0), (0, 1), (1, 1), (1, -1)].map(|(across, down)| picture.blur_along(across, down));
        let (mut best, mut worst) = (u32::MAX, 0);
        for blur in axes {
            let blur = blur?;
            (best, worst) = (best.min(blur), worst.max(blur));
        }
        Some(Self { best, worst })
    }

    pub(crate) fn finding(self) -> Option<Finding> {
        let lopsided = u64::from(self.worst) * 100 >= u64::from(self.best) * u64::from(LOPSIDED);
        match self.worst {
            SMEARED.. if lopsided => Some(Finding::Shaken),
            SOFT.. => Some(Finding::Blurred),
            _ => None,
        }
    }
}

struct Grid<'a> {
    bytes: &'a [u8],
    width: usize,
    across: usize,
    down: usize,
}

impl<'a> Grid<'a> {
    fn new(luma: &'a Plane) -> Option<Self> {
        let (width, height) = (usize::try_from(luma.width).ok()?, usize::try_from(luma.height).ok()?);
        // A margin of the second blur's reach stays out, so that no block looks beyond the picture.
        let margin = 2 * (REACH.unsigned_abs() + 1);
        let blocks = |side: usize| side.saturating_sub(margin) / BLOCK;
        let (across, down) = (blocks(width), blocks(height));
        let fits = luma.bytes.len() >= width.checked_mul(height)?;
        (fits && across * down >= FEWEST_BLOCKS).then_some(Self { bytes: &luma.bytes, width, across, down })
    }

    /// Blur along one axis, thousandths.
    fn blur_along(&self, across: isize, down: isize) -> Option<u32> {
        let step = isize::try_from(self.width).ok()? * down + across;
        let mut blocks: Vec<Block> = Vec::with_capacity(self.across * self.down);
        for row in 0..self.down {
            for column in 0..self.across {
                blocks.push(self.block(row, column, step)?);
            }
        }
        let strongest = (blocks.len() / 10).max(4).min(blocks.len());
        blocks.select_nth_unstable_by(strongest - 1, |a, b| b.energy.cmp(&a.energy));
        let (differences, gone) = blocks[..strongest]
            .iter()
            .fold((0_u64, 0_u64), |(all, gone), block| (all + block.differences, gone + block.gone));
        let pixels = u64::try_from(strongest * BLOCK * BLOCK).ok()?;
        if differences < FLAT * pixels {
            return None;
        }
        let total = differences * u64::from(BOX);
        u32::try_from(1000 - (gone * 1000 / total).min(1000)).ok()
    }

    fn block(&self, row: usize, column: usize, step: isize) -> Option<Block> {
        let margin = REACH.unsigned_abs() + 1;
        let mut block = Block::default();
        for y in 0..BLOCK {
            let start = (margin + row * BLOCK + y) * self.width + margin + column * BLOCK;
            let line = |pixels: isize| {
                let from = start.checked_add_signed(step * pixels)?;
                self.bytes.get(from..)?.first_chunk::<BLOCK>()
            };
            let (here, next, far, before) = (line(0)?, line(1)?, line(REACH + 1)?, line(-REACH)?);
            // Sums of one row in 32 bits: the compiler makes vectors of that.
            let (mut differences, mut gone, mut energy) = (0_u32, 0_u32, 0_u32);
            for x in 0..BLOCK {
                let sharp = u32::from(next[x].abs_diff(here[x]));
                // The difference between two neighbouring boxes is that of the pixels they do not share.
                let blurred = u32::from(far[x].abs_diff(before[x]));
                differences += sharp;
                gone += (sharp * BOX).saturating_sub(blurred);
                energy += sharp * sharp;
            }
            block.differences += u64::from(differences);
            block.gone += u64::from(gone);
            block.energy += u64::from(energy);
        }
        Some(block)
    }
}

/// Sums over one block.
#[derive(Default)]
struct Block {
    /// Differences between neighbours.
    differences: u64,
    /// What of them a second blur takes away, times [`BOX`].
    gone: u64,
    energy: u64,
}
