//! What pictures weigh: decoded whole, then kept at the size they are drawn at, four bytes a pixel.

use hayro::{
    hayro_interpret::{
        Image,
        kurbo::{Affine, Rect},
        util::x_y_advances,
    },
    hayro_syntax::{
        Filter,
        object::{
            Array, Dict, Name, Object, Stream,
            dict::keys::{
                BITS_PER_COMPONENT, BPC, COLORSPACE, CS, DECODE_PARMS, DP, H, HEIGHT, IM, IMAGE_MASK, MASK,
                N, SMASK, W, WIDTH,
            },
        },
    },
};

use super::{Bytes, whole};
use crate::{
    Limits,
    jpeg::{self, Process},
};

/// Longest side the renderer makes of a picture that is made smaller in one direction.
const LONGEST: f64 = 32_767.0;

pub(super) fn of(image: &Image<'_, '_>, transform: Affine, page: Rect) -> Bytes {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    if !transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height)).overlaps(page) {
        return Bytes::default();
    }
    let (across, down) = x_y_advances(&transform);
    // On the page; a mask of another size lies over the same place.
    let (wide, high) = (across.length() * width, down.length() * height);
    let drawn = |width: f64, height: f64| {
        if wide < width || high < height {
            whole(wide.clamp(1.0, LONGEST) * high.clamp(1.0, LONGEST))
        } else {
            whole(width * height)
        }
    };
    let (stream, stencil) = match image {
        Image::Stencil(image) => (image.stream(), true),
        Image::Raster(image) => (image.stream(), false),
    };
    let pixels = drawn(width, height);
    let mut kept = pixels.saturating_mul(4);
    let mut passing =
        decoding(stream, whole(width * height), stencil).saturating_add(pixels.saturating_mul(3));
    let masks = [SMASK, MASK].map(|key| stream.dict().get::<Stream<'_>>(key));
    if let Some(mask) = masks.iter().flatten().next() {
        let (width, height) = sides(mask.dict());
        kept = kept.saturating_add(drawn(width, height).saturating_mul(4));
        passing = passing.saturating_add(decoding(mask, whole(width * height), true));
    }
    Bytes { kept, passing }
}

fn sides(dict: &Dict<'_>) -> (f64, f64) {
    let side =
        |short: &[u8], long: &[u8]| dict.get::<u32>(short).or_else(|| dict.get::<u32>(long)).unwrap_or(1);
    (f64::from(side(W, WIDTH).max(1)), f64::from(side(H, HEIGHT).max(1)))
}

/// What undoing the compression takes, and making red, green and blue of it.
fn decoding(stream: &Stream<'_>, pixels: u64, single: bool) -> u64 {
    let dict = stream.dict();
    let stencil = dict.get::<bool>(IM).or_else(|| dict.get::<bool>(IMAGE_MASK)).unwrap_or(false);
    let bits = dict.get::<u8>(BPC).or_else(|| dict.get::<u8>(BITS_PER_COMPONENT));
    let bits = u64::from(bits.unwrap_or(if stencil { 1 } else { 8 }));
    let (samples, plain) = if single || stencil { (1, true) } else { samples(dict) };
    let converted = if plain { 0 } else { pixels.saturating_mul(3) };
    let each = pixels.saturating_mul(samples);
    let filters = stream.filters();
    let unpacked = match filters.last() {
        Some(Filter::DctDecode) => {
            // A file's own header knows more; behind another filter it cannot be seen.
            let header = (filters.len() == 1).then(|| jpeg::read(&stream.raw_data(), &Limits::default()));
            match header {
                Some(Ok(header)) if header.process == Process::Common => {
                    pixels.saturating_mul(u64::from(header.components))
                }
                // All coefficients are held, of two bytes.
                _ => each.max(pixels.saturating_mul(3)).saturating_mul(3),
            }
        }
        // Numbers with fractions, of four bytes, twice.
        Some(Filter::JpxDecode) => pixels.saturating_mul(4).saturating_mul(9),
        // As unpacked, with room to grow; once more where a row was stored as differences; and a byte for each sample
        // that had less or more.
        _ => {
            let packed = each.saturating_mul(bits).div_ceil(8);
            let differs = dict.contains_key(DECODE_PARMS) || dict.contains_key(DP);
            let whole = if bits == 8 { 0 } else { each };
            (packed / 4)
                .saturating_add(packed.saturating_mul(if differs { 2 } else { 1 }))
                .saturating_add(whole)
        }
    };
    unpacked.saturating_add(converted)
}

/// Samples of a pixel, and whether they are gray or red, green and blue already.
fn samples(dict: &Dict<'_>) -> (u64, bool) {
    let space = dict.get::<Object<'_>>(CS).or_else(|| dict.get::<Object<'_>>(COLORSPACE));
    let named = |name: &[u8]| match name {
        b"DeviceGray" | b"G" | b"CalGray" => (1, true),
        b"DeviceRGB" | b"RGB" => (3, true),
        b"CalRGB" | b"Lab" => (3, false),
        b"Indexed" | b"I" | b"Separation" => (1, false),
        _ => (4, false),
    };
    match space {
        Some(Object::Name(name)) => named(name.as_ref()),
        Some(Object::Array(parts)) => {
            let kind = parts.iter::<Object<'_>>().next();
            match kind {
                Some(Object::Name(name)) if name.as_ref() == b"ICCBased" => {
                    let profile = parts.iter::<Object<'_>>().nth(1).and_then(Object::into_stream);
                    (profile.and_then(|profile| profile.dict().get::<u8>(N)).map_or(4, u64::from), false)
                }
                Some(Object::Name(name)) if name.as_ref() == b"DeviceN" => {
                    let names = parts.iter::<Object<'_>>().nth(1).and_then(Object::into_array);
                    let inks = names.map_or(0, |names: Array<'_>| names.iter::<Name<'_>>().count());
                    (u64::try_from(inks).unwrap_or(u64::MAX).max(4), false)
                }
                Some(Object::Name(name)) => named(name.as_ref()),
                _ => (4, false),
            }
        }
        _ => (4, false),
    }
}
