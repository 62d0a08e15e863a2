//! Looking at the pages of a document that is ready: whether those that are one picture can be read, and the small
//! picture of the first. Pages of text and drawings are not judged. Each picture is decoded once for both, no larger
//! than it is looked at.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use lopdf::Document;

use super::{
    pages::{self, Found},
    pixels::Size,
    profiles::Profiles,
    shown::shown,
};
use crate::{Limits, PageFinding, Refusal, Stage, guard::Ticket, legibility, picture::Picture, thumbnail};

/// Pages that are looked at, the first ones; nobody takes a thirty-first page anew before the others are mended.
const MOST_PAGES: usize = 30;
/// Pixels of their pictures altogether, as stored: thirty sheets at 300 dpi.
const MOST_PIXELS: u64 = 300_000_000;
/// No page is begun after this: a person waits, and wavelets take a second a page on a slow computer.
const LONGEST: Duration = Duration::from_secs(10);

/// What was seen.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) findings: Vec<PageFinding>,
    /// JPEG of page 1, where that is one picture.
    pub(super) thumbnail: Option<Vec<u8>>,
}

/// Looks at the pages of a judged document whose first page has this size in points.
pub(super) fn look(
    document: &mut Document,
    size: (u32, u32),
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Looked, Refusal> {
    let begun = Instant::now();
    let pages = pages::find(document);
    let count = pages.len().min(MOST_PAGES);
    let (mut looked, mut looker) =
        (Looked::default(), Looker { left: MOST_PIXELS, profiles: Profiles::default() });
    for (number, page) in (1_u32..).zip(pages.iter().take(MOST_PAGES)) {
        ticket.step(Stage::Finishing, share(number, count))?;
        if begun.elapsed() > LONGEST {
            break;
        }
        let seen = unhurt(|| {
            let (picture, edge) = looker.picture(document, page, limits, ticket)?;
            let luma = legibility::seen(picture.luma()).ok();
            let thumbnail = if number == 1 { small(picture, size) } else { None };
            let findings = luma.and_then(|luma| legibility::findings(luma, edge).ok()).unwrap_or_default();
            Some((findings, thumbnail))
        });
        let Some((findings, thumbnail)) = seen else { continue };
        looked.findings.extend(findings.into_iter().map(|finding| finding.on(number)));
        looked.thumbnail = looked.thumbnail.or(thumbnail);
    }
    Ok(looked)
}

/// A decoder that falls over costs what would have been said of a page: the file itself has been judged by then, and
/// other viewers may well show it.
fn unhurt<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

/// What goes from page to page.
struct Looker {
    /// Pixels that may still be looked at.
    left: u64,
    profiles: Profiles,
}

impl Looker {
    /// The picture that is all of a page, upright, and its long edge as stored.
    fn picture(
        &mut self,
        document: &Document,
        page: &Found,
        limits: &Limits,
        ticket: &Ticket,
    ) -> Option<(Picture, u32)> {
        let shown = shown(document, page, limits, &self.profiles)?;
        let (width, height) = (shown.candidate.width, shown.candidate.height);
        self.left = self.left.checked_sub(u64::from(width) * u64::from(height))?;
        let size = Size::Edge(legibility::EDGE);
        let picture = shown.candidate.picture(shown.stream, size, limits, &|| ticket.go_on()).ok()?;
        Some((picture.turned(shown.turn), width.max(height)))
    }
}

/// The small picture of a page of this size; `None` of one that stretches its picture, which must be drawn.
fn small(picture: Picture, (width, height): (u32, u32)) -> Option<Vec<u8>> {
    let (page, own) =
        (u64::from(width) * u64::from(picture.height), u64::from(height) * u64::from(picture.width));
    if page.abs_diff(own) * 25 > page {
        return None;
    }
    thumbnail::of_picture(picture).ok().map(|thumbnail| thumbnail.jpeg)
}

/// Progress from 0.9 on.
fn share(number: u32, count: usize) -> f32 {
    let part = |number: usize| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    0.9 + 0.1 * (part(usize::try_from(number).unwrap_or(0)) - 1.0) / part(count.max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::{share, unhurt};

    #[test]
    fn a_decoder_that_falls_over_costs_one_page_only() {
        assert_eq!(unhurt(|| Some(1)), Some(1));
        assert_eq!(unhurt(|| None::<u8>), None);
        assert_eq!(unhurt::<u8>(|| panic!("a decoder fell over")), None);
    }

    #[test]
    fn progress_never_reaches_the_end() {
        assert!((share(1, 30) - 0.9).abs() < 1e-6);
        assert!(share(30, 30) < 1.0);
    }
}
