//! Decoding through libjpeg-turbo: as small as the target allows, to YUV planes where nothing needs RGB.

use turbojpeg::{
    Colorspace, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp, YuvImage, yuv_pixels_len,
};

use super::Header;
use crate::{
    Refusal,
    colour::{Conversion, Space},
    picture::{Decoded, Pixels, Plane},
};

/// The decoded long edge must be at least this many hundredths of the target: below that the scaled
/// inverse transform costs visible sharpness, above it nothing (figures: research, imaging).
const HEADROOM: u64 = 135;

/// What the decoder thought of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Sound,
    /// It warned: data broke off or made no sense in places; the rest is filler.
    Suspect,
}

/// Decodes to a picture whose long edge is at least 1.35 × `target` (or the full picture), in the planes
/// the file holds where nothing needs RGB.
pub(crate) fn decode(bytes: &[u8], header: &Header, target: u32) -> Result<(Decoded, Health), Refusal> {
    decode_as(bytes, header, target, true)
}

/// The same, never in planes.
pub(crate) fn decode_rgb(bytes: &[u8], header: &Header, target: u32) -> Result<Decoded, Refusal> {
    decode_as(bytes, header, target, false).map(|(decoded, _)| decoded)
}

fn decode_as(
    bytes: &[u8],
    header: &Header,
    target: u32,
    in_planes: bool,
) -> Result<(Decoded, Health), Refusal> {
    let mut decoder = Decompressor::new().map_err(|_| Refusal::TooComplex)?;
    // One more line of defence: segments are counted before, this counts while decoding.
    decoder.set_scan_limit(100).map_err(|_| Refusal::TooComplex)?;
    let found = decoder.read_header(bytes).map_err(|_| Refusal::Damaged)?;
    let space = match found.colorspace {
        Colorspace::Gray => Space::Gray,
        Colorspace::YCbCr | Colorspace::RGB => Space::Rgb,
        Colorspace::CMYK | Colorspace::YCCK => Space::Cmyk,
    };
    if !found.is_lossless {
        let factor = factor(header.width.max(header.height), target);
        decoder.set_scaling_factor(factor).map_err(|_| Refusal::Damaged)?;
    }
    let small = found.scaled(decoder.scaling_factor());
    let conversion = header.icc.as_deref().and_then(|icc| Conversion::from_profile(icc, space));
    let planar = matches!(found.colorspace, Colorspace::YCbCr | Colorspace::Gray)
        && found.subsamp != Subsamp::Unknown
        && !found.is_lossless;
    let (pixels, health) = match space {
        Space::Gray if planar => {
            let (buffer, health) = yuv(&mut decoder, bytes, small.width, small.height, Subsamp::Gray)?;
            (Pixels::Gray(buffer), health)
        }
        Space::Rgb if planar && in_planes && conversion.is_none() => {
            let (buffer, health) = yuv(&mut decoder, bytes, small.width, small.height, found.subsamp)?;
            (Pixels::Yuv(planes(&buffer, small.width, small.height, found.subsamp)?), health)
        }
        Space::Gray => {
            let (buffer, health) = packed(&mut decoder, bytes, small.width, small.height, PixelFormat::GRAY)?;
            (Pixels::Gray(buffer), health)
        }
        Space::Rgb => {
            let (buffer, health) = packed(&mut decoder, bytes, small.width, small.height, PixelFormat::RGB)?;
            (Pixels::Rgb(buffer), health)
        }
        Space::Cmyk => {
            let (buffer, health) = packed(&mut decoder, bytes, small.width, small.height, PixelFormat::CMYK)?;
            (Pixels::Cmyk { bytes: buffer, inverted: header.adobe }, health)
        }
    };
    let (width, height) = (side(small.width)?, side(small.height)?);
    Ok((Decoded { width, height, pixels, conversion }, health))
}

/// Whether a picture decoded from a file with this long edge has the pixels for `target`.
pub(crate) fn suffices(decoded: &Decoded, long_edge: u32, target: u32) -> bool {
    let long = decoded.width.max(decoded.height);
    long == long_edge || u64::from(long) * 100 >= u64::from(target) * HEADROOM
}

fn factor(long_edge: u32, target: u32) -> ScalingFactor {
    let needed = u64::from(target) * HEADROOM / 100;
    let eighths = (1..8).find(|eighths| u64::from(long_edge) * eighths / 8 >= needed).unwrap_or(8);
    ScalingFactor::new(usize::try_from(eighths).unwrap_or(8), 8)
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
) -> Result<(Vec<u8>, Health), Refusal> {
    let length = yuv_pixels_len(width, 1, height, subsamp).map_err(|_| Refusal::Damaged)?;
    let mut image = YuvImage { pixels: vec![128; length], width, align: 1, height, subsamp };
    let outcome = decoder.decompress_to_yuv(bytes, image.as_deref_mut());
    Ok((image.pixels, health(outcome)?))
}

fn packed(
    decoder: &mut Decompressor,
    bytes: &[u8],
    width: usize,
    height: usize,
    format: PixelFormat,
) -> Result<(Vec<u8>, Health), Refusal> {
    let pitch = width * format.size();
    let mut image = Image { pixels: vec![128; pitch * height], width, pitch, height, format };
    let outcome = decoder.decompress(bytes, image.as_deref_mut());
    Ok((image.pixels, health(outcome)?))
}

fn planes(buffer: &[u8], width: usize, height: usize, subsamp: Subsamp) -> Result<[Plane; 3], Refusal> {
    let (across, down) = subsamp.size();
    let chroma = (width.div_ceil(across), height.div_ceil(down));
    let luma = (chroma.0 * across, chroma.1 * down);
    let mut rest = buffer;
    let mut cut = |(width, height): (usize, usize)| {
        let (bytes, after) = rest.split_at_checked(width * height).ok_or(Refusal::Damaged)?;
        rest = after;
        Ok(Plane { width: side(width)?, height: side(height)?, bytes: bytes.to_vec() })
    };
    Ok([cut(luma)?, cut(chroma)?, cut(chroma)?])
}

/// libjpeg-turbo reports warnings and errors alike; only its wording tells them apart (jerror.h, JWRN_*).
fn health(outcome: turbojpeg::Result<()>) -> Result<Health, Refusal> {
    const WARNINGS: [&str; 6] = [
        "Premature end of JPEG file",
        "Corrupt JPEG data",
        "Inconsistent progression sequence",
        "Invalid SOS parameters",
        "Unknown Adobe color transform",
        "Warning: unknown JFIF revision",
    ];
    match outcome {
        Ok(()) => Ok(Health::Sound),
        Err(turbojpeg::Error::TurboJpegError(message)) => {
            if WARNINGS.iter().any(|warning| message.contains(warning)) {
                Ok(Health::Suspect)
            } else if message.contains("scans") {
                Err(Refusal::TooComplex)
            } else {
                Err(Refusal::Damaged)
            }
        }
        Err(_) => Err(Refusal::Damaged),
    }
}
