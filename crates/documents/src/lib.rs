//! Makes a photo or scan fit to hand in: bytes in, bytes and measurements out.
//!
//! The doors: [`prepare`] (whatever a person has → a JPEG or PDF within the limit, upright, without
//! metadata), [`bind`] (several files → one such PDF), [`check`] (the receiving side judges such a file
//! again; [`check_without_decoding`] does so for most JPEGs in safe code alone), [`page_count`] and
//! [`render_page`] (a picture of one page). Pure CPU: no files, no network, no other crate of ours but
//! `scanlines`. Text for people lives in `desk`.
//!
//! Invariants: what `prepare` returns passes `check` under the same limits; limits are judged from the
//! header before anything is decoded; a codec that panics or hangs costs the file, not the program.

mod bind;
mod check;
mod colour;
mod edit;
mod finding;
mod fit;
mod geometry;
mod guard;
mod jpeg;
mod legibility;
mod limits;
mod orientation;
mod outline;
mod page_count;
mod pdf;
mod photo;
mod picture;
mod prepare;
mod prepared;
mod propose;
mod raster;
mod refusal;
mod render;
mod resize;
mod sniff;
mod source_page;
mod strips;
mod thumbnail;
mod tiff_pages;
mod watch;

pub use bind::bind;
pub use check::{Checked, check, check_without_decoding};
pub use edit::{Area, Edit, PageEdit, Point, Quad, WHOLE};
pub use finding::{Finding, PageFinding};
pub use limits::Limits;
pub use page_count::page_count;
pub use prepare::prepare;
pub use prepared::{Change, Kind, Prepared, SourceFacts};
pub use propose::propose_crop;
pub use refusal::{Active, Refusal};
pub use render::{Page, render_page, render_source};
pub use sniff::Format;
pub use watch::{Stage, Watch};
