//! PDFs: judging, cleaning, page edits, shrinking, binding several files into one, showing.

mod active;
mod arrange;
mod attached;
mod bilevel;
mod binder;
mod bombs;
mod cells;
mod clean;
mod direct;
mod disarm;
mod edited;
mod effort;
mod fitting;
mod images;
mod inline;
mod ladder;
mod layers;
mod load;
mod looking;
mod packed;
mod pages;
mod pixels;
mod profiles;
mod programs;
mod render;
mod renumber;
mod shown;
mod slots;
mod spaces;
mod tokens;
mod values;
mod weight;
mod wrapped;

use std::{collections::BTreeSet, sync::Arc};

use lopdf::Document;

pub(crate) use binder::bind;
pub(crate) use render::{render, render_source};

use self::{bombs::Pictures, profiles::Profiles, render::Original, slots::Slot};
use crate::{
    Change, Edit, Finding, Format, Kind, Limits, PageEdit, Prepared, Refusal, Stage, geometry,
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
pub(crate) fn inspect(bytes: Arc<[u8]>, limits: &Limits, ticket: &Ticket) -> Result<Facts, Refusal> {
    judged(&Original::from(bytes), limits, ticket).map(|(facts, _)| facts)
}

/// Pages, told from the structure alone.
pub(crate) fn count(bytes: &[u8], limits: &Limits) -> Result<u32, Refusal> {
    pages::count(&mut load::load(bytes)?, limits)
}

fn judged(original: &Original, limits: &Limits, ticket: &Ticket) -> Result<(Facts, Document), Refusal> {
    let mut document = load::load(original.as_ref())?;
    let pages = pages::count(&mut document, limits)?;
    active::refuse(&document, clean::is_signed(&document))?;
    endless(&mut document, Pictures::Whole, limits, ticket)?;
    Ok((measured(original, pages)?, document))
}

/// Opens a PDF in order to change it: what is active is taken out where that leaves the paper as it is. Also
/// whether it is signed (then nothing was taken out yet), and whether something was taken out. Nobody may draw a page
/// unless `pictures` were judged whole.
fn opened(
    original: &Original,
    pictures: Pictures,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Opened, Refusal> {
    let mut document = load::load(original.as_ref())?;
    let pages = pages::count(&mut document, limits)?;
    let signed = clean::is_signed(&document);
    let disarmed = !signed && disarm::disarm(&mut document);
    active::refuse(&document, signed)?;
    endless(&mut document, pictures, limits, ticket)?;
    Ok(Opened { facts: measured(original, pages)?, document, signed, disarmed })
}

struct Opened {
    document: Document,
    facts: Facts,
    signed: bool,
    disarmed: bool,
}

fn endless(
    document: &mut Document,
    pictures: Pictures,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<(), Refusal> {
    bombs::refuse(document, pictures, limits, &|| ticket.go_on())?;
    effort::refuse(document, limits, &|| ticket.go_on())
}

fn measured(original: &Original, pages: u32) -> Result<Facts, Refusal> {
    let (shown, width, height) = render::measure(original)?;
    // Two readers that disagree about the pages: somebody is to see what another is not.
    if shown == pages { Ok(Facts { pages, width, height }) } else { Err(Refusal::Damaged) }
}

/// A PDF → a fit PDF.
pub(crate) fn prepare(
    source: Arc<[u8]>,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let original = Original::from(Arc::clone(&source));
    let Opened { mut document, facts: found, signed, disarmed } =
        opened(&original, Pictures::Headers, limits, ticket)?;
    ticket.step(Stage::Decoding, 0.2)?;
    let edits = edit.of_pages(found.pages)?;
    let pages = u32::try_from(edits.len()).map_err(|_| Refusal::BadEdit)?;
    let fits = length(&source) <= limits.max_output_bytes;
    let edited = arrange::is_needed(&edits, found.pages) || !edit.is_nothing();
    let facts = facts(Format::Pdf, length(&source), (found.width, found.height), found.pages);
    let kept = |facts| finished(source.to_vec(), Change::Kept, pages, facts, limits, ticket);
    if signed {
        if fits && !edited {
            return kept(facts);
        }
        unsigned(&mut document)?;
    }
    let stripped = clean::strip(&mut document) || disarmed || signed;
    if fits && !edited && !stripped {
        return kept(facts);
    }
    let slots = edit_pages(&mut document, &original, &edits, found.pages, limits, ticket)?;
    let change = if edited { Change::Converted } else { Change::Stripped };
    if slots.is_empty() && load::may_fit(&document, limits.max_output_bytes) {
        let bytes = load::save(&mut document, limits.max_output_bytes)?;
        if length(&bytes) <= limits.max_output_bytes {
            drop((source, original, document));
            return finished(bytes, change, pages, facts, limits, ticket);
        }
    }
    drop((source, original));
    let fitted = fitting::fit(document, slots, pages, limits, ticket)?;
    let change = if fitted.smaller { Change::Shrunk } else { change };
    let mut prepared = finished(fitted.bytes, change, pages, facts, limits, ticket)?;
    tell_broken(&mut prepared, fitted.broken);
    Ok(prepared)
}

/// Says of pages that a decoder had to guess in places: before whatever else was found on them.
fn tell_broken(prepared: &mut Prepared, pages: BTreeSet<u32>) {
    prepared.findings.splice(0..0, pages.into_iter().map(|page| Finding::Incomplete.on(page)));
    prepared.findings.sort_by_key(|found| found.page);
}

/// A signature that no longer holds is taken out, and with it goes the reason to keep what is attached.
fn unsigned(document: &mut Document) -> Result<(), Refusal> {
    clean::unsign(document);
    disarm::disarm(document);
    active::refuse(document, false)
}

/// Makes the pages of `document` those of `edits`; pages on which pixels change are left as slots to be filled.
fn edit_pages(
    document: &mut Document,
    original: &Original,
    edits: &[PageEdit],
    pages: u32,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Vec<Slot>, Refusal> {
    // While pages still have their first numbers.
    pages::turn(document, edits.iter().filter(|edit| !geometry::changes_pixels(edit)))?;
    if edits.iter().any(geometry::changes_pixels) {
        bombs::refuse(document, Pictures::Whole, limits, &|| ticket.go_on())?;
    }
    let found = pages::find(document);
    let (mut slots, profiles) = (Vec::new(), Profiles::default());
    for (number, edit) in (1..).zip(edits).filter(|(_, edit)| geometry::changes_pixels(edit)) {
        let index = usize::try_from(edit.page).map_err(|_| Refusal::BadEdit)?;
        let found = found.get(index).ok_or(Refusal::BadEdit)?;
        slots.push(edited::replace(document, found, original, edit, number, limits, &profiles)?);
    }
    if arrange::is_needed(edits, pages) || !slots.is_empty() {
        arrange::arrange(document, edits)?;
    }
    Ok(slots)
}

/// Pages of a TIFF → a PDF.
pub(crate) fn from_tiff(
    source: Arc<[u8]>,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    bind(vec![(source, Format::Tiff)], edit, limits, ticket)
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
    let bytes = Arc::new(bytes);
    let (found, findings, thumbnail) = {
        let original = Original::from(Arc::clone(&bytes));
        let (found, mut document) = judged(&original, limits, ticket)?;
        if found.pages != pages {
            return Err(Refusal::Damaged);
        }
        let looked = looking::look(&mut document, (found.width, found.height), limits, ticket)?;
        drop(document);
        let thumbnail = match looked.thumbnail {
            Some(thumbnail) => thumbnail,
            None => render::thumbnail(&original, &|| ticket.go_on())?,
        };
        (found, looked.findings, thumbnail)
    };
    let bytes = Arc::try_unwrap(bytes).unwrap_or_else(|bytes| bytes.to_vec());
    Ok(Prepared {
        bytes,
        kind: Kind::Pdf,
        pages: found.pages,
        width: found.width,
        height: found.height,
        source,
        change,
        findings,
        thumbnail,
    })
}
