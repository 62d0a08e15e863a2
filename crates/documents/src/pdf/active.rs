//! What makes a PDF more than paper: scripts, actions that start something, files inside. Links to web pages
//! and jumps within the file are paper enough. Found in any object, referenced or not; what can be taken out
//! without changing the paper is (see `disarm`), the rest is refused.

use lopdf::{Dictionary, Document, Object, Stream};

use super::attached;
use crate::{Active, Refusal};

/// Refuses what is active. In a signed file, which must keep its bytes, attached data files pass (an invoice
/// carries its own figures that way): nothing runs them, and `attached` looks at their bytes.
pub(super) fn refuse(document: &Document, signed: bool) -> Result<(), Refusal> {
    if signed && document.objects.values().all(|object| attached::is_harmless(object, document)) {
        return find(document, true).map_or(Ok(()), |what| Err(Refusal::ActivePdf { what }));
    }
    find(document, false).map_or(Ok(()), |what| Err(Refusal::ActivePdf { what }))
}

/// The first active thing; attachments only where they do not pass.
pub(super) fn find(document: &Document, attachments_pass: bool) -> Option<Active> {
    let trailer = document.trailer.iter().map(|(_, value)| value);
    let mut found =
        document.objects.values().chain(trailer).filter_map(|object| active(object, attachments_pass));
    found.next()
}

/// Depth is bounded by the parser (100).
fn active(object: &Object, attachments_pass: bool) -> Option<Active> {
    match object {
        Object::Array(items) => items.iter().find_map(|item| active(item, attachments_pass)),
        Object::Dictionary(dictionary) => in_dictionary(dictionary, attachments_pass),
        Object::Stream(Stream { dict, .. }) => in_dictionary(dict, attachments_pass),
        _ => None,
    }
}

fn in_dictionary(dictionary: &Dictionary, attachments_pass: bool) -> Option<Active> {
    dictionary.iter().find_map(|(key, value)| {
        if value.is_null() {
            return None;
        }
        let name = value.as_name().unwrap_or_default();
        let here = match (key.as_slice(), name) {
            (b"JS" | b"JavaScript", _) => Some(Active::Script),
            (b"S", name) => of_action(name),
            (b"EF", _) | (b"Type", b"EmbeddedFile") | (b"Subtype", b"FileAttachment") if attachments_pass => {
                None
            }
            (b"EF" | b"RichMediaContent", _)
            | (b"Type", b"EmbeddedFile")
            | (b"Subtype", b"FileAttachment" | b"RichMedia" | b"Screen" | b"Movie" | b"Sound" | b"3D") => {
                Some(Active::EmbeddedFile)
            }
            (b"XFA", _) => Some(Active::DynamicForm),
            _ => None,
        };
        here.or_else(|| active(value, attachments_pass))
    })
}

/// What an action of this kind does that paper does not.
pub(super) fn of_action(kind: &[u8]) -> Option<Active> {
    match kind {
        b"JavaScript" => Some(Active::Script),
        b"Launch" | b"SubmitForm" | b"ImportData" | b"GoToR" | b"GoToE" => Some(Active::Launch),
        b"Rendition" | b"Movie" | b"Sound" | b"RichMediaExecute" | b"GoTo3DView" => {
            Some(Active::EmbeddedFile)
        }
        _ => None,
    }
}
