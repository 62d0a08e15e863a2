//! Hiding, cropping and turning: what a person asked for, done to decoded pixels in one resampling.
//!
//! Order: hide → crop with perspective taken out → resize → turn. Corners are told on the upright page
//! ([`crate::Quad`]); they are carried back to the pixels as stored, so that turning and mirroring cost
//! nothing of their own.

mod corners;
mod hide;
mod homography;
mod region;
mod warp;

#[cfg(test)]
mod tests;

pub(crate) use corners::Frame;

use crate::{
    PageEdit, Quad, Refusal,
    orientation::Turn,
    picture::{Decoded, Picture},
    resize,
};

/// Whether an edit changes more than which way is up: then a file's own bytes can never be kept.
pub(crate) fn changes_pixels(edit: &PageEdit) -> bool {
    edit.crop.is_some_and(|crop| crop != Quad::PAGE) || !edit.hidden.is_empty()
}

/// Makes the edited picture with the given long edge (never more than the decoded pixels give). `turn` is
/// how the file itself says it lies; the person's quarter turns come on top.
///
/// What is hidden is painted over in `decoded` itself, so no later step can see it.
pub(crate) fn ready(
    decoded: &mut Decoded,
    long_edge: u32,
    turn: Turn,
    edit: &PageEdit,
) -> Result<Picture, Refusal> {
    let frame = Frame::new((decoded.width, decoded.height), turn, edit)?;
    hide::paint(decoded, turn, &edit.hidden)?;
    let turned = turn.then_quarters(edit.quarter_turns);
    if frame.is_whole() {
        return resize::ready(decoded, long_edge, turned);
    }
    if let Some(rectangle) = frame.rectangle() {
        let size = region::size(decoded, (rectangle.width(), rectangle.height()), long_edge);
        let part = region::cut(decoded, rectangle, size)?;
        return resize::ready(&part, u32::MAX, turned);
    }
    let flat = warp::flat(decoded, &frame, long_edge)?;
    resize::ready(&flat, u32::MAX, Turn::UPRIGHT)
}
