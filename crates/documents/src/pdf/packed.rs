//! Pictures packed without loss (Flate), read row by row and made smaller on the way. What PNG's predictors
//! packed is, byte for byte, the inside of a PNG, and is read as one.

use std::io::{self, Read};

use flate2::bufread::ZlibDecoder;
use lopdf::{Dictionary, Object, Stream};

use super::bombs::SLACK;
use crate::{
    Limits, Refusal,
    picture::{Picture, Pixels, Ready},
    raster, resize,
    strips::{Filter, Samples, Strips},
};

/// A picture of eight bits a sample with its long edge at most `edge`; `None` where it is packed in another way,
/// or not as it says: then the general road decides. An error only says that it must not be tried any further.
pub(super) fn picture(
    stream: &Stream,
    (width, height): (u32, u32),
    samples: Samples,
    edge: u32,
    limits: &Limits,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Option<Picture>, Refusal> {
    if stream.filters().unwrap_or_default().as_slice() != [b"FlateDecode"] {
        return Ok(None);
    }
    let parameters = match stream.dict.get(b"DecodeParms") {
        Ok(Object::Dictionary(parameters)) => Some(parameters),
        Ok(Object::Array(list)) => list.first().and_then(|first| first.as_dict().ok()),
        Ok(Object::Null) | Err(_) => None,
        Ok(_) => return Ok(None),
    };
    // Defaults by ISO 32000, table 8.
    let told = |key: &[u8], default: i64| {
        let value = parameters.map(|parameters: &Dictionary| parameters.get(key));
        value.map_or(Some(default), |value| value.map_or(Some(default), |value| value.as_i64().ok()))
    };
    match told(b"Predictor", 1) {
        Some(1) => {
            let to = resize::scaled(width, height, edge, false);
            let bytes = rows(&stream.content, (width, height), samples, to, go_on)?;
            Ok(bytes.and_then(|bytes| ready(samples.pixels(bytes), to)))
        }
        Some(10..=15) => {
            let as_told = told(b"Colors", 1) == Some(i64::from(samples.count()))
                && told(b"BitsPerComponent", 8) == Some(8)
                && told(b"Columns", 1) == Some(i64::from(width));
            let png = if as_told { png(&stream.content, (width, height), samples) } else { None };
            let Some(png) = png else { return Ok(None) };
            match raster::decode_packed(&png, edge, limits, go_on) {
                Ok(raster) => {
                    let decoded = raster.decoded;
                    Ok(ready(decoded.pixels, (decoded.width, decoded.height)))
                }
                // Either it is not as it says, or somebody said stop.
                Err(_) => go_on().map(|()| None),
            }
        }
        _ => Ok(None),
    }
}

fn ready(pixels: Pixels, (width, height): (u32, u32)) -> Option<Picture> {
    let pixels = match pixels {
        Pixels::Gray(gray) => Ready::Gray(gray),
        Pixels::Rgb(rgb) => Ready::Rgb(rgb),
        Pixels::Yuv(_) | Pixels::Cmyk { .. } => return None,
    };
    Some(Picture { width, height, pixels })
}

/// `None` where there are fewer rows than promised, or far more.
fn rows(
    packed: &[u8],
    size: (u32, u32),
    samples: Samples,
    to: (u32, u32),
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Option<Vec<u8>>, Refusal> {
    let mut strips = Strips::new(samples, size.0, size, to, Filter::Lanczos)?;
    let mut unpacked = ZlibDecoder::new(packed);
    for row in 0..size.1 {
        if row % 16 == 0 {
            go_on()?;
        }
        if unpacked.read_exact(strips.room(1)?).is_err() {
            return Ok(None);
        }
        strips.take(1)?;
    }
    let most = u64::try_from(SLACK).unwrap_or(u64::MAX);
    match io::copy(&mut unpacked.take(most + 1), &mut io::sink()) {
        Ok(more) if more > most => Ok(None),
        // A checksum that is wrong or missing hides no pixels.
        _ => strips.finish().map(Some),
    }
}

/// The PNG these pixels are the inside of; nobody reads its checksums.
fn png(packed: &[u8], (width, height): (u32, u32), samples: Samples) -> Option<Vec<u8>> {
    let colour = match samples {
        Samples::Gray => 0,
        Samples::Rgb => 2,
        Samples::Cmyk => return None,
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
        Limits, Refusal,
        picture::{Picture, Ready},
        strips::Samples,
    };

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).expect("into memory");
        packed.finish().expect("into memory")
    }

    fn read(stream: &Stream, edge: u32) -> Option<Picture> {
        picture(stream, (3, 2), Samples::Gray, edge, &Limits::default(), &|| Ok(())).expect("nobody stops it")
    }

    /// Without a predictor, and each row less the one above it.
    fn both() -> [Stream; 2] {
        let plain = Stream::new(dictionary! { "Filter" => "FlateDecode" }, packed(&[1, 2, 3, 4, 5, 6]));
        let parameters = dictionary! { "Predictor" => 12, "Columns" => 3 };
        let up = dictionary! { "Filter" => "FlateDecode", "DecodeParms" => parameters };
        [plain, Stream::new(up, packed(&[2, 1, 2, 3, 2, 3, 3, 3]))]
    }

    #[test]
    fn rows_with_and_without_a_predictor() {
        for stream in both() {
            let Some(Picture { pixels: Ready::Gray(gray), .. }) = read(&stream, 3) else { unreachable!() };
            assert_eq!(gray, [1, 2, 3, 4, 5, 6]);
        }
    }

    /// The general road would unpack all of it after all.
    #[test]
    fn a_word_to_stop_is_no_damage() {
        for stream in both() {
            let stopped =
                picture(&stream, (3, 2), Samples::Gray, 3, &Limits::default(), &|| Err(Refusal::Cancelled));
            assert_eq!(stopped.err(), Some(Refusal::Cancelled));
        }
    }

    #[test]
    fn what_is_not_as_it_says_is_left_to_others() {
        let short = Stream::new(dictionary! { "Filter" => "FlateDecode" }, packed(&[1, 2, 3, 4]));
        assert!(read(&short, 3).is_none());
        let long = Stream::new(dictionary! { "Filter" => "FlateDecode" }, packed(&[0; 2 * 1024 * 1024]));
        assert!(read(&long, 3).is_none());
        let twice = dictionary! { "Filter" => vec!["FlateDecode".into(), "FlateDecode".into()] };
        assert!(read(&Stream::new(twice, packed(&packed(&[0; 6]))), 3).is_none());
    }
}
