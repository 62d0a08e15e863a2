//! Files attached to a PDF, judged by their bytes. Electronic invoices carry their figures as XML or OFD
//! beside the paper and are signed as a whole; such a file is data that no viewer runs.

use lopdf::{Dictionary, Document, Object, Stream};

/// Bytes an attachment may unpack to; an invoice's data are a hundred times smaller.
const LARGEST: usize = 4 * 1024 * 1024;
/// Keys of an attached file's name (ISO 32000, table 43).
const NAMES: [&[u8]; 5] = [b"F", b"UF", b"DOS", b"Mac", b"Unix"];
/// Endings of text files that a system runs or opens in a browser when somebody clicks on them.
const PROGRAMS: [&[u8]; 30] = [
    b"bat", b"cmd", b"com", b"exe", b"hta", b"htm", b"html", b"inf", b"jar", b"js", b"jse", b"lnk", b"mht",
    b"msc", b"msi", b"pif", b"ps1", b"psm1", b"py", b"reg", b"scr", b"sct", b"sh", b"svg", b"url", b"vbe",
    b"vbs", b"wsc", b"wsf", b"wsh",
];

/// Whether an object attaches nothing, or only data.
pub(super) fn is_harmless(object: &Object, document: &Document) -> bool {
    let embedded = object.as_stream().is_ok_and(|stream| stream.dict.has_type(b"EmbeddedFile"));
    (!embedded || object.as_stream().is_ok_and(is_data))
        && descriptions(object, 0).into_iter().all(|file| !is_named_like_a_program(file, document))
        && files(object, 0)
            .into_iter()
            .all(|file| document.dereference(file).is_ok_and(|(_, file)| file.as_stream().is_ok_and(is_data)))
}

/// All dictionaries in an object.
fn descriptions(object: &Object, depth: u32) -> Vec<&Dictionary> {
    let dictionary = match object {
        Object::Dictionary(dictionary) | Object::Stream(Stream { dict: dictionary, .. }) => dictionary,
        Object::Array(items) if depth < 100 => {
            return items.iter().flat_map(|item| descriptions(item, depth + 1)).collect();
        }
        _ => return Vec::new(),
    };
    let mut found = vec![dictionary];
    if depth < 100 {
        found.extend(dictionary.iter().flat_map(|(_, value)| descriptions(value, depth + 1)));
    }
    found
}

/// The values of all `/EF` dictionaries in an object, which name the attached streams.
fn files(object: &Object, depth: u32) -> Vec<&Object> {
    let dictionary = match object {
        Object::Dictionary(dictionary) => dictionary,
        Object::Stream(Stream { dict, .. }) => dict,
        Object::Array(items) if depth < 100 => {
            return items.iter().flat_map(|item| files(item, depth + 1)).collect();
        }
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    for (key, value) in dictionary {
        match value {
            Object::Dictionary(named) if key == b"EF" => found.extend(named.iter().map(|(_, file)| file)),
            // A reference here would have to be followed to tell; nobody writes it that way.
            _ if key == b"EF" => found.push(value),
            _ if depth < 100 => found.extend(files(value, depth + 1)),
            _ => {}
        }
    }
    found
}

/// Whether a file is named like something that does more than lie there, whatever its bytes say: a script is text.
fn is_named_like_a_program(description: &Dictionary, document: &Document) -> bool {
    description.has(b"EF")
        && NAMES.iter().any(|key| {
            let name = description.get_deref(key, document).and_then(Object::as_str).unwrap_or_default();
            // Names in UTF-16 have a zero beside each of these letters; Windows forgets spaces and dots at the end.
            let name: Vec<u8> = name.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
            let name = name.trim_ascii_end();
            let name = name.strip_suffix(b".").unwrap_or(name);
            let ending = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
            PROGRAMS.contains(&ending)
        })
}

/// XML, OFD or plain text by its bytes.
fn is_data(stream: &Stream) -> bool {
    let Ok(bytes) = stream.get_plain_content_with_limit(LARGEST) else { return false };
    is_ofd(&bytes) || is_text(&bytes)
}

/// OFD is a zip archive whose first page is this one.
fn is_ofd(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && memchr::memmem::find(bytes, b"OFD.xml").is_some()
}

/// Text in UTF-8, UTF-16 or a Chinese encoding, but no page of a browser and no script of a shell: those do
/// something when they are opened.
fn is_text(bytes: &[u8]) -> bool {
    let wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C);
    if !wide && bytes.iter().any(control) {
        return false;
    }
    let start: Vec<u8> =
        bytes.iter().take(2048).map(u8::to_ascii_lowercase).filter(|byte| *byte != 0).collect();
    let holds = |word: &[u8]| memchr::memmem::find(&start, word).is_some();
    !(start.starts_with(b"#!")
        || start.starts_with(b"mz")
        || holds(b"<html")
        || holds(b"<script")
        || holds(b"<hta:"))
}

#[cfg(test)]
mod tests {
    use super::{is_ofd, is_text};

    #[test]
    fn data_is_told_from_programs() {
        assert!(is_text("<?xml version=\"1.0\" encoding=\"GBK\"?><发票/>".as_bytes()));
        assert!(is_text(b"\xFF\xFE<\0x\0/\0>\0") && is_text(b"") && is_text(b"a;b\r\n1;2\r\n"));
        for program in
            [&b"MZ\x90\0"[..], b"\x7FELF\x02", b"#!/bin/sh", b"<!DOCTYPE html><HTML>", b"<x><Script>"]
        {
            assert!(!is_text(program), "{program:?}");
        }
        assert!(is_ofd(b"PK\x03\x04....OFD.xml...."));
        assert!(!is_ofd(b"PK\x03\x04....word/document.xml...."));
    }
}
