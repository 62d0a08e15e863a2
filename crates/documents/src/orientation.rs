//! Which way is up: EXIF orientation composed with quarter turns, and applying it to pixels once.

/// One of the eight ways a picture can lie, by its EXIF number 1 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn(u8);

impl Turn {
    pub(crate) const UPRIGHT: Self = Self(1);

    /// Numbers outside 1–8 mean upright, as every viewer takes them.
    pub(crate) fn from_exif(number: u8) -> Self {
        if (1..=8).contains(&number) { Self(number) } else { Self::UPRIGHT }
    }

    pub(crate) fn is_upright(self) -> bool {
        self == Self::UPRIGHT
    }

    /// Whether width and height change places.
    pub(crate) fn swaps(self) -> bool {
        self.0 >= 5
    }

    /// This, then `quarters` clockwise quarter turns.
    pub(crate) fn then_quarters(self, quarters: u8) -> Self {
        (0..quarters % 4).fold(self, |turn, _| {
            Self(match turn.0 {
                1 => 6,
                6 => 3,
                3 => 8,
                8 => 1,
                2 => 7,
                7 => 4,
                4 => 5,
                _ => 2,
            })
        })
    }

    /// Size after turning.
    pub(crate) fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.swaps() { (height, width) } else { (width, height) }
    }

    /// Where a place of the upright picture lies in the picture as stored; both as shares of width and height.
    pub(crate) fn stored_place(self, (x, y): (f64, f64)) -> (f64, f64) {
        match self.0 {
            2 => (1.0 - x, y),
            3 => (1.0 - x, 1.0 - y),
            4 => (x, 1.0 - y),
            5 => (y, x),
            6 => (y, 1.0 - x),
            7 => (1.0 - y, 1.0 - x),
            8 => (1.0 - y, x),
            _ => (x, y),
        }
    }

    /// Turns pixels of `N` bytes each, stored in rows.
    pub(crate) fn bytes<const N: usize>(self, bytes: Vec<u8>, (width, height): (u32, u32)) -> Vec<u8> {
        let (Ok(width), Ok(height)) = (usize::try_from(width), usize::try_from(height)) else { return bytes };
        if self.is_upright() || bytes.len() < width * height * N {
            return bytes;
        }
        self.apply::<[u8; N]>(bytes.as_chunks().0, width, height).into_flattened()
    }

    /// The same turn as libjpeg-turbo's lossless transform.
    pub(crate) fn lossless(self) -> turbojpeg::TransformOp {
        use turbojpeg::TransformOp as Op;
        match self.0 {
            2 => Op::Hflip,
            3 => Op::Rot180,
            4 => Op::Vflip,
            5 => Op::Transpose,
            6 => Op::Rot90,
            7 => Op::Transverse,
            8 => Op::Rot270,
            _ => Op::None,
        }
    }

    /// Turns pixels of a `width` × `height` picture. One strided walk serves all eight: the pixel at
    /// (x, y) of the result stands at `start + x * across + y * down` of the source.
    pub(crate) fn apply<P: Copy>(self, source: &[P], width: usize, height: usize) -> Vec<P> {
        if self.is_upright() || source.len() != width * height || source.is_empty() {
            return source.to_vec();
        }
        let (minus_one, minus_row) = (1_usize.wrapping_neg(), width.wrapping_neg());
        let (last, last_row) = (width * height - 1, (height - 1) * width);
        let (start, across, down) = match self.0 {
            2 => (width - 1, minus_one, width),
            3 => (last, minus_one, minus_row),
            4 => (last_row, 1, minus_row),
            5 => (0, width, 1),
            6 => (last_row, minus_row, 1),
            7 => (last, minus_row, minus_one),
            _ => (width - 1, width, minus_one),
        };
        let (out_width, out_height) = if self.swaps() { (height, width) } else { (width, height) };
        let mut turned = source.to_vec();
        // Tiles keep both the row being written and the columns being read in the cache.
        const TILE: usize = 32;
        for tile_y in (0..out_height).step_by(TILE) {
            for tile_x in (0..out_width).step_by(TILE) {
                let right = (tile_x + TILE).min(out_width);
                for y in tile_y..(tile_y + TILE).min(out_height) {
                    let mut from =
                        start.wrapping_add(tile_x.wrapping_mul(across)).wrapping_add(y.wrapping_mul(down));
                    for pixel in &mut turned[y * out_width + tile_x..y * out_width + right] {
                        *pixel = source[from];
                        from = from.wrapping_add(across);
                    }
                }
            }
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::Turn;

    /// 3 × 2 as stored; every orientation by the EXIF standard's own description.
    #[test]
    fn all_eight_by_hand() {
        let stored = [1, 2, 3, 4, 5, 6];
        let upright: [(u8, [u8; 6]); 8] = [
            (1, [1, 2, 3, 4, 5, 6]),
            (2, [3, 2, 1, 6, 5, 4]),
            (3, [6, 5, 4, 3, 2, 1]),
            (4, [4, 5, 6, 1, 2, 3]),
            (5, [1, 4, 2, 5, 3, 6]),
            (6, [4, 1, 5, 2, 6, 3]),
            (7, [6, 3, 5, 2, 4, 1]),
            (8, [3, 6, 2, 5, 1, 4]),
        ];
        for (number, expected) in upright {
            assert_eq!(Turn::from_exif(number).apply(&stored, 3, 2), expected, "orientation {number}");
        }
    }

    #[test]
    fn quarter_turns_compose_as_pixels_do() {
        let stored: Vec<u16> = (0..70 * 45).collect();
        for number in 1..=8 {
            for quarters in 0..4 {
                let turn = Turn::from_exif(number);
                let once = turn.then_quarters(quarters).apply(&stored, 70, 45);
                let (mut width, mut height) = if turn.swaps() { (45, 70) } else { (70, 45) };
                let mut twice = turn.apply(&stored, 70, 45);
                for _ in 0..quarters {
                    twice = Turn::from_exif(6).apply(&twice, width, height);
                    (width, height) = (height, width);
                }
                assert_eq!(once, twice, "orientation {number} and {quarters} quarter turns");
            }
        }
    }
}
