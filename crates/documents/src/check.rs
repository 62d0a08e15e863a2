//! The receiving side judges a fit file again, believing nothing.

use std::sync::Arc;

use crate::{
    Format, Kind, Limits, Refusal,
    guard::{self},
    jpeg::{self, Header, Health, Process},
    pdf,
    prepare::admit,
};

/// What a file that passed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// JPEG or PDF, by its bytes.
    pub kind: Kind,
    /// Number of pages; 1 for a JPEG.
    pub pages: u32,
    /// Width of page 1: pixels of a JPEG, points of a PDF.
    pub width: u32,
    /// Height of page 1, same unit.
    pub height: u32,
}

/// What [`check`] says of a fit file where finding out takes no decoder: a JPEG as [`prepare`](crate::prepare) writes
/// them, read to its last bit in safe code, without memory or time beyond its own length. `None` says nothing.
#[must_use]
pub fn check_without_decoding(bytes: &[u8], limits: &Limits) -> Option<Checked> {
    match admit(bytes, limits.max_output_bytes) {
        Ok(Format::Jpeg) => {}
        _ => return None,
    }
    if !jpeg::is_sound(bytes) {
        return None;
    }
    prepared(bytes, limits).ok().map(|header| checked(&header))
}

/// Judges whether a file is fit: JPEG or PDF within `limits.max_output_bytes`, decodable to its end,
/// upright and free of metadata (JPEG); free of scripts, actions, attachments and encryption (PDF; a signed one may
/// carry data files, as electronic invoices do).
///
/// # Errors
/// A typed [`Refusal`]; never a panic, whatever the bytes.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<Checked, Refusal> {
    let format = admit(bytes, limits.max_output_bytes)?;
    let (bytes, limits) = (Arc::<[u8]>::from(bytes), *limits);
    match format {
        Format::Jpeg => guard::run(&(), move |_| check_jpeg(&bytes, &limits)),
        Format::Pdf => guard::run(&(), move |ticket| {
            let facts = pdf::inspect(bytes, &limits, ticket)?;
            Ok(Checked { kind: Kind::Pdf, pages: facts.pages, width: facts.width, height: facts.height })
        }),
        other => Err(Refusal::Unsupported { format: other }),
    }
}

fn check_jpeg(bytes: &[u8], limits: &Limits) -> Result<Checked, Refusal> {
    let header = prepared(bytes, limits)?;
    // The smallest decode still reads every byte of the picture.
    match jpeg::health(bytes, &header)? {
        Health::Sound => Ok(checked(&header)),
        Health::Suspect => Err(Refusal::NotPrepared),
    }
}

/// The header of a JPEG that is whole, upright, without metadata and as every viewer reads it.
fn prepared(bytes: &[u8], limits: &Limits) -> Result<Header, Refusal> {
    let header = jpeg::read(bytes, limits)?;
    let prepared = header.ended
        && !header.metadata
        && header.orientation == 1
        && header.process == Process::Common
        && header.components != 4;
    if prepared { Ok(header) } else { Err(Refusal::NotPrepared) }
}

const fn checked(header: &Header) -> Checked {
    Checked { kind: Kind::Jpeg, pages: 1, width: header.width, height: header.height }
}
