//! Decoded pixels → a ready picture: resize, turn, colour, in the order that touches fewest pixels.

use crate::{
    Refusal,
    colour::{Space, cmyk_to_rgb},
    orientation::Turn,
    picture::{Decoded, Picture, Pixels, Plane, Ready},
    strips::{Filter, Samples, Strips},
};

/// Size with the given long edge, never larger than the source; both sides even (and at least 2) where
/// `even`, because 4:2:0 planes of odd pictures stretch by a pixel.
pub(crate) fn scaled(width: u32, height: u32, long_edge: u32, even: bool) -> (u32, u32) {
    let long = width.max(height).max(1);
    let edge = long_edge.clamp(1, long);
    let side = |side: u32| {
        let exact = (u64::from(side) * u64::from(edge) + u64::from(long) / 2) / u64::from(long);
        let exact = u32::try_from(exact).unwrap_or(edge).max(1);
        if even { (exact & !1).max(2) } else { exact }
    };
    (side(width), side(height))
}

/// The same, of at most `most` pixels.
pub(crate) fn scaled_within(
    (width, height): (u32, u32),
    long_edge: u32,
    even: bool,
    most: u64,
) -> (u32, u32) {
    let mut edge = long_edge.min(width.max(height));
    loop {
        let size = scaled(width, height, edge, even);
        if u64::from(size.0) * u64::from(size.1) <= most || edge <= 1 {
            return size;
        }
        edge -= (edge / 64).max(1);
    }
}

/// The part of a picture that is resized: a pixel shaved off to make a side even is cut, not squeezed.
pub(crate) fn shaved(from: (u32, u32), to: (u32, u32)) -> (u32, u32) {
    let side = |from: u32, to: u32| if from.abs_diff(to) <= 1 { to.min(from) } else { from };
    (side(from.0, to.0), side(from.1, to.1))
}

/// Resizes to `long_edge` (before turning; a side stays the long one), turns, converts colours.
pub(crate) fn ready(decoded: &Decoded, long_edge: u32, turn: Turn) -> Result<Picture, Refusal> {
    let even = matches!(decoded.pixels, Pixels::Yuv(_)) && decoded.width > 1 && decoded.height > 1;
    let (width, height) = scaled(decoded.width, decoded.height, long_edge, even);
    let from = (decoded.width, decoded.height);
    let to = (width, height);
    let pixels = match &decoded.pixels {
        Pixels::Yuv(planes) if even => yuv(planes, from, to)?,
        // A stripe one pixel wide has no colour that could be halved.
        Pixels::Yuv([luma, ..]) => Ready::Gray(plane(luma, from, to)?),
        Pixels::Gray(gray) => {
            let small = resized(gray, Samples::Gray, from, to)?;
            Ready::Gray(match &decoded.conversion {
                Some(conversion) if conversion.space() == Space::Gray => {
                    conversion.to_gray(&small).unwrap_or(small)
                }
                _ => small,
            })
        }
        Pixels::Rgb(rgb) => Ready::Rgb(coloured(decoded, resized(rgb, Samples::Rgb, from, to)?)),
        Pixels::Cmyk { bytes, inverted } => {
            let mut small = resized(bytes, Samples::Cmyk, from, to)?;
            if *inverted {
                small.iter_mut().for_each(|ink| *ink = 255 - *ink);
            }
            let rgb = decoded.conversion.as_ref().filter(|conversion| conversion.space() == Space::Cmyk);
            let rgb =
                rgb.and_then(|conversion| conversion.to_rgb(&small)).unwrap_or_else(|| cmyk_to_rgb(&small));
            Ready::Rgb(rgb)
        }
    };
    Ok(Picture { width, height, pixels }.turned(turn))
}

/// A plane of this size, with a long edge of at most `long_edge`.
pub(crate) fn within(luma: &[u8], from: (u32, u32), long_edge: u32) -> Result<Plane, Refusal> {
    let (width, height) = scaled(from.0, from.1, long_edge, false);
    let bytes = if (width, height) == from {
        luma.to_vec()
    } else {
        resized(luma, Samples::Gray, from, (width, height))?
    };
    Ok(Plane { width, height, bytes })
}

fn coloured(decoded: &Decoded, small: Vec<u8>) -> Vec<u8> {
    let conversion = decoded.conversion.as_ref().filter(|conversion| conversion.space() == Space::Rgb);
    conversion.and_then(|conversion| conversion.to_rgb(&small)).unwrap_or(small)
}

fn yuv(planes: &[Plane; 3], from: (u32, u32), to: (u32, u32)) -> Result<Ready, Refusal> {
    let half = (to.0 / 2, to.1 / 2);
    let [y, u, v] = planes;
    Ok(Ready::Yuv {
        y: plane(y, from, to)?,
        u: plane(u, chroma(u, y, from), half)?,
        v: plane(v, chroma(v, y, from), half)?,
    })
}

/// A plane of this size at half its width and height.
pub(crate) fn halved(plane: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, Refusal> {
    let half = ((width / 2).max(1), (height / 2).max(1));
    resized(plane, Samples::Gray, (width, height), half)
}

/// The part of a chroma plane that lies under the picture: planes are padded to whole samples.
fn chroma(chroma: &Plane, luma: &Plane, (width, height): (u32, u32)) -> (u32, u32) {
    let factor = |luma: u32, chroma: u32| (luma / chroma.max(1)).max(1);
    let (across, down) = (factor(luma.width, chroma.width), factor(luma.height, chroma.height));
    (width.div_ceil(across).min(chroma.width), height.div_ceil(down).min(chroma.height))
}

/// Resizes the upper left `from` part of a plane.
fn plane(plane: &Plane, from: (u32, u32), to: (u32, u32)) -> Result<Vec<u8>, Refusal> {
    resample(&plane.bytes, Samples::Gray, (plane.width, plane.height), from, to)
}

fn resized(bytes: &[u8], samples: Samples, from: (u32, u32), to: (u32, u32)) -> Result<Vec<u8>, Refusal> {
    resample(bytes, samples, from, from, to)
}

fn resample(
    bytes: &[u8],
    samples: Samples,
    stored: (u32, u32),
    part: (u32, u32),
    to: (u32, u32),
) -> Result<Vec<u8>, Refusal> {
    let mut strips = Strips::new(samples, stored.0, shaved(part, to), to, Filter::Lanczos)?;
    strips.push(bytes)?;
    strips.finish()
}

#[cfg(test)]
mod tests {
    use super::{scaled, scaled_within};

    #[test]
    fn sizes_keep_their_shape_and_never_grow() {
        assert_eq!(scaled(4032, 3024, 1920, true), (1920, 1440));
        assert_eq!(scaled(3024, 4032, 1921, true), (1440, 1920));
        assert_eq!(scaled(800, 601, 1920, true), (800, 600));
        assert_eq!(scaled(800, 601, 1920, false), (800, 601));
        assert_eq!(scaled(20_000, 1, 100, false), (100, 1));
        assert_eq!(scaled(2000, 7, 320, true), (320, 2));
        assert_eq!(scaled_within((4000, 3000), 5000, true, 12_000_000), (4000, 3000));
        let (width, height) = scaled_within((4000, 3000), 4000, true, 3_000_000);
        assert!((2_900_000..=3_000_000).contains(&(width * height)), "{width} x {height}");
    }
}
