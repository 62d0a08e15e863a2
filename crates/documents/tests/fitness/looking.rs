//! What is hard to read in a document of several pages is told with its page, wherever the page came from. The
//! measures themselves are tested where they are (`legibility`).

use std::sync::Arc;

use documents::{Change, Edit, Finding, Limits, PageEdit, PageFinding, Prepared};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use lopdf::{Stream, dictionary};

use crate::{hold, made, prepare};

/// Nothing stands out in it.
fn good() -> RgbImage {
    made::sheet(1600, 1200, 1)
}

fn night() -> RgbImage {
    RgbImage::from_fn(1200, 900, |x, _| Rgb([(x % 40) as u8; 3]))
}

fn scan(picture: &RgbImage) -> Stream {
    made::jpeg_stream(made::jpeg(picture), picture.width(), picture.height())
}

fn edited(source: &[u8], edit: &Edit, limits: &Limits) -> Prepared {
    let prepared = documents::prepare(source, edit, limits, &()).unwrap();
    hold(&prepared, limits);
    prepared
}

#[test]
fn photos_that_are_bound_are_judged_one_by_one() {
    let small = DynamicImage::ImageRgb8(made::sheet(640, 480, 8));
    let kept = made::jpeg(&night());
    let files = [
        made::jpeg(&good()),
        kept.clone(),
        made::raster(&small, ImageFormat::Png),
        made::tiff(&[good(), night()]),
    ];
    let sources = files.iter().map(|file| Arc::from(file.as_slice())).collect();
    let limits = Limits::default();
    let prepared = documents::bind(sources, &Edit::default(), &limits, &()).unwrap();
    hold(&prepared, &limits);
    assert!(made::holds(&prepared.bytes, &kept), "byte for byte, and judged nevertheless");
    let small = Finding::TooSmall { long_edge: 640 };
    assert_eq!(prepared.findings, [Finding::Dark.on(2), small.on(3), Finding::Dark.on(5)]);
}

#[test]
fn scans_inside_a_pdf_are_judged_and_text_is_not() {
    let source = made::pdf(vec![scan(&good()), scan(&night())], |document| {
        let black = b"0 g 0 0 595 842 re f BT /F 9 Tf (words) Tj ET";
        made::add_page(document, black, dictionary! {});
    });
    let kept = prepare(&source).unwrap();
    assert_eq!((kept.change, kept.pages), (Change::Kept, 3));
    assert_eq!(kept.findings, [Finding::Dark.on(2)]);

    let limits = Limits::default();
    let order = [2, 1, 0].map(|page| PageEdit { page, ..PageEdit::default() });
    let turned_over = edited(&source, &Edit { pages: order.into() }, &limits);
    assert_eq!(turned_over.findings, [Finding::Dark.on(2)]);
    let last = Edit { pages: vec![PageEdit { page: 1, ..PageEdit::default() }] };
    assert_eq!(edited(&source, &last, &limits).findings, [Finding::Dark.on(1)], "as handed in");

    let less = Limits { max_output_bytes: source.len() as u64 * 6 / 10, ..limits };
    let shrunk = edited(&source, &Edit::default(), &less);
    assert_eq!(shrunk.change, Change::Shrunk);
    assert!(shrunk.findings.contains(&Finding::Dark.on(2)), "{:?}", shrunk.findings);
    assert!(shrunk.findings.iter().all(|found| found.page < 3), "{:?}", shrunk.findings);
}

/// A scan lies as its page shows it, not as its bytes do.
#[test]
fn a_page_on_its_head_is_told_as_it_is_shown() {
    let papers = testkit::photographs::flat_papers();
    let (_, letter) = papers.into_iter().find(|(name, _)| *name == "letter").unwrap();
    let letter = DynamicImage::ImageLuma8(letter).into_rgb8();
    let source = |degrees: i64| {
        made::pdf(vec![scan(&good()), scan(&letter)], |document| {
            let page = document.page_iter().nth(1).unwrap();
            document.get_dictionary_mut(page).unwrap().set("Rotate", degrees);
        })
    };
    let turns = |found: &PageFinding| match found.finding {
        Finding::NotUpright { quarter_turns } => Some((found.page, quarter_turns)),
        _ => None,
    };
    let told =
        |degrees| prepare(&source(degrees)).unwrap().findings.iter().filter_map(turns).collect::<Vec<_>>();
    assert_eq!(told(0), []);
    assert_eq!(told(180), [(2, 2)]);
}

/// A person waits: of a book the first thirty pages are looked at.
#[test]
fn a_book_is_not_looked_at_to_its_end() {
    let sheet = made::sheet(300, 400, 1);
    let pages = 34;
    let source = made::pdf(vec![scan(&sheet); pages], |_| {});
    let prepared = prepare(&source).unwrap();
    let small = |found: &&PageFinding| matches!(found.finding, Finding::TooSmall { .. });
    let told: Vec<u32> = prepared.findings.iter().filter(small).map(|found| found.page).collect();
    assert_eq!(told, (1..=30).collect::<Vec<_>>());
}
