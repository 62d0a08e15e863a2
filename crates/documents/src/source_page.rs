//! A page of any readable file as a picture, upright and before any edit: what the editor shows, and where
//! papers are looked for.

use std::sync::Arc;

use crate::{
    Format, Limits, Refusal,
    guard::Ticket,
    jpeg, pdf,
    picture::{Picture, Ready},
    raster, resize, tiff_pages,
};

/// Draws `page` (from 0) with a long edge of at most `long_edge`; a PDF's page has exactly that.
pub(crate) fn picture(
    source: Arc<[u8]>,
    format: Format,
    page: u32,
    long_edge: u32,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Picture, Refusal> {
    let only = |pages: u32| if page < pages { Ok(()) } else { Err(Refusal::NoSuchPage { page, pages }) };
    match format {
        Format::Pdf => {
            let page = pdf::render_source(source, page, long_edge, limits, ticket)?;
            let rgb = image::load_from_memory(&page.png).map_err(|_| Refusal::Damaged)?.into_rgb8();
            Ok(Picture { width: page.width, height: page.height, pixels: Ready::Rgb(rgb.into_raw()) })
        }
        Format::Jpeg => {
            only(1)?;
            let header = jpeg::read(&source, limits)?;
            jpeg::shown(&source, &header, long_edge)
        }
        other if !other.is_read() => Err(Refusal::Unsupported { format: other }),
        other => {
            let raster = if other == Format::Tiff {
                let pages = tiff_pages::Pages::read(&source, limits)?;
                only(pages.count())?;
                let sheet = pages.sheet(&source, usize::try_from(page).unwrap_or(0));
                raster::decode_sheet(&sheet, long_edge, limits, &|| ticket.go_on())?
            } else {
                only(1)?;
                raster::decode_to(&source, other, long_edge, limits, &|| ticket.go_on())?
            };
            resize::ready(&raster.decoded, long_edge, raster.turn)
        }
    }
}
