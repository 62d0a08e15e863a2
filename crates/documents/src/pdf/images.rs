//! Pictures inside a PDF: which can be encoded anew without changing what is seen, and doing it.
//! Left alone: bilevel (CCITT, JBIG2, 1 bit), JPEG 2000, palettes, colour-key masks, odd /Decode arrays.

use lopdf::{Document, Object, Stream};

use crate::{
    Limits, Refusal,
    fit::Known,
    jpeg::{self, Chroma, Header},
    orientation::Turn,
    picture::{Decoded, Pixels, Ready},
    resize,
};

/// Pictures below this many pixels are stamps and logos; nothing is to be gained.
const WORTHWHILE: u64 = 128 * 128;

/// How the samples are stored.
enum Samples {
    Jpeg(Box<Header>),
    Gray,
    Rgb,
}

/// A picture that can be encoded anew.
pub(super) struct Candidate {
    samples: Samples,
    width: u32,
    height: u32,
    pub(super) known: Known,
}

/// An encoded picture to put in its place.
pub(super) struct Replacement {
    pub(super) bytes: Vec<u8>,
    width: u32,
    height: u32,
    /// Set where the colour space changed (CMYK becomes RGB).
    rgb: bool,
}

impl Candidate {
    /// Whether a stream is such a picture.
    pub(super) fn find(stream: &Stream, document: &Document, limits: &Limits) -> Option<Self> {
        let dict = &stream.dict;
        let value = |key: &[u8]| dict.get_deref(key, document).ok();
        if value(b"Subtype")?.as_name().ok()? != b"Image" {
            return None;
        }
        let set = |key: &[u8]| {
            value(key).is_some_and(|value| !matches!(value, Object::Null | Object::Boolean(false)))
        };
        if set(b"ImageMask") || value(b"Mask").is_some_and(|mask| mask.as_array().is_ok()) {
            return None;
        }
        let filters = stream.filters().unwrap_or_default();
        if filters == [b"DCTDecode"] {
            return Self::from_jpeg(stream, document, limits);
        }
        let lossless = |filter: &&[u8]| matches!(*filter, b"FlateDecode" | b"LZWDecode" | b"RunLengthDecode");
        if !filters.iter().all(lossless) || set(b"Decode") || value(b"BitsPerComponent")?.as_i64().ok()? != 8
        {
            return None;
        }
        let side = |key: &[u8]| u32::try_from(value(key)?.as_i64().ok()?).ok();
        let (width, height) = (side(b"Width")?, side(b"Height")?);
        limits.admit(width, height).ok()?;
        let samples = match components(value(b"ColorSpace")?, document)? {
            1 => Samples::Gray,
            3 => Samples::Rgb,
            _ => return None,
        };
        // A guess for the first step; the first encode corrects it.
        let bytes = f64::from(width) * f64::from(height) * 0.2;
        let known = Known { bytes, edge: width.max(height), quality: 90 };
        Self { samples, width, height, known }.worthwhile()
    }

    fn from_jpeg(stream: &Stream, document: &Document, limits: &Limits) -> Option<Self> {
        if stream.dict.has(b"DecodeParms") {
            return None;
        }
        let mut header = jpeg::read(&stream.content, limits).ok()?;
        let decode = stream.dict.get_deref(b"Decode", document).and_then(Object::as_array).ok();
        let inverted_cmyk = match (decode, header.components) {
            (None, _) => false,
            // The only /Decode seen in the wild: Adobe's inverted ink.
            (Some(array), 4) => array.first()?.as_float().ok()? > 0.5,
            (Some(_), _) => return None,
        };
        // Colours are what the PDF says they are; a profile inside the JPEG does not count.
        (header.icc, header.adobe) = (None, inverted_cmyk);
        let (width, height) = (header.width, header.height);
        let bytes = f64::from(u32::try_from(stream.content.len()).ok()?);
        let known = Known { bytes, edge: width.max(height), quality: header.quality };
        Self { samples: Samples::Jpeg(Box::new(header)), width, height, known }.worthwhile()
    }

    fn worthwhile(self) -> Option<Self> {
        (u64::from(self.width) * u64::from(self.height) >= WORTHWHILE).then_some(self)
    }

    /// Encodes the picture with its long edge at most `edge`.
    pub(super) fn encode(&self, stream: &Stream, edge: u32, quality: u8) -> Result<Replacement, Refusal> {
        let decoded = self.decode(stream, edge)?;
        let long_edge = edge.min(self.width.max(self.height));
        let picture = resize::ready(&decoded, long_edge, Turn::UPRIGHT)?;
        let bytes = jpeg::encode(&picture, quality, Chroma::Quarter)?;
        let rgb = matches!(decoded.pixels, Pixels::Cmyk { .. }) && matches!(picture.pixels, Ready::Rgb(_));
        Ok(Replacement { bytes, width: picture.width, height: picture.height, rgb })
    }

    fn decode(&self, stream: &Stream, edge: u32) -> Result<Decoded, Refusal> {
        let (width, height) = (self.width, self.height);
        let raw = |samples: u64| {
            let length = u64::from(width) * u64::from(height) * samples;
            let length = usize::try_from(length).map_err(|_| Refusal::TooComplex)?;
            // Twice: a predictor's rows are a byte longer than the pixels.
            let mut bytes = stream
                .get_plain_content_with_limit(length.saturating_mul(2))
                .map_err(|_| Refusal::Damaged)?;
            if bytes.len() < length {
                return Err(Refusal::Damaged);
            }
            bytes.truncate(length);
            Ok(bytes)
        };
        let pixels = match &self.samples {
            Samples::Gray => Pixels::Gray(raw(1)?),
            Samples::Rgb => Pixels::Rgb(raw(3)?),
            Samples::Jpeg(header) => return Ok(jpeg::decode(&stream.content, header, edge)?.0),
        };
        Ok(Decoded { width, height, pixels, conversion: None })
    }
}

impl Replacement {
    /// Puts the encoded picture in the stream's place.
    pub(super) fn replace(self, stream: &mut Stream) {
        stream.dict.set("Width", i64::from(self.width));
        stream.dict.set("Height", i64::from(self.height));
        stream.dict.set("BitsPerComponent", 8);
        stream.dict.set("Filter", Object::Name(b"DCTDecode".to_vec()));
        stream.dict.remove(b"DecodeParms");
        if self.rgb {
            stream.dict.set("ColorSpace", Object::Name(b"DeviceRGB".to_vec()));
            stream.dict.remove(b"Decode");
        }
        stream.set_content(self.bytes);
    }
}

/// Samples per pixel of the plain colour spaces; `None` for all others.
fn components(space: &Object, document: &Document) -> Option<i64> {
    if let Ok(name) = space.as_name() {
        return match name {
            b"DeviceGray" | b"G" | b"CalGray" => Some(1),
            b"DeviceRGB" | b"RGB" | b"CalRGB" => Some(3),
            _ => None,
        };
    }
    let [kind, rest @ ..] = space.as_array().ok()?.as_slice() else { return None };
    match kind.as_name().ok()? {
        b"CalGray" => Some(1),
        b"CalRGB" => Some(3),
        b"ICCBased" => {
            let (_, profile) = document.dereference(rest.first()?).ok()?;
            profile.as_stream().ok()?.dict.get(b"N").and_then(Object::as_i64).ok()
        }
        _ => None,
    }
}
