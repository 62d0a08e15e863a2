//! How much a file may ask of us. Judged from headers, before anything is decoded.

/// Longer side of a sheet of A4 at 300 dots an inch, pixels.
pub(crate) const A4_AT_300_DPI: u32 = 3508;

/// The limits of one run. [`Limits::default`] holds what the product uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a person may hand us; default 32 MiB.
    pub max_input_bytes: u64,
    /// Bytes of all files that are bound into one; default 128 MiB.
    pub max_bound_bytes: u64,
    /// Bytes of a fit file; default 2 000 000 (satisfies both readings of “2 MB”).
    pub max_output_bytes: u64,
    /// Pixels of one image, from its header; default 120 000 000.
    pub max_pixels: u64,
    /// Longer side of one image in pixels; default 20 000.
    pub max_side: u32,
    /// Pages of a PDF or TIFF; default 200.
    pub max_pages: u32,
    /// Longer side a picture may keep, in pixels; a longer one is made smaller even where its bytes would fit.
    /// Default `None`: pictures that are fit keep their own pixels, and pictures that must be encoded anew
    /// get at most 3508 (A4 at 300 dpi). Pictures inside a PDF are not measured by it.
    pub max_long_edge: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_input_bytes: 32 * 1024 * 1024,
            max_bound_bytes: 128 * 1024 * 1024,
            max_output_bytes: 2_000_000,
            max_pixels: 120_000_000,
            max_side: 20_000,
            max_pages: 200,
            max_long_edge: None,
        }
    }
}

impl Limits {
    /// Whether a picture with this longer side may stay as large as it is.
    pub(crate) fn keeps_edge(&self, long_edge: u32) -> bool {
        self.max_long_edge.is_none_or(|most| long_edge <= most)
    }

    /// Longer side of a picture that is encoded anew: as asked for, at most A4 at 300 dpi.
    pub(crate) fn longest_edge(&self) -> u32 {
        self.max_long_edge.map_or(A4_AT_300_DPI, |most| most.min(A4_AT_300_DPI))
    }

    /// Refuses an image whose header promises more than the limits allow, or nothing at all.
    pub(crate) fn admit(&self, width: u32, height: u32) -> Result<(), crate::Refusal> {
        if width == 0 || height == 0 {
            return Err(crate::Refusal::Damaged);
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels || width.max(height) > self.max_side {
            return Err(crate::Refusal::TooManyPixels { width, height });
        }
        Ok(())
    }
}
