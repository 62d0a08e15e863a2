//! Reading and writing a PDF's objects. Encryption ends here, with or without a password to open it:
//! a file whose author forbade changes cannot be made fit.

use lopdf::{DecompressError, Document, Error, LoadOptions, SaveOptions};

use super::{direct, values};
use crate::{Refusal, prepare::length};

pub(super) fn load(bytes: &[u8]) -> Result<Document, Refusal> {
    let start = memchr::memmem::find(bytes, b"%PDF-").ok_or(Refusal::Damaged)?;
    values::judge(&bytes[start..])?;
    let options = LoadOptions {
        max_decompressed_size: Some(values::MOST_PACKED),
        filter: Some(values::keep),
        ..LoadOptions::default()
    };
    values::while_bearable(|| match Document::load_mem_with_options(&bytes[start..], options) {
        Ok(document) if document.is_encrypted() || document.was_encrypted() => Err(Refusal::EncryptedPdf),
        Ok(mut document) => direct::make(&mut document).map(|()| document),
        Err(error) => Err(refusal(&error, bytes)),
    })?
}

fn refusal(error: &Error, bytes: &[u8]) -> Refusal {
    match error {
        Error::Decryption(_) | Error::InvalidPassword | Error::UnsupportedSecurityHandler(_) => {
            Refusal::EncryptedPdf
        }
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) | Error::RecursionLimit => {
            Refusal::TooComplex
        }
        _ if memchr::memmem::find(bytes, b"/Encrypt").is_some() => Refusal::EncryptedPdf,
        _ => Refusal::Damaged,
    }
}

/// Whether it is worth writing the document to see if it fits: what streams hold is written as it is.
pub(super) fn may_fit(document: &Document, limit: u64) -> bool {
    let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    // What packs other objects, or tells where they are, is made anew.
    let written = streams.filter(|stream| !stream.dict.has_type(b"ObjStm") && !stream.dict.has_type(b"XRef"));
    written.map(|stream| length(&stream.content)).fold(0, u64::saturating_add) <= limit
}

/// Writes the document; with packed objects where the plain form would be over `limit`.
pub(super) fn save(document: &mut Document, limit: u64) -> Result<Vec<u8>, Refusal> {
    let mut plain = Vec::new();
    document.save_to(&mut plain).map_err(|_| Refusal::Damaged)?;
    if length(&plain) <= limit {
        return Ok(plain);
    }
    let options = SaveOptions::builder().use_object_streams(true).use_xref_streams(true).build();
    let mut packed = Vec::new();
    match document.save_with_options(&mut packed, options) {
        Ok(()) if packed.len() < plain.len() => Ok(packed),
        _ => Ok(plain),
    }
}
