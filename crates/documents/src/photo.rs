//! A JPEG's road: kept byte for byte where it is fit, turned without loss where only that is wanted,
//! encoded anew only where it must be.

use crate::{
    Change, Edit, Format, Kind, Limits, PageEdit, Prepared, Refusal, SourceFacts, Stage,
    fit::{self, Known, Task},
    geometry,
    guard::Ticket,
    jpeg::{self, Header, Health, Process},
    legibility,
    orientation::Turn,
    picture::Decoded,
    prepare::{facts, finished, length},
    thumbnail,
};

/// Turning without loss holds all coefficients in memory: not for more pixels than this.
const MOST_TURNED_PIXELS: u64 = 50_000_000;

/// A JPEG → a fit JPEG.
pub(crate) fn from_jpeg(
    source: &[u8],
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let header = jpeg::read(source, limits)?;
    let (edit, lies) = (edit.of_picture()?, Turn::from_exif(header.orientation));
    let crop = geometry::Frame::new((header.width, header.height), lies, &edit)?;
    let turn = lies.then_quarters(edit.quarter_turns);
    let facts = facts(Format::Jpeg, source, (header.width, header.height), 1);
    let bare = jpeg::without_metadata(source, &header);
    let small_enough = length(&bare) <= limits.max_output_bytes;
    ticket.step(Stage::Decoding, 0.1)?;

    // A small decode costs the entropy decoding only and shows whether the data are sound. When the file
    // is fit already it is all the decoding there is.
    let readable = header.ended
        && header.process == Process::Common
        && header.components != 4
        && limits.keeps_edge(header.width.max(header.height));
    let mut health = Health::Sound;
    if small_enough && readable && !geometry::changes_pixels(&edit) {
        let (small, found) = jpeg::decode(&bare, &header, legibility::EDGE)?;
        health = found;
        if health == Health::Sound && small.conversion.is_none() {
            let own_bytes = own_bytes(&bare, &facts, turn, limits);
            if let Some(bytes) = own_bytes {
                return kept(bytes, &small, &header, turn, facts, ticket);
            }
        }
    }
    let wanted = Wanted { edit, lies, crop };
    encoded_anew(&bare, &header, &wanted, facts, health, limits, ticket)
}

/// What a person wants of the picture.
struct Wanted {
    edit: PageEdit,
    /// Which way up the file says it is, before the person's turns.
    lies: Turn,
    crop: geometry::Frame,
}

/// The file's own picture, turned where it must be, if it stays within the limit.
fn own_bytes(bare: &[u8], facts: &SourceFacts, turn: Turn, limits: &Limits) -> Option<Vec<u8>> {
    if turn.is_upright() {
        return Some(bare.to_vec());
    }
    if u64::from(facts.width) * u64::from(facts.height) > MOST_TURNED_PIXELS {
        return None;
    }
    jpeg::turned_without_loss(bare, turn).filter(|turned| length(turned) <= limits.max_output_bytes)
}

fn kept(
    bytes: Vec<u8>,
    small: &Decoded,
    header: &Header,
    turn: Turn,
    source: SourceFacts,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    ticket.step(Stage::Finishing, 0.9)?;
    let thumbnail = thumbnail::of_decoded(small, turn)?;
    let change = match (turn.is_upright(), header.metadata) {
        (false, _) => Change::Converted,
        (true, true) => Change::Stripped,
        (true, false) => Change::Kept,
    };
    let (width, height) = turn.size((header.width, header.height));
    let findings = legibility::of_decoded(small, turn, width.max(height))?;
    let thumbnail = thumbnail.jpeg;
    Ok(Prepared { bytes, kind: Kind::Jpeg, pages: 1, width, height, source, change, findings, thumbnail })
}

fn encoded_anew(
    bare: &[u8],
    header: &Header,
    wanted: &Wanted,
    source: SourceFacts,
    mut health: Health,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let whole = header.width.max(header.height);
    let edge = wanted.crop.long_edge();
    let bytes = f64::from(u32::try_from(bare.len()).unwrap_or(u32::MAX)) * wanted.crop.share();
    let task = Task {
        edge,
        known: Some(Known { bytes, edge, quality: header.quality }),
        keep_edge: length(bare) <= limits.max_output_bytes,
        most: limits.max_long_edge,
        lossless: false,
        limit: limits.max_output_bytes,
    };
    let mut decoded: Option<Decoded> = None;
    let fitted = fit::fit(&task, ticket, |target| {
        // A small crop of a large photo needs more of the photo than its own size.
        let needed = wanted.crop.decode_edge(target);
        let decoded = match decoded.take().filter(|decoded| jpeg::suffices(decoded, whole, needed)) {
            Some(enough) => decoded.insert(enough),
            None => {
                ticket.step(Stage::Decoding, 0.2)?;
                let (fresh, found) = jpeg::decode(bare, header, needed)?;
                if found == Health::Suspect {
                    health = Health::Suspect;
                }
                decoded.insert(fresh)
            }
        };
        geometry::ready(decoded, target, wanted.lies, &wanted.edit)
    })?;
    finished(fitted, source, edge, health == Health::Suspect || !header.ended, ticket)
}
