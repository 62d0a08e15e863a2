//! Decoding through libjpeg-turbo: as small as the target allows, to YUV planes where nothing needs RGB.

use turbojpeg::{
    Colorspace, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp, YuvImage, yuv_pixels_len,
};

use super::{Header, segments::MAX_SCANS};
use crate::{
    Refusal,
    colour::{Conversion, Space},
    picture::{Decoded, Pixels, Plane},
};

/// The decoded long edge must be at least this many hundredths of the target: below that the scaled
/// inverse transform costs visible sharpness, above it nothing (figures: research, imaging).
pub(super) const HEADROOM: u64 = 135;
/// Bytes of decoded pixels; a picture that would take more is decoded a step smaller.
const MAX_DECODED_BYTES: u64 = 72 * 1000 * 1000;
/// Bytes of decoded pixels and of coefficients held at the same time.
const MAX_WORKING_BYTES: u64 = 180 * 1000 * 1000;

/// What the decoder thought of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Sound,
    /// It warned: data broke off or made no sense in places; the rest is filler.
    Suspect,
}

impl Health {
    /// A file without its end counts as broken off, however much of it the decoder made sense of.
    pub(super) fn of(header: &Header, is_sound: bool) -> Self {
        if is_sound && header.ended { Self::Sound } else { Self::Suspect }
    }
}

/// Decodes to a picture whose long edge is at least 1.35 × `target` (or the full picture), in the planes
/// the file holds where nothing needs RGB.
pub(crate) fn decode(bytes: &[u8], header: &Header, target: u32) -> Result<(Decoded, Health), Refusal> {
    decode_as(bytes, header, target, true)
}

/// A half, a quarter or an eighth of the picture, as the decoder gives it.
pub(crate) fn decode_part(bytes: &[u8], header: &Header, part: u32) -> Result<Decoded, Refusal> {
    let wanted = u64::from(header.width.max(header.height) / part.max(1)) * 100 / HEADROOM;
    let target = u32::try_from(wanted).map_err(|_| Refusal::TooComplex)?;
    decode_as(bytes, header, target, true).map(|(decoded, _)| decoded)
}

/// The same, never in planes.
pub(crate) fn decode_rgb(bytes: &[u8], header: &Header, target: u32) -> Result<(Decoded, Health), Refusal> {
    decode_as(bytes, header, target, false)
}

fn decode_as(
    bytes: &[u8],
    header: &Header,
    target: u32,
    in_planes: bool,
) -> Result<(Decoded, Health), Refusal> {
    let bytes = &*header.picture(bytes);
    let mut decoder = Decompressor::new().map_err(|_| Refusal::TooComplex)?;
    // One more line of defence: segments are counted before, this counts while decoding.
    decoder.set_scan_limit(u32::from(MAX_SCANS)).map_err(|_| Refusal::TooComplex)?;
    let found = decoder.read_header(bytes).map_err(|_| Refusal::Damaged)?;
    let space = match found.colorspace {
        Colorspace::Gray => Space::Gray,
        Colorspace::YCbCr | Colorspace::RGB => Space::Rgb,
        Colorspace::CMYK | Colorspace::YCCK => Space::Cmyk,
    };
    let conversion = header.icc.as_deref().and_then(|icc| Conversion::from_profile(icc, space));
    let planar = matches!(found.colorspace, Colorspace::YCbCr | Colorspace::Gray)
        && found.subsamp != Subsamp::Unknown
        && !found.is_lossless;
    let budget = MAX_DECODED_BYTES.min(MAX_WORKING_BYTES.saturating_sub(header.held_bytes));
    let fits = |eighths: usize| {
        let size = found.scaled(ScalingFactor::new(eighths, 8));
        let bytes = match space {
            Space::Gray => Ok(size.width * size.height),
            Space::Rgb if planar && in_planes && conversion.is_none() => {
                yuv_pixels_len(size.width, 1, size.height, found.subsamp)
            }
            Space::Rgb => Ok(size.width * size.height * 3),
            Space::Cmyk => Ok(size.width * size.height * 4),
        };
        bytes.is_ok_and(|bytes| u64::try_from(bytes).is_ok_and(|bytes| bytes <= budget))
    };
    if found.is_lossless {
        if !fits(8) {
            return Err(Refusal::TooManyPixels { width: header.width, height: header.height });
        }
    } else {
        let mut eighths = eighths(header.width.max(header.height), target);
        while eighths > 1 && !fits(eighths) {
            eighths -= 1;
        }
        let factor = ScalingFactor::new(eighths, 8);
        decoder.set_scaling_factor(factor).map_err(|_| Refusal::Damaged)?;
    }
    let small = found.scaled(decoder.scaling_factor());
    let (pixels, is_sound) = match space {
        Space::Gray if planar => {
            let (buffer, is_sound) = yuv(&mut decoder, bytes, small.width, small.height, Subsamp::Gray)?;
            (Pixels::Gray(buffer), is_sound)
        }
        Space::Rgb if planar && in_planes && conversion.is_none() => {
            let (buffer, is_sound) = yuv(&mut decoder, bytes, small.width, small.height, found.subsamp)?;
            (Pixels::Yuv(planes(buffer, small.width, small.height, found.subsamp)?), is_sound)
        }
        Space::Gray => {
            let (buffer, is_sound) =
                packed(&mut decoder, bytes, small.width, small.height, PixelFormat::GRAY)?;
            (Pixels::Gray(buffer), is_sound)
        }
        Space::Rgb => {
            let (buffer, is_sound) =
                packed(&mut decoder, bytes, small.width, small.height, PixelFormat::RGB)?;
            (Pixels::Rgb(buffer), is_sound)
        }
        Space::Cmyk => {
            let (buffer, is_sound) =
                packed(&mut decoder, bytes, small.width, small.height, PixelFormat::CMYK)?;
            (Pixels::Cmyk { bytes: buffer, inverted: header.adobe }, is_sound)
        }
    };
    let (width, height) = (side(small.width)?, side(small.height)?);
    Ok((Decoded { width, height, pixels, conversion }, Health::of(header, is_sound)))
}

/// Whether a picture decoded from a file with this long edge has the pixels for `target`.
pub(crate) fn suffices(decoded: &Decoded, long_edge: u32, target: u32) -> bool {
    let long = decoded.width.max(decoded.height);
    long == long_edge || u64::from(long) * 100 >= u64::from(target) * HEADROOM
}

fn eighths(long_edge: u32, target: u32) -> usize {
    let needed = u64::from(target) * HEADROOM / 100;
    let eighths = (1..8).find(|eighths| u64::from(long_edge) * eighths / 8 >= needed).unwrap_or(8);
    usize::try_from(eighths).unwrap_or(8)
}

fn side(pixels: usize) -> Result<u32, Refusal> {
    u32::try_from(pixels).map_err(|_| Refusal::Damaged)
}

fn yuv(
    decoder: &mut Decompressor,
    bytes: &[u8],
    width: usize,
    height: usize,
    subsamp: Subsamp,
) -> Result<(Vec<u8>, bool), Refusal> {
    let length = yuv_pixels_len(width, 1, height, subsamp).map_err(|_| Refusal::Damaged)?;
    let mut image = YuvImage { pixels: vec![0; length], width, align: 1, height, subsamp };
    let outcome = decoder.decompress_to_yuv(bytes, image.as_deref_mut());
    Ok((image.pixels, is_sound(outcome)?))
}

fn packed(
    decoder: &mut Decompressor,
    bytes: &[u8],
    width: usize,
    height: usize,
    format: PixelFormat,
) -> Result<(Vec<u8>, bool), Refusal> {
    let pitch = width * format.size();
    let mut image = Image { pixels: vec![0; pitch * height], width, pitch, height, format };
    let outcome = decoder.decompress(bytes, image.as_deref_mut());
    Ok((image.pixels, is_sound(outcome)?))
}

/// Cuts a buffer into its planes; the first and largest stays where it is.
fn planes(mut buffer: Vec<u8>, width: usize, height: usize, subsamp: Subsamp) -> Result<[Plane; 3], Refusal> {
    let (across, down) = subsamp.size();
    let chroma = (width.div_ceil(across), height.div_ceil(down));
    let luma = (chroma.0 * across, chroma.1 * down);
    let (whole, small) = (luma.0 * luma.1, chroma.0 * chroma.1);
    if buffer.len() < whole + 2 * small {
        return Err(Refusal::Damaged);
    }
    let mut v = buffer.split_off(whole + small);
    v.truncate(small);
    let u = buffer.split_off(whole);
    buffer.shrink_to_fit();
    let plane = |(width, height): (usize, usize), bytes| {
        Ok(Plane { width: side(width)?, height: side(height)?, bytes })
    };
    Ok([plane(luma, buffer)?, plane(chroma, u)?, plane(chroma, v)?])
}

/// Whether there were no warnings. libjpeg-turbo reports warnings and errors alike; only its wording tells them apart
/// (jerror.h, JWRN_*).
fn is_sound(outcome: turbojpeg::Result<()>) -> Result<bool, Refusal> {
    const WARNINGS: [&str; 6] = [
        "Premature end of JPEG file",
        "Corrupt JPEG data",
        "Inconsistent progression sequence",
        "Invalid SOS parameters",
        "Unknown Adobe color transform",
        "Warning: unknown JFIF revision",
    ];
    match outcome {
        Ok(()) => Ok(true),
        Err(turbojpeg::Error::TurboJpegError(message)) => {
            if WARNINGS.iter().any(|warning| message.contains(warning)) {
                Ok(false)
            } else if message.contains("scans") {
                Err(Refusal::TooComplex)
            } else {
                Err(Refusal::Damaged)
            }
        }
        Err(_) => Err(Refusal::Damaged),
    }
}
