//! Something hidden or cut off on pages of a PDF: gone from the bytes, everything else as it was.

use documents::{Area, Change, Edit, Limits, PageEdit, Point, Prepared, Quad, Refusal};
use lopdf::{Document, dictionary};

use crate::{hold, made};

const HALF: Area = Area { left: 0, top: 0, width: 5_000, height: 5_000 };
const BLACK: [u8; 3] = [0; 3];

fn edited(source: &[u8], pages: Vec<PageEdit>) -> Result<Prepared, Refusal> {
    let limits = Limits::default();
    let prepared = documents::prepare(source, &Edit { pages }, &limits, &())?;
    hold(&prepared, &limits);
    Ok(prepared)
}

fn plain(page: u32) -> PageEdit {
    PageEdit { page, ..PageEdit::default() }
}

fn hidden(page: u32, quarter_turns: u8) -> PageEdit {
    PageEdit { page, hidden: vec![HALF], quarter_turns, ..PageEdit::default() }
}

fn corners(prepared: &Prepared, page: u32) -> [[u8; 3]; 4] {
    let drawn = documents::render_page(&prepared.bytes, page, 400, &Limits::default()).unwrap();
    made::corners(&made::pixels(&drawn.png))
}

fn assert_corners(prepared: &Prepared, page: u32, expected: [[u8; 3]; 4]) {
    for (found, expected) in corners(prepared, page).into_iter().zip(expected) {
        made::assert_near(found, expected, "quarter");
    }
}

fn picture() -> (Vec<u8>, Vec<u8>) {
    let jpeg = made::jpeg(&made::quarters(600, 800));
    let source = made::pdf(vec![made::jpeg_stream(jpeg.clone(), 600, 800)], |_| {});
    (source, jpeg)
}

#[test]
fn words_under_a_hidden_part_are_gone_and_other_pages_are_untouched() {
    let font = || {
        let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
        dictionary! { "Font" => dictionary! { "F" => font } }
    };
    let kept = b"0 1 0 rg 0 0 595 842 re f BT /F 20 Tf 50 50 Td (STAYS) Tj ET";
    let source = made::pdf(vec![], |document| {
        made::add_page(
            document,
            b"1 0 0 rg 0 0 595 842 re f 0 g BT /F 20 Tf 50 700 Td (SECRET-WORDS) Tj ET",
            font(),
        );
        made::add_page(document, kept, font());
    });
    assert!(made::holds(&made::unpacked(&source), b"SECRET-WORDS"));
    let prepared = edited(&source, vec![hidden(0, 0), plain(1)]).unwrap();
    assert_eq!(
        (prepared.change, prepared.pages, prepared.width, prepared.height),
        (Change::Converted, 2, 595, 842)
    );
    let found = made::unpacked(&prepared.bytes);
    assert!(!made::holds(&found, b"SECRET-WORDS"));
    assert!(made::holds(&found, kept), "the other page's content, byte for byte");
    assert_corners(&prepared, 0, [BLACK, [255, 0, 0], [255, 0, 0], [255, 0, 0]]);
}

#[test]
fn a_page_that_is_one_picture_keeps_its_pixels_but_not_its_bytes() {
    let (source, jpeg) = picture();
    for (quarters, expected) in [
        (0, [BLACK, made::GREEN, made::BLUE, made::YELLOW]),
        (1, [made::YELLOW, BLACK, made::GREEN, made::BLUE]),
    ] {
        let prepared = edited(&source, vec![hidden(0, quarters)]).unwrap();
        assert!(!made::holds(&prepared.bytes, &jpeg[jpeg.len() / 2..]), "the old picture");
        assert_corners(&prepared, 0, expected);
        let document = Document::load_mem(&prepared.bytes).unwrap();
        let sides = document.objects.values().filter_map(|object| {
            let picture = &object.as_stream().ok()?.dict;
            Some((picture.get(b"Width").ok()?.as_i64().ok()?, picture.get(b"Height").ok()?.as_i64().ok()?))
        });
        let expected = if quarters == 0 { (600, 800) } else { (800, 600) };
        assert_eq!(sides.collect::<Vec<_>>(), [expected], "the picture's own pixels");
    }
}

#[test]
fn what_another_page_still_shows_stays() {
    let (source, jpeg) = picture();
    let mut document = Document::load_mem(&source).unwrap();
    let first = document.page_iter().next().unwrap();
    let resources =
        document.get_dictionary(first).unwrap().get(b"Resources").unwrap().as_dict().unwrap().clone();
    made::add_page(&mut document, b"q 595 0 0 842 0 0 cm /P Do Q", resources);
    let mut source = Vec::new();
    document.save_to(&mut source).unwrap();
    let prepared = edited(&source, vec![hidden(0, 0), plain(1)]).unwrap();
    assert!(made::holds(&prepared.bytes, &jpeg[jpeg.len() / 2..]));
    assert_corners(&prepared, 1, made::CORNERS);
}

#[test]
fn places_are_told_on_the_page_as_it_is_shown() {
    let (source, _) = picture();
    let mut document = Document::load_mem(&source).unwrap();
    let page = document.page_iter().next().unwrap();
    document.get_dictionary_mut(page).unwrap().set("Rotate", 90);
    let mut source = Vec::new();
    document.save_to(&mut source).unwrap();
    let prepared = edited(&source, vec![hidden(0, 0)]).unwrap();
    assert_eq!((prepared.width, prepared.height), (842, 595));
    assert_corners(&prepared, 0, [BLACK, made::RED, made::GREEN, made::BLUE]);
}

#[test]
fn a_paper_is_cut_out_of_a_page() {
    let (source, _) = picture();
    let point = |x, y| Point { x, y };
    let crop = |quad| vec![PageEdit { crop: Some(Quad(quad)), ..plain(0) }];
    let left = [point(0, 0), point(5_000, 0), point(5_000, 10_000), point(0, 10_000)];
    let prepared = edited(&source, crop(left)).unwrap();
    assert_eq!((prepared.width, prepared.height), (316, 842), "half as wide");
    assert_corners(&prepared, 0, [made::RED, made::RED, made::YELLOW, made::YELLOW]);
    let crossed = [point(0, 0), point(5_000, 9_000), point(5_000, 0), point(0, 9_000)];
    assert_eq!(edited(&source, crop(crossed)), Err(Refusal::BadEdit));
}

#[test]
fn a_sheet_of_a_scan_is_hidden_too() {
    let sheets = [made::quarters(300, 400), made::quarters(300, 400)];
    let prepared = edited(&made::tiff(&sheets), vec![plain(1), hidden(0, 0)]).unwrap();
    assert_corners(&prepared, 0, made::CORNERS);
    assert_corners(&prepared, 1, [BLACK, made::GREEN, made::BLUE, made::YELLOW]);
}
