//! Rows in, a smaller picture out: of a large scan only a few rows and the result ever stand in memory. Rows are
//! made fewer as they come, and narrower a batch at a time, because every call works out its weights anew. The
//! result is what resizing the whole picture at once would give.

mod abreast;

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use crate::{Refusal, picture::Pixels};

/// Bytes of the source's rows that are made fewer at once: they are still in the processor's cache then.
const STRIP_BYTES: u32 = 256 * 1024;
/// Bytes of rows that are made narrower at once, and how many such batches there are at most.
const BATCH_BYTES: u32 = 512 * 1024;
const MOST_BATCHES: u32 = 8;

/// What a row's samples are, eight bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Samples {
    Gray,
    Rgb,
    /// 0 is no ink.
    Cmyk,
}

impl Samples {
    pub(crate) fn count(self) -> u32 {
        match self {
            Self::Gray => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }

    pub(crate) fn pixels(self, bytes: Vec<u8>) -> Pixels {
        match self {
            Self::Gray => Pixels::Gray(bytes),
            Self::Rgb => Pixels::Rgb(bytes),
            Self::Cmyk => Pixels::Cmyk { bytes, inverted: false },
        }
    }

    fn kind(self) -> PixelType {
        match self {
            Self::Gray => PixelType::U8,
            Self::Rgb => PixelType::U8x3,
            Self::Cmyk => PixelType::U8x4,
        }
    }
}

/// How pixels become fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The sharpest.
    Lanczos,
    /// A third cheaper; for colour planes, where nobody sees the difference.
    Cubic,
}

impl Filter {
    fn kind(self) -> FilterType {
        match self {
            Self::Lanczos => FilterType::Lanczos3,
            Self::Cubic => FilterType::CatmullRom,
        }
    }

    /// Pixels to either side that it looks at: of the result, or of the source where that is smaller.
    fn reach(self) -> f64 {
        match self {
            Self::Lanczos => 3.0,
            Self::Cubic => 2.0,
        }
    }
}

/// Takes the rows of a picture of one size and holds the picture at another.
pub(crate) struct Strips {
    samples: Samples,
    filter: Filter,
    from: (u32, u32),
    to: (u32, u32),
    /// Pixels of a row as it comes; it may be longer than the picture is wide.
    stride: u32,
    row_bytes: usize,
    /// Rows of the source, from number `first` on, that are still looked at; `count` of them mean something.
    held: Vec<u8>,
    first: u32,
    count: u32,
    /// Rows of the result that are made at once, as wide as the source.
    step: u32,
    /// Rows of the result that are not yet narrow, and how many of them there are at most.
    wide: Vec<u8>,
    batch: u32,
    /// Rows of the result that are made, wide ones included.
    made: u32,
    result: Vec<u8>,
    /// Bytes of the whole result.
    length: usize,
    resizer: Resizer,
}

impl Strips {
    /// `stride`: pixels of a row as it comes, of which the first are the picture.
    pub(crate) fn new(
        samples: Samples,
        stride: u32,
        from: (u32, u32),
        to: (u32, u32),
        filter: Filter,
    ) -> Result<Self, Refusal> {
        let bytes = |width: u32, height: u32| {
            let bytes = u64::from(width) * u64::from(height) * u64::from(samples.count());
            usize::try_from(bytes).map_err(|_| Refusal::TooComplex)
        };
        if stride < from.0 || from.0 == 0 || from.1 == 0 || to.0 == 0 || to.1 == 0 {
            return Err(Refusal::Damaged);
        }
        let length = bytes(to.0, to.1)?;
        let row = stride.saturating_mul(samples.count());
        let rows = (STRIP_BYTES / row).clamp(16, from.1.max(16));
        let step = u64::from(rows) * u64::from(to.1) / u64::from(from.1);
        let batch = (BATCH_BYTES / row).max(to.1.div_ceil(MOST_BATCHES)).max(1);
        Ok(Self {
            samples,
            filter,
            from,
            to,
            stride,
            row_bytes: bytes(stride, 1)?,
            held: Vec::new(),
            first: 0,
            count: 0,
            step: u32::try_from(step).unwrap_or(batch).clamp(4, batch.max(4)),
            wide: Vec::new(),
            batch,
            made: 0,
            result: Vec::with_capacity(length),
            length,
            resizer: Resizer::new(),
        })
    }

    /// Bytes of one row.
    pub(crate) fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// Takes whole rows, in order; what is beyond the last row is dropped.
    pub(crate) fn push(&mut self, rows: &[u8]) -> Result<(), Refusal> {
        // No more at once than a strip, whatever came.
        for rows in rows.chunks(self.row_bytes * 64) {
            let count = rows.len() / self.row_bytes;
            let whole = rows.get(..count * self.row_bytes).ok_or(Refusal::Damaged)?;
            let count = u32::try_from(count).map_err(|_| Refusal::TooComplex)?;
            self.room(count)?.copy_from_slice(whole);
            self.take(count)?;
        }
        Ok(())
    }

    /// Where the next rows are to be written; [`Self::take`] takes them.
    pub(crate) fn room(&mut self, rows: u32) -> Result<&mut [u8], Refusal> {
        let (start, end) = (self.length(self.count)?, self.length(self.count.saturating_add(rows))?);
        if self.held.len() < end {
            // At once as long as it will ever be: growing in steps would leave holes behind.
            let most = whole(f64::from(self.step) * self.scale() + 2.0 * self.reach() + 1.0);
            let most = self.length(most.saturating_add(rows))?.max(end);
            self.held.resize(if self.from == self.to { end } else { most }, 0);
        }
        self.held.get_mut(start..end).ok_or(Refusal::Damaged)
    }

    /// Takes rows that were written to [`Self::room`]; what is beyond the last row is dropped.
    pub(crate) fn take(&mut self, rows: u32) -> Result<(), Refusal> {
        let left = self.from.1.saturating_sub(self.first).saturating_sub(self.count);
        self.count = self.count.saturating_add(rows.min(left));
        if self.from == self.to {
            return self.take_as_they_are();
        }
        while self.made < self.to.1 && self.needed() <= self.taken() {
            self.make()?;
        }
        Ok(())
    }

    /// The picture, when all of its rows were there.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Refusal> {
        if self.taken() < self.from.1 {
            return Err(Refusal::Damaged);
        }
        while self.from != self.to && self.made < self.to.1 {
            self.make()?;
        }
        if self.result.len() == self.length { Ok(self.result) } else { Err(Refusal::Damaged) }
    }

    /// Rows of the source that have come so far.
    fn taken(&self) -> u32 {
        self.first.saturating_add(self.count)
    }

    fn length(&self, rows: u32) -> Result<usize, Refusal> {
        let rows = usize::try_from(rows).ok();
        rows.and_then(|rows| rows.checked_mul(self.row_bytes)).ok_or(Refusal::TooComplex)
    }

    fn scale(&self) -> f64 {
        f64::from(self.from.1) / f64::from(self.to.1)
    }

    /// Rows of the source that the filter looks at beyond an edge of a strip, and two for rounding.
    fn reach(&self) -> f64 {
        self.filter.reach() * self.scale().max(1.0) + 2.0
    }

    /// End of the strip of the result that comes next.
    fn end(&self) -> u32 {
        let batch = self.made - self.made % self.batch;
        self.made.saturating_add(self.step).min(batch.saturating_add(self.batch)).min(self.to.1)
    }

    /// Rows of the source that must have come for it.
    fn needed(&self) -> u32 {
        whole(f64::from(self.end()) * self.scale() + self.reach()).min(self.from.1)
    }

    fn take_as_they_are(&mut self) -> Result<(), Refusal> {
        let width = usize::try_from(u64::from(self.from.0) * u64::from(self.samples.count()));
        let width = width.map_err(|_| Refusal::TooComplex)?;
        let length = self.length(self.count)?;
        for row in self.held.get(..length).ok_or(Refusal::Damaged)?.chunks_exact(self.row_bytes) {
            self.result.extend_from_slice(row.get(..width).ok_or(Refusal::Damaged)?);
        }
        self.first = self.first.saturating_add(self.count);
        self.count = 0;
        Ok(())
    }

    /// Makes rows fewer; and narrower, when a batch of them is there.
    fn make(&mut self) -> Result<(), Refusal> {
        let (end, scale, kind) = (self.end(), self.scale(), self.samples.kind());
        let length = self.length(self.count)?;
        let rows = self.held.get(..length).ok_or(Refusal::Damaged)?;
        let source = ImageRef::new(self.stride, self.count, rows, kind).map_err(|_| Refusal::Damaged)?;
        let top = f64::from(self.made) * scale - f64::from(self.first);
        // Rounding must not lead out of the rows there are.
        let lines = (f64::from(end - self.made) * scale).min(f64::from(self.count) - top);
        let before = self.made % self.batch;
        let (start, stop) = (self.length(before)?, self.length(before + (end - self.made))?);
        if self.wide.is_empty() {
            self.wide.resize(self.length(self.batch.min(self.to.1))?, 0);
        }
        let fewer = self.wide.get_mut(start..stop).ok_or(Refusal::Damaged)?;
        let mut fewer =
            Image::from_slice_u8(self.stride, end - self.made, fewer, kind).map_err(|_| Refusal::Damaged)?;
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(self.filter.kind())).use_alpha(false);
        let window = options.crop(0.0, top, f64::from(self.stride), lines);
        self.resizer.resize(&source, &mut fewer, &window).map_err(|_| Refusal::Damaged)?;
        self.made = end;
        if end % self.batch == 0 || end == self.to.1 {
            self.narrow(stop, &options)?;
        }
        // What the next strip will not look at may go.
        let keep = whole((f64::from(end) * scale - self.reach()).max(0.0)).min(self.taken());
        if keep > self.first {
            let gone = self.length(keep - self.first)?;
            self.held.copy_within(gone..length, 0);
            self.count -= keep - self.first;
            self.first = keep;
        }
        Ok(())
    }

    /// Makes the rows of a batch narrower, which are the first `length` bytes of the wide ones.
    fn narrow(&mut self, length: usize, options: &ResizeOptions) -> Result<(), Refusal> {
        let wide = self.wide.get(..length).ok_or(Refusal::Damaged)?;
        let height = u32::try_from(length / self.row_bytes).map_err(|_| Refusal::TooComplex)?;
        let before = self.result.len();
        let bytes = u64::from(self.to.0) * u64::from(height) * u64::from(self.samples.count());
        self.result.resize(before + usize::try_from(bytes).map_err(|_| Refusal::TooComplex)?, 0);
        let narrow = self.result.get_mut(before..).ok_or(Refusal::Damaged)?;
        if self.samples == Samples::Gray {
            let rows = (wide, self.stride, self.from.0);
            return abreast::narrow(&mut self.resizer, options, rows, (narrow, self.to.0));
        }
        let kind = self.samples.kind();
        let source = ImageRef::new(self.stride, height, wide, kind).map_err(|_| Refusal::Damaged)?;
        let mut narrow =
            Image::from_slice_u8(self.to.0, height, narrow, kind).map_err(|_| Refusal::Damaged)?;
        let window = options.crop(0.0, 0.0, f64::from(self.from.0), f64::from(height));
        self.resizer.resize(&source, &mut narrow, &window).map_err(|_| Refusal::Damaged)
    }
}

/// Rounds down a number of rows; rows are at most 20 000 and never negative here.
fn whole(rows: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    let rows = rows.clamp(0.0, f64::from(u32::MAX)) as u32;
    rows
}

#[cfg(test)]
mod tests;
