//! Where the corners of a crop lie in stored pixels, and how large the flat paper is.

use super::homography::{Spot, whole};
use crate::{Area, PageEdit, Quad, Refusal, WHOLE, orientation::Turn};

/// Smallest crop, in units of a corner's triangle doubled: a hundredth of the page has twice this much.
const LEAST_AREA: i64 = 2 * 10_000 * 10_000 / 100;
/// Three corners nearly in a line are no paper.
const LEAST_CORNER: i64 = LEAST_AREA / 20;
/// How far a telephone's lens stands from its picture, in long edges of the picture (26 to 28 mm on
/// 36 mm). Taken where the corners do not tell: one pair of sides is parallel in most photographs.
const USUAL_FOCUS: f64 = 0.8;
/// What corners may tell about it and be believed.
const LIKELY_FOCUS: std::ops::RangeInclusive<f64> = 0.5..=2.0;
/// How much farther away one end of a side must be than the other, as a share, to tell anything.
const LEAST_CONVERGENCE: f64 = 0.05;
/// A shape further than this from the plain lengths of the sides is a misunderstanding.
const MOST_FORESHORTENED: f64 = 2.0;

/// An upright box, in pixels as stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rectangle {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rectangle {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

/// The crop of one page, in pixels as stored.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    size: (u32, u32),
    /// The crop's corners; clockwise from the one that will be upper left after all turning.
    corners: [Spot; 4],
    /// A box in pixels as stored; its turning is still to be done.
    rectangle: Option<Rectangle>,
    whole: bool,
}

impl Frame {
    /// Judges an edit and carries it to the pixels of a picture stored with this size and turn.
    ///
    /// # Errors
    /// [`Refusal::BadEdit`]: corners beyond the page, not clockwise, not convex, or next to nothing inside;
    /// hidden areas without extent.
    pub(crate) fn new(size: (u32, u32), turn: Turn, edit: &PageEdit) -> Result<Self, Refusal> {
        if edit.hidden.iter().any(|area| extent(area).is_none()) {
            return Err(Refusal::BadEdit);
        }
        let quad = edit.crop.unwrap_or(Quad::PAGE);
        if !quad.is_paper() {
            return Err(Refusal::BadEdit);
        }
        let page = (f64::from(size.0), f64::from(size.1));
        let spots = quad.0.map(|point| {
            let upright = (f64::from(point.x) / f64::from(WHOLE), f64::from(point.y) / f64::from(WHOLE));
            let (x, y) = turn.stored_place(upright);
            Spot { x: x * page.0, y: y * page.1 }
        });
        let mut corners = spots;
        corners.rotate_right(usize::from(edit.quarter_turns % 4));
        let rectangle = quad.is_box().then(|| Rectangle {
            left: least(spots.map(|spot| spot.x)),
            top: least(spots.map(|spot| spot.y)),
            right: most(spots.map(|spot| spot.x)),
            bottom: most(spots.map(|spot| spot.y)),
        });
        Ok(Self { size, corners, rectangle, whole: quad == Quad::PAGE })
    }

    /// Nothing is cropped.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn rectangle(&self) -> Option<Rectangle> {
        self.rectangle
    }

    pub(super) fn corners(&self) -> &[Spot; 4] {
        &self.corners
    }

    /// Size of the flat paper at the picture's own resolution, as it will lie in the end; at least 1 × 1.
    pub(crate) fn full_size(&self) -> (u32, u32) {
        if self.whole {
            return if self.swaps() { (self.size.1, self.size.0) } else { self.size };
        }
        let (width, height) = self.exact_size();
        let side = |side: f64| u32::try_from(whole(side.round())).unwrap_or(0).max(1);
        (side(width), side(height))
    }

    /// The longer side of [`Self::full_size`].
    pub(crate) fn long_edge(&self) -> u32 {
        let (width, height) = self.full_size();
        width.max(height)
    }

    /// Share of the picture's pixels that stays, above 0 and at most 1.
    pub(crate) fn share(&self) -> f64 {
        let (width, height) = self.full_size();
        let pixels = |(width, height): (u32, u32)| f64::from(width.max(1)) * f64::from(height.max(1));
        (pixels((width, height)) / pixels(self.size)).min(1.0)
    }

    /// Long edge the whole picture must be decoded at so that its crop has `target` pixels.
    pub(crate) fn decode_edge(&self, target: u32) -> u32 {
        let whole = self.size.0.max(self.size.1);
        let needed = (u64::from(target) * u64::from(whole)).div_ceil(u64::from(self.long_edge()));
        u32::try_from(needed).unwrap_or(u32::MAX).min(whole)
    }

    /// The same before rounding. Each side is as long as the longer of its two opposites in the picture
    /// unless the paper's shape asks for less.
    pub(super) fn exact_size(&self) -> (f64, f64) {
        let [a, b, c, d] = self.corners;
        let (width, height) = (a.to(b).max(d.to(c)), a.to(d).max(b.to(c)));
        if self.rectangle.is_some() {
            return (width, height);
        }
        let shape = self.shape().clamp(
            width / height.max(f64::MIN_POSITIVE) / MOST_FORESHORTENED,
            width / height.max(f64::MIN_POSITIVE) * MOST_FORESHORTENED,
        );
        if width > height * shape { (height * shape, height) } else { (width, width / shape) }
    }

    /// Whether width and height have changed places on the way from stored to final.
    fn swaps(&self) -> bool {
        (self.corners[1].x - self.corners[0].x).abs() < (self.corners[1].y - self.corners[0].y).abs()
    }

    /// Width of the paper over its height, from where its sides would meet (Zhang and He, *Whiteboard
    /// scanning and image enhancement*, 2007). The lens is taken to point at the middle of the picture.
    fn shape(&self) -> f64 {
        let (middle_x, middle_y) = (f64::from(self.size.0) / 2.0, f64::from(self.size.1) / 2.0);
        let long = middle_x.max(middle_y) * 2.0;
        let ray = |spot: Spot| [(spot.x - middle_x) / long, (spot.y - middle_y) / long, 1.0];
        let [m1, m2, m4, m3] = self.corners.map(ray);
        let far = cross(m1, m4);
        let (k2, k3) = (dot(far, m3) / dot(cross(m2, m4), m3), dot(far, m2) / dot(cross(m3, m4), m2));
        let along = |k: f64, m: [f64; 3]| [k * m[0] - m1[0], k * m[1] - m1[1], k * m[2] - m1[2]];
        let (n2, n3) = (along(k2, m2), along(k3, m3));
        let focus = (-(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])).sqrt();
        // Sides that hardly converge tell nothing but the rounding of the corners.
        let tells = n2[2].abs().min(n3[2].abs()) >= LEAST_CONVERGENCE && LIKELY_FOCUS.contains(&focus);
        let focus = if tells { focus } else { USUAL_FOCUS };
        let length = |n: [f64; 3]| ((n[0] * n[0] + n[1] * n[1]) / (focus * focus) + n[2] * n[2]).sqrt();
        let shape = length(n2) / length(n3);
        let [a, b, c, d] = self.corners;
        if shape.is_finite() && shape > 0.0 { shape } else { a.to(b).max(d.to(c)) / a.to(d).max(b.to(c)) }
    }
}

impl Quad {
    /// The whole page.
    pub(crate) const PAGE: Self = {
        use crate::Point;
        let (near, far) = (0, WHOLE);
        Self([
            Point { x: near, y: near },
            Point { x: far, y: near },
            Point { x: far, y: far },
            Point { x: near, y: far },
        ])
    };

    /// On the page, clockwise, convex, and large enough to be something.
    pub(crate) fn is_paper(&self) -> bool {
        let at = |index: usize| {
            let point = self.0[index % 4];
            (i64::from(point.x), i64::from(point.y))
        };
        let on_page = self.0.iter().all(|point| point.x <= WHOLE && point.y <= WHOLE);
        let corner = |index: usize| {
            let (before, here, after) = (at(index + 3), at(index), at(index + 1));
            (here.0 - before.0) * (after.1 - here.1) - (here.1 - before.1) * (after.0 - here.0)
        };
        let area: i64 = (0..4).map(|i| at(i).0 * at(i + 1).1 - at(i + 1).0 * at(i).1).sum();
        on_page && (0..4).all(|index| corner(index) >= LEAST_CORNER) && area >= LEAST_AREA
    }

    /// An upright box: nothing has to be stretched.
    fn is_box(&self) -> bool {
        let [a, b, c, d] = self.0;
        a.x == d.x && b.x == c.x && a.y == b.y && c.y == d.y
    }
}

/// Left, top, right and bottom on the page; `None` when nothing lies inside.
pub(super) fn extent(area: &Area) -> Option<(u16, u16, u16, u16)> {
    let right = area.left.saturating_add(area.width).min(WHOLE);
    let bottom = area.top.saturating_add(area.height).min(WHOLE);
    (area.left < right && area.top < bottom).then_some((area.left, area.top, right, bottom))
}

fn least(values: [f64; 4]) -> f64 {
    values.into_iter().fold(f64::INFINITY, f64::min)
}

fn most(values: [f64; 4]) -> f64 {
    values.into_iter().fold(f64::NEG_INFINITY, f64::max)
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
