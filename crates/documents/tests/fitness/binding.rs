//! Several files bound into one PDF.

use std::sync::Arc;

use documents::{
    Area, Change, Edit, Finding, Format, Kind, Limits, PageEdit, PageFinding, Point, Prepared, Quad, Refusal,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use lopdf::dictionary;

use crate::{hold, made, prepare};

fn bound(sources: &[Vec<u8>], pages: Vec<PageEdit>, limits: &Limits) -> Result<Prepared, Refusal> {
    let sources = sources.iter().map(|source| Arc::from(source.as_slice())).collect();
    let prepared = documents::bind(sources, &Edit { pages }, limits, &())?;
    hold(&prepared, limits);
    Ok(prepared)
}

fn page(page: u32, quarter_turns: u8) -> PageEdit {
    PageEdit { page, quarter_turns, ..PageEdit::default() }
}

fn of(colour: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(300, 400, Rgb(colour))
}

/// A JPEG lying on its side, a PNG, a PDF of two pages and a TIFF of two.
fn files() -> Vec<Vec<u8>> {
    let sheets =
        [of(made::RED), of(made::GREEN)].map(|sheet| made::jpeg_stream(made::jpeg(&sheet), 300, 400));
    vec![
        made::with_exif(&made::jpeg(&made::quarters(400, 300)), 6),
        made::raster(&DynamicImage::ImageRgb8(of(made::BLUE)), ImageFormat::Png),
        made::pdf(sheets.to_vec(), |document| {
            let tree = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
            let pages: Vec<_> = document.page_iter().collect();
            for page in pages {
                document.get_dictionary_mut(page).unwrap().remove(b"MediaBox");
            }
            let inherited = vec![0.into(), 0.into(), 300.into(), 400.into()];
            document.get_dictionary_mut(tree).unwrap().set("MediaBox", inherited);
            let info = document
                .add_object(dictionary! { "Author" => lopdf::Object::string_literal("SECRET-PLACE") });
            document.trailer.set("Info", info);
        }),
        made::tiff(&[of(made::YELLOW), of(made::BLUE)]),
    ]
}

fn drawn(prepared: &Prepared, page: u32) -> RgbImage {
    made::pixels(&documents::render_page(&prepared.bytes, page, 400, &Limits::default()).unwrap().png)
}

#[test]
fn every_kind_of_file_gives_its_pages_in_order() {
    let files = files();
    let prepared = bound(&files, vec![], &Limits::default()).unwrap();
    assert_eq!((prepared.kind, prepared.change, prepared.pages), (Kind::Pdf, Change::Converted, 6));
    assert_eq!((prepared.source.format, prepared.source.pages), (Format::Jpeg, 6));
    assert_eq!(prepared.source.size_bytes, files.iter().map(|file| file.len() as u64).sum::<u64>());
    let bare = made::jpeg(&made::quarters(400, 300));
    assert!(made::holds(&prepared.bytes, &bare), "the photo, byte for byte");
    assert!(!made::holds(&made::unpacked(&prepared.bytes), b"SECRET-PLACE"));
    let first = drawn(&prepared, 0);
    assert_eq!(first.dimensions(), (300, 400));
    let mut upright = made::CORNERS;
    upright.rotate_right(1);
    for (found, expected) in made::corners(&first).into_iter().zip(upright) {
        made::assert_near(found, expected, "turned by its sheet");
    }
    for (page, colour) in
        [made::BLUE, made::RED, made::GREEN, made::YELLOW, made::BLUE].into_iter().enumerate()
    {
        let found = drawn(&prepared, page as u32 + 1);
        made::assert_near(found.get_pixel(150, 200).0, colour, &format!("page {}", page + 1));
    }
}

/// It would go in byte for byte if it were whole.
#[test]
fn a_photo_that_broke_off_is_told_of() {
    let mut broken = made::jpeg(&made::sheet(600, 800, 1));
    let end = broken.len();
    broken[end / 2..end - 2].fill(0);
    let prepared =
        bound(&[made::jpeg(&made::quarters(400, 300)), broken], vec![], &Limits::default()).unwrap();
    let small = |long_edge| Finding::TooSmall { long_edge };
    assert_eq!(prepared.findings, [small(400).on(1), Finding::Incomplete.on(2), small(800).on(2)]);
}

#[test]
fn pages_of_several_files_are_mixed_turned_and_left_out() {
    let hidden = Area { left: 0, top: 0, width: 10_000, height: 5_000 };
    let order = vec![page(4, 0), page(3, 1), PageEdit { hidden: vec![hidden], ..page(0, 0) }, page(2, 0)];
    let prepared = bound(&files(), order, &Limits::default()).unwrap();
    assert_eq!(prepared.pages, 4);
    made::assert_near(drawn(&prepared, 0).get_pixel(150, 200).0, made::YELLOW, "of the TIFF");
    let turned = drawn(&prepared, 1);
    assert_eq!(turned.dimensions(), (400, 300));
    made::assert_near(turned.get_pixel(200, 150).0, made::GREEN, "of the PDF, turned");
    let found = made::corners(&drawn(&prepared, 2));
    for (found, expected) in found.into_iter().zip([[0; 3], [0; 3], made::GREEN, made::BLUE]) {
        made::assert_near(found, expected, "the photo, upper half hidden");
    }
    made::assert_near(drawn(&prepared, 3).get_pixel(150, 200).0, made::RED, "of the PDF");
}

#[test]
fn photos_lie_right_in_all_eight_ways() {
    let photo = made::jpeg(&made::quarters(400, 300));
    for orientation in 1..=8 {
        let source = made::with_exif(&photo, orientation);
        let alone = documents::prepare(source.as_slice(), &Edit::default(), &Limits::default(), &()).unwrap();
        let prepared = bound(&[source], vec![], &Limits::default()).unwrap();
        assert!(made::holds(&prepared.bytes, &photo), "byte for byte");
        let expected = made::corners(&made::pixels(&alone.bytes));
        for (found, expected) in made::corners(&drawn(&prepared, 0)).into_iter().zip(expected) {
            made::assert_near(found, expected, &format!("orientation {orientation}"));
        }
    }
}

#[test]
fn what_does_not_fit_as_it_is_shrinks_together() {
    let photos = [1, 2, 3].map(|seed| made::jpeg(&made::sheet(1240, 1754, seed)));
    let limits = Limits { max_output_bytes: 400_000, ..Limits::default() };
    assert!(photos.iter().map(Vec::len).sum::<usize>() > 500_000);
    let prepared = bound(&photos, vec![], &limits).unwrap();
    assert_eq!((prepared.change, prepared.pages), (Change::Shrunk, 3));
    assert!(prepared.bytes.len() > 200_000, "room was left: {}", prepared.bytes.len());
}

#[test]
fn what_cannot_be_bound_is_refused() {
    let small = made::jpeg(&of(made::RED));
    let limits = Limits::default();
    assert_eq!(bound(&[], vec![], &limits), Err(Refusal::Empty));
    assert_eq!(bound(&[small.clone(), vec![]], vec![], &limits), Err(Refusal::Empty));
    assert_eq!(bound(&[small.clone(), b"words".to_vec()], vec![], &limits), Err(Refusal::NotADocument));
    let two = [small.clone(), small.clone()];
    assert_eq!(bound(&two, vec![page(0, 0), page(2, 0)], &limits), Err(Refusal::BadEdit));
    assert_eq!(bound(&two, vec![page(1, 0), page(1, 0)], &limits), Err(Refusal::BadEdit));
    let few = Limits { max_pages: 1, ..limits };
    assert_eq!(bound(&two, vec![], &few), Err(Refusal::TooManyPages { pages: 2, max: 1 }));
    let bytes = small.len() as u64 * 2;
    let little = Limits { max_bound_bytes: bytes - 1, ..limits };
    assert_eq!(bound(&two, vec![], &little), Err(Refusal::TooLarge { bytes, max: bytes - 1 }));
    let locked = include_bytes!("../fixtures/locked-for-opening.pdf").to_vec();
    assert_eq!(bound(&[small, locked], vec![], &limits), Err(Refusal::EncryptedPdf));
}

/// Some cameras leave bytes between segments, which decoders take for damage.
#[test]
fn a_photo_with_stray_bytes_is_whole() {
    let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let plain = made::with_profile(&made::jpeg(&made::quarters(1600, 1200)), &p3);
    let tables = memchr::memmem::find(&plain, b"\xFF\xDB").unwrap();
    let photo = [&plain[..tables], &[1, 2, 3, 4, 5], &plain[tables..]].concat();
    let corners = [(0, 0), (5000, 0), (5000, 5000), (0, 5000)].map(|(x, y)| Point { x, y });
    let cut = PageEdit { crop: Some(Quad(corners)), ..page(0, 0) };
    for pages in [Vec::new(), vec![cut, page(1, 0)]] {
        let bound = bound(&[photo.clone(), plain.clone()], pages, &Limits::default()).unwrap();
        let broken = |found: &PageFinding| found.finding == Finding::Incomplete;
        assert!(!bound.findings.iter().any(broken), "{:?}", bound.findings);
    }
    assert!(prepare(&photo).unwrap().findings.is_empty());
    assert!(documents::render_source(&photo, 0, 300, &Limits::default()).is_ok());
}
