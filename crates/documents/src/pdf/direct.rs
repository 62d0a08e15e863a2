//! Makes a document say outright what it may say by reference, by abbreviation or in two ways: what something is, and
//! how a stream is packed. Everybody who judges it afterwards then sees what those see who draw it.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::values;
use crate::Refusal;

/// What decides what an object is. Nobody but an evader writes a reference here.
const KINDS: [&[u8]; 3] = [b"Type", b"Subtype", b"S"];
/// How a stream is packed.
const PACKING: [&[u8]; 2] = [b"Filter", b"DecodeParms"];
/// Filters of one stream; files use one or two.
const MOST_FILTERS: usize = 8;
/// Entries that a filter's parameters have at most (ISO 32000, table 11: seven).
const MOST_PARAMETERS: usize = 16;
/// A list of filters' parameters, one filter's, and one of these.
const DEEPEST: u32 = 4;

/// Rewrites the document. Refuses streams packed in a way that no reader of ours knows, or that two would read
/// differently.
pub(super) fn make(document: &mut Document) -> Result<(), Refusal> {
    let mut kinds = HashMap::new();
    let mut packed = Vec::new();
    for (id, object) in &document.objects {
        find_kinds(object, document, &mut kinds);
        let Object::Stream(stream) = object else { continue };
        for key in PACKING {
            if let Some(value) = stream.dict.get(key).ok().filter(|value| refers(value)) {
                let meant = meant(value, document, DEEPEST)?;
                // Any number of streams may refer to the same.
                values::add(&meant);
                packed.push((*id, key, meant));
            }
        }
    }
    for (id, key, meant) in packed {
        if let Ok(Object::Stream(stream)) = document.get_object_mut(id) {
            stream.dict.set(key, meant);
        }
    }
    for object in document.objects.values_mut() {
        if !kinds.is_empty() {
            set_kinds(object, &kinds);
        }
        if let Object::Stream(stream) = object {
            packing(&mut stream.dict)?;
        }
    }
    Ok(())
}

/// The names that are referred to where a kind should stand. Depth is bounded by the parser (100).
fn find_kinds(object: &Object, document: &Document, kinds: &mut HashMap<ObjectId, Object>) {
    let dictionary = match object {
        Object::Array(items) => return items.iter().for_each(|item| find_kinds(item, document, kinds)),
        Object::Dictionary(dictionary) | Object::Stream(Stream { dict: dictionary, .. }) => dictionary,
        _ => return,
    };
    for (key, value) in dictionary {
        match value {
            Object::Reference(id) if KINDS.contains(&key.as_slice()) => {
                if let Ok((_, name @ Object::Name(_))) = document.dereference(value) {
                    kinds.insert(*id, name.clone());
                }
            }
            value => find_kinds(value, document, kinds),
        }
    }
}

fn set_kinds(object: &mut Object, kinds: &HashMap<ObjectId, Object>) {
    let dictionary = match object {
        Object::Array(items) => return items.iter_mut().for_each(|item| set_kinds(item, kinds)),
        Object::Dictionary(dictionary) | Object::Stream(Stream { dict: dictionary, .. }) => dictionary,
        _ => return,
    };
    for (key, value) in dictionary.iter_mut() {
        match value {
            Object::Reference(id) if KINDS.contains(&key.as_slice()) => {
                if let Some(name) = kinds.get(id) {
                    values::add(name);
                    *value = name.clone();
                }
            }
            value => set_kinds(value, kinds),
        }
    }
}

fn refers(value: &Object) -> bool {
    match value {
        Object::Reference(_) => true,
        Object::Array(items) => items.iter().any(refers),
        Object::Dictionary(parameters) => parameters.iter().any(|(_, parameter)| refers(parameter)),
        _ => false,
    }
}

/// A value without references, but for streams: the shared segments of JBIG2 stay one of their own.
fn meant(value: &Object, document: &Document, depth: u32) -> Result<Object, Refusal> {
    let deeper = depth.checked_sub(1).ok_or(Refusal::TooComplex)?;
    match document.dereference(value) {
        Err(_) => Ok(Object::Null),
        Ok((_, Object::Stream(_))) => Ok(value.clone()),
        Ok((_, Object::Array(items))) if items.len() <= MOST_FILTERS => {
            let items: Result<_, _> = items.iter().map(|item| meant(item, document, deeper)).collect();
            items.map(Object::Array)
        }
        Ok((_, Object::Dictionary(parameters))) if parameters.len() <= MOST_PARAMETERS => {
            let mut settled = Dictionary::new();
            for (key, parameter) in parameters {
                settled.set(key.clone(), meant(parameter, document, deeper)?);
            }
            Ok(Object::Dictionary(settled))
        }
        Ok((_, Object::Array(_) | Object::Dictionary(_))) => Err(Refusal::TooComplex),
        Ok((_, plain)) => Ok(plain.clone()),
    }
}

/// Makes it one filter with its parameters, or a list of filters with a list of parameters.
fn packing(dict: &mut Dictionary) -> Result<(), Refusal> {
    // A stream whose bytes lie in another file; some readers take /F and /DP for what pictures within a page's
    // content have as short names of /Filter and /DecodeParms.
    if dict.has(b"F") || dict.has(b"DP") {
        return Err(Refusal::Damaged);
    }
    let full = |name: &Object| name.as_name().ok().and_then(full_name).ok_or(Refusal::Damaged);
    let (filters, listed) = match dict.remove(b"Filter") {
        None | Some(Object::Null) => (Vec::new(), false),
        Some(Object::Array(names)) if names.len() > MOST_FILTERS => return Err(Refusal::TooComplex),
        Some(Object::Array(names)) => (names.iter().map(full).collect::<Result<_, _>>()?, true),
        Some(name) => (vec![full(&name)?], false),
    };
    let parameters = match dict.remove(b"DecodeParms") {
        Some(Object::Array(parameters)) => parameters,
        // Parameters that are not listed belong to none of the listed filters.
        Some(parameters @ Object::Dictionary(_)) if !listed => vec![parameters],
        _ => Vec::new(),
    };
    match filters.as_slice() {
        [] => {}
        [filter] => {
            dict.set("Filter", *filter);
            if let Some(parameters @ Object::Dictionary(_)) = parameters.into_iter().next() {
                dict.set("DecodeParms", parameters);
            }
        }
        filters => {
            dict.set("Filter", filters.iter().map(|name| Object::from(*name)).collect::<Vec<_>>());
            if !parameters.is_empty() {
                dict.set("DecodeParms", parameters);
            }
        }
    }
    Ok(())
}

/// A filter's name, written out (ISO 32000, table 92 has the short ones).
pub(super) fn full_name(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"ASCIIHexDecode" | b"AHx" => "ASCIIHexDecode",
        b"ASCII85Decode" | b"A85" => "ASCII85Decode",
        b"LZWDecode" | b"LZW" => "LZWDecode",
        b"FlateDecode" | b"Fl" => "FlateDecode",
        b"RunLengthDecode" | b"RL" => "RunLengthDecode",
        b"CCITTFaxDecode" | b"CCF" => "CCITTFaxDecode",
        b"DCTDecode" | b"DCT" => "DCTDecode",
        b"JBIG2Decode" => "JBIG2Decode",
        b"JPXDecode" => "JPXDecode",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, Object, Stream, dictionary};

    use super::make;
    use crate::Refusal;

    fn made(document: &mut Document, stream: Stream) -> Result<lopdf::Dictionary, Refusal> {
        let id = document.add_object(stream);
        make(document)?;
        Ok(document.get_object(id).and_then(Object::as_stream).expect("is a stream").dict.clone())
    }

    #[test]
    fn what_is_referred_to_is_written_out() {
        let mut document = Document::new();
        let name = document.add_object("FlateDecode");
        let columns = document.add_object(7);
        let parameters = document.add_object(dictionary! { "Predictor" => 12, "Columns" => columns });
        let dict = dictionary! { "Filter" => vec![name.into()], "DecodeParms" => vec![parameters.into()] };
        let found = made(&mut document, Stream::new(dict, Vec::new())).expect("is read");
        assert_eq!(found.get(b"Filter").expect("a filter"), &"FlateDecode".into());
        let parameters =
            found.get(b"DecodeParms").and_then(Object::as_dict).expect("parameters of one filter");
        assert_eq!(parameters.get(b"Columns").expect("a number"), &7.into());
        let kind = document.add_object("JavaScript");
        let action = document.add_object(vec![Object::from(dictionary! { "S" => kind })]);
        make(&mut document).expect("is read");
        let action = document.get_object(action).and_then(Object::as_array).expect("a list")[0].clone();
        let kind = action.as_dict().and_then(|action| action.get(b"S"));
        assert_eq!(kind.expect("a kind"), &"JavaScript".into());
    }

    #[test]
    fn short_names_and_lists_of_one() {
        let mut document = Document::new();
        let short = |name: &str| Stream::new(dictionary! { "Filter" => name }, Vec::new());
        for (name, full) in [("Fl", "FlateDecode"), ("LZW", "LZWDecode"), ("AHx", "ASCIIHexDecode")] {
            let found = made(&mut document, short(name)).expect("is read");
            assert_eq!(found.get(b"Filter").expect("a filter"), &full.into());
        }
        assert_eq!(made(&mut document, short("Unheard")), Err(Refusal::Damaged));
    }

    #[test]
    fn what_two_readers_would_read_differently_is_refused() {
        for key in ["F", "DP"] {
            let mut document = Document::new();
            let dict = dictionary! { key => "FlateDecode" };
            assert_eq!(made(&mut document, Stream::new(dict, Vec::new())), Err(Refusal::Damaged));
        }
        let nine = vec![Object::from("FlateDecode"); 9];
        let many = Stream::new(dictionary! { "Filter" => nine }, Vec::new());
        assert_eq!(made(&mut Document::new(), many), Err(Refusal::TooComplex));
    }
}
