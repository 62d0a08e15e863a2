//! PNG, WebP, TIFF, BMP and GIF → pixels, no larger than wanted: what can be read row by row is made smaller
//! on the way, what cannot is judged by its header first. First frame of animations, first page of TIFFs.

mod gif;
#[cfg(feature = "heic")]
mod heic;
mod lzw;
mod png;
mod rows;
mod tiff;
mod tiff_parts;
mod whole;

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

use crate::{
    Format, Limits, Refusal,
    colour::{Conversion, Space},
    jpeg::Health,
    orientation::Turn,
    picture::Decoded,
    resize,
    strips::Samples,
    tiff_pages::{Pages, Sheet},
};

/// Bytes a decoder that cannot give rows may hold at once. With the file itself (32 MiB), the result and its
/// encoding this keeps a run under 256 MB; `tests/memory` measures it.
const MAX_WHOLE_BYTES: usize = 136 * 1024 * 1024;
/// Bytes of the pixels given back.
const MAX_RESULT_BYTES: u64 = 50_000_000;

/// A decoded raster and which way up it lies. Its pixels may be fewer than the file's.
pub(crate) struct Raster {
    pub(crate) decoded: Decoded,
    pub(crate) turn: Turn,
    /// Width and height of the file's own picture, as stored.
    pub(crate) size: (u32, u32),
    /// Only of JPEGs within a TIFF: other decoders say no or nothing.
    pub(crate) health: Health,
}

impl Raster {
    fn new(
        samples: Samples,
        (width, height): (u32, u32),
        bytes: Vec<u8>,
        icc: Option<&[u8]>,
        turn: Turn,
        size: (u32, u32),
    ) -> Self {
        let space = match samples {
            Samples::Gray => Space::Gray,
            Samples::Rgb => Space::Rgb,
            Samples::Cmyk => Space::Cmyk,
        };
        let conversion = icc.and_then(|icc| Conversion::from_profile(icc, space));
        let decoded = Decoded { width, height, pixels: samples.pixels(bytes), conversion };
        Self { decoded, turn, size, health: Health::Sound }
    }
}

/// What is wanted of a decoder.
struct Order<'a> {
    /// Longer side that is wanted, pixels.
    edge: u32,
    limits: &'a Limits,
    go_on: &'a dyn Fn() -> Result<(), Refusal>,
}

impl Order<'_> {
    /// An `Err` says stop here.
    fn go_on(&self) -> Result<(), Refusal> {
        (self.go_on)()
    }

    /// Size to give back of a picture of this size: as wanted, and what memory allows.
    fn size(&self, size: (u32, u32), samples: Samples) -> (u32, u32) {
        resize::scaled_within(size, self.edge, false, MAX_RESULT_BYTES / u64::from(samples.count()))
    }
}

/// Size of the first image by its header, judged by the limits.
pub(crate) fn size(bytes: &[u8], format: Format, limits: &Limits) -> Result<(u32, u32), Refusal> {
    let codec = match format {
        Format::Tiff => return sheet_size(&first(bytes, limits)?, limits),
        #[cfg(feature = "heic")]
        Format::Heic => return heic::size(bytes, limits),
        Format::Png => ImageFormat::Png,
        Format::Webp => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Gif => ImageFormat::Gif,
        other => return Err(Refusal::Unsupported { format: other }),
    };
    let reader = ImageReader::with_format(Cursor::new(bytes), codec);
    let (width, height) = reader.into_dimensions().map_err(|_| Refusal::Damaged)?;
    limits.admit(width, height)?;
    Ok((width, height))
}

/// Decodes the first image so that its longer side has `edge` pixels, or all it has, or as many as memory
/// allows. `go_on` is asked every few rows.
pub(crate) fn decode_to(
    bytes: &[u8],
    format: Format,
    edge: u32,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Raster, Refusal> {
    let order = Order { edge: edge.max(1), limits, go_on };
    match format {
        Format::Png => {
            // The decoder would refuse an absurd header without saying how large it is.
            if let Some((width, height)) = promised(bytes) {
                limits.admit(width, height)?;
            }
            png::decode(bytes, &order, true)
        }
        Format::Gif => gif::decode(bytes, &order),
        Format::Tiff => tiff::decode(&first(bytes, limits)?, &order),
        Format::Webp => whole::webp(bytes, &order),
        Format::Bmp => whole::bmp(bytes, &order),
        #[cfg(feature = "heic")]
        Format::Heic => heic::decode(bytes, &order),
        other => Err(Refusal::Unsupported { format: other }),
    }
}

/// The same of one page of a TIFF.
pub(crate) fn decode_sheet(
    sheet: &Sheet<'_>,
    edge: u32,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Raster, Refusal> {
    tiff::decode(sheet, &Order { edge: edge.max(1), limits, go_on })
}

/// Size of one page of a TIFF, judged by the limits.
pub(crate) fn sheet_size(sheet: &Sheet<'_>, limits: &Limits) -> Result<(u32, u32), Refusal> {
    tiff::size(sheet, limits)
}

/// The first page that is no reduced copy of another.
fn first<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Sheet<'a>, Refusal> {
    Pages::read(bytes, limits).map(|pages| pages.sheet(bytes, 0))
}

/// As [`decode_to`], of a PNG that was put together from another file's pixels, without checksums.
pub(crate) fn decode_packed(
    png: &[u8],
    edge: u32,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Raster, Refusal> {
    png::decode(png, &Order { edge: edge.max(1), limits, go_on }, false)
}

/// Size by the PNG header itself.
fn promised(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let side = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    Some((side(16)?, side(20)?))
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, io::Cursor};

    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::decode_to;
    use crate::{Format, Limits, Refusal};

    #[test]
    fn rows_are_read_until_somebody_says_stop() {
        let image = DynamicImage::ImageRgb8(RgbImage::from_pixel(40, 640, image::Rgb([9, 90, 200])));
        for (codec, format) in [
            (ImageFormat::Png, Format::Png),
            (ImageFormat::Gif, Format::Gif),
            (ImageFormat::Tiff, Format::Tiff),
        ] {
            let mut bytes = Cursor::new(Vec::new());
            image.write_to(&mut bytes, codec).expect("into memory");
            let asked = |most: u32| {
                let asked = Cell::new(0);
                let go_on = || {
                    asked.set(asked.get() + 1);
                    if asked.get() < most { Ok(()) } else { Err(Refusal::Cancelled) }
                };
                let made = decode_to(bytes.get_ref(), format, 300, &Limits::default(), &go_on);
                (made.map(|made| made.size), asked.get())
            };
            let (made, times) = asked(u32::MAX);
            assert_eq!(made, Ok((40, 640)), "{format:?}");
            assert!(times >= 640 / 16, "{format:?}: asked {times} times");
            assert_eq!(asked(3), (Err(Refusal::Cancelled), 3), "{format:?}");
        }
    }
}
