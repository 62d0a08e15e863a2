//! A JPEG's road: kept byte for byte where it is fit, turned without loss where only that is wanted,
//! encoded anew only where it must be.

use std::sync::Arc;

use crate::{
    Change, Edit, Format, Kind, Limits, PageEdit, Prepared, Refusal, SourceFacts, Stage, colour,
    fit::{self, Known, Task},
    geometry,
    guard::Ticket,
    jpeg::{self, Colours, Header, Health, Process, Shrunk},
    legibility,
    orientation::Turn,
    picture::{Decoded, Picture, Pixels},
    prepare::{facts, finished, length},
    resize, thumbnail,
};

/// Turning without loss holds all coefficients twice: not for more bytes of them than this.
const MOST_TURNED_BYTES: u64 = 100_000_000;

/// A JPEG → a fit JPEG.
pub(crate) fn from_jpeg(
    source: Arc<[u8]>,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let header = jpeg::read(&source, limits)?;
    let (edit, lies) = (edit.of_picture()?, Turn::from_exif(header.orientation));
    let crop = geometry::Frame::new((header.width, header.height), lies, &edit)?;
    let turn = lies.then_quarters(edit.quarter_turns);
    let facts = facts(Format::Jpeg, length(&source), (header.width, header.height), 1);
    let small_enough = header.own_length() <= limits.max_output_bytes;
    ticket.step(Stage::Decoding, 0.1)?;

    // A small decode costs the entropy decoding only and shows whether the data are sound. When the file
    // is fit already it is all the decoding there is.
    let readable = header.ended
        && header.process == Process::Common
        && header.components != 4
        && limits.keeps_edge(header.width.max(header.height));
    let mut health = Health::Sound;
    if small_enough && readable && !geometry::changes_pixels(&edit) {
        let small = looked_at(&source, &header, turn, ticket)?;
        health = small.health;
        if health == Health::Sound
            && !small.converted
            && let Some(own) = own_bytes(&source, &header, turn, limits)
        {
            return kept(own, small.picture, &header, turn, facts, ticket);
        }
    }
    let wanted = Wanted { edit, lies, crop };
    encoded_anew(source, &header, &wanted, facts, health, limits, ticket)
}

/// The picture, only to be looked at.
fn looked_at(bytes: &[u8], header: &Header, turn: Turn, ticket: &Ticket) -> Result<Shrunk, Refusal> {
    let order = jpeg::Wanted { edge: legibility::EDGE, turn, colours: Colours::Quarter };
    if let Some(made) = jpeg::shrunk(bytes, header, order, &|| ticket.go_on())? {
        return Ok(made);
    }
    let (decoded, health) = jpeg::decode(bytes, header, legibility::EDGE)?;
    let converted = decoded.conversion.is_some();
    let picture = resize::ready(&decoded, legibility::EDGE, turn)?;
    Ok(Shrunk { picture, health, converted })
}

/// What a person wants of the picture.
struct Wanted {
    edit: PageEdit,
    /// Which way up the file says it is, before the person's turns.
    lies: Turn,
    crop: geometry::Frame,
}

/// The file's own picture, turned where it must be, if it stays within the limit.
fn own_bytes(source: &[u8], header: &Header, turn: Turn, limits: &Limits) -> Option<Vec<u8>> {
    if turn.is_upright() {
        return Some(jpeg::without_metadata(source, header));
    }
    if header.coefficient_bytes > MOST_TURNED_BYTES {
        return None;
    }
    jpeg::turned_without_loss(source, header, turn).filter(|turned| length(turned) <= limits.max_output_bytes)
}

fn kept(
    bytes: Vec<u8>,
    small: Picture,
    header: &Header,
    turn: Turn,
    source: SourceFacts,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    ticket.step(Stage::Finishing, 0.9)?;
    let change = match (turn.is_upright(), header.metadata) {
        (false, _) => Change::Converted,
        (true, true) => Change::Stripped,
        (true, false) => Change::Kept,
    };
    let (width, height) = turn.size((header.width, header.height));
    let luma = small.luma();
    let thumbnail = thumbnail::of_picture(small)?.jpeg;
    let seen = legibility::findings(legibility::seen(luma)?, width.max(height))?;
    let findings = seen.into_iter().map(|finding| finding.on(1)).collect();
    Ok(Prepared { bytes, kind: Kind::Jpeg, pages: 1, width, height, source, change, findings, thumbnail })
}

fn encoded_anew(
    source: Arc<[u8]>,
    header: &Header,
    wanted: &Wanted,
    facts: SourceFacts,
    mut health: Health,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let whole = header.width.max(header.height);
    let (width, height) = wanted.crop.full_size();
    let edge = width.max(height);
    let weight = f64::from(u32::try_from(header.own_length()).unwrap_or(u32::MAX)) * wanted.crop.share();
    let task = Task {
        edge,
        short: width.min(height),
        known: Some(Known { bytes: weight, edge, quality: header.quality }),
        keep_edge: header.own_length() <= limits.max_output_bytes,
        most: limits.max_long_edge,
        full_colour: header.full_colour,
        limit: limits.max_output_bytes,
    };
    let mut decoded: Option<Decoded> = None;
    let whole_page = !geometry::changes_pixels(&wanted.edit);
    let turn = wanted.lies.then_quarters(wanted.edit.quarter_turns);
    let mut begun = false;
    let fitted = fit::fit(&task, ticket, |target, before| {
        drop(before);
        if whole_page {
            // A second look at the file is no step back.
            if !std::mem::replace(&mut begun, true) {
                ticket.step(Stage::Decoding, 0.2)?;
            }
            let order = jpeg::Wanted { edge: target, turn, colours: Colours::Fine };
            if let Some(made) = jpeg::shrunk(&source, header, order, &|| ticket.go_on())? {
                if made.health == Health::Suspect {
                    health = Health::Suspect;
                }
                return Ok(made.picture);
            }
        }
        // A small crop of a large photo needs more of the photo than its own size.
        let needed = wanted.crop.decode_edge(target);
        let decoded = match decoded.take().filter(|decoded| jpeg::suffices(decoded, whole, needed)) {
            Some(enough) => decoded.insert(enough),
            None => {
                ticket.step(Stage::Decoding, 0.2)?;
                let (fresh, found) = jpeg::decode(&source, header, needed)?;
                if found == Health::Suspect {
                    health = Health::Suspect;
                }
                decoded.insert(if header.full_colour { with_fine_colour(fresh) } else { fresh })
            }
        };
        geometry::ready(decoded, target, wanted.lies, &wanted.edit)
    })?;
    // Neither is needed any more; unless somebody else holds the file, its memory goes.
    drop((decoded, source));
    finished(fitted, facts, edge, health == Health::Suspect, ticket)
}

/// Coloured print keeps a colour for every pixel; of anything else nobody would see it, and it costs.
fn with_fine_colour(mut decoded: Decoded) -> Decoded {
    if let Pixels::Yuv(planes) = &decoded.pixels
        && colour::is_fine(planes)
    {
        decoded.pixels = Pixels::Rgb(colour::to_rgb(planes));
    }
    decoded
}
