//! Pictures packed without loss (Flate), read row by row and made smaller on the way. What PNG's predictors
//! packed is, byte for byte, the inside of a PNG, and is read as one.

use std::io::Read;

use flate2::bufread::ZlibDecoder;
use lopdf::{Dictionary, Object, Stream};

use crate::{
    Limits, Refusal,
    picture::{Picture, Pixels, Ready},
    raster, resize,
    strips::{Filter, Samples, Strips},
};

/// A picture of eight bits a sample with its long edge at most `edge`; `None` where it is packed in another way,
/// or not as it says: then the general road decides.
pub(super) fn picture(
    stream: &Stream,
    (width, height): (u32, u32),
    samples: Samples,
    edge: u32,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Option<Picture> {
    if stream.filters().ok()?.as_slice() != [b"FlateDecode"] {
        return None;
    }
    let parameters = match stream.dict.get(b"DecodeParms") {
        Ok(Object::Dictionary(parameters)) => Some(parameters),
        Ok(Object::Array(list)) => list.first().and_then(|first| first.as_dict().ok()),
        Ok(Object::Null) | Err(_) => None,
        Ok(_) => return None,
    };
    // Defaults by ISO 32000, table 8.
    let told = |key: &[u8], default: i64| {
        let value = parameters.map(|parameters: &Dictionary| parameters.get(key));
        value.map_or(Some(default), |value| value.map_or(Some(default), |value| value.as_i64().ok()))
    };
    match told(b"Predictor", 1)? {
        1 => {
            let to = resize::scaled(width, height, edge, false);
            let bytes = rows(&stream.content, (width, height), samples, to, go_on).ok()?;
            ready(samples.pixels(bytes), to)
        }
        10..=15 => {
            let as_told = told(b"Colors", 1)? == i64::from(samples.count())
                && told(b"BitsPerComponent", 8)? == 8
                && told(b"Columns", 1)? == i64::from(width);
            let png = as_told.then(|| png(&stream.content, (width, height), samples))??;
            let decoded = raster::decode_packed(&png, edge, limits, go_on).ok()?.decoded;
            ready(decoded.pixels, (decoded.width, decoded.height))
        }
        _ => None,
    }
}

fn ready(pixels: Pixels, (width, height): (u32, u32)) -> Option<Picture> {
    let pixels = match pixels {
        Pixels::Gray(gray) => Ready::Gray(gray),
        Pixels::Rgb(rgb) => Ready::Rgb(rgb),
        Pixels::Rgba(_) | Pixels::Yuv(_) | Pixels::Cmyk { .. } => return None,
    };
    Some(Picture { width, height, pixels })
}

fn rows(
    packed: &[u8],
    size: (u32, u32),
    samples: Samples,
    to: (u32, u32),
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Vec<u8>, Refusal> {
    let mut strips = Strips::new(samples, size.0, size, to, Filter::Lanczos)?;
    let mut unpacked = ZlibDecoder::new(packed);
    for row in 0..size.1 {
        if row % 16 == 0 {
            go_on()?;
        }
        unpacked.read_exact(strips.room(1)?).map_err(|_| Refusal::Damaged)?;
        strips.take(1)?;
    }
    strips.finish()
}

/// The PNG these pixels are the inside of; nobody reads its checksums.
fn png(packed: &[u8], (width, height): (u32, u32), samples: Samples) -> Option<Vec<u8>> {
    let colour = match samples {
        Samples::Gray => 0,
        Samples::Rgb => 2,
        Samples::Rgba | Samples::Cmyk => return None,
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, colour, 0, 0, 0]].concat();
    let mut png = Vec::with_capacity(packed.len() + 64);
    png.extend_from_slice(b"\x89PNG\r\n\x1A\n");
    for (kind, data) in [(b"IHDR", header.as_slice()), (b"IDAT", packed), (b"IEND", &[])] {
        png.extend_from_slice(&u32::try_from(data.len()).ok()?.to_be_bytes());
        png.extend_from_slice(kind);
        png.extend_from_slice(data);
        png.extend_from_slice(&[0; 4]);
    }
    Some(png)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};
    use lopdf::{Stream, dictionary};

    use super::picture;
    use crate::{
        Limits,
        picture::{Picture, Ready},
        strips::Samples,
    };

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).expect("into memory");
        packed.finish().expect("into memory")
    }

    fn read(stream: &Stream, edge: u32) -> Option<Picture> {
        picture(stream, (3, 2), Samples::Gray, edge, &Limits::default(), &|| Ok(()))
    }

    #[test]
    fn rows_with_and_without_a_predictor() {
        let plain = Stream::new(dictionary! { "Filter" => "FlateDecode" }, packed(&[1, 2, 3, 4, 5, 6]));
        // Up: each row less the one above it.
        let parameters = dictionary! { "Predictor" => 12, "Columns" => 3 };
        let up = dictionary! { "Filter" => "FlateDecode", "DecodeParms" => parameters };
        let up = Stream::new(up, packed(&[2, 1, 2, 3, 2, 3, 3, 3]));
        for stream in [plain, up] {
            let Some(Picture { pixels: Ready::Gray(gray), .. }) = read(&stream, 3) else { unreachable!() };
            assert_eq!(gray, [1, 2, 3, 4, 5, 6]);
        }
    }

    #[test]
    fn what_is_not_as_it_says_is_left_to_others() {
        let short = Stream::new(dictionary! { "Filter" => "FlateDecode" }, packed(&[1, 2, 3, 4]));
        assert!(read(&short, 3).is_none());
        let twice = dictionary! { "Filter" => vec!["FlateDecode".into(), "FlateDecode".into()] };
        assert!(read(&Stream::new(twice, packed(&packed(&[0; 6]))), 3).is_none());
    }
}
