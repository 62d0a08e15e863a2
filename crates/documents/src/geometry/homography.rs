//! The map from a flat page to four corners in a picture.

/// A place in a picture, in pixels from its upper left corner; the middle of the first pixel is (½, ½).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Spot {
    pub(crate) fn to(self, other: Self) -> f64 {
        (other.x - self.x).hypot(other.y - self.y)
    }
}

/// From a flat `width` × `height` page to four corners.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Homography {
    /// x and y above, what both are divided by below; each: per step right, per step down, at the start.
    rows: [[f64; 3]; 3],
}

impl Homography {
    /// Closed form for a convex quad (Heckbert, *Fundamentals of texture mapping*, 1989). `corners` are
    /// clockwise from the upper left.
    pub(crate) fn onto(corners: &[Spot; 4], (width, height): (f64, f64)) -> Self {
        let [a, b, c, d] = *corners;
        let (right, down) = ((b.x - c.x, b.y - c.y), (d.x - c.x, d.y - c.y));
        let bent = (a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y);
        let area = right.0 * down.1 - right.1 * down.0;
        let g = (bent.0 * down.1 - bent.1 * down.0) / area;
        let h = (right.0 * bent.1 - right.1 * bent.0) / area;
        let row = |a: f64, b: f64, d: f64| [(b - a + g * b) / width, (d - a + h * d) / height, a];
        Self { rows: [row(a.x, b.x, d.x), row(a.y, b.y, d.y), [g / width, h / height, 1.0]] }
    }

    /// Where a place of the flat page lies in the picture.
    pub(crate) fn at(&self, x: f64, y: f64) -> Spot {
        let [across, down, below] = self.rows.map(|row| row[0] * x + row[1] * y + row[2]);
        Spot { x: across / below, y: down / below }
    }
}

/// To a whole number, towards zero; what is not a number becomes 0 and what is out of range the nearest
/// that is not.
#[allow(clippy::cast_possible_truncation, reason = "`as` from floating point saturates")]
pub(crate) fn whole(value: f64) -> i32 {
    value as i32
}
