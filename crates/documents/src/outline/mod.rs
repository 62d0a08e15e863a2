//! Finding the paper in a photograph: long straight edges, and the four of them that best enclose something
//! brighter (or darker) than what lies around it.
//!
//! A person confirms the corners, so a missing answer is better than a wrong one. How often it finds,
//! misses and errs: `docs/legibility.md`.

mod edges;
mod quads;

use crate::{Point, Quad, WHOLE, picture::Plane};

/// Long edge at which pictures are searched, pixels.
pub(crate) const EDGE: u32 = 400;
/// The least supported side of a proposal has this share of its length on a real edge.
const SURE: f64 = 0.8;
/// For the question whether a paper is cut off: the same, of what can be seen of a side.
pub(crate) const LIKELY: f64 = 0.9;
/// A corner this far beyond the picture, as a share of its long edge, is beyond it.
const BEYOND: f64 = 0.012;

/// A paper as it was found; corners clockwise from the upper left, in shares of width and height, and
/// possibly beyond the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline {
    pub(crate) corners: [(f64, f64); 4],
    /// Share of each side (upper, right, lower, left) that lies on a real edge, of what can be seen of it;
    /// `None` where no edge was seen and the picture's own border stands in.
    pub(crate) sides: [Option<f64>; 4],
}

impl Outline {
    /// The best quad in a picture with a long edge of at most [`EDGE`] pixels.
    pub(crate) fn find(luma: &Plane) -> Option<Self> {
        let field = edges::Field::new(luma)?;
        quads::best(&field, &edges::lines(&field))
    }

    /// The weakest side's support; 0 where a side was not seen.
    pub(crate) fn support(&self) -> f64 {
        self.sides.iter().map(|side| side.unwrap_or(0.0)).fold(1.0, f64::min)
    }

    /// A crop to propose: only a paper that is wholly there.
    pub(crate) fn proposal(&self) -> Option<Quad> {
        if self.support() < SURE || self.beyond().contains(&true) {
            return None;
        }
        let ten_thousandths = |share: f64| {
            let places = share.clamp(0.0, 1.0) * f64::from(WHOLE);
            (0..=WHOLE).find(|whole| f64::from(*whole) + 0.5 > places).unwrap_or(WHOLE)
        };
        let quad = Quad(self.corners.map(|(x, y)| Point { x: ten_thousandths(x), y: ten_thousandths(y) }));
        quad.is_paper().then_some(quad)
    }

    /// On which sides of the picture (left, top, right, bottom) the paper runs out of it; `None` when no
    /// paper is seen surely enough to ask.
    pub(crate) fn cut_off(&self) -> Option<[bool; 4]> {
        self.runs_out().filter(|_| self.weakest() >= LIKELY)
    }

    /// The least support of the edges that were seen.
    pub(crate) fn weakest(&self) -> f64 {
        self.sides.iter().flatten().copied().fold(1.0, f64::min)
    }

    /// The same as [`Self::cut_off`], however unsure the edges are.
    pub(crate) fn runs_out(&self) -> Option<[bool; 4]> {
        // Fewer than three edges: a scan that fills the page, or anything.
        if self.sides.iter().flatten().count() < 3 {
            return None;
        }
        let mut cut = self.beyond();
        for (side, hidden) in [(3, 0), (0, 1), (1, 2), (2, 3)] {
            cut[hidden] |= self.sides[side].is_none();
        }
        Some(cut)
    }

    /// On which sides of the picture (left, top, right, bottom) a corner lies beyond it.
    fn beyond(&self) -> [bool; 4] {
        let any = |out: fn(&(f64, f64)) -> bool| self.corners.iter().any(out);
        [
            any(|corner| corner.0 < -BEYOND),
            any(|corner| corner.1 < -BEYOND),
            any(|corner| corner.0 > 1.0 + BEYOND),
            any(|corner| corner.1 > 1.0 + BEYOND),
        ]
    }
}
