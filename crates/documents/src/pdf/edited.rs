//! Pages on which something is hidden or cut off become pictures, so that what is hidden is gone from the bytes
//! and not painted over. A page that shows one picture gives that picture's own pixels; any other is drawn.

use lopdf::{Dictionary, Document, Stream};

use super::{
    pages::Found,
    profiles::Profiles,
    render::{self, Original},
    shown::{Shown, shown},
    slots::{Sheet, Slot, Supply},
};
use crate::{Limits, PageEdit, Refusal, fit::Known};

/// Pixels per point at 300 dpi.
const PER_POINT: f32 = 300.0 / 72.0;
/// Long edge of a page that is drawn, and its pixels altogether: memory is bounded.
const LONGEST: u16 = 5000;
const MOST_PIXELS: f32 = 12_000_000.0;

/// Makes the page a sheet for its own picture. `original` are the bytes of the file the page comes from; `found` is the
/// page in `document`, `number` the one it will have in the result, from 1.
pub(super) fn replace(
    document: &mut Document,
    found: &Found,
    original: &Original,
    edit: &PageEdit,
    number: u32,
    limits: &Limits,
    profiles: &Profiles,
) -> Result<Slot, Refusal> {
    let (width, height) = render::size(original, edit.page)?;
    let (supply, known) = match shown(document, found, limits, profiles) {
        Some(Shown { stream, candidate, turn }) => {
            let known = candidate.known;
            (Supply::Taken { stream: stream.clone(), candidate, turn, edit: edit.clone() }, known)
        }
        None => {
            let edge = edge(width, height, limits);
            let pixels =
                f64::from(edge) * f64::from(edge) * f64::from(width.min(height) / width.max(height).max(1.0));
            let supply = Supply::Drawn { pdf: original.clone(), page: edit.page, edge, edit: edit.clone() };
            (supply, Known { bytes: pixels * 0.12, edge, quality: 90 })
        }
    };
    let turned = if edit.quarter_turns.is_multiple_of(2) { (width, height) } else { (height, width) };
    let id = document.add_object(Stream::new(Dictionary::new(), Vec::new()));
    let sheet = Sheet::make(document, found.id, id, edit.crop.is_none().then_some(turned));
    Ok(Slot { id, supply, known, sheet: Some(sheet), page: Some(number) })
}

/// Long edge in pixels at which a page of this size in points is drawn: a drawing is an image like others.
#[allow(clippy::cast_precision_loss, reason = "a bound, not a count")]
fn edge(width: f32, height: f32, limits: &Limits) -> u32 {
    let (long, short) = (width.max(height).max(1.0), width.min(height).max(1.0));
    let most = (MOST_PIXELS.min(limits.max_pixels as f32) * long / short).sqrt();
    let wanted = (long * PER_POINT).min(most);
    u32::from((16..LONGEST).find(|edge| f32::from(*edge) >= wanted).unwrap_or(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::edge;
    use crate::Limits;

    #[test]
    fn pages_are_drawn_at_300_dpi_within_bounds() {
        let limits = Limits::default();
        assert_eq!(edge(595.0, 842.0, &limits), 3509);
        assert_eq!(edge(14_400.0, 14_400.0, &limits), 3465);
        assert_eq!(edge(14_400.0, 10.0, &limits), 5000);
        assert_eq!(edge(0.0, 0.0, &limits), 16);
        assert_eq!(edge(595.0, 842.0, &Limits { max_pixels: 400_000, ..limits }), 753);
    }
}
