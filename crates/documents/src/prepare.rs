//! Whatever a person has → a fit file. This page only decides who does the work and puts the parts
//! together; the work stands in the pages it names.

use crate::{
    Change, Edit, Finding, Format, Kind, Limits, Prepared, Refusal, SourceFacts, Stage, Watch,
    fit::{self, Fitted, Known, Task},
    guard::{self, Ticket},
    jpeg::{self, Health, Process},
    orientation::Turn,
    pdf,
    picture::{Decoded, Picture},
    raster, resize, sniff, thumbnail,
    thumbnail::Thumbnail,
    tiff_pages,
};

/// More of a picture than this may not be missing; below it a person decides ([`Finding::Incomplete`]).
const MOST_MISSING: f64 = 0.25;
/// Turning without loss holds all coefficients in memory: not for more pixels than this.
const MOST_TURNED_PIXELS: u64 = 50_000_000;

/// Makes a file fit to hand in, or says why not.
///
/// A JPEG or PDF that is fit already keeps its own bytes; only metadata is taken out. Everything else is
/// converted once, from the original, with the largest size and quality that fit.
///
/// # Errors
/// A typed [`Refusal`]; never a panic, whatever the bytes.
pub fn prepare(source: &[u8], edit: &Edit, limits: &Limits, watch: &dyn Watch) -> Result<Prepared, Refusal> {
    let format = admit(source, limits.max_input_bytes)?;
    if !format.is_read() {
        return Err(Refusal::Unsupported { format });
    }
    let (source, edit, limits) = (source.to_vec(), edit.clone(), *limits);
    guard::run(watch, move |ticket| {
        ticket.step(Stage::Reading, 0.0)?;
        match format {
            Format::Jpeg => picture_from_jpeg(&source, &edit, &limits, ticket),
            Format::Pdf => pdf::prepare(&source, &edit, &limits, ticket),
            Format::Tiff => from_tiff(source, &edit, &limits, ticket),
            _ => from_raster(&source, format, &edit, &limits, ticket),
        }
    })
}

/// The checks that need no more than length and first bytes.
pub(crate) fn admit(source: &[u8], max: u64) -> Result<Format, Refusal> {
    let bytes = u64::try_from(source.len()).unwrap_or(u64::MAX);
    if bytes == 0 {
        return Err(Refusal::Empty);
    }
    if bytes > max {
        return Err(Refusal::TooLarge { bytes, max });
    }
    sniff::sniff(source).ok_or(Refusal::NotADocument)
}

fn picture_from_jpeg(
    source: &[u8],
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let header = jpeg::read(source, limits)?;
    let turn = Turn::from_exif(header.orientation).then_quarters(edit.quarter_turns);
    let facts = facts(Format::Jpeg, source, (header.width, header.height), 1);
    let long_edge = header.width.max(header.height);
    let bare = jpeg::without_metadata(source, &header);
    let small_enough = length(&bare) <= limits.max_output_bytes;
    ticket.step(Stage::Decoding, 0.1)?;

    // A small decode costs the entropy decoding only, and shows whether the data are sound. When the file
    // is fit already it is all the decoding there is.
    let mut decoded_for_encode = None;
    if small_enough && header.ended && header.process == Process::Common && header.components != 4 {
        let (small, health) = jpeg::decode(&bare, &header, 320)?;
        let plain = small.conversion.is_none() && health == Health::Sound;
        let turned = match turn.is_upright() {
            true => Some(bare.clone()),
            false if facts_pixels(&facts) <= MOST_TURNED_PIXELS && plain => {
                jpeg::turned_without_loss(&bare, turn)
                    .filter(|turned| length(turned) <= limits.max_output_bytes)
            }
            false => None,
        };
        if let (true, Some(bytes)) = (plain, turned) {
            ticket.step(Stage::Finishing, 0.9)?;
            let thumbnail = thumbnail::of_decoded(&small, turn)?;
            let change = match (turn.is_upright(), header.metadata) {
                (false, _) => Change::Converted,
                (true, true) => Change::Stripped,
                (true, false) => Change::Kept,
            };
            let (width, height) = turn.size((header.width, header.height));
            let findings = thumbnail.findings(long_edge);
            return Ok(assembled(bytes, (width, height), facts, change, findings, thumbnail));
        }
        if health == Health::Suspect {
            decoded_for_encode = Some(Health::Suspect);
        }
    }

    let known = Known { bytes: float(length(&bare)), edge: long_edge, quality: header.quality };
    let task = Task {
        edge: long_edge,
        known: Some(known),
        keep_edge: small_enough,
        lossless: false,
        limit: limits.max_output_bytes,
    };
    let mut decoded: Option<Decoded> = None;
    let mut health = decoded_for_encode.unwrap_or(Health::Sound);
    let fitted = fit::fit(&task, ticket, |edge| {
        // A decode made for a smaller target would lack the pixels for a larger one.
        let enough = decoded.as_ref().is_some_and(|decoded| {
            let long = decoded.width.max(decoded.height);
            long == long_edge || u64::from(long) * 100 >= u64::from(edge) * 135
        });
        if !enough {
            ticket.step(Stage::Decoding, 0.2)?;
            let (fresh, found) = jpeg::decode(&bare, &header, edge)?;
            if found == Health::Suspect {
                health = Health::Suspect;
            }
            decoded = Some(fresh);
        }
        let decoded = decoded.as_ref().ok_or(Refusal::Damaged)?;
        resize::ready(decoded, edge, turn)
    })?;
    let broken = health == Health::Suspect || !header.ended;
    finished(fitted, facts, long_edge, broken, ticket)
}

fn from_raster(
    source: &[u8],
    format: Format,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    ticket.step(Stage::Decoding, 0.1)?;
    let raster = raster::decode(source, format, limits)?;
    let decoded = &raster.decoded;
    let facts = facts(format, source, (decoded.width, decoded.height), 1);
    let turn = raster.turn.then_quarters(edit.quarter_turns);
    let long_edge = decoded.width.max(decoded.height);
    let task = Task {
        edge: long_edge,
        known: None,
        keep_edge: false,
        lossless: true,
        limit: limits.max_output_bytes,
    };
    let fitted = fit::fit(&task, ticket, |edge| resize::ready(decoded, edge, turn))?;
    finished(fitted, facts, long_edge, false, ticket)
}

/// One page becomes a picture; several become a PDF.
fn from_tiff(
    mut source: Vec<u8>,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let pages = tiff_pages::Pages::read(&source, limits)?;
    if pages.count() == 1 {
        pages.show(&mut source, 0);
        return from_raster(&source, Format::Tiff, edit, limits, ticket);
    }
    pdf::from_tiff(source, &pages, edit, limits, ticket)
}

fn finished(
    fitted: Fitted,
    facts: SourceFacts,
    long_edge: u32,
    broken: bool,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    ticket.step(Stage::Finishing, 0.9)?;
    let Fitted { bytes, picture } = fitted;
    let thumbnail = thumbnail::of_picture(&picture)?;
    let mut findings = Vec::new();
    if broken {
        if thumbnail.missing() > MOST_MISSING {
            return Err(Refusal::Damaged);
        }
        findings.push(Finding::Incomplete);
    }
    findings.extend(thumbnail.findings(picture.long_edge()));
    // A pixel shaved off an odd side is not what a person calls smaller.
    let change = if picture.long_edge() + 1 >= long_edge { Change::Converted } else { Change::Shrunk };
    let Picture { width, height, .. } = picture;
    Ok(assembled(bytes, (width, height), facts, change, findings, thumbnail))
}

fn assembled(
    bytes: Vec<u8>,
    (width, height): (u32, u32),
    source: SourceFacts,
    change: Change,
    findings: Vec<Finding>,
    thumbnail: Thumbnail,
) -> Prepared {
    Prepared {
        bytes,
        kind: Kind::Jpeg,
        pages: 1,
        width,
        height,
        source,
        change,
        findings,
        thumbnail: thumbnail.jpeg,
    }
}

pub(crate) fn facts(format: Format, source: &[u8], (width, height): (u32, u32), pages: u32) -> SourceFacts {
    SourceFacts { format, size_bytes: length(source), width, height, pages }
}

fn facts_pixels(facts: &SourceFacts) -> u64 {
    u64::from(facts.width) * u64::from(facts.height)
}

pub(crate) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn float(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX))
}
