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
/// How often the bytes of a file may be gone through while its objects are counted; once is enough for an honest one.
const MOST_PASSES: usize = 4;
/// Bytes one object stream may unpack to; ordinary ones hold a hundred objects in as many kilobytes.
pub(super) const MOST_PACKED: usize = 8 * 1024 * 1024;

thread_local! {
    /// Bytes of the values that this thread has read since it began with a file.
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// Thrown out of the reader where it has read too much: it asks whether to keep a value, never whether to go on.
struct TooMuch;

/// Refuses a file that writes too many values outside its streams, or whose objects hold too many, wherever they stand.
pub(super) fn judge(bytes: &[u8]) -> Result<(), Refusal> {
    judge_outside(bytes)?;
    let (mut values, mut left) = (0_usize, bytes.len().saturating_mul(MOST_PASSES));
    for at in tokens::beginnings(bytes) {
        let (count, length) = tokens::values(&bytes[at..], MOST / VALUE + 1);
        values = values.saturating_add(count);
        // Objects do not stand within each other, but for those of a file that tries.
        left = left.checked_sub(length).ok_or(Refusal::TooComplex)?;
        if values.saturating_mul(VALUE) > MOST {
            return Err(Refusal::TooComplex);
        }
    }
    Ok(())
}

fn judge_outside(bytes: &[u8]) -> Result<(), Refusal> {
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
        let (values, _) = tokens::values(content.get(place..).unwrap_or_default(), MOST / VALUE);
        bytes = bytes.saturating_add(values.saturating_mul(VALUE));
        if bytes > MOST {
            break;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{MOST, VALUE, judge};
    use crate::Refusal;

    /// The reader can be sent there, though whoever reads from the beginning goes past it.
    #[test]
    fn an_object_is_weighed_wherever_it_is_hidden() {
        let many = [b"[".as_slice(), &b"0 ".repeat(MOST / VALUE + 1), b"]"].concat();
        let hidden = |before: &[u8], after: &[u8]| [before, &many, after].concat();
        let stream = b"5 0 obj<</Length 9>>stream\n".as_slice();
        for (what, file) in [
            ("a stream", hidden(b"5 0 obj<</Length 9>>stream\n9 0 obj", b"\nendstream endobj")),
            ("a text", hidden(b"5 0 obj(9 0 obj", b") endobj")),
            ("a comment", hidden(b"%9 0 obj", b"\n")),
            ("a stream, behind a comment", hidden(b"5 0 obj<<>>stream\n9 0%\nobj", b"\nendstream")),
            ("a trailer", hidden(b"5 0 obj<<>>stream\ntrailer", b"\nendstream")),
            ("nothing", hidden(b"9 0 obj", b"\nendobj")),
        ] {
            assert_eq!(judge(&file), Err(Refusal::TooComplex), "{what}");
        }
        // As the bytes of a stream that nobody can be sent to it weighs what its bytes do.
        assert_eq!(judge(&[stream, &many, b"\nendstream endobj"].concat()), Ok(()));
    }

    /// Each would be read to its end.
    #[test]
    fn objects_within_each_other_are_not_counted_for_ever() {
        assert_eq!(judge(&b"1 0 obj(".repeat(400_000)), Err(Refusal::TooComplex));
        let honest = b"1 0 obj<</Length 3>>stream\nabc\nendstream\nendobj\n".repeat(2_000);
        assert_eq!(judge(&honest), Ok(()));
    }
}
