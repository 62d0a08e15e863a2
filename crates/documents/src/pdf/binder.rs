//! Several files → one PDF. A JPEG that needs nothing goes in byte for byte, turned by its sheet; pages of PDFs
//! are taken over as they are; everything else is encoded once, from its original.

use std::{rc::Rc, sync::Arc};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{
    Opened,
    bombs::Pictures,
    clean, edit_pages, fitting,
    layers::Layers,
    load, pages,
    render::Original,
    renumber::{shift, shifted},
    slots::{self, Sheet, Sheets, Slot, Supply},
};
use crate::{
    Change, Edit, Format, Limits, PageEdit, Prepared, Refusal, SourceFacts, Stage,
    colour::{Conversion, Space},
    fit::Known,
    geometry,
    guard::Ticket,
    jpeg::{self, Header, Health, Process},
    orientation::Turn,
    prepare::length,
    raster,
    tiff_pages::Pages,
};

/// One of the files, with the number of its first page among all.
struct Source {
    bytes: Arc<[u8]>,
    format: Format,
    first: u32,
    pages: u32,
}

/// Binds readable files into one PDF that fits.
pub(crate) fn bind(
    files: Vec<(Arc<[u8]>, Format)>,
    edit: &Edit,
    limits: &Limits,
    ticket: &Ticket,
) -> Result<Prepared, Refusal> {
    let mut sources = Vec::with_capacity(files.len());
    let mut total = 0_u32;
    for (bytes, format) in files {
        ticket.step(Stage::Reading, 0.05)?;
        let pages = match format {
            Format::Pdf => super::count(&bytes, limits)?,
            Format::Tiff => Pages::read(&bytes, limits)?.count(),
            _ => 1,
        };
        let first = total;
        total = total.saturating_add(pages);
        sources.push(Source { bytes, format, first, pages });
    }
    if total > limits.max_pages {
        return Err(Refusal::TooManyPages { pages: total, max: limits.max_pages });
    }
    let edits = edit.of_pages(total)?;
    let facts = facts(&sources, total, limits)?;
    // JPEGs that cannot all stay as they are need not be copied first.
    let own: u64 = sources
        .iter()
        .filter(|source| source.format == Format::Jpeg)
        .map(|source| length(&source.bytes))
        .sum();
    let mut binder = Binder::new(edits.len(), own <= limits.max_output_bytes);
    for source in sources {
        ticket.step(Stage::Decoding, 0.1)?;
        let last = source.first.saturating_add(source.pages);
        let wanted: Vec<(usize, PageEdit)> = edits
            .iter()
            .enumerate()
            .filter(|(_, edit)| (source.first..last).contains(&edit.page))
            .map(|(place, edit)| (place, PageEdit { page: edit.page - source.first, ..edit.clone() }))
            .collect();
        if !wanted.is_empty() {
            binder.add(&source, wanted, limits, ticket)?;
        }
    }
    binder.finish(facts, limits, ticket)
}

/// The facts of the first file, with the bytes and pages of all.
fn facts(sources: &[Source], pages: u32, limits: &Limits) -> Result<SourceFacts, Refusal> {
    let first = sources.first().ok_or(Refusal::Empty)?;
    let (width, height) = match first.format {
        Format::Pdf => {
            let (_, width, height) = super::render::measure(&Original::from(Arc::clone(&first.bytes)))?;
            (width, height)
        }
        Format::Jpeg => {
            let header = jpeg::read(&first.bytes, limits)?;
            (header.width, header.height)
        }
        format => raster::size(&first.bytes, format, limits)?,
    };
    let size_bytes = sources.iter().map(|source| length(&source.bytes)).fold(0, u64::saturating_add);
    Ok(SourceFacts { format: first.format, size_bytes, width, height, pages })
}

struct Binder {
    document: Document,
    /// The pages of the result; all are there in the end.
    pages: Vec<Option<ObjectId>>,
    slots: Vec<Slot>,
    layers: Layers,
    keep_jpegs: bool,
}

impl Binder {
    fn new(pages: usize, keep_jpegs: bool) -> Self {
        Self {
            document: Document::with_version("1.7"),
            pages: vec![None; pages],
            slots: Vec::new(),
            layers: Layers::default(),
            keep_jpegs,
        }
    }

    fn add(
        &mut self,
        source: &Source,
        wanted: Vec<(usize, PageEdit)>,
        limits: &Limits,
        ticket: &Ticket,
    ) -> Result<(), Refusal> {
        match source.format {
            Format::Pdf => self.add_pdf(&source.bytes, &wanted, limits, ticket),
            Format::Tiff => self.add_sheets(&source.bytes, wanted, limits),
            Format::Jpeg => wanted
                .into_iter()
                .try_for_each(|(place, edit)| self.add_jpeg(&source.bytes, place, edit, limits)),
            format => {
                let size = raster::size(&source.bytes, format, limits)?;
                for (place, edit) in wanted {
                    let supply = Supply::Raster { source: Arc::clone(&source.bytes), format, edit };
                    self.add_slot(place, supply, guess(size));
                }
                Ok(())
            }
        }
    }

    fn add_jpeg(
        &mut self,
        source: &Arc<[u8]>,
        place: usize,
        edit: PageEdit,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        let header = jpeg::read(source, limits)?;
        if self.keep_jpegs && !geometry::changes_pixels(&edit) && needs_nothing(source, &header)? {
            let turn = Turn::from_exif(header.orientation).then_quarters(edit.quarter_turns);
            let space = if header.components == 1 { "DeviceGray" } else { "DeviceRGB" };
            let dict = dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(header.width),
                "Height" => i64::from(header.height), "ColorSpace" => space, "BitsPerComponent" => 8,
                "Filter" => "DCTDecode",
            };
            let id = self.document.add_object(Stream::new(dict, jpeg::without_metadata(source, &header)));
            let page = self.document.new_object_id();
            let sheet = Sheet::make(&mut self.document, page, id, None);
            let (width, height) = turn.size((header.width, header.height));
            sheet.lay_out(&mut self.document, slots::points(width, height), turn);
            self.place(place, page);
            return Ok(());
        }
        let bytes = f64::from(u32::try_from(source.len()).unwrap_or(u32::MAX));
        let known = Known { bytes, edge: header.width.max(header.height), quality: header.quality };
        self.add_slot(place, Supply::Jpeg { source: Arc::clone(source), edit }, known);
        Ok(())
    }

    fn add_sheets(
        &mut self,
        source: &Arc<[u8]>,
        wanted: Vec<(usize, PageEdit)>,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        let file = Rc::new(Sheets { bytes: Arc::clone(source), pages: Pages::read(source, limits)? });
        for (place, edit) in wanted {
            let index = usize::try_from(edit.page).map_err(|_| Refusal::BadEdit)?;
            let size = raster::sheet_size(&file.pages.sheet(source, index), limits)?;
            self.add_slot(place, Supply::Sheet { file: Rc::clone(&file), index, edit }, guess(size));
        }
        Ok(())
    }

    fn add_slot(&mut self, place: usize, supply: Supply, known: Known) {
        let id = self.document.add_object(Stream::new(Dictionary::new(), Vec::new()));
        let page = self.document.new_object_id();
        let sheet = Some(Sheet::make(&mut self.document, page, id, None));
        self.slots.push(Slot { id, supply, known, sheet, page: number(place) });
        self.place(place, page);
    }

    fn place(&mut self, place: usize, page: ObjectId) {
        if let Some(slot) = self.pages.get_mut(place) {
            *slot = Some(page);
        }
    }

    /// Takes over pages of a PDF with all they need; their order is the binder's business.
    fn add_pdf(
        &mut self,
        source: &Arc<[u8]>,
        wanted: &[(usize, PageEdit)],
        limits: &Limits,
        ticket: &Ticket,
    ) -> Result<(), Refusal> {
        let original = Original::from(Arc::clone(source));
        let Opened { mut document, facts, signed, .. } =
            super::opened(&original, Pictures::Headers, limits, ticket)?;
        if signed {
            super::unsigned(&mut document)?;
        }
        clean::strip(&mut document);
        let edits: Vec<PageEdit> = wanted.iter().map(|(_, edit)| edit.clone()).collect();
        let mut slots = edit_pages(&mut document, &original, &edits, facts.pages, limits, ticket)?;
        let by = self.document.max_id;
        for ((place, _), found) in wanted.iter().zip(pages::find(&mut document)) {
            pages::settle(&mut document, &found)?;
            self.place(*place, shifted(found.id, by));
        }
        for slot in &mut slots {
            slot.id = shifted(slot.id, by);
            // So far it is the number among those taken over.
            let among = slot.page.and_then(|page| usize::try_from(page).ok()?.checked_sub(1));
            slot.page = among.and_then(|among| wanted.get(among)).and_then(|(place, _)| number(*place));
            if let Some(sheet) = &mut slot.sheet {
                (sheet.page, sheet.content) = (shifted(sheet.page, by), shifted(sheet.content, by));
            }
        }
        self.slots.append(&mut slots);
        self.layers.take(&document, by);
        self.document.max_id = by.saturating_add(document.max_id);
        for (id, mut object) in document.objects {
            shift(&mut object, by);
            self.document.objects.insert(shifted(id, by), object);
        }
        Ok(())
    }

    fn finish(mut self, facts: SourceFacts, limits: &Limits, ticket: &Ticket) -> Result<Prepared, Refusal> {
        let tree = self.document.new_object_id();
        let kids: Option<Vec<ObjectId>> = self.pages.iter().copied().collect();
        let kids = kids.ok_or(Refusal::Damaged)?;
        let pages = u32::try_from(kids.len()).map_err(|_| Refusal::BadEdit)?;
        for page in &kids {
            self.document.get_dictionary_mut(*page).map_err(|_| Refusal::Damaged)?.set("Parent", tree);
        }
        let kids: Vec<Object> = kids.into_iter().map(Object::from).collect();
        let root = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => i64::from(pages) };
        self.document.objects.insert(tree, root.into());
        let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => tree };
        if let Some(layers) = self.layers.properties() {
            catalog.set("OCProperties", layers);
        }
        let catalog = self.document.add_object(catalog);
        self.document.trailer.set("Root", catalog);
        self.document.prune_objects();
        if self.slots.is_empty() && load::may_fit(&self.document, limits.max_output_bytes) {
            let bytes = load::save(&mut self.document, limits.max_output_bytes)?;
            if length(&bytes) <= limits.max_output_bytes {
                return super::finished(bytes, Change::Converted, pages, facts, limits, ticket);
            }
        }
        let fitted = fitting::fit(self.document, self.slots, pages, limits, ticket)?;
        let change = if fitted.smaller { Change::Shrunk } else { Change::Converted };
        let mut prepared = super::finished(fitted.bytes, change, pages, facts, limits, ticket)?;
        super::tell_broken(&mut prepared, fitted.broken);
        Ok(prepared)
    }
}

/// The number of the page at this place, from 1.
fn number(place: usize) -> Option<u32> {
    u32::try_from(place).ok()?.checked_add(1)
}

/// Whether a viewer shows the JPEG's own bytes as they should be shown, but for its turn. A broken one is encoded anew,
/// so that what is missing of it is noticed.
fn needs_nothing(bytes: &[u8], header: &Header) -> Result<bool, Refusal> {
    let space = if header.components == 1 { Space::Gray } else { Space::Rgb };
    let plain = header.ended
        && header.process == Process::Common
        && header.components != 4
        && header.icc.as_deref().is_none_or(|icc| Conversion::from_profile(icc, space).is_none());
    Ok(plain && jpeg::health(bytes, header)? == Health::Sound)
}

/// What a lossless picture of this size might weigh as a JPEG; the first encode corrects it.
fn guess((width, height): (u32, u32)) -> Known {
    Known { bytes: f64::from(width) * f64::from(height) * 0.2, edge: width.max(height), quality: 90 }
}
