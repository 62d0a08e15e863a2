//! Pictures as files, in the ways telephones, scanners and copy shops write them.

use std::io::Cursor;

use fax::{Color, VecWriter, encoder::Encoder};
use image::{DynamicImage, GrayImage, ImageFormat, RgbImage, imageops};
use lopdf::{Stream, dictionary};
use tiff::{
    TiffError,
    encoder::{Compression, Predictor, TiffEncoder, colortype},
};
use turbojpeg::Subsamp;

use crate::made;

/// A telephone's JPEG, with its metadata.
pub fn photo(picture: &RgbImage, orientation: u16) -> Vec<u8> {
    made::with_exif(&made::encode(picture, 93, Subsamp::Sub2x1, false), orientation)
}

/// An upright picture as a telephone stores it: lying, with orientation 6.
pub fn lying(upright: &RgbImage) -> RgbImage {
    imageops::rotate270(upright)
}

pub fn png(picture: &RgbImage) -> Vec<u8> {
    made::raster(&DynamicImage::ImageRgb8(picture.clone()), ImageFormat::Png)
}

pub fn lzw(picture: &RgbImage) -> Result<Vec<u8>, TiffError> {
    let mut bytes = Cursor::new(Vec::new());
    TiffEncoder::new(&mut bytes)?
        .with_compression(Compression::Lzw)
        .with_predictor(Predictor::Horizontal)
        .write_image::<colortype::RGB8>(picture.width(), picture.height(), picture.as_raw())?;
    Ok(bytes.into_inner())
}

/// CCITT group 4 in a TIFF.
pub fn group4(page: &GrayImage) -> Vec<u8> {
    let mut encoder = Encoder::new(VecWriter::new());
    for row in page.rows() {
        let row = row.map(|pixel| if pixel.0[0] == 0 { Color::Black } else { Color::White });
        // Writing into memory cannot fail.
        let _ = encoder.encode_line(row, page.width() as u16);
    }
    let data = encoder.finish().map(VecWriter::finish).unwrap_or_default();
    fax::tiff::wrap(&data, page.width(), page.height())
}

/// A gray picture in a PDF, compressed as PNG does it: that is how tools that lose nothing put it there.
pub fn flate(page: &GrayImage) -> Stream {
    let png = made::raster(&DynamicImage::ImageLuma8(page.clone()), ImageFormat::Png);
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
        "Width" => i64::from(page.width()), "Height" => i64::from(page.height()), "Filter" => "FlateDecode",
        "DecodeParms" => dictionary! {
            "Predictor" => 15, "Colors" => 1, "BitsPerComponent" => 8, "Columns" => i64::from(page.width()),
        },
    };
    Stream::new(dict, pixels_of(&png))
}

/// The compressed pixels of a PNG: the contents of its IDAT chunks.
fn pixels_of(png: &[u8]) -> Vec<u8> {
    let (mut at, mut pixels) = (8, Vec::new());
    while let Some(head) = png.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if &head[4..8] == b"IDAT" {
            pixels.extend_from_slice(&png[at + 8..at + 8 + length]);
        }
        at += length + 12;
    }
    pixels
}
