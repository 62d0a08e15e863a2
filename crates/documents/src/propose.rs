//! Proposing where to cut: a person confirms or moves the corners.

use std::sync::Arc;

use crate::{
    Limits, Quad, Refusal, guard,
    outline::{self, Outline},
    prepare::admit,
    resize, source_page,
};

/// Long edge of the picture a paper is looked for in, before it is made smaller still, pixels.
const EDGE: u32 = 2 * outline::EDGE;

/// The four corners of the paper on `page` (from 0) of any file [`crate::prepare`] reads, or `None` where no
/// paper is seen surely enough: it fills the page, runs out of it, or hardly differs from the table.
///
/// # Errors
/// [`Refusal::NoSuchPage`], or why the file cannot be read; never a panic, whatever the bytes.
pub fn propose_crop(source: &[u8], page: u32, limits: &Limits) -> Result<Option<Quad>, Refusal> {
    let format = admit(source, limits.max_input_bytes)?;
    let (source, limits) = (Arc::<[u8]>::from(source), *limits);
    guard::run(&(), move |ticket| {
        let picture = source_page::picture(source, format, page, EDGE, &limits, ticket)?;
        let luma = picture.luma();
        let luma = resize::within(&luma.bytes, luma.size(), outline::EDGE)?;
        Ok(Outline::find(&luma).and_then(|outline| outline.proposal()))
    })
}
