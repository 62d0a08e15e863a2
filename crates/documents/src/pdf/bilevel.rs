//! Black-and-white pictures, packed as a fax machine would (CCITT group 4): the same pixels in a fraction of
//! the bytes. They are never made into JPEGs, which turns print into mush.

use fax::{Color, VecWriter, encoder::Encoder};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::{profiles::Profiles, spaces};
use crate::{Limits, Refusal};

/// Pictures below this many pixels gain nothing.
const WORTHWHILE: u64 = 128 * 128;

/// Packs every such picture that gets smaller by it; whether there was one.
pub(super) fn pack(
    document: &mut Document,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<bool, Refusal> {
    let (mut packed, profiles) = (Vec::new(), Profiles::default());
    for (id, object) in &document.objects {
        go_on()?;
        let Object::Stream(stream) = object else { continue };
        if let Some((size, bits)) = bits_of(stream, document, limits, &profiles)
            && let Some((parameters, bytes)) = encoded(&bits, size)
            && bytes.len() < stream.content.len()
        {
            packed.push((*id, parameters, bytes));
        }
    }
    let any = !packed.is_empty();
    for (id, parameters, bytes) in packed {
        if let Ok(Object::Stream(stream)) = document.get_object_mut(id) {
            stream.dict.set("Filter", "CCITTFaxDecode");
            stream.dict.set("DecodeParms", parameters);
            stream.set_content(bytes);
        }
    }
    Ok(any)
}

/// Size and packed bits of a picture of one bit per pixel that is stored without loss.
fn bits_of(
    stream: &Stream,
    document: &Document,
    limits: &Limits,
    profiles: &Profiles,
) -> Option<((u32, u32), Vec<u8>)> {
    let value = |key: &[u8]| stream.dict.get_deref(key, document).ok();
    if value(b"Subtype")?.as_name().ok()? != b"Image" {
        return None;
    }
    let mask = matches!(value(b"ImageMask"), Some(Object::Boolean(true)));
    let bits = value(b"BitsPerComponent").and_then(|bits| bits.as_i64().ok()).unwrap_or(1);
    let one_sample = mask
        || value(b"ColorSpace")
            .and_then(|space| spaces::read(space, document, profiles))
            .is_some_and(|space| space.samples() == 1);
    if bits != 1 || !one_sample {
        return None;
    }
    let filters = stream.filters().unwrap_or_default();
    if !filters.iter().all(|filter| matches!(*filter, b"FlateDecode" | b"LZWDecode" | b"RunLengthDecode")) {
        return None;
    }
    let side = |key: &[u8]| u32::try_from(value(key)?.as_i64().ok()?).ok();
    let size = (side(b"Width")?, side(b"Height")?);
    limits.admit(size.0, size.1).ok()?;
    if u64::from(size.0) * u64::from(size.1) < WORTHWHILE {
        return None;
    }
    let row = usize::try_from(size.0.div_ceil(8)).ok()?;
    let length = row.checked_mul(usize::try_from(size.1).ok()?)?;
    let most = length.saturating_add(1024 * 1024);
    let mut bytes = stream.get_plain_content_with_limit(most).ok().filter(|bytes| bytes.len() >= length)?;
    bytes.truncate(length);
    Some((size, bytes))
}

/// The picture as group 4, with the parameters that say how to read it. What is rarer counts as ink: the
/// code is made for dark print on white paper.
fn encoded(bits: &[u8], (width, height): (u32, u32)) -> Option<(Dictionary, Vec<u8>)> {
    let columns = u16::try_from(width).ok()?;
    let set: u64 = bits.iter().map(|byte| u64::from(byte.count_ones())).sum();
    let ink_is_one = set * 2 < u64::from(width) * u64::from(height);
    let mut encoder = Encoder::new(VecWriter::new());
    for row in bits.chunks_exact(usize::from(columns.div_ceil(8)).max(1)) {
        let pixels = (0..usize::from(columns)).map(|at| {
            let one = row[at / 8] >> (7 - at % 8) & 1 == 1;
            if one == ink_is_one { Color::Black } else { Color::White }
        });
        let Ok(()) = encoder.encode_line(pixels, columns);
    }
    let Ok(writer) = encoder.finish();
    let parameters = dictionary! {
        "K" => -1, "Columns" => i64::from(width), "Rows" => i64::from(height), "BlackIs1" => ink_is_one,
    };
    Some((parameters, writer.finish()))
}
