//! A page as a PNG, for the preview on the desk and the reviewer's screen.

use std::{io::Cursor, sync::Arc};

use image::{
    DynamicImage, GrayImage, ImageFormat, RgbImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use crate::{
    Format, Limits, Refusal, guard, jpeg, pdf,
    picture::{Picture, Ready},
    prepare::admit,
    source_page,
};

/// Long edges one may ask for, pixels.
const EDGES: std::ops::RangeInclusive<u32> = 16..=4096;

/// A rendered page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// PNG, 8 bit gray or RGB(A).
    pub png: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Renders `page` (from 0) of a fit JPEG or PDF so that its longer side has `long_edge` pixels (clamped to
/// 16–4096; a JPEG is never enlarged).
///
/// # Errors
/// [`Refusal::NoSuchPage`], or why the file cannot be read; never a panic, whatever the bytes.
pub fn render_page(bytes: &[u8], page: u32, long_edge: u32, limits: &Limits) -> Result<Page, Refusal> {
    let format = admit(bytes, limits.max_input_bytes)?;
    let (bytes, limits) = (Arc::<[u8]>::from(bytes), *limits);
    let long_edge = long_edge.clamp(*EDGES.start(), *EDGES.end());
    match format {
        Format::Jpeg if page > 0 => Err(Refusal::NoSuchPage { page, pages: 1 }),
        Format::Jpeg => guard::run(&(), move |_| render_jpeg(&bytes, long_edge, &limits)),
        Format::Pdf => guard::run(&(), move |ticket| pdf::render(bytes, page, long_edge, &limits, ticket)),
        other => Err(Refusal::Unsupported { format: other }),
    }
}

/// Renders `page` (from 0) of any file [`crate::prepare`] reads, upright by what the file itself says and before
/// any edit, so that its longer side has `long_edge` pixels (clamped to 16–4096; only a PDF is ever enlarged).
///
/// # Errors
/// [`Refusal::NoSuchPage`], or why the file cannot be read; never a panic, whatever the bytes.
pub fn render_source(source: &[u8], page: u32, long_edge: u32, limits: &Limits) -> Result<Page, Refusal> {
    let format = admit(source, limits.max_input_bytes)?;
    let (source, limits) = (Arc::<[u8]>::from(source), *limits);
    let long_edge = long_edge.clamp(*EDGES.start(), *EDGES.end());
    guard::run(&(), move |ticket| match format {
        Format::Pdf => pdf::render_source(source, page, long_edge, &limits, ticket),
        other => png(source_page::picture(source, other, page, long_edge, &limits, ticket)?),
    })
}

fn render_jpeg(bytes: &[u8], long_edge: u32, limits: &Limits) -> Result<Page, Refusal> {
    let header = jpeg::read(bytes, limits)?;
    png(jpeg::shown(bytes, &header, long_edge)?)
}

fn png(picture: Picture) -> Result<Page, Refusal> {
    let Picture { width, height, pixels } = picture;
    let image = match pixels {
        Ready::Gray(gray) => GrayImage::from_raw(width, height, gray).map(DynamicImage::ImageLuma8),
        Ready::Rgb(rgb) => RgbImage::from_raw(width, height, rgb).map(DynamicImage::ImageRgb8),
        Ready::Yuv { .. } | Ready::Fine(_) => None,
    };
    let image = image.ok_or(Refusal::Damaged)?;
    Ok(Page { png: encode_png(&image)?, width, height })
}

pub(crate) fn encode_png(image: &DynamicImage) -> Result<Vec<u8>, Refusal> {
    let mut png = Cursor::new(Vec::new());
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive);
    image.write_with_encoder(encoder).map_err(|_| Refusal::TooComplex)?;
    debug_assert!(image::guess_format(png.get_ref()).is_ok_and(|format| format == ImageFormat::Png));
    Ok(png.into_inner())
}
