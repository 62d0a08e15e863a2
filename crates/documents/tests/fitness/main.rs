//! The crate from outside: real files made in code (and two encrypted ones made with qpdf, in
//! `fixtures/`), prepared, checked and looked at pixel by pixel.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::cast_possible_truncation)]
#![allow(missing_docs, unreachable_pub)]

mod any_bytes;
mod binding;
mod colours;
mod edits;
mod encodes;
mod invoices;
mod looking;
mod made;
mod pdf_bombs;
mod pdf_hiding;
mod pdf_pages;
mod pdf_pictures;
mod pdfs;
mod photos;
mod promise;
mod rasters;
mod refusals;
mod samples;
mod sources;
mod tiffs;
mod watching;

use documents::{Checked, Edit, Kind, Limits, Prepared, Refusal};

pub fn prepare(source: &[u8]) -> Result<Prepared, Refusal> {
    turned(source, 0)
}

/// Prepares, and holds the result against what every result must be.
pub fn turned(source: &[u8], quarter_turns: u8) -> Result<Prepared, Refusal> {
    let limits = Limits::default();
    let edit = match quarter_turns {
        0 => Edit::default(),
        quarters => Edit::default().turned(documents::page_count(source, &limits)?, quarters),
    };
    let prepared = documents::prepare(source, &edit, &limits, &())?;
    hold(&prepared, &limits);
    Ok(prepared)
}

pub fn hold(prepared: &Prepared, limits: &Limits) {
    assert!(prepared.bytes.len() as u64 <= limits.max_output_bytes, "over the limit");
    let Checked { kind, pages, width, height } =
        documents::check(&prepared.bytes, limits).expect("what comes out passes the check");
    assert_eq!(
        (kind, pages, width, height),
        (prepared.kind, prepared.pages, prepared.width, prepared.height)
    );
    let start: &[u8] = if kind == Kind::Jpeg { b"\xFF\xD8\xFF" } else { b"%PDF-" };
    assert!(prepared.bytes.starts_with(start));
    let thumbnail = turbojpeg::read_header(&prepared.thumbnail).expect("the thumbnail is a JPEG");
    assert!(thumbnail.width.max(thumbnail.height) <= 320);
    assert!(prepared.thumbnail.len() < 60_000);
    for private in [&b"Exif"[..], b"http://ns.adobe.com/xap", b"SECRET-PLACE"] {
        assert!(memchr::memmem::find(&prepared.bytes, private).is_none(), "{private:?} came through");
    }
}
