//! Showing pages, through hayro. Text without its font is drawn in a built-in Latin one.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings, hayro_interpret::InterpreterSettings, hayro_syntax::Pdf,
    vello_cpu::color::palette::css::WHITE,
};
use image::{DynamicImage, RgbImage};

use super::{bombs::Pictures, weight};
use crate::{
    Limits, Page, Refusal,
    colour::on_white,
    guard::Ticket,
    picture::{Picture, Ready},
    render::encode_png,
    thumbnail::of_picture,
};

/// Long edge at which the thumbnail's page is drawn; the thumbnail itself is smaller.
const THUMBNAIL: u32 = 640;
/// Longer side of a page in points: PDF's own bound (ISO 32000, annex C).
const MAX_POINTS: f32 = 14_400.0;

/// The bytes of a file, shared with the reader instead of copied for it.
#[derive(Clone)]
pub(super) enum Original {
    Given(Arc<[u8]>),
    Made(Arc<Vec<u8>>),
}

impl AsRef<[u8]> for Original {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Given(bytes) => bytes,
            Self::Made(bytes) => bytes,
        }
    }
}

impl From<Arc<[u8]>> for Original {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self::Given(bytes)
    }
}

impl From<Arc<Vec<u8>>> for Original {
    fn from(bytes: Arc<Vec<u8>>) -> Self {
        Self::Made(bytes)
    }
}

fn open(original: &Original) -> Result<Pdf, Refusal> {
    Pdf::new(Arc::new(original.clone())).map_err(|_| Refusal::Damaged)
}

/// Number of pages, and size of the first one in points as shown.
pub(super) fn measure(original: &Original) -> Result<(u32, u32, u32), Refusal> {
    let pdf = open(original)?;
    let pages = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    let (width, height) = pdf.pages().first().ok_or(Refusal::Damaged)?.render_dimensions();
    Ok((pages, points(width)?, points(height)?))
}

/// Width and height of a page (from 0) as shown, points.
pub(super) fn size(original: &Original, page: u32) -> Result<(f32, f32), Refusal> {
    let pdf = open(original)?;
    let index = usize::try_from(page).map_err(|_| Refusal::Damaged)?;
    let (width, height) = pdf.pages().get(index).ok_or(Refusal::Damaged)?.render_dimensions();
    points(width).and(points(height))?;
    Ok((width, height))
}

fn points(side: f32) -> Result<u32, Refusal> {
    if !side.is_finite() || !(0.0..=MAX_POINTS).contains(&side) {
        return Err(Refusal::Damaged);
    }
    // Counting up to the side avoids a cast; pages are at most 14 400 points long.
    Ok((1..=14_400_u16).find(|whole| f32::from(*whole) + 0.5 > side).map_or(14_400, u32::from))
}

/// Draws `page` (from 0) of a fit file with the given long edge.
pub(crate) fn render(
    bytes: Arc<[u8]>,
    page: u32,
    long_edge: u32,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Page, Refusal> {
    let original = Original::from(bytes);
    let pages = super::judged(&original, limits, ticket)?.0.pages;
    show(&original, page, pages, long_edge)
}

/// The same of a file as a person has it, judged as [`super::prepare`] judges it: what would be taken out of it does
/// not keep it from being looked at, and nothing of it runs.
pub(crate) fn render_source(
    bytes: Arc<[u8]>,
    page: u32,
    long_edge: u32,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Page, Refusal> {
    let original = Original::from(bytes);
    let pages = super::opened(&original, Pictures::Whole, limits, ticket)?.facts.pages;
    show(&original, page, pages, long_edge)
}

fn show(original: &Original, page: u32, pages: u32, long_edge: u32) -> Result<Page, Refusal> {
    if page >= pages {
        return Err(Refusal::NoSuchPage { page, pages });
    }
    let (rgb, width, height) = affordable(original, page, long_edge)?;
    let image =
        RgbImage::from_raw(width, height, rgb).map(DynamicImage::ImageRgb8).ok_or(Refusal::Damaged)?;
    Ok(Page { png: encode_png(&image)?, width, height })
}

/// Smaller where that takes too much memory: a page that is hard to read is better than none.
fn affordable(original: &Original, page: u32, long_edge: u32) -> Result<(Vec<u8>, u32, u32), Refusal> {
    let smaller = [2048, 1280, THUMBNAIL].into_iter().filter(|edge| *edge < long_edge);
    let mut drawn = draw(original, page, long_edge);
    for edge in smaller {
        if drawn != Err(Refusal::TooComplex) {
            break;
        }
        drawn = draw(original, page, edge);
    }
    drawn
}

/// JPEG of page 1. A page that a decoder or the renderer stumbles over shows as a blank sheet: the file itself has been
/// judged by then, and other viewers may well show it.
pub(super) fn thumbnail(
    original: &Original,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    go_on()?;
    let drawn = catch_unwind(AssertUnwindSafe(|| draw(original, 0, THUMBNAIL)));
    let (rgb, width, height) = match drawn {
        Ok(Ok(drawn)) => drawn,
        _ => (vec![255; 226 * 320 * 3], 226, 320),
    };
    of_picture(Picture { width, height, pixels: Ready::Rgb(rgb) }).map(|thumbnail| thumbnail.jpeg)
}

/// RGB pixels of a page (from 0) with the given long edge, and their width and height.
pub(super) fn draw(original: &Original, page: u32, long_edge: u32) -> Result<(Vec<u8>, u32, u32), Refusal> {
    let pdf = open(original)?;
    let index = usize::try_from(page).map_err(|_| Refusal::Damaged)?;
    let page = pdf.pages().get(index).ok_or(Refusal::Damaged)?;
    let (width, height) = page.render_dimensions();
    // Also refuses sides that are not numbers.
    points(width).and(points(height))?;
    let (width, height) = (width.max(1.0), height.max(1.0));
    let edge = f32::from(u16::try_from(long_edge).unwrap_or(u16::MAX));
    let scale = edge / width.max(height);
    // The renderer cuts fractions off: a little more than a whole pixel stays a whole pixel.
    let stretch = |side: f32| ((side * scale).round().max(1.0) + 0.01) / side;
    let (x_scale, y_scale) = (stretch(width), stretch(height));
    weight::refuse(page, (x_scale, y_scale), (width * x_scale, height * y_scale))?;
    let settings = PixmapSettings { x_scale, y_scale, bg_color: WHITE };
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    Ok((on_white(pixmap.data_as_u8_slice()), width, height))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lopdf::{Document, Object, dictionary};

    use super::{Original, thumbnail};
    use crate::Refusal;

    fn sheet() -> Original {
        let mut document = Document::with_version("1.5");
        let tree = document.new_object_id();
        let area: Vec<Object> = [0, 0, 300, 200].map(Object::from).into();
        let page =
            document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "MediaBox" => area });
        let kids = vec![Object::Reference(page)];
        let root = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 1 };
        document.objects.insert(tree, root.into());
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).expect("into memory");
        Original::from(Arc::new(bytes))
    }

    #[test]
    fn a_page_without_a_picture_is_drawn() {
        let made = thumbnail(&sheet(), &|| Ok(())).expect("drawn");
        let drawn = turbojpeg::read_header(&made).expect("a JPEG");
        assert_eq!((drawn.width, drawn.height), (320, 214));
    }

    #[test]
    fn nothing_is_drawn_for_somebody_who_left() {
        let made = thumbnail(&sheet(), &|| Err(Refusal::Cancelled));
        assert_eq!(made, Err(Refusal::Cancelled));
    }
}
