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
                BITS_PER_COMPONENT, BPC, COLORSPACE, COLUMNS, CS, DECODE_PARMS, DP, H, HEIGHT, IM,
                IMAGE_MASK, MASK, N, SMASK, W, WIDTH,
            },
        },
    },
};

use hayro_jbig2::{DecodeSettings, Page};

use super::{Bytes, whole};
use crate::{
    Limits,
    jpeg::{self, Process},
};

/// Longest side the renderer makes of a picture that is made smaller in one direction.
const LONGEST: f64 = 32_767.0;

/// Bytes for four rows of pixels that a picture is painted on.
const PER_ROW: u64 = 160;

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
    let (pixels, smaller) = (drawn(width, height), wide < width || high < height);
    let target = (wide, high);
    let mut decoded = decoding(stream, (width, height), target, stencil);
    let mut kept = pixels.saturating_mul(4);
    let masks = [SMASK, MASK].map(|key| stream.dict().get::<Stream<'_>>(key));
    if let Some(mask) = masks.iter().flatten().next() {
        let (width, height) = sides(mask.dict());
        kept = kept.saturating_add(drawn(width, height).saturating_mul(4));
        decoded = decoded.saturating_add(decoding(mask, (width, height), target, true));
    }
    // What was decoded is gone once it is made smaller; else it stands beside what is kept of it.
    let made = pixels.saturating_mul(3).max(if smaller { 0 } else { kept });
    let passing = decoded.saturating_add(made).saturating_sub(kept);
    // Row by row it is painted, through a layer of its own.
    let rows = whole(high.min(page.height()) / 4.0 + 1.0).saturating_mul(PER_ROW);
    Bytes { kept: kept.saturating_add(rows), passing }
}

fn sides(dict: &Dict<'_>) -> (f64, f64) {
    let side =
        |short: &[u8], long: &[u8]| dict.get::<u32>(short).or_else(|| dict.get::<u32>(long)).unwrap_or(1);
    (f64::from(side(W, WIDTH).max(1)), f64::from(side(H, HEIGHT).max(1)))
}

/// What undoing the compression takes, and making red, green and blue of it, for a place of the size of `target`.
fn decoding(stream: &Stream<'_>, (width, height): (f64, f64), target: (f64, f64), single: bool) -> u64 {
    let dict = stream.dict();
    let pixels = whole(width * height);
    let stencil = dict.get::<bool>(IM).or_else(|| dict.get::<bool>(IMAGE_MASK)).unwrap_or(false);
    let bits = dict.get::<u8>(BPC).or_else(|| dict.get::<u8>(BITS_PER_COMPONENT));
    let bits = u64::from(bits.unwrap_or(if stencil { 1 } else { 8 }));
    let (samples, plain) = if single || stencil { (1, true) } else { samples(dict) };
    let each = pixels.saturating_mul(samples);
    let mut converted = if plain { 0 } else { pixels.saturating_mul(3) };
    if dict.get::<Array<'_>>(MASK).is_some() {
        // A colour that is not painted: samples of two bytes, and a mask.
        converted = converted.saturating_add(each.saturating_mul(2)).saturating_add(pixels);
    }
    let filters = stream.filters();
    let unpacked = match filters.last() {
        Some(Filter::DctDecode) => {
            // A file's own header knows more; behind another filter it cannot be seen.
            let header = (filters.len() == 1).then(|| jpeg::read(&stream.raw_data(), &Limits::default()));
            match header {
                Some(Ok(header)) if header.process == Process::Common => {
                    let own = u64::from(header.width).saturating_mul(u64::from(header.height));
                    let samples = own.max(pixels).saturating_mul(u64::from(header.components));
                    samples.saturating_add(header.held_bytes)
                }
                // All coefficients are held, of two bytes.
                _ => each.max(pixels.saturating_mul(3)).saturating_mul(3),
            }
        }
        Some(Filter::JpxDecode) => {
            let data = (filters.len() == 1).then(|| Jpeg2000::read(&stream.raw_data())).flatten();
            data.unwrap_or_default().decoding(pixels, target)
        }
        Some(Filter::CcittFaxDecode) => {
            // Its own rows may be longer than the picture's.
            let listed = dict.get::<Array<'_>>(DP).or_else(|| dict.get::<Array<'_>>(DECODE_PARMS));
            let parameters = match listed {
                Some(listed) => {
                    listed.iter::<Object<'_>>().nth(filters.len() - 1).and_then(Object::into_dict)
                }
                None => dict.get::<Dict<'_>>(DP).or_else(|| dict.get::<Dict<'_>>(DECODE_PARMS)),
            };
            let columns = parameters.and_then(|parameters| parameters.get::<u32>(COLUMNS)).unwrap_or(1728);
            whole(f64::from(columns).max(width) * height).saturating_mul(2)
        }
        // Its own page, whatever the picture's size, as bits and then as bytes.
        Some(Filter::Jbig2Decode) => {
            let data = (filters.len() == 1).then(|| stream.raw_data());
            let page = data
                .as_deref()
                .and_then(|data| Page::new_embedded(data, None, &DecodeSettings::default()).ok());
            let own = page.map_or(0, |page| u64::from(page.width()).saturating_mul(u64::from(page.height())));
            own.max(pixels).saturating_mul(2)
        }
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

/// What the start of a JPEG 2000 codestream says (ISO 15444-1, annex A).
#[derive(Default)]
struct Jpeg2000 {
    width: u32,
    height: u32,
    /// How often it can be had at half its size.
    halvings: u8,
}

impl Jpeg2000 {
    fn read(bytes: &[u8]) -> Option<Self> {
        let at = memchr::memmem::find(bytes, b"\xFF\x4F\xFF\x51")?;
        let side = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        let style = memchr::memmem::find(bytes.get(at..)?, b"\xFF\x52").unwrap_or_default();
        Some(Self {
            width: side(at + 8)?,
            height: side(at + 12)?,
            halvings: bytes.get(at + style + 9).copied().unwrap_or(0),
        })
    }

    /// The renderer reads no more of it than the place needs: numbers with fractions, of four bytes, twice.
    fn decoding(&self, pixels: u64, (wide, high): (f64, f64)) -> u64 {
        let (mut width, mut height) = (f64::from(self.width), f64::from(self.height));
        let own = whole(width * height);
        for _ in 0..self.halvings.min(16) {
            if width / 2.0 < wide || height / 2.0 < high {
                break;
            }
            (width, height) = (width / 2.0, height / 2.0);
        }
        let read = if own == 0 { pixels } else { whole(width * height) };
        read.saturating_mul(4 * 9)
    }
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
                    let samples = profile.and_then(|profile| profile.dict().get::<u8>(N)).unwrap_or(4);
                    // Gray, and red, green and blue, are converted where they are.
                    (u64::from(samples), matches!(samples, 1 | 3))
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
