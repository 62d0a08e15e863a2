//! Pictures that stand within a page's content (ISO 32000, 8.9.7): small by intent, but nothing keeps them so.

use hayro::hayro_syntax::{
    Filter,
    object::{
        Array, Dict, Object as Operand, Stream as Inline,
        dict::keys::{COLUMNS, DECODE_PARMS, DP, EARLY_CHANGE, H, HEIGHT, W, WIDTH},
    },
};
use lopdf::{Dictionary, Object, Stream, dictionary};

/// The picture as an object of its own, as far as its packing goes.
pub(super) fn picture(inline: &Inline<'_>) -> Stream {
    let dict = inline.dict();
    let side = |short: &[u8], long: &[u8]| {
        i64::from(dict.get::<u32>(short).or_else(|| dict.get::<u32>(long)).unwrap_or(0))
    };
    let filters = inline.filters();
    let names: Vec<Object> = filters.iter().map(|filter| Object::from(name(*filter))).collect();
    let mut picture = dictionary! {
        "Subtype" => "Image", "Width" => side(W, WIDTH), "Height" => side(H, HEIGHT),
    };
    if !names.is_empty() {
        picture.set("Filter", names);
        picture.set("DecodeParms", parameters(dict, filters.len()));
    }
    Stream::new(picture, inline.raw_data().into_owned())
}

/// What the filters are told that decides how much they make of their bytes, one entry for each.
fn parameters(dict: &Dict<'_>, count: usize) -> Vec<Object> {
    let list = dict.get::<Array<'_>>(DP).or_else(|| dict.get::<Array<'_>>(DECODE_PARMS));
    let told: Vec<Dict<'_>> = match list {
        Some(list) => {
            list.iter::<Operand<'_>>().take(count).map(|one| one.into_dict().unwrap_or_default()).collect()
        }
        None => dict.get::<Dict<'_>>(DP).or_else(|| dict.get::<Dict<'_>>(DECODE_PARMS)).into_iter().collect(),
    };
    let kept = told.iter().map(|told| {
        let mut kept = Dictionary::new();
        for (key, name) in [(EARLY_CHANGE, "EarlyChange"), (COLUMNS, "Columns")] {
            if let Some(number) = told.get::<u32>(key) {
                kept.set(name, i64::from(number));
            }
        }
        Object::Dictionary(kept)
    });
    kept.collect()
}

const fn name(filter: Filter) -> &'static str {
    match filter {
        Filter::AsciiHexDecode => "ASCIIHexDecode",
        Filter::Ascii85Decode => "ASCII85Decode",
        Filter::LzwDecode => "LZWDecode",
        Filter::FlateDecode => "FlateDecode",
        Filter::RunLengthDecode => "RunLengthDecode",
        Filter::CcittFaxDecode => "CCITTFaxDecode",
        Filter::Jbig2Decode => "JBIG2Decode",
        Filter::DctDecode => "DCTDecode",
        Filter::JpxDecode => "JPXDecode",
        Filter::Crypt => "Crypt",
    }
}
