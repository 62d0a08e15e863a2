//! Takes out of an unsigned PDF what does something but draws nothing: scripts, actions, attached data
//! files. The paper stays as it is; what cannot be taken out without changing it is left for `active` to
//! refuse (films, XFA forms, portfolios whose pages are the attachments themselves).

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::active;

/// Keys whose value is an action, a list of actions, or actions by event. A resource may carry any of these
/// names too (a font called A), so a value is removed for what it is, never for its key alone.
const ACTIONS: [&[u8]; 5] = [b"A", b"AA", b"PA", b"OpenAction", b"Next"];
/// Lists within lists are followed this deep.
const DEEPEST: u32 = 16;

/// Removes active parts; whether there were any.
pub(super) fn disarm(document: &mut Document) -> bool {
    if active::find(document, false).is_none() || is_portfolio(document) {
        return false;
    }
    let parts = Parts::find(document);
    for object in document.objects.values_mut() {
        match object {
            Object::Stream(stream) => parts.leave(&mut stream.dict),
            other => parts.leave_within(other),
        }
    }
    document.prune_objects();
    true
}

/// A cover page around files: without them nothing would be left.
fn is_portfolio(document: &Document) -> bool {
    document.catalog().is_ok_and(|catalog| catalog.has(b"Collection"))
}

/// The objects nobody may refer to any more.
struct Parts {
    /// Active actions, and dictionaries that hold some by event.
    actions: HashSet<ObjectId>,
    /// What describes an attached file, and lists of that.
    files: HashSet<ObjectId>,
    /// Paper clips: notes that hold a file.
    notes: HashSet<ObjectId>,
}

impl Parts {
    fn find(document: &Document) -> Self {
        let mut parts = Self { actions: HashSet::new(), files: HashSet::new(), notes: HashSet::new() };
        let objects = || document.objects.iter().map(|(id, object)| (*id, object));
        for (id, object) in objects() {
            let Ok(dictionary) = object.as_dict() else { continue };
            if is_active(dictionary) {
                parts.actions.insert(id);
            }
            if is_file(dictionary) {
                parts.files.insert(id);
            }
            if dictionary
                .get(b"Subtype")
                .and_then(Object::as_name)
                .is_ok_and(|kind| kind == b"FileAttachment")
            {
                parts.notes.insert(id);
            }
        }
        let by_event: Vec<_> = objects()
            .filter(|(_, object)| object.as_dict().is_ok_and(|events| parts.is_by_event(events)))
            .map(|(id, _)| id)
            .collect();
        let lists: Vec<_> = objects()
            .filter(|(_, object)| object.as_array().is_ok_and(|items| parts.are_files(items)))
            .map(|(id, _)| id)
            .collect();
        parts.actions.extend(by_event);
        parts.files.extend(lists);
        parts
    }

    fn leave_within(&self, object: &mut Object) {
        match object {
            Object::Array(items) => {
                items.retain(|item| !item.as_reference().is_ok_and(|id| self.notes.contains(&id)));
                items.iter_mut().for_each(|item| self.leave_within(item));
            }
            Object::Dictionary(dictionary) => self.leave(dictionary),
            _ => {}
        }
    }

    fn leave(&self, dictionary: &mut Dictionary) {
        for key in ACTIONS {
            if dictionary.get(key).is_ok_and(|value| self.starts_something(value, DEEPEST)) {
                dictionary.remove(key);
            }
        }
        let attached = |value: &Object| match value {
            Object::Reference(id) => self.files.contains(id),
            Object::Array(items) => self.are_files(items),
            Object::Dictionary(file) => is_file(file),
            _ => false,
        };
        for key in [&b"AF"[..], b"FS"] {
            if dictionary.get(key).is_ok_and(attached) {
                dictionary.remove(key);
            }
        }
        // Lists of the whole file, beside other lists of names; and the files themselves.
        for key in [&b"JavaScript"[..], b"EmbeddedFiles", b"EF"] {
            dictionary.remove(key);
        }
        for (_, value) in dictionary.iter_mut() {
            self.leave_within(value);
        }
    }

    fn starts_something(&self, value: &Object, depth: u32) -> bool {
        match value {
            Object::Reference(id) => self.actions.contains(id),
            Object::Dictionary(action) => is_active(action) || self.is_by_event(action),
            Object::Array(items) if depth > 0 => {
                items.iter().any(|item| self.starts_something(item, depth - 1))
            }
            _ => false,
        }
    }

    /// Whether one of the values is an active action: what happens on opening, printing, typing.
    fn is_by_event(&self, events: &Dictionary) -> bool {
        !events.has(b"Type")
            && events.iter().any(|(key, value)| {
                // One capital, or two (table 197 to 200): O, C, D, U, E, X, Fo, Bl, PO, K, F, V, WC …
                key.len() <= 2
                    && key.as_slice() != b"A"
                    && match value {
                        Object::Reference(id) => self.actions.contains(id),
                        Object::Dictionary(action) => is_active(action),
                        _ => false,
                    }
            })
    }

    fn are_files(&self, items: &[Object]) -> bool {
        !items.is_empty()
            && items.iter().all(|item| match item {
                Object::Reference(id) => self.files.contains(id),
                Object::Dictionary(file) => is_file(file),
                _ => false,
            })
    }
}

fn is_active(action: &Dictionary) -> bool {
    let kind = action.get(b"S").and_then(Object::as_name);
    action.has(b"JS") || kind.is_ok_and(|kind| active::of_action(kind).is_some())
}

fn is_file(dictionary: &Dictionary) -> bool {
    dictionary.has_type(b"Filespec") || dictionary.get(b"EF").is_ok_and(|files| files.as_dict().is_ok())
}
