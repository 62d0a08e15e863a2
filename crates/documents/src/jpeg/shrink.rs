//! Decoding a JPEG straight to the size that is wanted: band by band, each plane made smaller on the way, so
//! that of a photograph of any size only a strip and the result ever stand in memory.

use scanlines::{Error, Plane as Stored, Reader};

use super::{
    Header, Health, Process,
    decode::{HEADROOM, decode, decode_rgb},
    segments::without_metadata,
};
use crate::{
    Refusal,
    colour::{self, Conversion, Space},
    orientation::Turn,
    picture::{Picture, Plane, Ready},
    resize,
    strips::{Filter, Samples, Strips},
};

/// Scans of a progressive file; segments were counted before, this counts while decoding.
const MOST_SCANS: u16 = 100;
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
    // Decoders take bytes between segments for damage.
    let tidied = header.stray.then(|| without_metadata(bytes, header));
    let bytes = tidied.as_deref().unwrap_or(bytes);
    match shrunk(bytes, header, wanted, &|| Ok(()))? {
        Some(made) => Ok(made.picture),
        None => resize::ready(&decode_rgb(bytes, header, edge)?, edge, turn),
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
    let to = resize::scaled(width, height, wanted.edge, !gray && !rgb);
    let mut reader = match Reader::new(bytes, eighths((width, height), to), MOST_SCANS) {
        Ok(reader) => reader,
        Err(Error::OtherColours) => return Ok(None),
        Err(error) => return Err(refusal(error)),
    };
    if reader.planes().len() != usize::from(header.components) {
        return Err(Refusal::Damaged);
    }
    let space = if gray { Space::Gray } else { Space::Rgb };
    let conversion = header.icc.as_deref().and_then(|icc| Conversion::from_profile(icc, space));
    // A colour for every pixel is needed where colours are converted, and where the file has one.
    let kept = wanted.colours == Colours::Fine && header.full_colour;
    let fine = !gray && (rgb || kept || conversion.is_some());
    let half = if fine { to } else { (to.0 / 2, to.1 / 2) };
    let planes = read(&mut reader, to, half, go_on)?;
    let health = if reader.is_sound() { Health::Sound } else { Health::Suspect };
    drop(reader);
    let converted = conversion.is_some();
    let pixels = match <[Plane; 3]>::try_from(planes) {
        Ok(planes) if rgb || conversion.is_some() => {
            let rgb = colour::to_rgb(&planes);
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
        // A pixel shaved off to make a side even is cut, not squeezed.
        let shaved = |from: u32, to: u32| if from.abs_diff(to) <= 1 { to.min(from) } else { from };
        let from = (shaved(stored.width, to.0), shaved(stored.height, to.1));
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
    use super::eighths;

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
