//! Functions that are programs: how long they are.

use lopdf::{Document, Object};

/// Functions within functions; deeper ones are not run.
const DEEPEST: u32 = 8;
/// Bytes of one program that are unpacked; a longer one counts as too long.
const MOST_PROGRAM: usize = 64 * 1024 * 1024;

/// Bytes of the programs of a function and of those it is stitched together from; counted no further than a little
/// beyond `most`.
pub(super) fn bytes(function: Option<&Object>, document: &Document, most: u64) -> u64 {
    let mut bytes = 0;
    add(function, document, most, DEEPEST, &mut bytes);
    bytes
}

fn add(function: Option<&Object>, document: &Document, most: u64, depth: u32, bytes: &mut u64) {
    let Some((_, function)) = function.and_then(|function| document.dereference(function).ok()) else {
        return;
    };
    if depth == 0 || *bytes > most {
        return;
    }
    match function {
        Object::Array(parts) => {
            parts.iter().for_each(|part| add(Some(part), document, most, depth - 1, bytes));
        }
        Object::Dictionary(dict) => add(dict.get(b"Functions").ok(), document, most, depth - 1, bytes),
        Object::Stream(stream)
            if stream.dict.get(b"FunctionType").and_then(Object::as_i64).is_ok_and(|kind| kind == 4) =>
        {
            let length = stream
                .get_plain_content_with_limit(MOST_PROGRAM)
                .map_or(most, |program| u64::try_from(program.len()).unwrap_or(most));
            *bytes = bytes.saturating_add(length);
        }
        _ => {}
    }
}
