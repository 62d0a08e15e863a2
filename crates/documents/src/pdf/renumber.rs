//! Objects of one file among those of another: their numbers move up.

use lopdf::{Object, ObjectId, Stream};

pub(super) fn shifted((number, generation): ObjectId, by: u32) -> ObjectId {
    (number.saturating_add(by), generation)
}

/// Adds to every reference. Depth is bounded by the parser (100).
pub(super) fn shift(object: &mut Object, by: u32) {
    match object {
        Object::Reference(id) => *id = shifted(*id, by),
        Object::Array(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Object::Dictionary(dict) | Object::Stream(Stream { dict, .. }) => {
            dict.iter_mut().for_each(|(_, value)| shift(value, by));
        }
        _ => {}
    }
}
