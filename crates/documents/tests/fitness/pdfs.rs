//! PDF in.

use documents::{Active, Change, Kind, Limits, Refusal};
use lopdf::{Document, Object, Stream, dictionary};
use turbojpeg::Subsamp;

use crate::{made, prepare, turned};

fn one_page(more: impl FnOnce(&mut Document)) -> Vec<u8> {
    let jpeg = made::jpeg(&made::quarters(600, 800));
    made::pdf(vec![made::jpeg_stream(jpeg, 600, 800)], more)
}

#[test]
fn a_fit_pdf_keeps_its_bytes() {
    let source = one_page(|_| {});
    let prepared = prepare(&source).unwrap();
    assert_eq!((prepared.kind, prepared.change, prepared.pages), (Kind::Pdf, Change::Kept, 1));
    assert_eq!(prepared.bytes, source);
    assert_eq!((prepared.width, prepared.height), (595, 842));
    for (found, expected) in made::corners(&made::pixels(&prepared.thumbnail)).into_iter().zip(made::CORNERS)
    {
        made::assert_near(found, expected, "thumbnail");
    }
}

#[test]
fn author_place_and_programs_notes_go() {
    let photo = made::with_exif(&made::jpeg(&made::quarters(600, 800)), 1);
    let source = made::pdf(vec![made::jpeg_stream(photo, 600, 800)], |document| {
        let info = document.add_object(dictionary! { "Author" => Object::string_literal("SECRET-PLACE") });
        document.trailer.set("Info", info);
        let xmp = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
        let xmp = document.add_object(Stream::new(xmp, b"<x:xmpmeta>SECRET-PLACE</x:xmpmeta>".to_vec()));
        made::catalog(document).set("Metadata", xmp);
    });
    assert!(memchr::memmem::find(&source, b"SECRET-PLACE").is_some());
    let prepared = prepare(&source).unwrap();
    assert_eq!(prepared.change, Change::Stripped);
    let page = documents::render_page(&prepared.bytes, 0, 300, &Limits::default()).unwrap();
    for (found, expected) in made::corners(&made::pixels(&page.png)).into_iter().zip(made::CORNERS) {
        made::assert_near(found, expected, "still drawn");
    }
}

#[test]
fn a_signed_pdf_is_not_touched() {
    let source = one_page(|document| {
        let signature = document.add_object(dictionary! {
            "Type" => "Sig", "ByteRange" => vec![0.into(), 1.into(), 2.into(), 3.into()],
        });
        let info = document.add_object(dictionary! { "Producer" => Object::string_literal("office") });
        document.trailer.set("Info", info);
        made::catalog(document).set("Perms", dictionary! { "DocMDP" => signature });
    });
    let prepared = prepare(&source).unwrap();
    assert_eq!((prepared.change, prepared.bytes == source), (Change::Kept, true));
}

#[test]
fn pages_turn() {
    let prepared = turned(&one_page(|_| {}), 1).unwrap();
    assert_eq!((prepared.change, prepared.width, prepared.height), (Change::Converted, 842, 595));
    let mut expected = made::CORNERS;
    expected.rotate_right(1);
    for (found, expected) in made::corners(&made::pixels(&prepared.thumbnail)).into_iter().zip(expected) {
        made::assert_near(found, expected, "turned page");
    }
}

#[test]
fn a_large_pdf_of_photos_fits_with_every_page_in_it() {
    let sheets = [1, 2].map(|seed| made::encode(&made::sheet(2480, 3508, seed), 88, Subsamp::Sub2x2, false));
    let pages: Vec<_> = (0..10).map(|page| made::jpeg_stream(sheets[page % 2].clone(), 2480, 3508)).collect();
    let source = made::pdf(pages, |_| {});
    assert!(source.len() > 20_000_000, "{}", source.len());
    let prepared = prepare(&source).unwrap();
    assert_eq!((prepared.change, prepared.pages), (Change::Shrunk, 10));
    assert!(prepared.bytes.len() > 1_200_000, "room was left: {}", prepared.bytes.len());
}

#[test]
fn lossless_and_printers_pictures_shrink_in_their_colours() {
    let noisy: Vec<u8> = made::noise(1600 * 1600 * 3, 3).iter().map(|level| 200 + level % 40).collect();
    let dict = |space: &str, width: i64| {
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => width,
            "ColorSpace" => space, "BitsPerComponent" => 8,
        }
    };
    let mut flate = Stream::new(dict("DeviceRGB", 1600), noisy);
    flate.compress().unwrap();
    let gray: Vec<u8> = made::noise(1600 * 1600, 4).iter().map(|level| 100 + level % 50).collect();
    let raw = Stream::new(dict("DeviceGray", 1600), gray);
    let mut ink = made::jpeg_stream(made::cmyk_jpeg(900, 900, [0, 200, 200, 20]), 900, 900);
    ink.dict.set("ColorSpace", "DeviceCMYK");
    ink.dict.set("Decode", [1, 0, 1, 0, 1, 0, 1, 0].map(Object::from).to_vec());
    let source = made::pdf(vec![flate, raw, ink], |_| {});
    assert!(source.len() > 3_000_000);
    let prepared = prepare(&source).unwrap();
    assert_eq!((prepared.change, prepared.pages), (Change::Shrunk, 3));
    for (page, expected) in [[219, 219, 219], [124, 124, 124], [235, 51, 51]].into_iter().enumerate() {
        let drawn = documents::render_page(&prepared.bytes, page as u32, 60, &Limits::default()).unwrap();
        made::assert_near(made::pixels(&drawn.png).get_pixel(20, 30).0, expected, &format!("page {page}"));
    }
}

#[test]
fn what_cannot_fit_is_refused_with_the_figures() {
    let font = Stream::new(dictionary! {}, made::noise(2_500_000, 8));
    let source = one_page(|document| {
        let font = document.add_object(font);
        made::catalog(document).set("Keep", font);
    });
    let refusal = prepare(&source).unwrap_err();
    assert!(
        matches!(refusal, Refusal::CannotFit { bytes: 2_500_000.., max: 2_000_000, pages: 1 }),
        "{refusal:?}"
    );
}

#[test]
fn the_check_refuses_what_is_more_than_paper() {
    let cases: [(Object, Active); 5] = [
        (
            dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") }.into(),
            Active::Script,
        ),
        (dictionary! { "S" => "Launch", "F" => Object::string_literal("calc.exe") }.into(), Active::Launch),
        (dictionary! { "S" => "SubmitForm" }.into(), Active::Launch),
        (dictionary! { "Type" => "Filespec", "EF" => dictionary! {} }.into(), Active::EmbeddedFile),
        (dictionary! { "XFA" => vec![Object::string_literal("x")] }.into(), Active::DynamicForm),
    ];
    for (object, what) in cases {
        let source = one_page(|document| {
            let action = document.add_object(object);
            made::catalog(document).set("OpenAction", action);
        });
        assert_eq!(documents::check(&source, &Limits::default()), Err(Refusal::ActivePdf { what }));
    }
    // A web link and an opening view are paper.
    let source = one_page(|document| {
        let link = dictionary! { "S" => "URI", "URI" => Object::string_literal("https://example.org") };
        let link = document.add_object(link);
        made::catalog(document).set("Keep", link);
        made::catalog(document).set("OpenAction", vec![Object::Null, "Fit".into()]);
    });
    assert_eq!(prepare(&source).unwrap().change, Change::Kept);
}

#[test]
fn locked_pdfs_are_refused() {
    // qpdf --encrypt user owner 256 -- / --encrypt "" owner 256 --modify=none -- / 40-bit RC4
    for locked in [
        &include_bytes!("../fixtures/locked-for-opening.pdf")[..],
        include_bytes!("../fixtures/locked-for-changes.pdf"),
        include_bytes!("../fixtures/locked-long-ago.pdf"),
    ] {
        assert_eq!(prepare(locked), Err(Refusal::EncryptedPdf));
        assert_eq!(documents::check(locked, &Limits::default()), Err(Refusal::EncryptedPdf));
    }
}

#[test]
fn bombs_are_refused() {
    let page_of = |stream: Stream| made::pdf(vec![stream], |_| {});
    let picture = |side: i64| {
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => side, "Height" => side,
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
        }
    };
    let promised = Stream::new(picture(60_000), vec![0; 100]);
    assert_eq!(prepare(&page_of(promised)), Err(Refusal::TooManyPixels { width: 60_000, height: 60_000 }));
    let mut zeros = Stream::new(picture(10), vec![0; 4_000_000]);
    zeros.compress().unwrap();
    assert!(zeros.content.len() < 100_000);
    assert_eq!(prepare(&page_of(zeros)), Err(Refusal::TooComplex));
    let mut spaces = Stream::new(dictionary! {}, vec![b' '; 68_000_000]);
    spaces.compress().unwrap();
    let source = one_page(|document| {
        document.add_object(spaces);
    });
    assert_eq!(prepare(&source), Err(Refusal::TooComplex));
    let many: Vec<_> = (0..201).map(|_| Stream::new(picture(1), vec![0])).collect();
    assert_eq!(prepare(&made::pdf(many, |_| {})), Err(Refusal::TooManyPages { pages: 201, max: 200 }));
}

#[test]
fn deep_nesting_and_loops_cost_the_file_only() {
    let deep = [
        b"%PDF-1.4\n1 0 obj\n".to_vec(),
        vec![b'['; 3_000_000],
        b"\nendobj\ntrailer<</Root 1 0 R>>".to_vec(),
    ];
    assert!(prepare(&deep.concat()).is_err());
    let looped = one_page(|document| {
        let tree = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
        let tree_itself = Object::Reference(tree);
        document.get_dictionary_mut(tree).unwrap().set("Kids", vec![tree_itself]);
    });
    assert_eq!(prepare(&looped), Err(Refusal::Damaged));
}
