//! Pictures → one PDF, a JPEG on each page, at one common size and quality.

use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};

use super::ladder::{Budget, climb};
use crate::{
    Change, Edit, Format, Limits, PageEdit, Prepared, Refusal, Stage,
    fit::Known,
    guard::Ticket,
    jpeg::{self, Chroma},
    picture::Ready,
    prepare::{facts, length},
    raster, resize,
    tiff_pages::Pages,
};

/// Longer side of a page in points: A4's.
const LONG_SIDE: f32 = 842.0;
/// Bytes of the objects around each picture, generously.
const AROUND: u64 = 700;

/// A page's picture, encoded.
struct Sheet {
    jpeg: Vec<u8>,
    width: u32,
    height: u32,
    gray: bool,
}

/// A TIFF of several pages → a PDF.
pub(crate) fn from_tiff(
    mut source: Vec<u8>,
    pages: &Pages,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let edits = edit.of_pages(pages.count())?;
    let count = u32::try_from(edits.len()).map_err(|_| Refusal::BadEdit)?;
    let mut known = Vec::with_capacity(edits.len());
    pages.show(&mut source, 0);
    let size = raster::size(&source, Format::Tiff, limits)?;
    for edit in &edits {
        pages.show(&mut source, index(edit));
        let (width, height) = raster::size(&source, Format::Tiff, limits)?;
        let bytes = f64::from(width) * f64::from(height) * 0.2;
        known.push(Known { bytes, edge: width.max(height), quality: 90 });
    }
    let facts = facts(Format::Tiff, &source, size, pages.count());
    let around = AROUND * (u64::from(count) + 1);
    let budget = Budget { pictures: &known, bytes: limits.max_output_bytes.saturating_sub(around) };
    let mut smallest = u64::MAX;
    let outcome = climb(&budget, |step| {
        let mut sheets = Vec::with_capacity(edits.len());
        for edit in &edits {
            ticket.step(Stage::Fitting, 0.5)?;
            pages.show(&mut source, index(edit));
            let raster = raster::decode(&source, Format::Tiff, limits)?;
            let turn = raster.turn.then_quarters(edit.quarter_turns);
            let picture = resize::ready(&raster.decoded, step.edge, turn)?;
            let jpeg = jpeg::encode(&picture, step.quality, Chroma::Quarter)?;
            let gray = matches!(picture.pixels, Ready::Gray(_));
            sheets.push(Sheet { jpeg, width: picture.width, height: picture.height, gray });
        }
        let total = sheets.iter().map(|sheet| length(&sheet.jpeg)).fold(0, u64::saturating_add);
        smallest = smallest.min(total);
        Ok((sheets, total))
    })?;
    let max = limits.max_output_bytes;
    let (sheets, step) =
        outcome.ok_or(Refusal::CannotFit { bytes: smallest.saturating_add(around), max, pages: count })?;
    let smaller = known.iter().any(|page| page.edge > step.edge);
    let change = if smaller { Change::Shrunk } else { Change::Converted };
    super::finished(bind(&sheets), change, count, facts, limits, ticket)
}

fn index(edit: &PageEdit) -> usize {
    usize::try_from(edit.page).unwrap_or(usize::MAX)
}

fn bind(sheets: &[Sheet]) -> Vec<u8> {
    let reference = |number: usize| Ref::new(i32::try_from(number).unwrap_or(i32::MAX));
    let (catalog, tree) = (reference(1), reference(2));
    let page_ref = |index: usize| reference(3 + 3 * index);
    let picture_ref = |index: usize| reference(4 + 3 * index);
    let content_ref = |index: usize| reference(5 + 3 * index);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree)
        .kids((0..sheets.len()).map(page_ref))
        .count(i32::try_from(sheets.len()).unwrap_or(i32::MAX));
    for (index, sheet) in sheets.iter().enumerate() {
        let (width, height) = points(sheet.width, sheet.height);
        let mut page = pdf.page(page_ref(index));
        page.media_box(Rect::new(0.0, 0.0, width, height)).parent(tree).contents(content_ref(index));
        page.resources().x_objects().pair(Name(b"P"), picture_ref(index));
        page.finish();
        let mut picture = pdf.image_xobject(picture_ref(index), &sheet.jpeg);
        picture.filter(Filter::DctDecode);
        picture.width(i32::try_from(sheet.width).unwrap_or(i32::MAX));
        picture.height(i32::try_from(sheet.height).unwrap_or(i32::MAX));
        if sheet.gray {
            picture.color_space().device_gray();
        } else {
            picture.color_space().device_rgb();
        }
        picture.bits_per_component(8);
        picture.finish();
        let mut content = Content::new();
        content
            .save_state()
            .transform([width, 0.0, 0.0, height, 0.0, 0.0])
            .x_object(Name(b"P"))
            .restore_state();
        pdf.stream(content_ref(index), &content.finish());
    }
    pdf.finish()
}

/// Size of the page in points: the long side is A4's.
fn points(width: u32, height: u32) -> (f32, f32) {
    // Sides are at most 20 000: a u16 holds them, and a float holds that exactly.
    let side = |side: u32| f32::from(u16::try_from(side).unwrap_or(u16::MAX));
    let scale = LONG_SIDE / side(width.max(height)).max(1.0);
    (side(width) * scale, side(height) * scale)
}
