//! What no program that reads the whole file can go below: undoing its entropy coding once, and encoding the
//! result once, in the cheapest ways there are: JPEGs at an eighth of their size, everything else row by row with
//! nothing done to the rows; results from planes, with the encoder's own Huffman tables.

use std::{
    error::Error,
    fs,
    io::{Cursor, Read},
};

use cpu_time::ProcessTime;
use flate2::read::ZlibDecoder;
use lopdf::{Document, Object};
use serde_json::{Value, json};
use turbojpeg::{Compressor, DecompressHeader, Decompressor, ScalingFactor, Subsamp, YuvImage};

use super::seconds;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What a peer's program is asked for, too.
const QUALITY: i32 = 90;
/// Long edge of a picture that is handed in, and of a page of a PDF that is made small (150 dpi), pixels.
const PICTURE: usize = 1920;
const PAGE: usize = 1754;

pub(super) fn floor(source: &str) -> Outcome<Value> {
    let bytes = fs::read(source)?;
    let begun = ProcessTime::now();
    let pages = match bytes.get(..4) {
        Some(b"%PDF") => pdf(&bytes)?,
        Some(b"\x89PNG") => png(&bytes)?,
        Some(b"II*\0" | b"MM\0*") => tiff(&bytes)?,
        _ => vec![eighth(&bytes)?],
    };
    let read = begun.elapsed();
    let edge = if bytes.starts_with(b"%PDF") { PAGE } else { PICTURE };
    // Pictures of the result's size, made outside the clock from what is there: the first page.
    let pictures = pages.iter().map(|page| made(page, edge)).collect::<Outcome<Vec<_>>>()?;
    let mut encoder = Compressor::new()?;
    encoder.set_quality(QUALITY)?;
    let begun = ProcessTime::now();
    let mut encoded = 0;
    for picture in &pictures {
        encoded += encoder.compress_yuv_to_vec(picture.as_deref())?.len();
    }
    let encode = begun.elapsed();
    Ok(json!({
        "floor": seconds(read + encode), "read": seconds(read), "encode": seconds(encode), "bytes": encoded,
    }))
}

/// A page that was read: its shape, and a small picture of it where there is one.
struct Page {
    width: usize,
    height: usize,
    small: Option<YuvImage<Vec<u8>>>,
}

fn eighth(bytes: &[u8]) -> Outcome<Page> {
    let mut decoder = Decompressor::new()?;
    let header = decoder.read_header(bytes)?;
    let small = planes(&mut decoder, bytes, &header, ScalingFactor::ONE_EIGHTH)?;
    Ok(Page { width: header.width, height: header.height, small: Some(small) })
}

fn png(bytes: &[u8]) -> Outcome<Vec<Page>> {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info()?;
    let (width, height) = (reader.info().width.try_into()?, reader.info().height.try_into()?);
    while reader.next_row()?.is_some() {}
    Ok(vec![Page { width, height, small: None }])
}

fn tiff(bytes: &[u8]) -> Outcome<Vec<Page>> {
    let mut decoder = tiff::decoder::Decoder::new(Cursor::new(bytes))?;
    let (width, height) = decoder.dimensions()?;
    let (mut strip, mut rows) = (0, 0);
    while rows < height {
        rows += decoder.chunk_data_dimensions(strip).1;
        decoder.read_chunk(strip)?;
        strip += 1;
    }
    Ok(vec![Page { width: width.try_into()?, height: height.try_into()?, small: None }])
}

/// All its pictures: their JPEGs at an eighth, packed ones unpacked.
fn pdf(bytes: &[u8]) -> Outcome<Vec<Page>> {
    let document = Document::load_mem(bytes)?;
    let mut pages = Vec::new();
    for object in document.objects.values() {
        let Object::Stream(stream) = object else { continue };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Image") {
            continue;
        }
        if stream.filters()?.contains(&b"DCTDecode".as_slice()) {
            pages.push(eighth(&stream.content)?);
            continue;
        }
        let side = |key| Ok::<usize, Box<dyn Error>>(stream.dict.get(key)?.as_i64()?.try_into()?);
        let mut rows = ZlibDecoder::new(stream.content.as_slice());
        let mut scratch = [0; 32 * 1024];
        while rows.read(&mut scratch)? > 0 {}
        pages.push(Page { width: side(b"Width")?, height: side(b"Height")?, small: None });
    }
    Ok(pages)
}

/// A picture of the page's shape with this long edge. Where there is none to enlarge it is an even ramp, which is
/// cheaper to encode than any page.
fn made(page: &Page, edge: usize) -> Outcome<YuvImage<Vec<u8>>> {
    let long = page.width.max(page.height);
    let edge = edge.min(long);
    let (width, height) = ((page.width * edge / long) & !1, (page.height * edge / long) & !1);
    let gray = page.small.as_ref().is_none_or(|small| small.subsamp == Subsamp::Gray);
    let subsamp = if gray { Subsamp::Gray } else { Subsamp::Sub2x2 };
    let length = turbojpeg::yuv_pixels_len(width, 1, height, subsamp)?;
    let mut pixels = vec![128; length];
    for (at, pixel) in pixels.iter_mut().take(width * height).enumerate() {
        let (x, y) = (at % width, at / width);
        *pixel = match &page.small {
            Some(small) => small.pixels[y * small.height / height * small.width + x * small.width / width],
            None => u8::try_from((x + y) * 255 / (width + height))?,
        };
    }
    Ok(YuvImage { pixels, width, align: 1, height, subsamp })
}

fn planes(
    decoder: &mut Decompressor,
    bytes: &[u8],
    header: &DecompressHeader,
    factor: ScalingFactor,
) -> turbojpeg::Result<YuvImage<Vec<u8>>> {
    decoder.set_scaling_factor(factor)?;
    let size = header.scaled(factor);
    let length = turbojpeg::yuv_pixels_len(size.width, 1, size.height, header.subsamp)?;
    let mut picture = YuvImage {
        pixels: vec![0; length],
        width: size.width,
        align: 1,
        height: size.height,
        subsamp: header.subsamp,
    };
    decoder.decompress_to_yuv(bytes, picture.as_deref_mut())?;
    Ok(picture)
}
