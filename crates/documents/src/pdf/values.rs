//! Bounds what a PDF's values weigh in memory, before and while they are read: each, however few bytes it has in the
//! file, becomes about a hundred, and a file may name the same bytes over and over.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
};

use lopdf::{Dictionary, Object, ObjectId, Stream};

use super::tokens::{self, Token};
use crate::Refusal;

/// Bytes of all values together: the streams of the largest file, and a million values.
const MOST: usize = 136 * 1024 * 1024;
/// Bytes of a value without what it holds.
const VALUE: usize = size_of::<Object>();
/// Bytes one object stream may unpack to; ordinary ones hold a hundred objects in as many kilobytes.
pub(super) const MOST_PACKED: usize = 8 * 1024 * 1024;

thread_local! {
    /// Bytes of the values that this thread has read since it began with a file.
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// Thrown out of the reader where it has read too much: it asks whether to keep a value, never whether to go on.
struct TooMuch;

/// Refuses a file that writes too many values outside its streams.
pub(super) fn judge(bytes: &[u8]) -> Result<(), Refusal> {
    let mut values = 0_usize;
    let mut at = 0;
    while let Some((token, end)) = tokens::next(bytes, at) {
        at = end;
        match token {
            Token::Close => {}
            Token::Stream => at = tokens::end_of_stream(bytes, end),
            Token::Open | Token::Value => values += 1,
        }
        if values.saturating_mul(VALUE) > MOST {
            return Err(Refusal::TooComplex);
        }
    }
    Ok(())
}

/// Runs a reader that asks [`keep`] about each value, as long as they do not weigh too much.
pub(super) fn while_bearable<T>(read: impl FnOnce() -> T) -> Result<T, Refusal> {
    READ.set(0);
    panic::catch_unwind(AssertUnwindSafe(read)).map_err(|thrown| {
        if thrown.is::<TooMuch>() { Refusal::TooComplex } else { panic::resume_unwind(thrown) }
    })
}

/// Weighs an object that was read. What is packed into a stream is weighed before it is made.
pub(super) fn keep(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    add(object);
    match object {
        // No stream lies in another; only what lies in one is taken from here.
        Object::Stream(stream) => {
            if stream.dict.has_type(b"ObjStm") && READ.get().saturating_add(packed(stream)) > MOST {
                panic::resume_unwind(Box::new(TooMuch));
            }
            Some((id, Object::Null))
        }
        other => Some((id, other.clone())),
    }
}

/// Counts a value that is kept; throws where that is too much.
pub(super) fn add(value: &Object) {
    READ.set(READ.get().saturating_add(weight(value)));
    if READ.get() > MOST {
        panic::resume_unwind(Box::new(TooMuch));
    }
}

/// Depth is bounded by the parser (100).
fn weight(object: &Object) -> usize {
    let held = match object {
        Object::Name(bytes) | Object::String(bytes, _) => bytes.len(),
        Object::Array(items) => items.iter().map(weight).sum(),
        Object::Dictionary(dictionary) => of_dictionary(dictionary),
        Object::Stream(Stream { dict, content, .. }) => of_dictionary(dict).saturating_add(content.len()),
        _ => 0,
    };
    VALUE.saturating_add(held)
}

fn of_dictionary(dictionary: &Dictionary) -> usize {
    dictionary.iter().map(|(key, value)| key.len().saturating_add(weight(value))).sum()
}

/// What the values packed into a stream will weigh: they may lie within each other, and start at the same place.
fn packed(stream: &Stream) -> usize {
    // What cannot be unpacked is for the reader to complain of.
    let Ok(content) = stream.get_plain_content_with_limit(MOST_PACKED) else { return 0 };
    let first = stream.dict.get(b"First").and_then(Object::as_i64).ok();
    let Some(first) = first.and_then(|first| usize::try_from(first).ok()) else { return 0 };
    let Some(index) = content.get(..first).and_then(|index| str::from_utf8(index).ok()) else { return 0 };
    let numbers: Vec<Option<usize>> = index.split_whitespace().map(|number| number.parse().ok()).collect();
    let mut bytes = 0_usize;
    for place in numbers.as_chunks::<2>().0.iter().filter_map(|[_, place]| first.checked_add((*place)?)) {
        let values = tokens::values(content.get(place..).unwrap_or_default(), MOST / VALUE);
        bytes = bytes.saturating_add(values.saturating_mul(VALUE));
        if bytes > MOST {
            break;
        }
    }
    bytes
}
