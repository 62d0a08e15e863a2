//! What outlines weigh: wherever one runs through a cell of four by four pixels the renderer keeps how much of each
//! pixel it covers, and for each row of cells where it is full.

use hayro::hayro_interpret::{
    DrawMode, StrokeProps,
    kurbo::{Affine, BezPath, PathEl, Point, Rect},
};

use super::{Bytes, whole};

/// Pixels along a cell.
const CELL: f64 = 4.0;
/// Bytes for a cell that an outline runs through: sixteen pixels, where they are, and the order to paint them; half as
/// much again, because lists grow by doubling.
const PER_CELL: f64 = 48.0;
/// Bytes for a row of cells that is filled.
const PER_ROW: f64 = 40.0;
/// Cells that a line of one cell's length runs through at most.
const SLANTED: f64 = 1.42;
/// Bytes for each time that an outline runs into a cell, until it is known how much of it is covered.
const PER_CROSSING: f64 = 32.0;
/// Bytes for a piece of an outline while it is cut into straight lines.
const PER_PIECE: f64 = 256.0;

/// What of an outline matters: where it is, how long it is, of how many pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    bounds: Rect,
    length: f64,
    pieces: f64,
}

impl Outline {
    pub(super) fn of(path: &BezPath) -> Self {
        let (mut length, mut pieces) = (0.0, 0_u32);
        let (mut start, mut last) = (Point::ZERO, Point::ZERO);
        for element in path.elements() {
            let to = match *element {
                PathEl::MoveTo(to) => {
                    (start, last) = (to, to);
                    continue;
                }
                PathEl::LineTo(to) => to,
                PathEl::QuadTo(by, to) => {
                    length += last.distance(by);
                    last = by;
                    to
                }
                PathEl::CurveTo(by, then, to) => {
                    length += last.distance(by) + by.distance(then);
                    last = then;
                    to
                }
                PathEl::ClosePath => start,
            };
            length += last.distance(to);
            last = to;
            pieces += 1;
        }
        Self { bounds: path.control_box(), length, pieces: f64::from(pieces) }
    }

    /// Where it is on the page, strokes included.
    pub(super) fn bounds(&self, transform: Affine, mode: &DrawMode) -> Rect {
        let bounds = transform.transform_rect_bbox(self.bounds);
        match mode {
            DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) => {
                let beyond = f64::from(stroke.line_width) * scale(transform);
                bounds.inflate(beyond, beyond)
            }
            DrawMode::Fill(_) | DrawMode::Invisible => bounds,
        }
    }

    /// Cells that it runs through.
    pub(super) fn cells(&self, transform: Affine, page: Rect) -> f64 {
        let bounds = transform.transform_rect_bbox(self.bounds).intersect(page);
        let crossings = self.length * scale(transform) / CELL * SLANTED + self.pieces;
        crossings.min(cells_in(bounds))
    }

    pub(super) fn filled(&self, transform: Affine, page: Rect) -> Bytes {
        let bounds = transform.transform_rect_bbox(self.bounds);
        weight(bounds.intersect(page), self.length * scale(transform), self.pieces)
    }

    /// The line, and both ends of each dash.
    pub(super) fn stroked(&self, transform: Affine, stroke: &StrokeProps, page: Rect) -> Bytes {
        let bounds = self.bounds(transform, &DrawMode::Stroke(stroke.clone())).intersect(page);
        let period: f32 = stroke.dash_array.iter().sum();
        let mut pieces = self.pieces;
        if period > 0.0 {
            pieces += self.length / f64::from(period)
                * f64::from(u16::try_from(stroke.dash_array.len()).unwrap_or(u16::MAX));
        }
        // Both sides of a thin line run through the same cells.
        let thick = f64::from(stroke.line_width) * scale(transform);
        if thick < CELL {
            return weight(bounds, self.length * scale(transform), 4.0 * pieces);
        }
        // Both sides, and around each end and corner.
        weight(bounds, 2.0 * self.length * scale(transform) + 4.0 * pieces * thick, 4.0 * pieces)
    }
}

/// Of an outline of this many pixels within `bounds`.
fn weight(bounds: Rect, length: f64, pieces: f64) -> Bytes {
    if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
        return Bytes::default();
    }
    let crossings = length / CELL * SLANTED + pieces;
    // It cannot run through more cells than there are, however often it does.
    let cells = crossings.min(cells_in(bounds));
    let rows = bounds.height() / CELL + 1.0;
    Bytes {
        kept: whole(cells * PER_CELL + rows * PER_ROW),
        passing: whole(crossings * PER_CROSSING + pieces * PER_PIECE),
    }
}

/// Cells of a part of the page, with those that are cut by its border; none where it is empty.
pub(super) fn cells_in(bounds: Rect) -> f64 {
    if bounds.width() <= 0.0 || bounds.height() <= 0.0 {
        return 0.0;
    }
    (bounds.width() / CELL + 2.0) * (bounds.height() / CELL + 2.0)
}

/// The most that lengths grow by.
fn scale(transform: Affine) -> f64 {
    let [a, b, c, d, ..] = transform.as_coeffs();
    a.hypot(b).max(c.hypot(d))
}
