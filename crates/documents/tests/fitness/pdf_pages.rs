//! Pages of PDFs and TIFFs put in another order, left out and turned.

use documents::{Change, Edit, Kind, Limits, PageEdit, Prepared, Refusal};
use lopdf::{Document, Object, dictionary};

use crate::{hold, made};

const COLOURS: [[u8; 3]; 4] = made::CORNERS;

fn pages(order: &[(u32, u8)]) -> Edit {
    let page = |&(page, quarter_turns)| PageEdit { page, quarter_turns, ..PageEdit::default() };
    Edit { pages: order.iter().map(page).collect() }
}

fn edited(source: &[u8], edit: &Edit) -> Result<Prepared, Refusal> {
    let limits = Limits::default();
    let prepared = documents::prepare(source, edit, &limits, &())?;
    hold(&prepared, &limits);
    Ok(prepared)
}

/// Four pages, each of one colour; the third inherits its turn and all of them their size.
fn coloured(more: impl FnOnce(&mut Document)) -> Vec<u8> {
    let sheets = COLOURS.map(|colour| {
        let image = image::RgbImage::from_pixel(300, 400, image::Rgb(colour));
        made::jpeg_stream(made::jpeg(&image), 300, 400)
    });
    made::pdf(sheets.to_vec(), |document| {
        let pages: Vec<_> = document.page_iter().collect();
        let tree = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
        let inner = document.new_object_id();
        for page in &pages {
            document.get_dictionary_mut(*page).unwrap().remove(b"MediaBox");
        }
        document.get_dictionary_mut(pages[2]).unwrap().set("Parent", inner);
        document.objects.insert(
            inner,
            Object::Dictionary(dictionary! {
                "Type" => "Pages", "Kids" => vec![pages[2].into()], "Count" => 1, "Parent" => tree, "Rotate" => 90,
            }),
        );
        let root = document.get_dictionary_mut(tree).unwrap();
        root.set("MediaBox", vec![0.into(), 0.into(), 595.into(), 842.into()]);
        root.set("Kids", vec![pages[0].into(), pages[1].into(), inner.into(), pages[3].into()]);
        more(document);
    })
}

fn assert_pages(prepared: &Prepared, expected: &[[u8; 3]]) {
    assert_eq!(prepared.pages as usize, expected.len());
    for (page, colour) in expected.iter().enumerate() {
        let drawn = documents::render_page(&prepared.bytes, page as u32, 90, &Limits::default()).unwrap();
        made::assert_near(made::pixels(&drawn.png).get_pixel(30, 30).0, *colour, &format!("page {page}"));
    }
}

#[test]
fn another_order_and_fewer_pages() {
    let source = coloured(|_| {});
    let prepared = edited(&source, &pages(&[(3, 0), (2, 0), (0, 1)])).unwrap();
    assert_eq!((prepared.kind, prepared.change, prepared.source.pages), (Kind::Pdf, Change::Converted, 4));
    assert_pages(&prepared, &[COLOURS[3], COLOURS[2], COLOURS[0]]);
    let sizes: Vec<_> = (0..3)
        .map(|page| documents::render_page(&prepared.bytes, page, 842, &Limits::default()).unwrap())
        .map(|page| (page.width, page.height))
        .collect();
    assert_eq!(sizes, [(595, 842), (842, 595), (842, 595)], "inherited and asked-for turns");
    // All of them as they came: the same bytes.
    let kept = edited(&source, &pages(&[(0, 0), (1, 0), (2, 0), (3, 4)])).unwrap();
    assert_eq!((kept.change, kept.bytes == source), (Change::Kept, true));
}

#[test]
fn a_page_that_is_left_out_is_gone_from_the_bytes() {
    let source = coloured(|document| {
        let pages: Vec<_> = document.page_iter().collect();
        let (first, second) = (pages[0], pages[1]);
        let mut field = |page: lopdf::ObjectId, words: &str| {
            let field = document.add_object(dictionary! {
                "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx", "T" => Object::string_literal("a"),
                "V" => Object::string_literal(words), "P" => page,
                "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
            });
            document.get_dictionary_mut(page).unwrap().set("Annots", vec![field.into()]);
            Object::Reference(field)
        };
        let (stays, goes) = (field(first, "STAYS-HERE"), field(second, "SECRET-FIELD"));
        let parent = document.add_object(dictionary! {
            "Kids" => vec![goes], "T" => Object::string_literal("p"), "V" => Object::string_literal("SECRET-PARENT"),
        });
        let title = dictionary! { "Title" => Object::string_literal("SECRET-TITLE"), "Dest" => vec![second.into(), "Fit".into()] };
        let title = document.add_object(title);
        let words = document.add_object(dictionary! { "S" => "P", "Pg" => second, "ActualText" => Object::string_literal("SECRET-WORDS") });
        let catalog = made::catalog(document);
        catalog.set("AcroForm", dictionary! { "Fields" => vec![stays, parent.into()] });
        catalog.set("Outlines", dictionary! { "First" => title, "Last" => title });
        catalog.set("StructTreeRoot", dictionary! { "K" => vec![words.into()] });
    });
    let green = made::jpeg(&image::RgbImage::from_pixel(300, 400, image::Rgb(COLOURS[1])));
    let holds = |bytes: &[u8], part: &[u8]| memchr::memmem::find(bytes, part).is_some();
    assert!(holds(&source, &green) && holds(&source, b"SECRET-FIELD"));
    let prepared = edited(&source, &pages(&[(2, 0), (0, 0), (3, 0)])).unwrap();
    assert_pages(&prepared, &[COLOURS[2], COLOURS[0], COLOURS[3]]);
    assert!(!holds(&prepared.bytes, &green), "the picture of the page that was left out");
    assert!(!holds(&prepared.bytes, b"SECRET"), "words of the page that was left out");
    assert!(holds(&prepared.bytes, b"STAYS-HERE"), "the field on a page that stays");
}

#[test]
fn edits_that_cannot_be_meant_are_refused() {
    let source = coloured(|_| {});
    for wrong in [&[(4, 0)][..], &[(0, 0), (1, 0), (0, 0)]] {
        assert_eq!(edited(&source, &pages(wrong)), Err(Refusal::BadEdit));
    }
    let sheets = [1, 2].map(|seed| made::sheet(300, 400, seed));
    assert_eq!(edited(&made::tiff(&sheets), &pages(&[(2, 0)])), Err(Refusal::BadEdit));
}

#[test]
fn a_scan_of_several_sheets_takes_edits_too() {
    let sheets = COLOURS.map(|colour| image::RgbImage::from_pixel(300, 400, image::Rgb(colour)));
    let prepared = edited(&made::tiff(&sheets), &pages(&[(2, 1), (0, 0)])).unwrap();
    assert_pages(&prepared, &[COLOURS[2], COLOURS[0]]);
    assert_eq!((prepared.width, prepared.height, prepared.source.pages), (842, 632, 4));
}

#[test]
fn pages_are_counted_in_every_file() {
    let limits = Limits::default();
    assert_eq!(documents::page_count(&coloured(|_| {}), &limits), Ok(4));
    let sheets = [1, 2, 3].map(|seed| made::sheet(30, 40, seed));
    assert_eq!(documents::page_count(&made::tiff(&sheets), &limits), Ok(3));
    assert_eq!(documents::page_count(&made::jpeg(&sheets[0]), &limits), Ok(1));
    assert_eq!(documents::page_count(b"", &limits), Err(Refusal::Empty));
    let locked = include_bytes!("../fixtures/locked-for-opening.pdf");
    assert_eq!(documents::page_count(locked, &limits), Err(Refusal::EncryptedPdf));
}
