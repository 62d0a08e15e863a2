//! One small valid file of every kind: what the property test changes and the fuzz targets begin with.

use image::{DynamicImage, ImageFormat, RgbImage};
use lopdf::dictionary;
use turbojpeg::Subsamp;

use crate::made;

/// A small valid file.
pub struct Sample {
    /// The fuzz target it is for, which is the format's name.
    pub format: &'static str,
    pub name: &'static str,
    pub bytes: Vec<u8>,
}

/// Every kind that can be made in code; kinds that need other programs lie in `fuzz/seeds`.
pub fn all() -> Vec<Sample> {
    let sheet = made::sheet(64, 48, 1);
    let mut samples = jpegs(&sheet);
    samples.extend(rasters(&sheet));
    samples.extend(pdfs(&sheet));
    samples
}

fn jpegs(sheet: &RgbImage) -> Vec<Sample> {
    let sample = |name, bytes| Sample { format: "jpeg", name, bytes };
    let display_p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let small = |subsamp, progressive| made::encode(sheet, 60, subsamp, progressive);
    vec![
        sample("turned", made::with_exif(&small(Subsamp::Sub2x2, false), 6)),
        sample("progressive", small(Subsamp::Sub2x1, true)),
        sample("full-colour", small(Subsamp::None, false)),
        sample("tall-chroma", small(Subsamp::Sub1x2, false)),
        sample("display-p3", made::with_profile(&small(Subsamp::Sub2x2, false), &display_p3)),
        sample("cmyk", made::cmyk_jpeg(40, 30, [9, 80, 200, 3])),
        sample("gray", made::gray_jpeg(64, 48)),
        sample("arithmetic", arithmetic(sheet)),
        sample("one-pixel", made::jpeg(&made::quarters(1, 1))),
        sample("breaks-off", small(Subsamp::Sub2x2, false)[..700].to_vec()),
    ]
}

/// With the entropy coding that hardly anybody uses and libjpeg-turbo reads.
fn arithmetic(sheet: &RgbImage) -> Vec<u8> {
    let mut encoder = turbojpeg::Compressor::new().unwrap();
    encoder.set_arithmetic(true).unwrap();
    let width = sheet.width() as usize;
    let image = turbojpeg::Image {
        pixels: sheet.as_raw().as_slice(),
        width,
        pitch: width * 3,
        height: sheet.height() as usize,
        format: turbojpeg::PixelFormat::RGB,
    };
    encoder.compress_to_vec(image).unwrap()
}

fn rasters(sheet: &RgbImage) -> Vec<Sample> {
    let rgb = DynamicImage::ImageRgb8(made::quarters(24, 18));
    let paper = DynamicImage::ImageRgb8(sheet.clone());
    let mut samples: Vec<Sample> = [
        ("png", ImageFormat::Png),
        ("webp", ImageFormat::WebP),
        ("tiff", ImageFormat::Tiff),
        ("bmp", ImageFormat::Bmp),
        ("gif", ImageFormat::Gif),
    ]
    .into_iter()
    .map(|(format, codec)| Sample { format, name: "quarters", bytes: made::raster(&rgb, codec) })
    .collect();
    for (name, image) in [
        ("paper", paper.clone()),
        ("gray", paper.to_luma8().into()),
        ("gray-alpha", paper.to_luma_alpha8().into()),
        ("alpha", paper.to_rgba8().into()),
        ("sixteen-bits", DynamicImage::from(rgb.to_rgb16())),
    ] {
        samples.push(Sample { format: "png", name, bytes: made::raster(&image, ImageFormat::Png) });
    }
    let pages = made::tiff(&[made::quarters(20, 30), made::quarters(30, 20)]);
    samples.push(Sample { format: "tiff", name: "pages", bytes: pages });
    samples
}

fn pdfs(sheet: &RgbImage) -> Vec<Sample> {
    let photo = || made::jpeg_stream(made::encode(sheet, 60, Subsamp::Sub2x2, false), 64, 48);
    let gray = || {
        let dict = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 200, "Height" => 200,
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
        };
        let mut stream = lopdf::Stream::new(dict, vec![200; 200 * 200]);
        stream.compress().unwrap();
        stream
    };
    let described = made::pdf(vec![photo()], |document| {
        let info = document.add_object(dictionary! { "Title" => "t" });
        document.trailer.set("Info", info);
    });
    let script = made::pdf(vec![photo()], |document| {
        let action = dictionary! { "S" => "JavaScript", "JS" => lopdf::Object::string_literal("1") };
        made::catalog(document).set("OpenAction", action);
    });
    [
        ("photo", made::pdf(vec![photo()], |_| {})),
        ("two-pages", made::pdf(vec![photo(), gray()], |_| {})),
        ("described", described),
        ("script", script),
    ]
    .map(|(name, bytes)| Sample { format: "pdf", name, bytes })
    .into()
}
