//! What is read row by row is what libjpeg-turbo gives as a whole.
#![allow(clippy::unwrap_used)]

use scanlines::{Error, Reader};
use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp, YuvImage};

fn picture(width: usize, height: usize, subsamp: Subsamp, progressive: bool) -> Vec<u8> {
    let pixels: Vec<u8> = (0..width * height * 3)
        .map(|at| u8::try_from((at * 7 + at / (width * 3) * 13) % 251).unwrap())
        .collect();
    let image =
        Image { pixels: pixels.as_slice(), width, pitch: width * 3, height, format: PixelFormat::RGB };
    let mut encoder = Compressor::new().unwrap();
    encoder.set_subsamp(subsamp).unwrap();
    encoder.set_progressive(progressive).unwrap();
    encoder.set_quality(90).unwrap();
    encoder.compress_to_vec(image).unwrap()
}

/// The luma rows, without padding; and whether the decoder was content.
fn luma(bytes: &[u8], eighths: u8) -> Result<(Vec<u8>, u32, bool), Error> {
    let mut reader = Reader::new(bytes, eighths, 100)?;
    let planes = reader.planes().to_vec();
    let mut bands: Vec<Vec<u8>> =
        planes.iter().map(|plane| vec![0; (plane.stride * plane.rows) as usize]).collect();
    let mut luma = Vec::new();
    while reader.read(&mut bands.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())? {
        for row in bands[0].chunks_exact(planes[0].stride as usize) {
            luma.extend_from_slice(&row[..planes[0].width as usize]);
        }
    }
    luma.truncate((planes[0].width * planes[0].height) as usize);
    Ok((luma, planes[0].width, reader.is_sound()))
}

#[test]
fn rows_are_those_of_the_whole_picture() {
    for subsamp in [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2, Subsamp::Gray] {
        for (progressive, eighths) in [(false, 8), (true, 8), (false, 4), (false, 3), (true, 1)] {
            let bytes = picture(301, 203, subsamp, progressive);
            let (rows, width, sound) = luma(&bytes, eighths).unwrap();
            let mut decoder = Decompressor::new().unwrap();
            let header = decoder.read_header(&bytes).unwrap();
            let factor = ScalingFactor::new(usize::from(eighths), 8);
            decoder.set_scaling_factor(factor).unwrap();
            let size = header.scaled(factor);
            let length = turbojpeg::yuv_pixels_len(size.width, 1, size.height, subsamp).unwrap();
            let mut whole = YuvImage {
                pixels: vec![0; length],
                width: size.width,
                align: 1,
                height: size.height,
                subsamp,
            };
            decoder.decompress_to_yuv(&bytes, whole.as_deref_mut()).unwrap();
            let stride = size.width.next_multiple_of(subsamp.size().0);
            let wanted: Vec<u8> = whole
                .pixels
                .chunks(stride)
                .take(size.height)
                .flat_map(|row| row[..size.width].to_vec())
                .collect();
            assert_eq!((width as usize, sound), (size.width, true));
            assert!(rows == wanted, "{subsamp:?}, progressive: {progressive}, {eighths} eighths");
        }
    }
}

#[test]
fn damage_is_told() {
    let bytes = picture(300, 200, Subsamp::Sub2x2, false);
    assert!(!luma(&bytes[..bytes.len() / 2], 8).unwrap().2, "the lower half is missing");
    let end = bytes.len() - 2;
    let more = [&bytes[..end], &[1, 2, 3, 4, 5, 6, 7, 8, 9], &bytes[end..]].concat();
    assert!(!luma(&more, 8).unwrap().2, "there are more data than rows");
    assert_eq!(luma(&bytes[..100], 8).unwrap_err(), Error::Broken);
    assert_eq!(luma(b"", 8).unwrap_err(), Error::Broken);
    assert_eq!(luma(b"no picture", 8).unwrap_err(), Error::Broken);
    let many = picture(300, 200, Subsamp::Sub2x2, true);
    assert_eq!(Reader::new(&many, 8, 3).err(), Some(Error::TooManyScans));
}

#[test]
fn buffers_of_another_size_are_refused() {
    let bytes = picture(64, 64, Subsamp::Gray, false);
    let mut reader = Reader::new(&bytes, 8, 100).unwrap();
    assert_eq!(reader.read(&mut [&mut [0; 63]]), Err(Error::Broken));
    assert_eq!(reader.read(&mut []), Err(Error::Broken));
}

#[test]
fn ink_is_left_to_others() {
    let image =
        Image { pixels: &[9; 64 * 64 * 4][..], width: 64, pitch: 256, height: 64, format: PixelFormat::CMYK };
    let bytes = Compressor::new().unwrap().compress_to_vec(image).unwrap();
    assert_eq!(Reader::new(&bytes, 8, 100).err(), Some(Error::OtherColours));
}
