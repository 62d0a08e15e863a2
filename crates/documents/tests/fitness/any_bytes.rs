//! Whatever bytes come in, the answer is a fit file or a typed refusal.

use std::sync::LazyLock;

use documents::{Edit, Limits};
use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;
use turbojpeg::Subsamp;

use crate::made;

/// One small valid file of every kind.
static VALID: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let sheet = made::sheet(120, 90, 1);
    let image = DynamicImage::ImageRgb8(sheet.clone());
    let mut files = vec![
        made::with_exif(&made::jpeg(&sheet), 6),
        made::encode(&sheet, 80, Subsamp::Sub2x1, true),
        made::with_profile(&made::jpeg(&sheet), &moxcms::ColorProfile::new_display_p3().encode().unwrap()),
        made::cmyk_jpeg(60, 40, [9, 80, 200, 3]),
        made::gray_jpeg(64, 48),
        made::tiff(&[made::quarters(20, 30), made::quarters(30, 20)]),
        made::pdf(vec![made::jpeg_stream(made::jpeg(&sheet), 120, 90)], |document| {
            let info = document.add_object(lopdf::dictionary! { "Title" => "t" });
            document.trailer.set("Info", info);
        }),
    ];
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Gif]
    {
        files.push(made::raster(&image, format));
    }
    files
});

/// A limit small enough that fitting, too, is exercised.
fn limits() -> impl Strategy<Value = Limits> {
    prop_oneof![Just(2_000_000_u64), 200..20_000_u64]
        .prop_map(|max_output_bytes| Limits { max_output_bytes, ..Limits::default() })
}

fn judge(source: &[u8], quarter_turns: u8, limits: &Limits) {
    // A count may be had of a file that is refused later, never the other way round.
    let pages = documents::page_count(source, limits).unwrap_or(1);
    match documents::prepare(source, &Edit::default().turned(pages, quarter_turns), limits, &()) {
        Ok(prepared) => {
            assert!(prepared.bytes.len() as u64 <= limits.max_output_bytes);
            let checked = documents::check(&prepared.bytes, limits).expect("passes the check");
            assert_eq!((checked.kind, checked.pages), (prepared.kind, prepared.pages));
            documents::render_page(&prepared.bytes, 0, 64, limits).expect("can be looked at");
        }
        Err(refusal) => assert!(!refusal.code().is_empty()),
    }
    let _ = documents::check(source, limits);
    let _ = documents::render_page(source, 0, 64, limits);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(
        magic in prop::sample::select(vec![
            &b""[..], b"\xFF\xD8\xFF\xE0", b"\x89PNG\r\n\x1A\n", b"GIF89a", b"II\x2A\0", b"MM\0\x2A",
            b"RIFF\0\0\0\0WEBPVP8 ", b"BM", b"%PDF-1.7\n",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        limits in limits(),
    ) {
        judge(&[magic, &bytes].concat(), 0, &limits);
    }

    #[test]
    fn valid_files_with_something_wrong(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
        turns in 0..4_u8,
        limits in limits(),
    ) {
        let mut source = which.get(&VALID).clone();
        for (at, value) in changes {
            let at = at.index(source.len());
            source[at] = value;
        }
        if let Some(cut) = cut {
            source.truncate(cut.index(source.len()));
        }
        judge(&source, turns, &limits);
    }
}
