//! Finds what makes a PDF more than paper: scripts, actions that start something, files inside.
//! Links to web pages and jumps within the file are paper enough.

use lopdf::{Dictionary, Document, Object};

use crate::{Active, Refusal};

/// Refuses the document if any object, referenced or not, is active.
pub(super) fn refuse(document: &Document) -> Result<(), Refusal> {
    let found =
        document.objects.values().chain(document.trailer.iter().map(|(_, value)| value)).find_map(active);
    found.map_or(Ok(()), |what| Err(Refusal::ActivePdf { what }))
}

/// Depth is bounded by the parser (100).
fn active(object: &Object) -> Option<Active> {
    match object {
        Object::Array(items) => items.iter().find_map(active),
        Object::Dictionary(dictionary) => in_dictionary(dictionary),
        Object::Stream(stream) => in_dictionary(&stream.dict),
        _ => None,
    }
}

fn in_dictionary(dictionary: &Dictionary) -> Option<Active> {
    dictionary.iter().find_map(|(key, value)| {
        if value.is_null() {
            return None;
        }
        let name = value.as_name().unwrap_or_default();
        let here = match (key.as_slice(), name) {
            (b"JS" | b"JavaScript", _) | (b"S", b"JavaScript") => Some(Active::Script),
            (b"S", b"Launch" | b"SubmitForm" | b"ImportData" | b"GoToR" | b"GoToE") => Some(Active::Launch),
            (b"S", b"Rendition" | b"Movie" | b"Sound" | b"RichMediaExecute" | b"GoTo3DView")
            | (b"EF" | b"RichMediaContent", _)
            | (b"Type", b"EmbeddedFile")
            | (b"Subtype", b"FileAttachment" | b"RichMedia" | b"Screen" | b"Movie" | b"Sound" | b"3D") => {
                Some(Active::EmbeddedFile)
            }
            (b"XFA", _) => Some(Active::DynamicForm),
            _ => None,
        };
        here.or_else(|| active(value))
    })
}
