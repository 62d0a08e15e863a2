//! PNG, WebP, TIFF, BMP and GIF in.

use documents::{Change, Format, Kind, Limits};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use crate::{made, prepare, turned};

#[test]
fn every_format_becomes_an_upright_jpeg() {
    let image = DynamicImage::ImageRgb8(made::quarters(1300, 1000));
    for (codec, format) in [
        (ImageFormat::Png, Format::Png),
        (ImageFormat::WebP, Format::Webp),
        (ImageFormat::Tiff, Format::Tiff),
        (ImageFormat::Bmp, Format::Bmp),
        (ImageFormat::Gif, Format::Gif),
    ] {
        let prepared = prepare(&made::raster(&image, codec)).unwrap();
        assert_eq!((prepared.kind, prepared.change), (Kind::Jpeg, Change::Converted), "{format:?}");
        assert_eq!(prepared.source.format, format);
        assert_eq!((prepared.width, prepared.height), (1300, 1000));
        for (found, expected) in made::corners(&made::pixels(&prepared.bytes)).into_iter().zip(made::CORNERS)
        {
            made::assert_near(found, expected, &format!("{format:?}"));
        }
    }
}

#[test]
fn a_name_does_not_matter() {
    // The same call, whatever the file was called: there is nowhere to put a name.
    let png = made::raster(&DynamicImage::ImageRgb8(made::quarters(1200, 1000)), ImageFormat::Png);
    assert_eq!(prepare(&png).unwrap().source.format, Format::Png);
}

#[test]
fn sixteen_bits_and_gray() {
    let gray = image::ImageBuffer::from_fn(1200, 800, |x, _| image::Luma([(x * 54) as u16]));
    let prepared = prepare(&made::raster(&DynamicImage::ImageLuma16(gray), ImageFormat::Png)).unwrap();
    let header = turbojpeg::read_header(&prepared.bytes).unwrap();
    assert_eq!(header.colorspace, turbojpeg::Colorspace::Gray, "gray stays gray");
    let colour = image::ImageBuffer::from_pixel(1200, 800, image::Rgb([51_400_u16, 7_710, 7_710]));
    let prepared = prepare(&made::raster(&DynamicImage::ImageRgb16(colour), ImageFormat::Png)).unwrap();
    made::assert_near(made::pixels(&prepared.bytes).get_pixel(600, 400).0, made::RED, "16 bit");
}

#[test]
fn glass_is_laid_on_white_paper() {
    let image =
        RgbaImage::from_fn(
            1200,
            1000,
            |x, _| {
                if x < 600 { Rgba([0, 0, 0, 0]) } else { Rgba([200, 30, 30, 255]) }
            },
        );
    let prepared = prepare(&made::raster(&DynamicImage::ImageRgba8(image), ImageFormat::Png)).unwrap();
    let found = made::pixels(&prepared.bytes);
    made::assert_near(found.get_pixel(200, 500).0, [255; 3], "glass");
    made::assert_near(found.get_pixel(1000, 500).0, made::RED, "paint");
}

#[test]
fn a_scan_of_several_sheets_becomes_a_pdf() {
    let sheets: Vec<_> = (0..3).map(|seed| made::sheet(1240, 1754, seed)).collect();
    let source = made::tiff(&sheets);
    let prepared = prepare(&source).unwrap();
    assert_eq!((prepared.kind, prepared.pages, prepared.source.pages), (Kind::Pdf, 3, 3));
    assert_eq!((prepared.source.width, prepared.source.height), (1240, 1754));
    assert_eq!((prepared.width, prepared.height), (595, 842));
    let sideways = turned(&source, 1).unwrap();
    assert_eq!((sideways.width, sideways.height), (842, 595));
    // The pages are the sheets, in order.
    let sheets = [made::RED, made::GREEN, made::BLUE]
        .map(|colour| image::RgbImage::from_pixel(300, 400, image::Rgb(colour)));
    let prepared = prepare(&made::tiff(&sheets)).unwrap();
    for (page, colour) in [made::RED, made::GREEN, made::BLUE].into_iter().enumerate() {
        let drawn = documents::render_page(&prepared.bytes, page as u32, 200, &Limits::default()).unwrap();
        made::assert_near(made::pixels(&drawn.png).get_pixel(70, 100).0, colour, "page");
    }
}

#[test]
fn a_scan_of_one_sheet_becomes_a_picture() {
    let prepared = prepare(&made::tiff(&[made::quarters(1200, 1600)])).unwrap();
    assert_eq!((prepared.kind, prepared.pages, prepared.height), (Kind::Jpeg, 1, 1600));
    for (found, expected) in made::corners(&made::pixels(&prepared.bytes)).into_iter().zip(made::CORNERS) {
        made::assert_near(found, expected, "one page");
    }
}

#[test]
fn large_lossless_pictures_fit() {
    let image = image::RgbImage::from_raw(3000, 2200, made::noise(3000 * 2200 * 3, 9)).unwrap();
    let source = made::raster(&DynamicImage::ImageRgb8(image), ImageFormat::Bmp);
    let prepared = prepare(&source).unwrap();
    assert_eq!(prepared.change, Change::Shrunk);
    assert!(prepared.bytes.len() > 900_000, "{}", prepared.bytes.len());
}
