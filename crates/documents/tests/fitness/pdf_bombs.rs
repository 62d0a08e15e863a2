//! Small PDFs that would take for ever: each made for real, each refused before anything is drawn.

use std::time::{Duration, Instant};

use documents::{Limits, Refusal};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::{made, prepare};

fn assert_refused(what: &str, source: &[u8], refusal: &Refusal) {
    assert!(source.len() < 400_000, "{what} is no bomb: {}", source.len());
    let begun = Instant::now();
    assert_eq!(prepare(source).as_ref(), Err(refusal), "{what}");
    assert_eq!(documents::check(source, &Limits::default()).as_ref(), Err(refusal), "{what}");
    assert_eq!(documents::render_page(source, 0, 600, &Limits::default()).as_ref(), Err(refusal), "{what}");
    assert_eq!(documents::render_source(source, 0, 600, &Limits::default()).as_ref(), Err(refusal), "{what}");
    assert_eq!(documents::propose_crop(source, 0, &Limits::default()).as_ref(), Err(refusal), "{what}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{what} took {:?}", begun.elapsed());
}

fn form(document: &mut Document, content: &[u8], resources: Dictionary, more: &Dictionary) -> ObjectId {
    let mut dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "Resources" => resources,
        "BBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    };
    dict.extend(more);
    document.add_object(Stream::new(dict, content.to_vec()))
}

fn page_of(content: &[u8], resources: impl FnOnce(&mut Document) -> Dictionary) -> Vec<u8> {
    made::pdf(vec![], |document| {
        let resources = resources(document);
        made::add_page(document, content, resources);
    })
}

/// Each form draws the next ten times, thirty deep: ten to the thirtieth rectangles.
fn nested(document: &mut Document, more: &Dictionary) -> ObjectId {
    let mut inner = form(document, b"0 0 9 9 re f", dictionary! {}, more);
    for _ in 0..30 {
        let resources = dictionary! { "XObject" => dictionary! { "F" => inner } };
        inner = form(document, &b"/F Do ".repeat(10), resources, more);
    }
    inner
}

#[test]
fn forms_that_draw_forms() {
    let source = page_of(b"/F Do", |document| {
        let form = nested(document, &dictionary! {});
        dictionary! { "XObject" => dictionary! { "F" => form } }
    });
    assert_refused("nested forms", &source, &Refusal::TooComplex);
    let source = page_of(b"/G gs 0 0 9 9 re f", |document| {
        let form = nested(document, &dictionary! { "Group" => dictionary! { "S" => "Transparency" } });
        let mask = dictionary! { "S" => "Luminosity", "G" => form };
        dictionary! { "ExtGState" => dictionary! { "G" => dictionary! { "SMask" => mask } } }
    });
    assert_refused("a soft mask", &source, &Refusal::TooComplex);
    let source = page_of(b"BT /F 9 Tf (aaaa) Tj ET", |document| {
        let glyph = nested(document, &dictionary! {});
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "Type3", "CharProcs" => dictionary! { "a" => glyph },
            "FontMatrix" => vec![1.into(), 0.into(), 0.into(), 1.into(), 0.into(), 0.into()],
        };
        dictionary! { "Font" => dictionary! { "F" => font } }
    });
    assert_refused("a glyph", &source, &Refusal::TooComplex);
    let source = made::pdf(vec![], |document| {
        let look = nested(document, &dictionary! {});
        let page = made::add_page(document, b"", dictionary! {});
        let note = dictionary! { "Subtype" => "Stamp", "AP" => dictionary! { "N" => look } };
        document.get_dictionary_mut(page).unwrap().set("Annots", vec![Object::Dictionary(note)]);
    });
    assert_refused("a note's look", &source, &Refusal::TooComplex);
}

#[test]
fn patterns_and_shadings() {
    let source = page_of(b"/Pattern cs /P scn 0 0 595 842 re f", |document| {
        let cell = dictionary! {
            "Type" => "Pattern", "PatternType" => 1, "PaintType" => 1, "TilingType" => 1,
            "BBox" => vec![0.into(), 0.into(), 60_000.into(), 60_000.into()],
            "XStep" => Object::Real(0.5), "YStep" => Object::Real(0.5), "Resources" => dictionary! {},
        };
        let cell = document.add_object(Stream::new(cell, b"0 0 1 1 re f".to_vec()));
        dictionary! { "Pattern" => dictionary! { "P" => cell } }
    });
    assert_refused("a cell drawn by the billion", &source, &Refusal::TooComplex);
    let program = [b"{ pop ".to_vec(), b"0 0 add pop ".repeat(400_000), b"0 0 0 }".to_vec()].concat();
    let source = page_of(b"/S sh", |document| {
        let unit = || vec![0.into(), 1.into(), 0.into(), 1.into()];
        let mut function = Stream::new(
            dictionary! {
                "FunctionType" => 4, "Domain" => unit(),
                "Range" => vec![0.into(), 1.into(), 0.into(), 1.into(), 0.into(), 1.into()],
            },
            program,
        );
        function.compress().unwrap();
        let function = document.add_object(function);
        let shading = dictionary! { "ShadingType" => 1, "ColorSpace" => "DeviceRGB", "Function" => function };
        dictionary! { "Shading" => dictionary! { "S" => shading } }
    });
    assert_refused("a program for every pixel", &source, &Refusal::TooComplex);
}

#[test]
fn pictures_drawn_over_and_over() {
    let source = page_of(&b"/P Do ".repeat(5_000), |document| {
        let mut picture = Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => 4_000, "Height" => 4_000,
                "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
            },
            vec![200; 16_000_000],
        );
        picture.compress().unwrap();
        let picture = document.add_object(picture);
        dictionary! { "XObject" => dictionary! { "P" => picture } }
    });
    assert_refused("80 000 megapixels", &source, &Refusal::TooComplex);
}

/// A picture of one megapixel whose data go on and on.
#[test]
fn pictures_that_unpack_to_far_more_than_their_pixels() {
    let dict = |filters: Vec<Object>| {
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 1_000, "Height" => 1_000,
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8, "Filter" => filters,
        }
    };
    let of = |filters: Vec<Object>, bytes: usize| {
        made::pdf(vec![Stream::new(dict(filters), made::zlib(&vec![200; bytes]))], |_| {})
    };
    assert_refused("a picture", &of(vec!["FlateDecode".into()], 12_000_000), &Refusal::TooComplex);
    let wrapped = of(vec!["FlateDecode".into(), "DCTDecode".into()], 70_000_000);
    assert_eq!(documents::render_source(&wrapped, 0, 60, &Limits::default()), Err(Refusal::TooComplex));
}

#[test]
fn what_loops_ends_and_is_taken() {
    let source = page_of(b"/F Do 1 0 0 rg 0 0 595 842 re f", |document| {
        let itself = document.new_object_id();
        let resources = dictionary! { "XObject" => dictionary! { "F" => itself } };
        let looped = form(document, b"/F Do /F Do", resources, &dictionary! {});
        let looped = document.objects.remove(&looped).unwrap();
        document.objects.insert(itself, looped);
        dictionary! { "XObject" => dictionary! { "F" => itself } }
    });
    let prepared = prepare(&source).unwrap();
    let drawn = documents::render_page(&prepared.bytes, 0, 60, &Limits::default()).unwrap();
    made::assert_near(made::pixels(&drawn.png).get_pixel(20, 30).0, [255, 0, 0], "drawn after the loop");
}

#[test]
fn packed_objects_that_unpack_to_far_more() {
    let mut bytes = b"%PDF-1.5\n".to_vec();
    let mut document = Document::with_version("1.5");
    let spaces = [b"7 0 ".to_vec(), vec![b' '; 40_000_000], b"<</Type/Page>>".to_vec()].concat();
    let mut packed = Stream::new(dictionary! { "Type" => "ObjStm", "N" => 1, "First" => 4 }, spaces);
    packed.compress().unwrap();
    let packed = document.add_object(packed);
    let tree = document.new_object_id();
    let root = dictionary! { "Type" => "Pages", "Kids" => vec![Object::Reference((7, 0))], "Count" => 1 };
    document.objects.insert(tree, root.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document.trailer.set("Keep", packed);
    bytes.clear();
    document.save_to(&mut bytes).unwrap();
    assert!(bytes.len() < 400_000);
    assert!(matches!(prepare(&bytes), Err(Refusal::TooComplex | Refusal::Damaged)));
    // A page that is promised and not there.
    let source = made::pdf(vec![], |document| {
        made::add_page(document, b"", dictionary! {});
        let tree = document.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
        let kids = document.get_dictionary_mut(tree).unwrap().get_mut(b"Kids").unwrap();
        kids.as_array_mut().unwrap().push(Object::Reference((4_000, 0)));
    });
    assert_eq!(prepare(&source), Err(Refusal::Damaged));
}

#[test]
fn sheets_as_large_as_a_town() {
    let source = made::pdf(vec![], |document| {
        let page = made::add_page(document, b"0 0 9 9 re f", dictionary! {});
        let town = vec![0.into(), 0.into(), 9_000_000.into(), 9_000_000.into()];
        document.get_dictionary_mut(page).unwrap().set("MediaBox", town);
    });
    assert_refused("a huge page", &source, &Refusal::Damaged);
}

/// The same bomb, said to be packed in words that only some readers understand.
#[test]
fn bombs_in_other_spellings() {
    let content = made::zlib(&vec![b' '; 70_000_000]);
    let of = |spell: &dyn Fn(&mut Document, &mut Dictionary)| {
        made::pdf(vec![], |document| {
            let page = made::add_page(document, b"", dictionary! {});
            let mut dict = dictionary! {};
            spell(document, &mut dict);
            let content = document.add_object(Stream::new(dict, content.clone()));
            document.get_dictionary_mut(page).unwrap().set("Contents", content);
        })
    };
    let refused = |what: &str, spell: &dyn Fn(&mut Document, &mut Dictionary), refusal: &Refusal| {
        assert_refused(what, &of(spell), refusal);
    };
    refused("a short name", &|_, dict| dict.set("Filter", "Fl"), &Refusal::TooComplex);
    let referred = |document: &mut Document, dict: &mut Dictionary| {
        let name = document.add_object("FlateDecode");
        dict.set("Filter", name);
    };
    refused("a name elsewhere", &referred, &Refusal::TooComplex);
    let listed = |document: &mut Document, dict: &mut Dictionary| {
        let name = document.add_object("FlateDecode");
        let list = document.add_object(vec![Object::Reference(name)]);
        dict.set("Filter", list);
    };
    refused("a list elsewhere", &listed, &Refusal::TooComplex);
    let unknown = |_: &mut Document, dict: &mut Dictionary| {
        dict.set("Filter", vec![Object::from("Nothing"), "FlateDecode".into()]);
    };
    refused("a filter nobody knows", &unknown, &Refusal::Damaged);
    let picture = |_: &mut Document, dict: &mut Dictionary| {
        dict.set("Filter", "DCTDecode");
        dict.set("F", "FlateDecode");
    };
    refused("the key of a file elsewhere", &picture, &Refusal::Damaged);
    let many = vec![Object::from("FlateDecode"); 40];
    refused("forty filters", &|_, dict| dict.set("Filter", many.clone()), &Refusal::TooComplex);
}

#[test]
fn pictures_within_the_content() {
    let inline = |says: &str, data: &[u8]| {
        let content = [b"q 500 0 0 500 0 0 cm BI ", says.as_bytes(), b" ID ", data, b" EI Q"].concat();
        made::pdf(vec![], |document| {
            made::add_page(document, &content, dictionary! {});
        })
    };
    let bomb = inline("/W 10 /H 10 /CS /G /BPC 8 /F /Fl", &made::zlib(&vec![200; 90_000_000]));
    assert_refused("far more than its pixels", &bomb, &Refusal::TooComplex);
    let wide = inline("/W 30000 /H 30000 /CS /G /BPC 8 /F /Fl", &made::zlib(&[0]));
    assert_refused("pixels it has not", &wide, &Refusal::TooComplex);
    let fine = inline("/W 2 /H 2 /CS /G /BPC 8 /F /AHx", b"00FF00FF>");
    assert_eq!(prepare(&fine).map(|prepared| prepared.pages), Ok(1));
}

/// Codecs whose own header says how much they make, whatever the picture's.
#[test]
fn rows_and_pages_longer_than_the_picture() {
    let dict = |filter: &str| {
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 100, "Height" => 100,
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 1, "Filter" => filter,
        }
    };
    let far = Object::Integer(4_000_000_000);
    for listed in [false, true] {
        let mut fax = dict("CCITTFaxDecode");
        let told = Object::from(dictionary! { "K" => -1, "Columns" => far.clone() });
        if listed {
            fax.set("Filter", vec![Object::from("CCITTFaxDecode")]);
        }
        fax.set("DecodeParms", if listed { vec![told].into() } else { told });
        let source = made::pdf(vec![Stream::new(fax, vec![0; 100])], |_| {});
        let refusal = Refusal::TooManyPixels { width: 4_000_000_000, height: 100 };
        assert_refused("a fax's rows", &source, &refusal);
    }
    // A page information segment of 60 000 by 60 000 (ITU T.88, 7.4.8).
    let mut segment = vec![0, 0, 0, 0, 48, 0, 1, 0, 0, 0, 19];
    segment.extend([60_000_u32, 60_000, 0, 0].iter().flat_map(|number| number.to_be_bytes()));
    segment.extend([0, 0, 0]);
    let source = made::pdf(vec![Stream::new(dict("JBIG2Decode"), segment)], |_| {});
    assert_refused("a JBIG2 page", &source, &Refusal::TooManyPixels { width: 60_000, height: 60_000 });
}

/// Objects that are few bytes in the file and many in memory.
#[test]
fn values_by_the_million() {
    let array = [b"[".to_vec(), b"0 ".repeat(6_000_000), b"]".to_vec()].concat();
    // Written by hand: no writer would.
    let mut source = made::pdf(vec![], |document| {
        made::add_page(document, b"", dictionary! {});
    });
    let end = source.len();
    source.extend([b"\n99 0 obj\n".to_vec(), array, b"\nendobj\n".to_vec()].concat());
    source.extend(format!("xref\n99 1\n{end:010} 00000 n \n").bytes());
    assert_eq!(prepare(&source), Err(Refusal::TooComplex));
    // Thousands of objects that all begin at the same place, each as long as the rest.
    let count = 20_000;
    let index: String = (0..count).map(|number| format!("{} 0 ", number + 100)).collect();
    let content = [index.as_bytes(), b"[", &b"0 ".repeat(100_000), b"]"].concat();
    // Under a name that the writer does not know, or it would leave it out.
    let mut source = made::pdf(vec![], |document| {
        made::add_page(document, b"", dictionary! {});
        let dict = dictionary! { "Type" => "ObjStX", "N" => count, "First" => index.len() as i64 };
        let mut packed = Stream::new(dict, content);
        packed.compress().unwrap();
        let packed = document.add_object(packed);
        document.trailer.set("Keep", packed);
    });
    let name = memchr::memmem::find(&source, b"ObjStX").unwrap();
    source[name..name + 6].copy_from_slice(b"ObjStm");
    assert_refused("objects within each other", &source, &Refusal::TooComplex);
}
