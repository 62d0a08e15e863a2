//! Rows in, a smaller picture out, a strip at a time: of a large scan only a strip and the result ever stand
//! in memory. The result is, byte for byte, what resizing the whole picture at once would give.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use crate::{Refusal, picture::Pixels};

/// Rows of this many bytes are gathered before they are made smaller.
const STRIP_BYTES: u32 = 4 * 1024 * 1024;
/// The filter looks at three pixels of the result to either side, and a row for rounding.
const REACH: f64 = 3.0;

/// What a row's samples are, eight bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Samples {
    Gray,
    Rgb,
    /// Straight alpha.
    Rgba,
    /// 0 is no ink.
    Cmyk,
}

impl Samples {
    pub(super) fn count(self) -> u32 {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    pub(super) fn pixels(self, bytes: Vec<u8>) -> Pixels {
        match self {
            Self::Gray => Pixels::Gray(bytes),
            Self::Rgb => Pixels::Rgb(bytes),
            Self::Rgba => Pixels::Rgba(bytes),
            Self::Cmyk => Pixels::Cmyk { bytes, inverted: false },
        }
    }

    fn kind(self) -> PixelType {
        match self {
            Self::Gray => PixelType::U8,
            Self::Rgb => PixelType::U8x3,
            Self::Rgba | Self::Cmyk => PixelType::U8x4,
        }
    }
}

/// Takes the rows of a picture of one size and holds the picture at another.
pub(super) struct Strips {
    samples: Samples,
    from: (u32, u32),
    to: (u32, u32),
    row_bytes: usize,
    /// Rows of the result that are made at once.
    step: u32,
    /// Rows of the source, from number `first` on, that are still looked at.
    held: Vec<u8>,
    first: u32,
    /// Rows of the result that are made.
    made: u32,
    result: Vec<u8>,
    resizer: Resizer,
}

impl Strips {
    /// `to` is never larger than `from`.
    pub(super) fn new(samples: Samples, from: (u32, u32), to: (u32, u32)) -> Result<Self, Refusal> {
        let bytes = |(width, height): (u32, u32)| {
            let bytes = u64::from(width) * u64::from(height) * u64::from(samples.count());
            usize::try_from(bytes).map_err(|_| Refusal::TooComplex)
        };
        let row = from.0.saturating_mul(samples.count()).max(1);
        let rows = (STRIP_BYTES / row).clamp(16, from.1.max(16));
        let step = (u64::from(rows) * u64::from(to.1) / u64::from(from.1.max(1))).max(4);
        Ok(Self {
            samples,
            from,
            to,
            row_bytes: bytes((from.0, 1))?,
            step: u32::try_from(step).unwrap_or(to.1),
            held: Vec::new(),
            first: 0,
            made: 0,
            result: Vec::with_capacity(bytes(to)?),
            resizer: Resizer::new(),
        })
    }

    /// Bytes of one row.
    pub(super) fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// Takes whole rows, in order; what is beyond the last row is dropped.
    pub(super) fn push(&mut self, rows: &[u8]) -> Result<(), Refusal> {
        if self.from == self.to {
            let room = self.result.capacity() - self.result.len();
            self.result.extend_from_slice(&rows[..rows.len().min(room)]);
            return Ok(());
        }
        // No more at once than a strip, whatever came.
        for rows in rows.chunks(self.row_bytes.max(1) * 64) {
            self.held.extend_from_slice(rows);
            while self.made < self.to.1 && self.needed() <= self.taken() {
                self.make()?;
            }
        }
        Ok(())
    }

    /// The picture, when all of its rows were there.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Refusal> {
        if self.from != self.to {
            if self.taken() < self.from.1 {
                return Err(Refusal::Damaged);
            }
            while self.made < self.to.1 {
                self.make()?;
            }
        }
        if self.result.len() == self.result.capacity() { Ok(self.result) } else { Err(Refusal::Damaged) }
    }

    /// Rows of the source that have come so far.
    fn taken(&self) -> u32 {
        let held = u32::try_from(self.held.len() / self.row_bytes.max(1)).unwrap_or(u32::MAX);
        self.first.saturating_add(held)
    }

    fn scale(&self) -> f64 {
        f64::from(self.from.1) / f64::from(self.to.1)
    }

    /// End of the strip of the result that comes next.
    fn end(&self) -> u32 {
        self.made.saturating_add(self.step).min(self.to.1)
    }

    /// Rows of the source that must have come for it.
    fn needed(&self) -> u32 {
        whole((f64::from(self.end()) + REACH) * self.scale() + 2.0).min(self.from.1)
    }

    fn make(&mut self) -> Result<(), Refusal> {
        let (end, scale) = (self.end(), self.scale());
        let height = self.taken().min(self.from.1) - self.first;
        let length = usize::try_from(height).unwrap_or(usize::MAX).saturating_mul(self.row_bytes);
        let rows = self.held.get(..length).ok_or(Refusal::Damaged)?;
        let kind = self.samples.kind();
        let source = ImageRef::new(self.from.0, height, rows, kind).map_err(|_| Refusal::Damaged)?;
        let mut strip = Image::new(self.to.0, end - self.made, kind);
        let top = f64::from(self.made) * scale - f64::from(self.first);
        // Rounding must not lead out of the rows there are.
        let lines = (f64::from(end - self.made) * scale).min(f64::from(height) - top);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(0.0, top, f64::from(self.from.0), lines)
            .use_alpha(self.samples == Samples::Rgba);
        self.resizer.resize(&source, &mut strip, &options).map_err(|_| Refusal::Damaged)?;
        self.result.extend_from_slice(strip.buffer());
        self.made = end;
        // What the next strip will not look at may go.
        let keep = whole(((f64::from(end) - REACH) * scale - 2.0).max(0.0)).min(self.taken());
        if keep > self.first {
            let gone = usize::try_from(keep - self.first).unwrap_or(0).saturating_mul(self.row_bytes);
            self.held.drain(..gone.min(self.held.len()));
            self.first = keep;
        }
        Ok(())
    }
}

/// Rounds down a number of rows; rows are at most 20 000 and never negative here.
fn whole(rows: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    let rows = rows.clamp(0.0, f64::from(u32::MAX)) as u32;
    rows
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation, reason = "samples of test pictures")]

    use fast_image_resize::{
        FilterType, ResizeAlg, ResizeOptions, Resizer,
        images::{Image, ImageRef},
    };

    use super::{Samples, Strips};

    /// Strips and the whole picture at once give the same, at whole, broken and no reduction.
    #[test]
    fn strips_are_no_different_from_the_whole() {
        let cases = [
            (Samples::Rgb, (700, 3000), (233, 1000)),
            (Samples::Gray, (3001, 2003), (999, 667)),
            (Samples::Rgba, (400, 5000), (123, 1538)),
            (Samples::Cmyk, (90, 70), (90, 70)),
            (Samples::Rgb, (20, 9000), (2, 900)),
        ];
        for (samples, from, to) in cases {
            let length = (from.0 * from.1 * samples.count()) as usize;
            let pixels: Vec<u8> = (0..length).map(|at| ((at * 7919) % 251 + at / 5000 % 5) as u8).collect();
            let mut strips = Strips::new(samples, from, to).expect("sizes are small");
            let rows = strips.row_bytes() * 7;
            pixels.chunks(rows).for_each(|rows| strips.push(rows).expect("takes rows"));
            let found = strips.finish().expect("all rows came");
            let source = ImageRef::new(from.0, from.1, &pixels, samples.kind()).expect("fits");
            let mut whole = Image::new(to.0, to.1, samples.kind());
            let options = ResizeOptions::new()
                .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
                .use_alpha(samples == Samples::Rgba);
            Resizer::new().resize(&source, &mut whole, &options).expect("resizes");
            // Sums of weights may round differently by a level.
            let far = found.iter().zip(whole.buffer()).filter(|(a, b)| a.abs_diff(**b) > 1).count();
            assert_eq!((found.len(), far), (whole.buffer().len(), 0), "{samples:?} {from:?}");
        }
    }

    /// Heights whose quotient is not exact, in strips of an odd number of rows.
    #[test]
    fn rounding_never_leads_out_of_the_picture() {
        for height in (1000..3000).step_by(13) {
            for to in [height * 3508 / 6850, height / 3, 513] {
                let mut strips = Strips::new(Samples::Gray, (3, height), (2, to)).expect("small");
                strips.step = 37;
                strips.push(&vec![9; 3 * height as usize]).expect("takes rows");
                let picture = strips.finish().expect("all rows came");
                assert!(picture.iter().all(|level| *level == 9), "{height} to {to}");
            }
        }
    }

    #[test]
    fn missing_rows_are_noticed() {
        for to in [(10, 10), (5, 5)] {
            let mut strips = Strips::new(Samples::Gray, (10, 10), to).expect("small");
            strips.push(&[1; 90]).expect("takes rows");
            assert!(strips.finish().is_err());
        }
    }
}
