//! PNG, WebP, TIFF, BMP and GIF through the `image` crate, with limits. First frame of animations.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, metadata::Orientation};

use crate::{
    Format, Limits, Refusal,
    colour::{Conversion, Space},
    orientation::Turn,
    picture::{Decoded, Pixels},
};

/// Bytes a decoder may hold at once, its output included.
const MAX_ALLOC: u64 = 512 * 1024 * 1024;

/// A decoded raster and which way up it lies.
pub(crate) struct Raster {
    pub(crate) decoded: Decoded,
    pub(crate) turn: Turn,
}

/// Size of the first image by its header, judged by the limits.
pub(crate) fn size(bytes: &[u8], format: Format, limits: &Limits) -> Result<(u32, u32), Refusal> {
    Ok(open(bytes, format, limits)?.dimensions())
}

/// Decodes the first image. Size is judged from the header, before any pixel is read.
pub(crate) fn decode(bytes: &[u8], format: Format, limits: &Limits) -> Result<Raster, Refusal> {
    let mut decoder = open(bytes, format, limits)?;
    let (width, height) = decoder.dimensions();
    let icc = decoder.icc_profile().ok().flatten();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let turn = Turn::from_exif(orientation.to_exif());
    let image =
        DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error, format, (width, height)))?;
    let (pixels, space) = eight_bit(image);
    let conversion = icc.and_then(|icc| Conversion::from_profile(&icc, space));
    Ok(Raster { decoded: Decoded { width, height, pixels, conversion }, turn })
}

fn open<'a>(
    bytes: &'a [u8],
    format: Format,
    limits: &Limits,
) -> Result<impl ImageDecoder + use<'a>, Refusal> {
    let codec = match format {
        Format::Png => ImageFormat::Png,
        Format::Webp => ImageFormat::WebP,
        Format::Tiff => ImageFormat::Tiff,
        Format::Bmp => ImageFormat::Bmp,
        Format::Gif => ImageFormat::Gif,
        other => return Err(Refusal::Unsupported { format: other }),
    };
    if let Some((width, height)) = promised(bytes, format) {
        limits.admit(width, height)?;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), codec);
    // Only memory here: sides and pixels are judged below, with their numbers.
    let mut codec_limits = image::Limits::no_limits();
    codec_limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(codec_limits);
    let decoder = reader.into_decoder().map_err(|error| refusal(&error, format, (0, 0)))?;
    let (width, height) = decoder.dimensions();
    limits.admit(width, height)?;
    if decoder.total_bytes() > MAX_ALLOC {
        return Err(Refusal::TooManyPixels { width, height });
    }
    Ok(decoder)
}

/// Size by the PNG header itself: its decoder would refuse an absurd one without saying how large it is.
fn promised(bytes: &[u8], format: Format) -> Option<(u32, u32)> {
    if format != Format::Png || bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let side = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    Some((side(16)?, side(20)?))
}

/// To the eight-bit kinds we resize. Gray stays gray; 16 bit and float are rounded.
fn eight_bit(image: DynamicImage) -> (Pixels, Space) {
    let color = image.color();
    match (color.has_color(), color.has_alpha()) {
        (false, false) => (Pixels::Gray(image.into_luma8().into_raw()), Space::Gray),
        (true, false) => (Pixels::Rgb(image.into_rgb8().into_raw()), Space::Rgb),
        (_, true) => (Pixels::Rgba(image.into_rgba8().into_raw()), Space::Rgb),
    }
}

fn refusal(error: &ImageError, format: Format, (width, height): (u32, u32)) -> Refusal {
    match error {
        ImageError::Limits(_) if width > 0 => Refusal::TooManyPixels { width, height },
        ImageError::Limits(_) => Refusal::TooComplex,
        ImageError::Unsupported(_) => Refusal::Unsupported { format },
        _ => Refusal::Damaged,
    }
}
