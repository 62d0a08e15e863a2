//! Pictures as files: JPEG with camera metadata, PNG, TIFF, a PDF of scanned pages, and files that must be refused.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};

/// A JPEG without metadata.
pub(super) fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
        .expect("a picture can be encoded");
    bytes
}

/// A JPEG as a telephone writes it: stored lying down with orientation 6, camera name and a place in its metadata.
pub(super) fn telephone_jpeg(upright: &RgbImage, quality: u8) -> Vec<u8> {
    let plain = jpeg(&image::imageops::rotate270(upright), quality);
    let exif = exif();
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend(u16::try_from(exif.len() + 2).expect("short").to_be_bytes());
    bytes.extend(&exif);
    bytes.extend(&plain[2..]);
    bytes
}

/// `Exif\0\0` and a little-endian TIFF: model, orientation 6, and a GPS position in the middle of the sea.
fn exif() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = Vec::new();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes
    };
    let model = b"YIBAN-SPECIMEN-CAMERA\0";
    let model_at = 8 + 2 + 3 * 12 + 4;
    let gps_at = model_at + u32::try_from(model.len()).expect("short");
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend(3u16.to_le_bytes());
    tiff.extend(entry(0x0110, 2, u32::try_from(model.len()).expect("short"), model_at));
    tiff.extend(entry(0x0112, 3, 1, 6));
    tiff.extend(entry(0x8825, 4, 1, gps_at));
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(model);
    tiff.extend(2u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, u32::from(b'N')));
    tiff.extend(entry(0x0002, 5, 3, gps_at + 2 + 2 * 12 + 4));
    tiff.extend(0u32.to_le_bytes());
    for number in [30u32, 1, 0, 1, 0, 1] {
        tiff.extend(number.to_le_bytes());
    }
    [b"Exif\0\0".as_slice(), &tiff].concat()
}

/// A PNG.
pub(super) fn png(picture: RgbImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

/// An uncompressed TIFF, as scanners write it.
pub(super) fn tiff(picture: RgbImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Tiff)
}

fn encoded(picture: RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, format).expect("a picture can be encoded");
    bytes.into_inner()
}

/// A PDF of scanned A4 pages, one JPEG each, with a line of text above it.
pub(super) fn pdf(pages: &[RgbImage]) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = Vec::new();
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + page * 3)).collect();
    objects.push(b"<< /Type /Catalog /Pages 2 0 R >>".to_vec());
    objects
        .push(format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()).into_bytes());
    objects.push(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec());
    for (page, picture) in pages.iter().enumerate() {
        let (contents, image) = (5 + page * 3, 6 + page * 3);
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R \
                 /Resources << /Font << /F1 3 0 R >> /XObject << /Im {image} 0 R >> >> >>"
            )
            .into_bytes(),
        );
        let drawing = format!(
            "BT /F1 12 Tf 40 815 Td (SPECIMEN page {} of {}) Tj ET\nq 515 0 0 728 40 60 cm /Im Do Q",
            page + 1,
            pages.len()
        );
        objects.push(stream("", drawing.as_bytes()));
        let bytes = jpeg(picture, 80);
        let dictionary = format!(
            "/Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode ",
            picture.width(),
            picture.height()
        );
        objects.push(stream(&dictionary, &bytes));
    }
    assemble(&objects, "")
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = format!("<< {dictionary}/Length {} >>\nstream\n", content.len()).into_bytes();
    bytes.extend(content);
    bytes.extend(b"\nendstream");
    bytes
}

fn assemble(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n", index + 1).as_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let table = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for offset in offsets {
        bytes.extend(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let size = objects.len() + 1;
    bytes.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R {trailer}>>\nstartxref\n{table}\n%%EOF\n").as_bytes(),
    );
    bytes
}

/// A PDF that asks for a password.
pub(super) fn encrypted_pdf() -> Vec<u8> {
    let secret = "9f".repeat(32);
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_vec(),
        format!("<< /Filter /Standard /V 2 /R 3 /Length 128 /P -3904 /O <{secret}> /U <{secret}> >>")
            .into_bytes(),
    ];
    let id = "ab".repeat(16);
    assemble(&objects, &format!("/Encrypt 4 0 R /ID [<{id}> <{id}>] "))
}

/// The head of a PNG of 50 000 × 50 000 pixels: 7.5 GB once decoded, a few bytes before.
pub(super) fn bomb_png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8; 4], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
        let body = [name.as_slice(), data].concat();
        bytes.extend(&body);
        bytes.extend(crc32(&body).to_be_bytes());
    };
    let side = 50_000u32.to_be_bytes();
    chunk(b"IHDR", &[side.as_slice(), &side, &[8, 2, 0, 0, 0]].concat());
    // An empty zlib stream.
    chunk(b"IDAT", &[0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
    chunk(b"IEND", &[]);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}
