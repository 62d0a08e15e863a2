//! Decoding a JPEG straight to the size that is wanted: band by band, each plane made smaller on the way, so
//! that of a photograph of any size only a strip and the result ever stand in memory.

use scanlines::{Error, Plane as Stored, Reader};

use super::{
    Header, Health, Process,
    decode::{HEADROOM, decode, decode_rgb},
    segments::MAX_SCANS,
};
use crate::{
    Refusal,
    colour::{self, Conversion, Space},
    orientation::Turn,
    picture::{Picture, Plane, Ready},
    resize,
    strips::{Filter, Samples, Strips},
};

/// Bytes that may stand in memory for a picture, with a progressive file's coefficients.
const MOST_BYTES: u64 = 210_000_000;
/// Sizes, in eighths, that are cheap: all but three eighths are decoded with SIMD, and those are few pixels.
const EIGHTHS: [u8; 5] = [1, 2, 3, 4, 8];
/// What [`HEADROOM`] is of a quarter and an eighth: files so large hold more pixels than sharpness.
const LITTLE: u64 = 104;

/// A picture made from a JPEG's data.
pub(crate) struct Shrunk {
    pub(crate) picture: Picture,
    pub(crate) health: Health,
    /// Its profile was not sRGB and was applied.
    pub(crate) converted: bool,
}

/// What is wanted of a decoder.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// Long edge, pixels; never more than the file has.
    pub(crate) edge: u32,
    pub(crate) turn: Turn,
    pub(crate) colours: Colours,
}

/// How colours are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    /// One for every four pixels.
    Quarter,
    /// One for every pixel where the file has one and its print is coloured.
    Fine,
    /// As RGB, to be shown.
    Rgb,
}

/// Whether all of a JPEG's data make sense: read once, as small as can be.
pub(crate) fn health(bytes: &[u8], header: &Header) -> Result<Health, Refusal> {
    let edge = header.width.max(header.height) / 8;
    let wanted = Wanted { edge: edge.max(1), turn: Turn::UPRIGHT, colours: Colours::Quarter };
    match shrunk(bytes, header, wanted, &|| Ok(()))? {
        Some(made) => Ok(made.health),
        None => decode(bytes, header, 1).map(|(_, health)| health),
    }
}

/// A picture to be shown, in RGB or gray.
pub(crate) fn shown(bytes: &[u8], header: &Header, edge: u32) -> Result<Picture, Refusal> {
    let turn = Turn::from_exif(header.orientation);
    let wanted = Wanted { edge, turn, colours: Colours::Rgb };
    match shrunk(bytes, header, wanted, &|| Ok(()))? {
        Some(made) => Ok(made.picture),
        None => resize::ready(&decode_rgb(bytes, header, edge)?.0, edge, turn),
    }
}

/// Decodes, resizes and turns. `None` where the file must be decoded as a whole: ink, or planes of another kind.
pub(crate) fn shrunk(
    bytes: &[u8],
    header: &Header,
    wanted: Wanted,
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Option<Shrunk>, Refusal> {
    let (width, height) = (header.width, header.height);
    if header.process != Process::Common || header.components == 4 || width < 2 || height < 2 {
        return Ok(None);
    }
    let gray = header.components == 1;
    let rgb = wanted.colours == Colours::Rgb;
    let space = if gray { Space::Gray } else { Space::Rgb };
    let conversion = header.icc.as_deref().and_then(|icc| Conversion::from_profile(icc, space));
    // A colour for every pixel is needed where colours are converted, and where the file has one.
    let kept = wanted.colours == Colours::Fine && header.full_colour;
    let fine = !gray && (rgb || kept || conversion.is_some());
    let most = most_pixels(header, fine, rgb || conversion.is_some());
    let to = resize::scaled_within((width, height), wanted.edge, !gray && !rgb, most);
    let bytes = header.picture(bytes);
    let mut reader = match Reader::new(&bytes, eighths((width, height), to), MAX_SCANS) {
        Ok(reader) => reader,
        Err(Error::OtherColours) => return Ok(None),
        Err(error) => return Err(refusal(error)),
    };
    if reader.planes().len() != usize::from(header.components) {
        return Err(Refusal::Damaged);
    }
    let half = if fine { to } else { (to.0 / 2, to.1 / 2) };
    let planes = read(&mut reader, to, half, go_on)?;
    let health = Health::of(header, reader.is_sound());
    drop(reader);
    drop(bytes);
    let converted = conversion.is_some();
    let pixels = match <[Plane; 3]>::try_from(planes) {
        Ok(planes) if rgb || conversion.is_some() => {
            let rgb = colour::to_rgb(&planes);
            drop(planes);
            let converted = conversion.and_then(|conversion| conversion.to_rgb(&rgb));
            Ready::Rgb(converted.unwrap_or(rgb))
        }
        Ok(planes) => coloured(planes, fine)?,
        Err(planes) => {
            let bytes = planes.into_iter().next().ok_or(Refusal::Damaged)?.bytes;
            let converted = conversion.and_then(|conversion| conversion.to_gray(&bytes));
            Ready::Gray(converted.unwrap_or(bytes))
        }
    };
    let picture = Picture { width: to.0, height: to.1, pixels }.turned(wanted.turn);
    Ok(Some(Shrunk { picture, health, converted }))
}

/// Pixels a picture may have, whatever is wanted. What stands in memory for every two of them: while they are made,
/// the planes and one of them turned, or all of them and what they are converted to; while they are encoded, the
/// planes and the encoder's coefficients of two bytes a sample.
fn most_pixels(header: &Header, fine: bool, converted: bool) -> u64 {
    let (made, encoded) = match (header.components == 1, fine) {
        (true, _) => (4, 6),
        (false, false) => (5, 9),
        (false, true) => (if converted { 12 } else { 8 }, 18),
    };
    let left = MOST_BYTES.saturating_sub(header.held_bytes);
    (left * 2 / made).min(MOST_BYTES * 2 / encoded)
}

fn coloured(planes: [Plane; 3], fine: bool) -> Result<Ready, Refusal> {
    let keeps = fine && colour::is_fine(&planes);
    let [y, u, v] = planes;
    Ok(if keeps {
        Ready::Fine([y.bytes, u.bytes, v.bytes])
    } else if fine {
        let halved = |plane: &Plane| resize::halved(&plane.bytes, (plane.width, plane.height));
        Ready::Yuv { u: halved(&u)?, v: halved(&v)?, y: y.bytes }
    } else {
        Ready::Yuv { y: y.bytes, u: u.bytes, v: v.bytes }
    })
}

/// All planes, the first at the size `luma`, the others at `colours`.
fn read(
    reader: &mut Reader<'_>,
    luma: (u32, u32),
    colours: (u32, u32),
    go_on: &dyn Fn() -> Result<(), Refusal>,
) -> Result<Vec<Plane>, Refusal> {
    let stored: Vec<Stored> = reader.planes().to_vec();
    let sizes: Vec<(u32, u32)> =
        stored.iter().enumerate().map(|(index, _)| if index == 0 { luma } else { colours }).collect();
    let mut strips = Vec::with_capacity(stored.len());
    for (stored, to) in stored.iter().zip(&sizes) {
        let from = resize::shaved((stored.width, stored.height), *to);
        let filter = if strips.is_empty() { Filter::Lanczos } else { Filter::Cubic };
        strips.push(Strips::new(Samples::Gray, stored.stride, from, *to, filter)?);
    }
    loop {
        go_on()?;
        let mut bands = Vec::with_capacity(stored.len());
        for (strips, stored) in strips.iter_mut().zip(&stored) {
            bands.push(strips.room(stored.rows)?);
        }
        if !reader.read(&mut bands).map_err(refusal)? {
            break;
        }
        for (strips, stored) in strips.iter_mut().zip(&stored) {
            strips.take(stored.rows)?;
        }
    }
    strips
        .into_iter()
        .zip(sizes)
        .map(|(strips, (width, height))| Ok(Plane { width, height, bytes: strips.finish()? }))
        .collect()
}

fn eighths((width, height): (u32, u32), to: (u32, u32)) -> u8 {
    let (long, wanted) = (u64::from(width.max(height)), u64::from(to.0.max(to.1)));
    let enough = |eighths: &u8| {
        let headroom = if *eighths <= 2 { LITTLE } else { HEADROOM };
        long * u64::from(*eighths) / 8 * 100 >= wanted * headroom
    };
    EIGHTHS.into_iter().find(enough).unwrap_or(8)
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::TooManyScans | Error::NoMemory => Refusal::TooComplex,
        Error::Broken | Error::OtherColours => Refusal::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

    use super::{Colours, Wanted, eighths, shrunk};
    use crate::{Limits, Refusal, jpeg, orientation::Turn};

    #[test]
    fn bands_are_read_until_somebody_says_stop() {
        let pixels = vec![120; 320 * 640 * 3];
        let image =
            Image { pixels: &pixels[..], width: 320, pitch: 960, height: 640, format: PixelFormat::RGB };
        let mut encoder = Compressor::new().expect("an encoder");
        encoder.set_subsamp(Subsamp::Sub2x2).expect("is a choice");
        let bytes = encoder.compress_to_vec(image).expect("encodes");
        let header = jpeg::read(&bytes, &Limits::default()).expect("a JPEG");
        let wanted = Wanted { edge: 300, turn: Turn::UPRIGHT, colours: Colours::Quarter };
        let asked = |most: u32| {
            let asked = Cell::new(0);
            let go_on = || {
                asked.set(asked.get() + 1);
                if asked.get() < most { Ok(()) } else { Err(Refusal::Cancelled) }
            };
            let outcome = shrunk(&bytes, &header, wanted, &go_on).map(|made| made.is_some());
            (outcome, asked.get())
        };
        // Forty bands of sixteen rows, and once more to find that there are no others.
        assert_eq!(asked(u32::MAX), (Ok(true), 41));
        assert_eq!(asked(3), (Err(Refusal::Cancelled), 3));
    }

    #[test]
    fn no_smaller_than_sharpness_allows() {
        assert_eq!(eighths((4032, 3024), (1920, 1440)), 8);
        assert_eq!(eighths((8064, 6048), (1920, 1440)), 2);
        assert_eq!(eighths((7016, 4960), (1920, 1357)), 3);
        assert_eq!(eighths((8064, 6048), (2560, 1920)), 4);
        assert_eq!(eighths((3508, 2480), (1754, 1240)), 8);
        assert_eq!(eighths((600, 400), (600, 400)), 8);
    }
}
