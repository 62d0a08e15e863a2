//! Cutting an upright box out of decoded pixels and shrinking it in the same step.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use super::{corners::Rectangle, homography::whole};
use crate::{
    Refusal,
    picture::{Decoded, Pixels, Plane},
};

/// Size for a paper of this many pixels at a long edge: never enlarged, and even where the planes ask for
/// it (see `resize::scaled`).
pub(super) fn size(decoded: &Decoded, (width, height): (f64, f64), long_edge: u32) -> (u32, u32) {
    let shrink = (f64::from(long_edge) / width.max(height).max(1.0)).min(1.0);
    let even = in_colour_planes(decoded);
    let side = |side: f64| {
        let pixels = u32::try_from(whole((side * shrink).round())).unwrap_or(0).max(1);
        if even { (pixels & !1).max(2) } else { pixels }
    };
    (side(width), side(height))
}

/// Cuts `part` out at the given size (even sides for colour planes).
pub(super) fn cut(decoded: &Decoded, part: Rectangle, size: (u32, u32)) -> Result<Decoded, Refusal> {
    let (width, height) = (decoded.width, decoded.height);
    let stored = (width, height);
    let one = |bytes: &[u8], kind| resample(bytes, kind, stored, part, size);
    let pixels = match &decoded.pixels {
        Pixels::Gray(gray) => Pixels::Gray(one(gray, PixelType::U8)?),
        Pixels::Rgb(rgb) => Pixels::Rgb(one(rgb, PixelType::U8x3)?),
        Pixels::Cmyk { bytes, inverted } => {
            Pixels::Cmyk { bytes: one(bytes, PixelType::U8x4)?, inverted: *inverted }
        }
        Pixels::Yuv([luma, ..]) if !in_colour_planes(decoded) => {
            // A stripe one pixel wide has no colour that could be halved.
            let stored = (luma.width, luma.height);
            Pixels::Gray(resample(&luma.bytes, PixelType::U8, stored, part, size)?)
        }
        Pixels::Yuv(planes) => {
            let [y, u, v] = planes;
            let half = (size.0 / 2, size.1 / 2);
            Pixels::Yuv([plane(y, y, part, size)?, plane(u, y, part, half)?, plane(v, y, part, half)?])
        }
    };
    Ok(Decoded { width: size.0, height: size.1, pixels, conversion: decoded.conversion.clone() })
}

fn in_colour_planes(decoded: &Decoded) -> bool {
    matches!(decoded.pixels, Pixels::Yuv(_)) && decoded.width > 1 && decoded.height > 1
}

fn plane(
    plane: &Plane,
    luma: &Plane,
    part: Rectangle,
    (width, height): (u32, u32),
) -> Result<Plane, Refusal> {
    let across = f64::from(plane.width) / f64::from(luma.width.max(1));
    let down = f64::from(plane.height) / f64::from(luma.height.max(1));
    let part = Rectangle {
        left: part.left * across,
        top: part.top * down,
        right: part.right * across,
        bottom: part.bottom * down,
    };
    let stored = (plane.width, plane.height);
    let bytes = resample(&plane.bytes, PixelType::U8, stored, part, (width, height))?;
    Ok(Plane { width, height, bytes })
}

fn resample(
    bytes: &[u8],
    kind: PixelType,
    stored: (u32, u32),
    part: Rectangle,
    to: (u32, u32),
) -> Result<Vec<u8>, Refusal> {
    let source = ImageRef::new(stored.0, stored.1, bytes, kind).map_err(|_| Refusal::Damaged)?;
    let mut target = Image::new(to.0, to.1, kind);
    let line = |from: f64, to: f64, stored: u32| {
        let from = from.clamp(0.0, f64::from(stored) - 1.0);
        // Less than a pixel is taken as one: there is nothing else to look at.
        (from, (to - from).max(1.0).min(f64::from(stored) - from))
    };
    let (left, width) = line(part.left, part.right, stored.0);
    let (top, height) = line(part.top, part.bottom, stored.1);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(left, top, width, height)
        // The fourth ink is no alpha.
        .use_alpha(false);
    Resizer::new().resize(&source, &mut target, &options).map_err(|_| Refusal::Damaged)?;
    Ok(target.into_vec())
}
