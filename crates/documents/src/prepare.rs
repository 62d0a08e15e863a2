//! Whatever a person has → a fit file. This page only decides who does the work and puts the parts
//! together; the work stands in the pages it names.

use std::sync::Arc;

use crate::{
    Change, Edit, Finding, Format, Kind, Limits, Prepared, Refusal, SourceFacts, Stage, Watch,
    fit::{self, Fitted, Task},
    geometry,
    guard::{self, Ticket},
    jpeg::Health,
    legibility, pdf, photo, raster, sniff, thumbnail, tiff_pages,
};

/// More of a picture than this may not be missing; below it a person decides ([`Finding::Incomplete`]).
const MOST_MISSING: f64 = 0.25;

/// Makes a file fit to hand in, or says why not.
///
/// A JPEG or PDF that is fit already keeps its own bytes; only metadata is taken out. Everything else is
/// converted once, from the original, with the largest size and quality that fit.
///
/// The bytes are shared with a thread of their own: handed over as an `Arc` they are not copied.
///
/// # Errors
/// A typed [`Refusal`]; never a panic, whatever the bytes.
pub fn prepare(
    source: impl Into<Arc<[u8]>>,
    edit: &Edit,
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Prepared, Refusal> {
    let source = source.into();
    let format = admit(&source, limits.max_input_bytes)?;
    if !format.is_read() {
        return Err(Refusal::Unsupported { format });
    }
    let (edit, limits) = (edit.clone(), *limits);
    guard::run(watch, move |ticket| {
        ticket.step(Stage::Reading, 0.0)?;
        match format {
            Format::Jpeg => photo::from_jpeg(source, &edit, &limits, ticket),
            Format::Pdf => pdf::prepare(source, &edit, &limits, ticket),
            Format::Tiff => from_tiff(source, &edit, &limits, ticket),
            _ => from_raster(source, format, &edit, &limits, ticket),
        }
    })
}

/// The checks that need no more than length and first bytes.
pub(crate) fn admit(source: &[u8], max: u64) -> Result<Format, Refusal> {
    let bytes = length(source);
    if bytes == 0 {
        return Err(Refusal::Empty);
    }
    if bytes > max {
        return Err(Refusal::TooLarge { bytes, max });
    }
    sniff::sniff(source).ok_or(Refusal::NotADocument)
}

fn from_raster(
    source: Arc<[u8]>,
    format: Format,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    ticket.step(Stage::Decoding, 0.1)?;
    // Of a part that is cut out as many pixels are wanted as memory allows.
    let edit = edit.of_picture()?;
    let edge = if edit.crop.is_some() { u32::MAX } else { limits.longest_edge() };
    let mut raster = raster::decode_to(&source, format, edge, limits, &|| ticket.go_on())?;
    let (turn, size, broken) = (raster.turn, raster.size, raster.health == Health::Suspect);
    let decoded = &mut raster.decoded;
    let facts = facts(format, length(&source), size, 1);
    // Nothing of the file is needed any more; unless somebody else holds it, its memory goes.
    drop(source);
    let full_edge = geometry::Frame::new(size, turn, &edit)?.long_edge();
    let (width, height) = geometry::Frame::new((decoded.width, decoded.height), turn, &edit)?.full_size();
    let task = Task {
        edge: width.max(height),
        short: width.min(height),
        known: None,
        keep_edge: false,
        most: limits.max_long_edge,
        full_colour: true,
        limit: limits.max_output_bytes,
    };
    let plain = !geometry::changes_pixels(&edit) && turn.then_quarters(edit.quarter_turns).is_upright();
    let fitted = fit::fit(&task, ticket, |edge, before| {
        if let Some(before) = before {
            decoded.take_back(before);
        }
        let lent = if plain { decoded.lend(edge) } else { None };
        lent.map_or_else(|| geometry::ready(decoded, edge, turn, &edit), Ok)
    })?;
    finished(fitted, facts, full_edge, broken, ticket)
}

/// One page becomes a picture; several become a PDF.
fn from_tiff(source: Arc<[u8]>, edit: &Edit, limits: &Limits, ticket: &Ticket) -> Result<Prepared, Refusal> {
    if tiff_pages::Pages::read(&source, limits)?.count() == 1 {
        return from_raster(source, Format::Tiff, edit, limits, ticket);
    }
    pdf::from_tiff(source, edit, limits, ticket)
}

/// An encoded picture → the result. `full_edge`: its long edge had every pixel been kept; `broken` when the
/// decoder had to guess in places.
pub(crate) fn finished(
    fitted: Fitted,
    source: SourceFacts,
    full_edge: u32,
    broken: bool,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    ticket.step(Stage::Finishing, 0.9)?;
    let Fitted { bytes, picture } = fitted;
    let (width, height, long_edge) = (picture.width, picture.height, picture.long_edge());
    // The picture itself goes before anything is looked for in it.
    let luma = picture.luma();
    let thumbnail = thumbnail::of_picture(picture)?;
    let seen = legibility::findings(legibility::seen(luma)?, long_edge)?;
    let mut findings = Vec::new();
    if broken {
        if thumbnail.missing() > MOST_MISSING {
            return Err(Refusal::Damaged);
        }
        findings.push(Finding::Incomplete.on(1));
    }
    findings.extend(seen.into_iter().map(|finding| finding.on(1)));
    // A pixel shaved off an odd side is not what a person calls smaller.
    let smaller = long_edge + 1 < full_edge;
    let change = if smaller { Change::Shrunk } else { Change::Converted };
    let thumbnail = thumbnail.jpeg;
    Ok(Prepared { bytes, kind: Kind::Jpeg, pages: 1, width, height, source, change, findings, thumbnail })
}

pub(crate) fn facts(format: Format, size_bytes: u64, (width, height): (u32, u32), pages: u32) -> SourceFacts {
    SourceFacts { format, size_bytes, width, height, pages }
}

pub(crate) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
