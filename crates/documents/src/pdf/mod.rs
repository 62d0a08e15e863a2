//! PDF: judged inside hard limits, cleaned of metadata, made small enough, shown page by page.
//!
//! A signed PDF that fits is kept byte for byte: its metadata are under the signature, and the signature
//! is worth more than they are.

mod active;
mod arrange;
mod assemble;
mod bombs;
mod clean;
mod images;
mod ladder;
mod load;
mod pages;
mod render;
mod shrink;

pub(crate) use assemble::from_tiff;
pub(crate) use render::render;

use crate::{
    Change, Edit, Format, Kind, Limits, Prepared, Refusal, Stage,
    guard::Ticket,
    prepare::{facts, length},
};

/// What a harmless PDF is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) pages: u32,
    /// Of page 1 as shown, points.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Judges a PDF: opens in both readers we use, no encryption, nothing active, no bombs, pages within limits.
pub(crate) fn inspect(bytes: &[u8], limits: &Limits) -> Result<Facts, Refusal> {
    opened(bytes, limits).map(|(_, facts)| facts)
}

/// Pages, told from the structure alone.
pub(crate) fn count(bytes: &[u8], limits: &Limits) -> Result<u32, Refusal> {
    pages::count(&load::load(bytes)?, limits)
}

fn opened(bytes: &[u8], limits: &Limits) -> Result<(lopdf::Document, Facts), Refusal> {
    let document = load::load(bytes)?;
    let pages = pages::count(&document, limits)?;
    active::refuse(&document)?;
    bombs::refuse(&document, limits)?;
    let (shown, width, height) = render::measure(bytes)?;
    // Two readers that disagree about the pages: somebody is to see what another is not.
    if shown != pages {
        return Err(Refusal::Damaged);
    }
    Ok((document, Facts { pages, width, height }))
}

/// A PDF → a fit PDF.
pub(crate) fn prepare(
    source: &[u8],
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let (mut document, found) = opened(source, limits)?;
    ticket.step(Stage::Decoding, 0.2)?;
    let edits = edit.of_pages(found.pages)?;
    let pages = u32::try_from(edits.len()).map_err(|_| Refusal::BadEdit)?;
    let fits = length(source) <= limits.max_output_bytes;
    let turned = edits.iter().any(|page| !page.quarter_turns.is_multiple_of(4));
    let arranged = arrange::is_needed(&edits, found.pages);
    let edited = turned || arranged;
    let facts = facts(Format::Pdf, source, (found.width, found.height), found.pages);

    if fits && !edited && clean::is_signed(&document) {
        return finished(source.to_vec(), Change::Kept, pages, facts, limits, ticket);
    }
    let stripped = clean::strip(&mut document);
    if fits && !edited && !stripped {
        return finished(source.to_vec(), Change::Kept, pages, facts, limits, ticket);
    }
    // While pages still have their first numbers.
    pages::turn(&mut document, &edits)?;
    if arranged {
        arrange::arrange(&mut document, &edits)?;
    }
    let change = if edited { Change::Converted } else { Change::Stripped };
    if let Ok(bytes) = load::save(&mut document, limits.max_output_bytes)
        && length(&bytes) <= limits.max_output_bytes
        && inspect(&bytes, limits).is_ok_and(|after| after.pages == pages)
    {
        return finished(bytes, change, pages, facts, limits, ticket);
    }
    let bytes = shrink::shrink(document, pages, limits, ticket)?;
    finished(bytes, Change::Shrunk, pages, facts, limits, ticket)
}

/// The last step of every road: what comes out is judged like anything that comes in.
fn finished(
    bytes: Vec<u8>,
    change: Change,
    pages: u32,
    source: crate::SourceFacts,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    ticket.step(Stage::Finishing, 0.9)?;
    let found = inspect(&bytes, limits)?;
    if found.pages != pages {
        return Err(Refusal::Damaged);
    }
    let thumbnail = render::thumbnail(&bytes)?;
    Ok(Prepared {
        bytes,
        kind: Kind::Pdf,
        pages: found.pages,
        width: found.width,
        height: found.height,
        source,
        change,
        findings: Vec::new(),
        thumbnail,
    })
}
