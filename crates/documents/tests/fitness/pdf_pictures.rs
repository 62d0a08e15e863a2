//! Pictures inside a PDF that is too large: every way of storing them shrinks in its own colours.

use documents::{Area, Change, Edit, Limits, PageEdit, Prepared};
use lopdf::{Dictionary, Document, Object, Stream, StringFormat, dictionary};
use moxcms::{ColorProfile, Layout};

use crate::{hold, made};

fn shrunk(source: &[u8], max_output_bytes: u64) -> Prepared {
    let limits = Limits { max_output_bytes, ..Limits::default() };
    let prepared = documents::prepare(source, &Edit::default(), &limits, &()).unwrap();
    hold(&prepared, &limits);
    assert_eq!(prepared.change, Change::Shrunk);
    prepared
}

fn dict(side: i64, space: impl Into<Object>, bits: i64) -> Dictionary {
    dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => side, "Height" => side,
        "ColorSpace" => space.into(), "BitsPerComponent" => bits,
    }
}

fn packed(dict: Dictionary, samples: Vec<u8>) -> Stream {
    let mut stream = Stream::new(dict, samples);
    stream.compress().unwrap();
    stream
}

fn centre(prepared: &Prepared, page: u32) -> [u8; 3] {
    let drawn = documents::render_page(&prepared.bytes, page, 60, &Limits::default()).unwrap();
    made::pixels(&drawn.png).get_pixel(21, 30).0
}

fn filters(prepared: &Prepared) -> Vec<String> {
    let document = Document::load_mem(&prepared.bytes).unwrap();
    let pictures = document.objects.values().filter_map(|object| object.as_stream().ok());
    let pictures = pictures.filter(|stream| stream.dict.has(b"Width"));
    pictures
        .map(|stream| String::from_utf8_lossy(stream.filters().unwrap().last().unwrap()).into_owned())
        .collect()
}

/// Noise around a level, so that nothing packs well without being made a JPEG.
fn around(level: u8, length: usize, seed: u64) -> Vec<u8> {
    made::noise(length, seed).iter().map(|noise| level - 20 + noise % 40).collect()
}

#[test]
fn palettes_odd_levels_and_wide_samples() {
    // Sixteen reds by number; dark and light exchanged; sixteen bits; runs.
    let palette: Vec<u8> = (0..16).flat_map(|step| [180 + step, 20, 20]).collect();
    let space = vec![
        "Indexed".into(),
        "DeviceRGB".into(),
        15.into(),
        Object::String(palette, StringFormat::Hexadecimal),
    ];
    let indexed = packed(dict(800, space, 4), made::noise(800 * 400, 1));
    let mut over = packed(dict(800, "DeviceGray", 8), around(55, 800 * 800, 2));
    over.dict.set("Decode", vec![1.into(), 0.into()]);
    let wide = packed(dict(500, "DeviceRGB", 16), around(120, 500 * 500 * 6, 3));
    let level = around(90, 600 * 600, 4);
    let runs =
        level.chunks(128).flat_map(|part| [&[part.len() as u8 - 1], part].concat()).chain([128]).collect();
    let mut runs = Stream::new(dict(600, "DeviceGray", 8), runs);
    runs.dict.set("Filter", "RunLengthDecode");
    let source = made::pdf(vec![indexed, over, wide, runs], |_| {});
    let prepared = shrunk(&source, 700_000);
    assert_eq!(filters(&prepared), ["DCTDecode"; 4]);
    for (page, expected) in [[188, 20, 20], [200; 3], [120; 3], [90; 3]].into_iter().enumerate() {
        made::assert_near(centre(&prepared, page as u32), expected, &format!("page {page}"));
    }
}

#[test]
fn a_mask_keeps_its_samples() {
    let edge: Vec<u8> = (0..600 * 600).map(|at| if at % 600 < 300 { 0 } else { 255 }).collect();
    let source =
        made::pdf(vec![packed(dict(600, "DeviceRGB", 8), around(60, 600 * 600 * 3, 5))], |document| {
            let mask = document.add_object(packed(dict(600, "DeviceGray", 8), edge.clone()));
            let picture = document.objects.values_mut().find_map(|object| {
                let stream = object.as_stream_mut().ok()?;
                stream.dict.has(b"Width").then_some(stream).filter(|stream| stream.content.len() > 100_000)
            });
            picture.unwrap().dict.set("SMask", mask);
        });
    let prepared = shrunk(&source, 300_000);
    let document = Document::load_mem(&prepared.bytes).unwrap();
    let kept =
        document.objects.values().filter_map(|object| object.as_stream().ok()?.get_plain_content().ok());
    assert!(kept.into_iter().any(|content| content == edge), "the mask, sample by sample");
    let drawn = documents::render_page(&prepared.bytes, 0, 60, &Limits::default()).unwrap();
    let drawn = made::pixels(&drawn.png);
    made::assert_near(drawn.get_pixel(8, 30).0, [255; 3], "seen through");
    made::assert_near(drawn.get_pixel(32, 30).0, [60; 3], "not seen through");
}

#[test]
fn black_and_white_stays_black_and_white() {
    // Blocks like print, with edges as ragged as a scanner's: packs badly as it is, well as a fax.
    let (print, ragged) = (made::noise(62 * 41, 6), made::noise(2_400 * 61, 16));
    let bit = |x: usize, y: usize| {
        let moved = x + usize::from(ragged[y * 61 + x / 40] % 3);
        print[y / 60 * 62 + moved / 40] > 150
    };
    let mut bits = vec![0_u8; 300 * 2_400];
    for y in 0..2_400 {
        for x in 0..2_400 {
            // White is 1.
            bits[y * 300 + x / 8] |= u8::from(!bit(x, y)) << (7 - x % 8);
        }
    }
    let source = made::pdf(
        vec![
            Stream::new(dict(2_400, "DeviceGray", 1), bits.clone()),
            packed(dict(700, "DeviceGray", 8), around(128, 700 * 700, 7)),
        ],
        |_| {},
    );
    let before = documents::render_page(&source, 0, 842, &Limits::default()).unwrap();
    let prepared = shrunk(&source, 300_000);
    assert_eq!(filters(&prepared), ["CCITTFaxDecode", "DCTDecode"]);
    let after = documents::render_page(&prepared.bytes, 0, 842, &Limits::default()).unwrap();
    assert!(before.png == after.png, "the same pixels");
}

#[test]
fn a_jpeg_in_a_wrapper_and_one_of_inks() {
    let photo = made::encode(&made::sheet(900, 900, 8), 95, turbojpeg::Subsamp::None, false);
    let mut wrapped = made::jpeg_stream(photo, 900, 900);
    let mut packing = Stream::new(dictionary! {}, wrapped.content.clone());
    packing.compress().unwrap();
    if packing.filters().is_ok() {
        wrapped.set_content(packing.content);
        wrapped.dict.set("Filter", vec!["FlateDecode".into(), "DCTDecode".into()]);
    }
    let ink = made::cmyk_jpeg(900, 900, [0, 200, 200, 20]);
    let mut ink = made::jpeg_stream(ink, 900, 900);
    ink.dict.set("ColorSpace", "DeviceCMYK");
    ink.dict.set("Decode", [1, 0, 1, 0, 1, 0, 1, 0].map(Object::from).to_vec());
    let source = made::pdf(vec![wrapped, ink], |_| {});
    let prepared = shrunk(&source, source.len() as u64 / 2);
    assert_eq!(filters(&prepared), ["DCTDecode"; 2]);
    made::assert_near(centre(&prepared, 1), [235, 51, 51], "inks");
}

#[test]
fn words_and_drawings_keep_their_bytes() {
    let content = b"0.5 g 10 10 100 100 re f % as it was written\n0 g 20 20 m 300 300 l S";
    let source = made::pdf(vec![packed(dict(900, "DeviceGray", 8), around(128, 900 * 900, 9))], |document| {
        made::add_page(document, content, dictionary! {});
    });
    let prepared = shrunk(&source, 300_000);
    let document = Document::load_mem(&prepared.bytes).unwrap();
    let page = document.page_iter().nth(1).unwrap();
    assert_eq!(document.get_page_content(page).trim_ascii_end(), content);
}

const MUTED: [u8; 3] = [80, 160, 80];

/// A document whose pictures take their colours from a profile of so many components.
fn profiled(profile: &ColorProfile, components: i64, pictures: Vec<Stream>) -> Vec<u8> {
    made::pdf(pictures, |document| {
        let block = profile.encode().unwrap();
        let profile = document.add_object(packed(dictionary! { "N" => components }, block));
        let space = Object::Array(vec!["ICCBased".into(), profile.into()]);
        for object in document.objects.values_mut() {
            let Ok(stream) = object.as_stream_mut() else { continue };
            match stream.dict.get_mut(b"ColorSpace") {
                Ok(Object::Array(indexed)) => indexed[1] = space.clone(),
                Ok(plain) => *plain = space.clone(),
                Err(_) => {}
            }
        }
    })
}

/// What a colour of this profile is in sRGB, by the profile itself.
fn seen(profile: &ColorProfile, layout: Layout, colour: &[u8]) -> [u8; 3] {
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, Layout::Rgb, Default::default()).unwrap();
    let mut rgb = [0; 3];
    transform.transform(colour, &mut rgb).unwrap();
    rgb
}

fn assert_seen(prepared: &Prepared, expected: [u8; 3], most: u8, what: &str) {
    for page in 0..prepared.pages {
        let found = centre(prepared, page);
        let far = found.iter().zip(expected).any(|(a, b)| a.abs_diff(b) > most);
        assert!(!far, "{what}, page {page}: {found:?} instead of {expected:?}");
    }
    let document = Document::load_mem(&prepared.bytes).unwrap();
    let pictures = document.objects.values().filter_map(|object| object.as_stream().ok());
    for space in pictures.filter_map(|stream| stream.dict.get(b"ColorSpace").ok()) {
        assert!(space.as_name().is_ok_and(|name| name.starts_with(b"Device")), "{what}: {space:?}");
    }
}

/// What is taken out of its page: a corner is hidden on each.
fn corner_hidden(source: &[u8], pages: u32) -> Prepared {
    let hidden = vec![Area { left: 0, top: 0, width: 500, height: 500 }];
    let page = |page| PageEdit { page, hidden: hidden.clone(), ..PageEdit::default() };
    let edit = Edit { pages: (0..pages).map(page).collect() };
    let prepared = documents::prepare(source, &edit, &Limits::default(), &()).unwrap();
    hold(&prepared, &Limits::default());
    prepared
}

#[test]
fn colours_of_a_profile_become_those_of_srgb() {
    for (name, profile) in
        [("Display P3", ColorProfile::new_display_p3()), ("Adobe RGB", ColorProfile::new_adobe_rgb())]
    {
        let expected = seen(&profile, Layout::Rgb, &MUTED);
        assert!(expected[0].abs_diff(MUTED[0]) > 12, "{name} would prove nothing: {expected:?}");
        let flat = image::RgbImage::from_pixel(400, 400, image::Rgb(MUTED));
        let jpeg = made::encode(&flat, 95, turbojpeg::Subsamp::None, false);
        let palette = Object::String(MUTED.to_vec(), StringFormat::Hexadecimal);
        let indexed = Object::Array(vec!["Indexed".into(), "DeviceRGB".into(), 0.into(), palette]);
        let pictures = vec![
            made::jpeg_stream(jpeg, 400, 400),
            packed(dict(400, "DeviceRGB", 8), MUTED.repeat(400 * 400)),
            packed(dict(400, "DeviceRGB", 16), MUTED.map(|level| [level; 2]).concat().repeat(400 * 400)),
            packed(dict(400, indexed, 4), vec![0; 400 * 200]),
        ];
        let taken = corner_hidden(&profiled(&profile, 3, pictures), 4);
        assert_seen(&taken, expected, 5, name);

        // Encoded anew where they are; around the colour, so that nothing packs well as it is.
        let noise = made::noise(700 * 700 * 3, 11);
        let samples: Vec<u8> =
            noise.iter().zip(MUTED.iter().cycle()).map(|(noise, level)| level - 10 + noise % 20).collect();
        let picture = image::RgbImage::from_raw(700, 700, samples.clone()).unwrap();
        let jpeg = made::encode(&picture, 97, turbojpeg::Subsamp::None, false);
        let pictures = vec![made::jpeg_stream(jpeg, 700, 700), packed(dict(700, "DeviceRGB", 8), samples)];
        let source = profiled(&profile, 3, pictures);
        assert_seen(&shrunk(&source, source.len() as u64 / 3), expected, 8, name);
    }
}

#[test]
fn gray_of_a_profile_becomes_that_of_srgb() {
    let profile = ColorProfile::new_gray_with_gamma(1.4);
    let expected = seen(&profile, Layout::Gray, &[90]);
    assert!(expected[0].abs_diff(90) > 12, "would prove nothing: {expected:?}");
    let mut jpeg = made::jpeg_stream(made::gray_jpeg_of(&[90; 400 * 400], 400, 400), 400, 400);
    jpeg.dict.set("ColorSpace", "DeviceGray");
    let pictures = vec![jpeg, packed(dict(400, "DeviceGray", 8), vec![90; 400 * 400])];
    assert_seen(&corner_hidden(&profiled(&profile, 1, pictures), 2), expected, 5, "gray");
}

/// A profile that says sRGB changes nothing, and its space stays where the picture stays.
#[test]
fn srgb_needs_no_conversion() {
    let flat = image::RgbImage::from_pixel(400, 400, image::Rgb(MUTED));
    let jpeg = made::encode(&flat, 95, turbojpeg::Subsamp::None, false);
    let source = profiled(&ColorProfile::new_srgb(), 3, vec![made::jpeg_stream(jpeg, 400, 400)]);
    assert_seen(&corner_hidden(&source, 1), MUTED, 5, "sRGB");
}
