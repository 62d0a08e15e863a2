//! Electronic invoices and other PDFs that hold more than paper: what is harmless stays or is taken out, what
//! is not is refused.

use documents::{Active, Change, Limits, Prepared, Refusal};
use lopdf::{Document, Object, Stream, dictionary};

use crate::{made, prepare};

const DATA: &[u8] = b"<?xml version=\"1.0\"?><Invoice>SECRET-PLACE 01100 2000105</Invoice>";

/// An invoice: a picture, data attached in all three ways, and whatever `more` does.
fn invoice(data: &[u8], more: impl FnOnce(&mut Document)) -> Vec<u8> {
    let jpeg = made::jpeg(&made::quarters(600, 800));
    made::pdf(vec![made::jpeg_stream(jpeg, 600, 800)], |document| {
        let mut file = Stream::new(dictionary! { "Type" => "EmbeddedFile" }, data.to_vec());
        file.compress().unwrap();
        let file = document.add_object(file);
        let name = Object::string_literal("invoice.xml");
        let described = document.add_object(dictionary! {
            "Type" => "Filespec", "F" => name.clone(), "EF" => dictionary! { "F" => file },
        });
        let clip = document.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "FileAttachment", "FS" => described,
            "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
        });
        let page = document.page_iter().next().unwrap();
        document.get_dictionary_mut(page).unwrap().set("Annots", vec![clip.into()]);
        let names =
            dictionary! { "EmbeddedFiles" => dictionary! { "Names" => vec![name, described.into()] } };
        let catalog = made::catalog(document);
        catalog.set("AF", vec![described.into()]);
        catalog.set("Names", names);
        more(document);
    })
}

fn sign(document: &mut Document) {
    let signature = document.add_object(dictionary! {
        "Type" => "Sig", "ByteRange" => vec![0.into(), 1.into(), 2.into(), 3.into()],
    });
    made::catalog(document).set("Perms", dictionary! { "DocMDP" => signature });
}

fn assert_same_paper(prepared: &Prepared) {
    let page = documents::render_page(&prepared.bytes, 0, 300, &Limits::default()).unwrap();
    for (found, expected) in made::corners(&made::pixels(&page.png)).into_iter().zip(made::CORNERS) {
        made::assert_near(found, expected, "the paper");
    }
}

#[test]
fn attached_data_are_taken_out_of_an_unsigned_file() {
    let source = invoice(DATA, |_| {});
    assert!(made::holds(&made::unpacked(&source), DATA));
    let prepared = prepare(&source).unwrap();
    assert_eq!((prepared.change, prepared.pages), (Change::Stripped, 1));
    let found = made::unpacked(&prepared.bytes);
    for gone in [DATA, b"EmbeddedFile", b"FileAttachment", b"Filespec", b"invoice.xml"] {
        assert!(!made::holds(&found, gone), "{}", String::from_utf8_lossy(gone));
    }
    assert_same_paper(&prepared);
}

#[test]
fn a_signed_invoice_keeps_its_bytes_with_its_data() {
    let bytes = DATA.strip_prefix(b"<?xml").unwrap().strip_suffix(b"").unwrap();
    for data in [DATA, b"PK\x03\x04\0\0OFD.xml", &bytes[..12]] {
        let source = invoice(data, sign);
        let prepared =
            documents::prepare(source.as_slice(), &documents::Edit::default(), &Limits::default(), &())
                .unwrap();
        assert_eq!((prepared.change, prepared.bytes == source), (Change::Kept, true));
        assert!(documents::check(&prepared.bytes, &Limits::default()).is_ok());
    }
}

#[test]
fn a_signed_file_with_a_program_in_it_is_refused() {
    let refused = Err(Refusal::ActivePdf { what: Active::EmbeddedFile });
    for program in [&b"MZ\x90\0\x03"[..], b"PK\x03\x04 word/document.xml", b"<html><script>"] {
        let source = invoice(program, sign);
        assert_eq!(prepare(&source), refused);
        assert_eq!(
            documents::check(&source, &Limits::default()).map(|_| ()),
            refused.clone().map(|_: Prepared| ())
        );
    }
    let source = invoice(DATA, |document| {
        sign(document);
        let action = dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") };
        made::catalog(document).set("OpenAction", action);
    });
    assert_eq!(prepare(&source), Err(Refusal::ActivePdf { what: Active::Script }));
}

#[test]
fn a_signed_file_with_a_script_that_is_only_text_is_refused() {
    let refused = Err(Refusal::ActivePdf { what: Active::EmbeddedFile });
    for name in ["invoice.BAT", "invoice.xml.vbs", "invoice.js. "] {
        let source = invoice(DATA, |document| {
            sign(document);
            let of_file =
                |object: &&mut Object| object.as_dict().is_ok_and(|dict| dict.has_type(b"Filespec"));
            let described = document.objects.values_mut().find(of_file).unwrap();
            described.as_dict_mut().unwrap().set("UF", Object::string_literal(name));
        });
        assert_eq!(prepare(&source), refused, "{name}");
    }
}

/// What an action does may be said elsewhere.
#[test]
fn an_action_whose_kind_stands_elsewhere_is_found() {
    let jpeg = made::jpeg(&made::quarters(600, 800));
    let source = made::pdf(vec![made::jpeg_stream(jpeg, 600, 800)], |document| {
        let kind = document.add_object("Launch");
        let action = dictionary! { "S" => kind, "F" => Object::string_literal("calc.exe") };
        made::catalog(document).set("OpenAction", action);
    });
    let refused = documents::check(&source, &Limits::default());
    assert_eq!(refused, Err(Refusal::ActivePdf { what: Active::Launch }));
    let prepared = prepare(&source).unwrap();
    assert_eq!(prepared.change, Change::Stripped);
    assert!(!made::holds(&made::unpacked(&prepared.bytes), b"calc.exe"));
}

#[test]
fn a_signed_invoice_that_is_turned_is_no_longer_signed() {
    let prepared = crate::turned(&invoice(DATA, sign), 1).unwrap();
    assert_eq!((prepared.change, prepared.width, prepared.height), (Change::Converted, 842, 595));
    assert!(!made::holds(&made::unpacked(&prepared.bytes), b"ByteRange"));
}

#[test]
fn scripts_and_actions_go_and_the_paper_stays() {
    let script = || dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") };
    let jpeg = made::jpeg(&made::quarters(600, 800));
    let source = made::pdf(vec![made::jpeg_stream(jpeg, 600, 800)], |document| {
        let action = document.add_object(script());
        let launch = dictionary! { "S" => "Launch", "F" => Object::string_literal("calc.exe") };
        let chained = dictionary! { "S" => "URI", "URI" => Object::string_literal("https://example.org"), "Next" => vec![launch.clone().into()] };
        let rect = || vec![0.into(), 0.into(), 9.into(), 9.into()];
        let notes = [launch, chained].map(|action| {
            Object::Dictionary(dictionary! { "Subtype" => "Link", "Rect" => rect(), "A" => action })
        });
        let page = document.page_iter().next().unwrap();
        let page = document.get_dictionary_mut(page).unwrap();
        page.set("Annots", notes.to_vec());
        page.set("AA", dictionary! { "O" => action });
        let catalog = made::catalog(document);
        catalog.set("OpenAction", action);
        catalog.set("AA", dictionary! { "WC" => script() });
        catalog.set("Names", dictionary! { "JavaScript" => dictionary! { "Names" => vec![Object::string_literal("a"), action.into()] } });
    });
    let prepared = prepare(&source).unwrap();
    assert_eq!(prepared.change, Change::Stripped);
    let found = made::unpacked(&prepared.bytes);
    for gone in [&b"app.alert"[..], b"JavaScript", b"calc.exe", b"Launch"] {
        assert!(!made::holds(&found, gone), "{}", String::from_utf8_lossy(gone));
    }
    assert!(made::holds(&found, b"https://example.org"), "a link is paper");
    assert_same_paper(&prepared);
    // Nothing of it keeps the editor from opening: what is shown runs nothing.
    let limits = Limits::default();
    documents::render_source(&source, 0, 200, &limits).unwrap();
    documents::propose_crop(&source, 0, &limits).unwrap();
    let refused = documents::render_page(&source, 0, 200, &limits);
    assert!(matches!(refused, Err(Refusal::ActivePdf { .. })), "the receiving side takes no such file");
}

#[test]
fn a_font_may_be_called_like_a_list_of_actions() {
    let script = dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") };
    let source = made::pdf(vec![], |document| {
        let glyph = document.add_object(Stream::new(dictionary! {}, b"1 0 d0 0 0 1 1 re f".to_vec()));
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type3", "CharProcs" => dictionary! { "a" => glyph },
            "Encoding" => dictionary! { "Differences" => vec![97.into(), "a".into()] },
            "FontMatrix" => vec![1.into(), 0.into(), 0.into(), 1.into(), 0.into(), 0.into()],
            "FontBBox" => vec![0.into(), 0.into(), 1.into(), 1.into()],
            "FirstChar" => 97, "LastChar" => 97, "Widths" => vec![1.into()],
        });
        let resources = dictionary! { "Font" => dictionary! { "AA" => font, "AF" => font, "A" => font } };
        made::add_page(document, b"1 0 0 rg BT /AA 600 Tf (a) Tj ET", resources);
        made::catalog(document).set("OpenAction", script);
    });
    let prepared = prepare(&source).unwrap();
    let page = documents::render_page(&prepared.bytes, 0, 100, &Limits::default()).unwrap();
    made::assert_near(made::pixels(&page.png).get_pixel(35, 80).0, [255, 0, 0], "drawn with the font");
}

#[test]
fn what_would_not_be_the_same_paper_is_refused() {
    let cases: [(&str, Object, Active); 3] = [
        ("AcroForm", dictionary! { "XFA" => vec![Object::string_literal("x")] }.into(), Active::DynamicForm),
        ("Keep", dictionary! { "Subtype" => "RichMedia" }.into(), Active::EmbeddedFile),
        ("Collection", dictionary! {}.into(), Active::EmbeddedFile),
    ];
    for (key, value, what) in cases {
        let source = invoice(DATA, |document| made::catalog(document).set(key, value));
        assert_eq!(prepare(&source), Err(Refusal::ActivePdf { what }), "{key}");
    }
}
