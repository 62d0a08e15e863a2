//! Pictures inside a PDF: which can be encoded anew without changing what is seen (`pixels` gives theirs).
//! Left alone: bilevel (see `bilevel`), masks, colour-key masks, spot colours, and what is packed in a way
//! that could not be taken apart here.

use hayro_jpeg2000::{DecodeSettings, Image};
use lopdf::{Document, Object, Stream};

use super::{
    profiles::Profiles,
    spaces::{self, Base, Space},
    wrapped,
};
use crate::{
    Limits,
    fit::Known,
    jpeg::{self, Header},
};

/// Pictures below this many pixels are stamps and logos; nothing is to be gained.
const WORTHWHILE: u64 = 128 * 128;
/// Pixels of a JPEG 2000 picture; its decoder works in floats, and memory is bounded.
const MOST_WAVELETS: u64 = 10_000_000;

/// How the samples are stored.
pub(super) enum Samples {
    Jpeg(Box<Header>),
    Wavelets,
    /// Packed samples of 2, 4, 8 or 16 bits.
    Plain {
        bits: u8,
    },
}

/// A picture that can be encoded anew.
pub(super) struct Candidate {
    pub(super) samples: Samples,
    pub(super) space: Space,
    /// What /Decode makes of each component's samples, where it is not the usual thing.
    pub(super) levels: Option<Vec<[u8; 256]>>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) known: Known,
}

impl Candidate {
    /// Whether a stream is such a picture. `profiles`: those of the document that were read before.
    pub(super) fn find(
        stream: &Stream,
        document: &Document,
        limits: &Limits,
        profiles: &Profiles,
    ) -> Option<Self> {
        let dict = &stream.dict;
        let value = |key: &[u8]| dict.get_deref(key, document).ok();
        if value(b"Subtype")?.as_name().ok()? != b"Image" {
            return None;
        }
        let set = |key: &[u8]| {
            value(key).is_some_and(|value| {
                !matches!(value, Object::Null | Object::Boolean(false) | Object::Integer(0))
            })
        };
        // Colours blended with their mask beforehand would have to be taken apart.
        let matte = || {
            value(b"SMask").and_then(|mask| mask.as_stream().ok()).is_some_and(|mask| mask.dict.has(b"Matte"))
        };
        if set(b"ImageMask")
            || set(b"SMaskInData")
            || value(b"Mask").is_some_and(|mask| mask.as_array().is_ok())
            || matte()
        {
            return None;
        }
        let filters = stream.filters().unwrap_or_default();
        let (last, before) =
            filters.split_last().map_or((None, &[][..]), |(last, before)| (Some(*last), before));
        if !before.iter().all(|filter| is_lossless(filter)) {
            return None;
        }
        match last {
            Some(b"DCTDecode") => Self::from_jpeg(stream, document, limits, profiles),
            Some(b"JPXDecode") if before.is_empty() => {
                Self::from_wavelets(stream, document, limits, profiles)
            }
            last if last.is_none_or(is_lossless) => Self::from_plain(stream, document, limits, profiles),
            _ => None,
        }
    }

    fn from_jpeg(stream: &Stream, document: &Document, limits: &Limits, profiles: &Profiles) -> Option<Self> {
        if stream.dict.has(b"DecodeParms") {
            return None;
        }
        let bytes = wrapped::inside(stream).ok()?;
        let mut header = jpeg::read(&bytes, limits).ok()?;
        let space = stream.dict.get_deref(b"ColorSpace", document).ok()?;
        let space = spaces::read(space, document, profiles)?;
        if space.samples() != header.components || matches!(space, Space::Palette(_)) {
            return None;
        }
        let decode = stream.dict.get_deref(b"Decode", document).and_then(Object::as_array).ok();
        let (mut inverted, mut levels) = (false, None);
        if let Some(decode) = decode {
            // The only one seen with ink is Adobe's: inverted.
            if header.components == 4 {
                inverted = decode.first()?.as_float().ok()? > 0.5;
            } else {
                levels = spaces::levels(decode, header.components, 8)?;
            }
        }
        // Colours are what the PDF says they are; a profile inside the JPEG does not count.
        header.adobe = inverted;
        header.icc = match &space {
            Space::Plain(_, profile) => profile.clone(),
            Space::Palette(_) => None,
        };
        let (width, height) = (header.width, header.height);
        let weight = f64::from(u32::try_from(bytes.len()).ok()?);
        let known = Known { bytes: weight, edge: width.max(height), quality: header.quality };
        Self { samples: Samples::Jpeg(Box::new(header)), space, levels, width, height, known }.worthwhile()
    }

    fn from_wavelets(
        stream: &Stream,
        document: &Document,
        limits: &Limits,
        profiles: &Profiles,
    ) -> Option<Self> {
        let image = Image::new(&stream.content, &DecodeSettings::default()).ok()?;
        let (width, height) = (image.width(), image.height());
        limits.admit(width, height).ok()?;
        if u64::from(width) * u64::from(height) > MOST_WAVELETS
            || image.has_alpha()
            || stream.dict.has(b"Decode")
        {
            return None;
        }
        let space = match stream.dict.get_deref(b"ColorSpace", document) {
            Ok(space) => spaces::read(space, document, profiles)?,
            Err(_) => match image.color_space() {
                hayro_jpeg2000::ColorSpace::Gray => Space::Plain(Base::Gray, None),
                hayro_jpeg2000::ColorSpace::RGB => Space::Plain(Base::Rgb, None),
                _ => return None,
            },
        };
        let plain = matches!(space, Space::Plain(Base::Gray | Base::Rgb, _));
        if !plain || space.samples() != image.color_space().num_channels() {
            return None;
        }
        // Wavelets need about two thirds of what a JPEG needs.
        let bytes = f64::from(u32::try_from(stream.content.len()).ok()?) * 1.5;
        let known = Known { bytes, edge: width.max(height), quality: 85 };
        Self { samples: Samples::Wavelets, space, levels: None, width, height, known }.worthwhile()
    }

    fn from_plain(
        stream: &Stream,
        document: &Document,
        limits: &Limits,
        profiles: &Profiles,
    ) -> Option<Self> {
        let value = |key: &[u8]| stream.dict.get_deref(key, document).ok();
        let side = |key: &[u8]| u32::try_from(value(key)?.as_i64().ok()?).ok();
        let (width, height) = (side(b"Width")?, side(b"Height")?);
        limits.admit(width, height).ok()?;
        let bits = match value(b"BitsPerComponent")?.as_i64().ok()? {
            bits @ (2 | 4 | 8 | 16) => u8::try_from(bits).ok()?,
            _ => return None,
        };
        let space = spaces::read(value(b"ColorSpace")?, document, profiles)?;
        let levels = match value(b"Decode") {
            None | Some(Object::Null) => None,
            // What /Decode says of a palette's numbers is the usual, or rare.
            Some(_) if matches!(space, Space::Palette(_)) => return None,
            Some(decode) => spaces::levels(decode.as_array().ok()?, space.samples(), 8)?,
        };
        // A guess for the first step; the first encode corrects it.
        let bytes = f64::from(width) * f64::from(height) * 0.2;
        let known = Known { bytes, edge: width.max(height), quality: 90 };
        Self { samples: Samples::Plain { bits }, space, levels, width, height, known }.worthwhile()
    }

    fn worthwhile(self) -> Option<Self> {
        (u64::from(self.width) * u64::from(self.height) >= WORTHWHILE).then_some(self)
    }

    /// Whether its weight as a JPEG is not known from its own bytes.
    pub(super) fn is_guess(&self) -> bool {
        matches!(self.samples, Samples::Plain { .. })
    }

    /// The colour space the encoded picture is in, where that is another than before: with a profile applied it is.
    pub(super) fn new_space(&self, gray: bool) -> Option<&'static str> {
        let device = if gray { "DeviceGray" } else { "DeviceRGB" };
        match &self.space {
            Space::Plain(Base::Gray, None) if gray && !matches!(self.samples, Samples::Wavelets) => None,
            Space::Plain(Base::Rgb, None) if !gray && !matches!(self.samples, Samples::Wavelets) => None,
            _ => Some(device),
        }
    }
}

fn is_lossless(filter: &[u8]) -> bool {
    matches!(
        filter,
        b"FlateDecode" | b"LZWDecode" | b"RunLengthDecode" | b"ASCII85Decode" | b"ASCIIHexDecode"
    )
}
