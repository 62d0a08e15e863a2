//! Takes metadata out: /Info, XMP, programs' private data, and EXIF inside embedded photos.

use std::collections::HashSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::{Limits, jpeg};

/// Whether somebody signed the file.
pub(super) fn is_signed(document: &Document) -> bool {
    document.objects.values().any(|object| {
        object.as_dict().is_ok_and(|dictionary| {
            dictionary.has(b"ByteRange")
                || dictionary.get(b"V").and_then(Object::as_dict).is_ok_and(|value| value.has(b"ByteRange"))
        })
    })
}

/// Takes signatures out of a file whose bytes must change; the seals they show on the page stay.
pub(super) fn unsign(document: &mut Document) {
    let signatures: HashSet<ObjectId> = document
        .objects
        .iter()
        .filter(|(_, object)| object.as_dict().is_ok_and(|dictionary| dictionary.has(b"ByteRange")))
        .map(|(id, _)| *id)
        .collect();
    let is_signature = |value: &Object| match value {
        Object::Reference(id) => signatures.contains(id),
        Object::Dictionary(dictionary) => dictionary.has(b"ByteRange"),
        _ => false,
    };
    for object in document.objects.values_mut() {
        if let Object::Dictionary(dictionary) = object {
            if dictionary.get(b"V").is_ok_and(is_signature) {
                dictionary.remove(b"V");
            }
            dictionary.remove(b"SigFlags");
        }
    }
    if let Ok(catalog) = document.catalog_mut() {
        for key in [&b"Perms"[..], b"DSS", b"Legal"] {
            catalog.remove(key);
        }
        if let Ok(Object::Dictionary(form)) = catalog.get_mut(b"AcroForm") {
            form.remove(b"SigFlags");
        }
    }
    document.prune_objects();
}

/// Removes metadata; whether there was any.
pub(super) fn strip(document: &mut Document) -> bool {
    let mut changed = false;
    if let Some(info) = document.trailer.remove(b"Info") {
        changed = true;
        if let Ok(id) = info.as_reference() {
            document.objects.remove(&id);
        }
    }
    let streams: Vec<_> = document
        .objects
        .iter()
        .filter(|(_, object)| object.as_stream().is_ok_and(|stream| stream.dict.has_type(b"Metadata")))
        .map(|(id, _)| *id)
        .collect();
    for id in streams {
        document.objects.remove(&id);
        changed = true;
    }
    for object in document.objects.values_mut() {
        changed |= strip_object(object);
        changed |= strip_photo(object);
    }
    changed
}

fn strip_object(object: &mut Object) -> bool {
    match object {
        Object::Array(items) => items.iter_mut().fold(false, |changed, item| strip_object(item) | changed),
        Object::Dictionary(dictionary) => strip_dictionary(dictionary),
        Object::Stream(stream) => strip_dictionary(&mut stream.dict),
        _ => false,
    }
}

fn strip_dictionary(dictionary: &mut Dictionary) -> bool {
    let mut changed = false;
    // “Metadata” is also a name a marked-content property may have; there it is a dictionary, not a stream.
    if dictionary.get(b"Metadata").is_ok_and(|value| value.as_reference().is_ok()) {
        dictionary.remove(b"Metadata");
        changed = true;
    }
    changed |= dictionary.remove(b"PieceInfo").is_some();
    for (_, value) in dictionary.iter_mut() {
        changed |= strip_object(value);
    }
    changed
}

/// A photo inside keeps its own bytes, without the phone's notes about where it was taken.
fn strip_photo(object: &mut Object) -> bool {
    let Object::Stream(stream) = object else { return false };
    if !stream.filters().is_ok_and(|filters| filters == [b"DCTDecode"]) {
        return false;
    }
    let limits = Limits::default();
    let Ok(header) = jpeg::read(&stream.content, &limits) else { return false };
    if !header.metadata {
        return false;
    }
    let bare = jpeg::without_metadata(&stream.content, &header);
    stream.set_content(bare);
    true
}
