//! Looking at what a person has, before anything is changed: any readable file, and where its paper lies.

use documents::{Limits, Refusal, propose_crop, render_source};
use image::{DynamicImage, ImageFormat};

use crate::made;

#[test]
fn any_readable_file_is_shown_upright() {
    let limits = Limits::default();
    let picture = made::quarters(1600, 1200);
    let raster = |format| made::raster(&DynamicImage::ImageRgb8(picture.clone()), format);
    let lying = image::imageops::rotate270(&picture);
    let jpeg = made::jpeg(&picture);
    let files = [
        ("jpeg", jpeg.clone(), (400, 300)),
        ("jpeg, lying", made::with_exif(&made::jpeg(&lying), 6), (400, 300)),
        ("png", raster(ImageFormat::Png), (400, 300)),
        ("webp", raster(ImageFormat::WebP), (400, 300)),
        ("bmp", raster(ImageFormat::Bmp), (400, 300)),
        ("tiff", made::tiff(&[made::sheet(300, 400, 1), picture.clone()]), (400, 300)),
        ("pdf", made::pdf(vec![made::jpeg_stream(jpeg, 1600, 1200)], |_| {}), (283, 400)),
    ];
    for (name, file, size) in files {
        let number = u32::from(name == "tiff");
        let page = render_source(&file, number, 400, &limits).unwrap();
        assert_eq!((page.width, page.height), size, "{name}");
        for (found, expected) in made::corners(&made::pixels(&page.png)).into_iter().zip(made::CORNERS) {
            made::assert_near(found, expected, name);
        }
        let beyond = render_source(&file, number + 1, 400, &limits);
        assert_eq!(beyond, Err(Refusal::NoSuchPage { page: number + 1, pages: number + 1 }), "{name}");
    }
    assert_eq!(render_source(b"no picture", 0, 400, &limits), Err(Refusal::NotADocument));
}

/// From file to corners, also where the file says it lies on its side.
#[test]
fn the_paper_is_proposed_where_it_lies() {
    let limits = Limits::default();
    let photograph = testkit::photographs::whole(1).remove(0);
    let upright = DynamicImage::ImageLuma8(photograph.picture.clone()).into_rgb8();
    let (width, height) = (f64::from(upright.width()), f64::from(upright.height()));
    let files = [
        ("upright", made::jpeg(&upright)),
        ("lying", made::with_exif(&made::jpeg(&image::imageops::rotate270(&upright)), 6)),
        ("png", made::raster(&DynamicImage::ImageRgb8(upright), ImageFormat::Png)),
    ];
    for (name, file) in files {
        let quad = propose_crop(&file, 0, &limits).unwrap().unwrap();
        for (x, y) in photograph.corners {
            let near = quad.0.iter().any(|point| {
                let apart = |found: u16, truth: f64| (f64::from(found) / 10_000.0 - truth).abs();
                apart(point.x, x / width) < 0.02 && apart(point.y, y / height) < 0.02
            });
            assert!(near, "{name}: no corner near {x}, {y}: {quad:?}");
        }
    }
    let plain = made::jpeg(&made::sheet(1200, 900, 3));
    assert_eq!(propose_crop(&plain, 0, &limits), Ok(None), "a page that fills the picture");
}
