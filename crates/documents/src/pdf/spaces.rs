//! Colour spaces of pictures inside a PDF, as far as their samples can be read, and reading them.

use lopdf::{Document, Object, Stream};

use super::profiles::{Profile, Profiles};
use crate::{
    Refusal,
    colour::{self, Conversion, cmyk_to_rgb},
};

/// Bytes a palette may have: 256 colours of four inks.
const MOST_PALETTE: usize = 1024;

/// What a sample means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Gray,
    Rgb,
    /// Four inks.
    Ink,
}

impl Base {
    fn space(self) -> colour::Space {
        match self {
            Self::Gray => colour::Space::Gray,
            Self::Rgb => colour::Space::Rgb,
            Self::Ink => colour::Space::Cmyk,
        }
    }
}

/// Colours by number.
pub(super) enum Palette {
    Gray(Vec<u8>),
    Rgb(Vec<[u8; 3]>),
}

pub(super) enum Space {
    /// With the profile that must be applied, where there is one.
    Plain(Base, Option<Profile>),
    /// Converted already.
    Palette(Palette),
}

impl Space {
    /// Samples per pixel.
    pub(super) fn samples(&self) -> u8 {
        match self {
            Self::Plain(Base::Gray, _) | Self::Palette(_) => 1,
            Self::Plain(Base::Rgb, _) => 3,
            Self::Plain(Base::Ink, _) => 4,
        }
    }

    /// What remains to be done to colours that were decoded.
    pub(super) fn conversion(&self) -> Option<Conversion> {
        match self {
            Self::Plain(base, Some(profile)) => Conversion::from_profile(profile, base.space()),
            Self::Plain(_, None) | Self::Palette(_) => None,
        }
    }
}

/// Reads a colour space; `None` for all that is not gray, RGB, CMYK or a palette of these.
pub(super) fn read(space: &Object, document: &Document, profiles: &Profiles) -> Option<Space> {
    let parts = space.as_array().map(Vec::as_slice).unwrap_or_default();
    if let [kind, base, highest, colours] = parts
        && matches!(kind.as_name().ok()?, b"Indexed" | b"I")
    {
        let (_, base) = document.dereference(base).ok()?;
        let (_, highest) = document.dereference(highest).ok()?;
        let (_, colours) = document.dereference(colours).ok()?;
        let count =
            usize::try_from(highest.as_i64().ok()?).ok()?.checked_add(1).filter(|count| *count <= 256)?;
        let colours = match colours {
            Object::String(bytes, _) => bytes.clone(),
            Object::Stream(stream) => stream.get_plain_content_with_limit(MOST_PALETTE).ok()?,
            _ => return None,
        };
        let (base, profile) = base_of(base, document, profiles)?;
        let conversion = profile.and_then(|icc| Conversion::from_profile(&icc, base.space()));
        return palette(base, conversion.as_ref(), &colours, count).map(Space::Palette);
    }
    base_of(space, document, profiles).map(|(base, profile)| Space::Plain(base, profile))
}

fn base_of(space: &Object, document: &Document, profiles: &Profiles) -> Option<(Base, Option<Profile>)> {
    let (kind, rest) = match space {
        Object::Name(name) => (name.as_slice(), &[][..]),
        Object::Array(parts) => {
            let (kind, rest) = parts.split_first()?;
            (kind.as_name().ok()?, rest)
        }
        _ => return None,
    };
    let plain = |base| Some((base, None));
    match kind {
        b"DeviceGray" | b"G" | b"CalGray" => plain(Base::Gray),
        b"DeviceRGB" | b"RGB" | b"CalRGB" => plain(Base::Rgb),
        b"DeviceCMYK" | b"CMYK" => plain(Base::Ink),
        b"ICCBased" => {
            let profile = rest.first()?;
            let (_, stream) = document.dereference(profile).ok()?;
            let base = match stream.as_stream().ok()?.dict.get(b"N").and_then(Object::as_i64).ok()? {
                1 => Base::Gray,
                3 => Base::Rgb,
                4 => Base::Ink,
                _ => return None,
            };
            Some((base, profiles.get(profile, document, base.space())))
        }
        _ => None,
    }
}

fn palette(base: Base, conversion: Option<&Conversion>, colours: &[u8], count: usize) -> Option<Palette> {
    Some(match base {
        Base::Gray => {
            let gray = colours.get(..count)?;
            let converted = conversion.and_then(|conversion| conversion.to_gray(gray));
            Palette::Gray(converted.unwrap_or_else(|| gray.to_vec()))
        }
        Base::Rgb | Base::Ink => {
            let samples = if base == Base::Rgb { 3 } else { 4 };
            let stored = colours.get(..count * samples)?;
            let converted = conversion.and_then(|conversion| conversion.to_rgb(stored));
            let rgb = match converted {
                Some(rgb) => rgb,
                None if base == Base::Rgb => stored.to_vec(),
                None => cmyk_to_rgb(stored),
            };
            Palette::Rgb(rgb.as_chunks::<3>().0.to_vec())
        }
    })
}

/// What a /Decode array makes of eight-bit samples: outer `None` when it is of the wrong length, inner `None`
/// when it changes nothing.
pub(super) fn levels(decode: &[Object], samples: u8, bits: u8) -> Option<Option<Vec<[u8; 256]>>> {
    debug_assert_eq!(bits, 8);
    if decode.len() != usize::from(samples) * 2 {
        return None;
    }
    let mut usual = true;
    let mut tables = Vec::with_capacity(usize::from(samples));
    for range in decode.as_chunks::<2>().0 {
        let (from, to) = (range[0].as_float().ok()?, range[1].as_float().ok()?);
        usual &= from.abs() < 0.001 && (to - 1.0).abs() < 0.001;
        let mut table = [0; 256];
        for (sample, level) in (0_u8..=255).zip(&mut table) {
            let light = (from + (to - from) * f32::from(sample) / 255.0).clamp(0.0, 1.0) * 255.0;
            *level = (0..=255_u8).find(|level| f32::from(*level) + 0.5 > light).unwrap_or(255);
        }
        tables.push(table);
    }
    Some((!usual).then_some(tables))
}

/// The samples of a packed picture, one byte each (the upper eight of sixteen bits), without padding.
pub(super) fn unpack(stream: &Stream, size: (u32, u32), samples: u8, bits: u8) -> Result<Vec<u8>, Refusal> {
    let side = |side: u32| usize::try_from(side).map_err(|_| Refusal::TooComplex);
    let (across, height) = (side(size.0)? * usize::from(samples), side(size.1)?);
    let row = (across * usize::from(bits)).div_ceil(8);
    let length = row.checked_mul(height).ok_or(Refusal::TooComplex)?;
    // A predictor's rows are a byte longer than the pixels.
    let most = length.saturating_add(height).saturating_add(1024 * 1024);
    let mut bytes = stream.get_plain_content_with_limit(most).map_err(|_| Refusal::Damaged)?;
    if bytes.len() < length {
        return Err(Refusal::Damaged);
    }
    bytes.truncate(length);
    Ok(match bits {
        8 => bytes,
        16 => bytes.as_chunks::<2>().0.iter().map(|sample| sample[0]).collect(),
        bits => {
            let each = 8 / usize::from(bits);
            let mask = (1_u8 << bits) - 1;
            let mut unpacked = Vec::with_capacity(across * height);
            for row in bytes.chunks_exact(row.max(1)) {
                unpacked.extend((0..across).map(|at| {
                    let shift = 8 - usize::from(bits) * (at % each + 1);
                    row[at / each] >> shift & mask
                }));
            }
            unpacked
        }
    })
}

#[cfg(test)]
mod tests {
    use lopdf::{Document, Object, Stream, StringFormat, dictionary};

    use super::{Base, Palette, Profiles, Space, levels, read, unpack};

    #[test]
    fn a_palette_of_inks_is_read_as_colours() {
        let colours = Object::String(vec![0, 0, 0, 0, 0, 255, 255, 0], StringFormat::Hexadecimal);
        let space = Object::Array(vec!["Indexed".into(), "DeviceCMYK".into(), 1.into(), colours]);
        let Some(Space::Palette(Palette::Rgb(found))) = read(&space, &Document::new(), &Profiles::default())
        else {
            unreachable!()
        };
        assert_eq!(found, [[255; 3], [255, 0, 0]]);
    }

    #[test]
    fn a_profile_goes_with_its_space_and_into_its_palette() {
        let mut document = Document::new();
        let p3 = moxcms::ColorProfile::new_display_p3().encode().expect("encodes");
        let profile = document.add_object(Stream::new(dictionary! { "N" => 3 }, p3));
        let space = Object::Array(vec!["ICCBased".into(), profile.into()]);
        let profiles = Profiles::default();
        let found = read(&space, &document, &profiles).expect("is a space");
        assert!(matches!(found, Space::Plain(Base::Rgb, Some(_))) && found.conversion().is_some());
        let colours = Object::String(vec![80, 160, 80], StringFormat::Hexadecimal);
        let indexed = Object::Array(vec!["Indexed".into(), space, 0.into(), colours]);
        let Some(Space::Palette(Palette::Rgb(found))) = read(&indexed, &document, &profiles) else {
            unreachable!()
        };
        assert!(found[0][0] < 70 && found[0][1] >= 160, "{found:?}");
    }

    #[test]
    fn narrow_samples_lie_in_padded_rows() {
        let stream = Stream::new(dictionary! {}, vec![0x12, 0x30, 0x45, 0x60]);
        assert_eq!(unpack(&stream, (3, 2), 1, 4).expect("unpacks"), [1, 2, 3, 4, 5, 6]);
        let stream = Stream::new(dictionary! {}, vec![0b0001_1011, 0b1100_0000]);
        assert_eq!(unpack(&stream, (5, 1), 1, 2).expect("unpacks"), [0, 1, 2, 3, 3]);
        assert!(unpack(&stream, (5, 2), 1, 2).is_err(), "too short");
    }

    #[test]
    fn turned_over_light_and_dark() {
        let over = levels(&[1.into(), 0.into()], 1, 8).expect("is one range").expect("changes something");
        assert_eq!((over[0][0], over[0][100], over[0][255]), (255, 155, 0));
        assert!(levels(&[0.into(), 1.into()], 1, 8).expect("is one range").is_none());
        assert!(levels(&[0.into()], 1, 8).is_none());
    }
}
