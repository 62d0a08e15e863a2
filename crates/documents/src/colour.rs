//! ICC profiles to sRGB. Fit files carry no profile: sRGB is what every reader assumes without one, so a
//! profile that says sRGB (within a few levels) is dropped and any other is applied to the pixels.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use crate::picture::Plane;

/// Largest difference, of 255, at which a profile still counts as sRGB. Cameras' own “sRGB” profiles and
/// their rounding stay within it; Display P3 and Adobe RGB are an order of magnitude away.
const SAME: u8 = 4;

/// What the pixels are before conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    Gray,
    Rgb,
    /// 0 is no ink.
    Cmyk,
}

/// A conversion to sRGB that changes something.
#[derive(Clone)]
pub(crate) struct Conversion {
    space: Space,
    transform: Arc<Transform8BitExecutor>,
}

impl Conversion {
    /// The conversion a profile asks for; `None` when it is sRGB already, unreadable, or for other pixels.
    pub(crate) fn from_profile(icc: &[u8], space: Space) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        let (expected, layout) = match space {
            Space::Gray => (DataColorSpace::Gray, Layout::Gray),
            Space::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
            Space::Cmyk => (DataColorSpace::Cmyk, Layout::Rgba),
        };
        if profile.color_space != expected {
            return None;
        }
        let srgb = ColorProfile::new_srgb();
        let transform =
            profile.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default()).ok()?;
        let conversion = Self { space, transform };
        (space == Space::Cmyk || conversion.changes_something()).then_some(conversion)
    }

    pub(crate) fn space(&self) -> Space {
        self.space
    }

    fn changes_something(&self) -> bool {
        let probes: Vec<u8> = match self.space {
            Space::Gray => (0..=255).step_by(15).collect(),
            Space::Rgb | Space::Cmyk => {
                let levels = [0_u8, 64, 128, 192, 255];
                let rows = levels.iter().flat_map(|r| levels.iter().map(move |g| (*r, *g)));
                rows.flat_map(|(r, g)| levels.iter().flat_map(move |b| [r, g, *b])).collect()
            }
        };
        let expected: Vec<u8> = match self.space {
            Space::Gray => probes.iter().flat_map(|level| [*level; 3]).collect(),
            Space::Rgb | Space::Cmyk => probes.clone(),
        };
        self.to_rgb(&probes)
            .is_some_and(|found| found.iter().zip(&expected).any(|(a, b)| a.abs_diff(*b) > SAME))
    }

    /// Pixels in the profile's space to RGB.
    pub(crate) fn to_rgb(&self, pixels: &[u8]) -> Option<Vec<u8>> {
        let samples = match self.space {
            Space::Gray => 1,
            Space::Rgb => 3,
            Space::Cmyk => 4,
        };
        let mut rgb = vec![0; pixels.len() / samples * 3];
        self.transform.transform(pixels, &mut rgb).ok()?;
        Some(rgb)
    }

    /// Gray levels to gray levels of the sRGB curve.
    pub(crate) fn to_gray(&self, pixels: &[u8]) -> Option<Vec<u8>> {
        let levels: Vec<u8> = (0..=255).collect();
        let rgb = self.to_rgb(&levels)?;
        let table: Vec<u8> = rgb.chunks_exact(3).map(|pixel| pixel[1]).collect();
        Some(pixels.iter().map(|level| table[usize::from(*level)]).collect())
    }
}

/// CMYK (0 is no ink) to RGB without a profile: the formula every viewer uses.
pub(crate) fn cmyk_to_rgb(cmyk: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(cmyk.len() / 4 * 3);
    for ink in cmyk.as_chunks::<4>().0 {
        let light = 255 - u16::from(ink[3]);
        for colour in &ink[..3] {
            let level = (255 - u16::from(*colour)) * light / 255;
            rgb.push(u8::try_from(level).unwrap_or(u8::MAX));
        }
    }
    rgb
}

/// Neighbours whose colour differs by this much, of 255, are an edge.
const COLOUR_EDGE: u8 = 24;
/// A picture with an edge of colour in this many places is coloured print.
const PLACES: usize = 300;

/// Whether the two colour planes have edges that a quarter of their samples would blur: stamps and coloured
/// print have, the soft colours of photographs and black print have not. Every fourth row is looked at.
pub(crate) fn is_fine([_, u, v]: &[Plane; 3]) -> bool {
    let (edges, places) = [u, v].iter().fold((0, 0), |(edges, places), plane| {
        let width = usize::try_from(plane.width).unwrap_or(0).max(1);
        plane.bytes.chunks_exact(width).step_by(4).fold((edges, places), |(edges, places), row| {
            let found = row.iter().zip(&row[1..]).filter(|(a, b)| a.abs_diff(**b) >= COLOUR_EDGE).count();
            (edges + found, places + row.len())
        })
    });
    edges * PLACES > places
}

/// The same of RGB pixels in rows of `width`; the differences of two colours from brightness stand in for the
/// planes.
pub(crate) fn is_fine_rgb(rgb: &[u8], width: usize) -> bool {
    let pixels = rgb.as_chunks::<3>().0;
    // Cb and Cr of JFIF, in 256ths.
    let colours = |[r, g, b]: [u8; 3]| {
        let [r, g, b] = [r, g, b].map(i32::from);
        (128 * b - 43 * r - 85 * g, 128 * r - 107 * g - 21 * b)
    };
    let edge = u32::from(COLOUR_EDGE) * 256;
    let (mut edges, mut places) = (0_usize, 0_usize);
    for row in pixels.chunks_exact(width.max(1)).step_by(4) {
        for pair in row.windows(2) {
            let (left, right) = (colours(pair[0]), colours(pair[1]));
            edges +=
                usize::from(left.0.abs_diff(right.0) >= edge) + usize::from(left.1.abs_diff(right.1) >= edge);
        }
        places += 2 * row.len();
    }
    edges * PLACES > places
}

/// Planes of equal size to RGB (JFIF).
pub(crate) fn to_rgb([y, u, v]: &[Plane; 3]) -> Vec<u8> {
    let level = |level: i32| u8::try_from((level >> 16).clamp(0, 255)).unwrap_or(u8::MAX);
    let mut rgb = Vec::with_capacity(y.bytes.len() * 3);
    for ((y, u), v) in y.bytes.iter().zip(&u.bytes).zip(&v.bytes) {
        // The standard's factors in 65 536ths, and a half for rounding.
        let (y, u, v) = ((i32::from(*y) << 16) + 32_768, i32::from(*u) - 128, i32::from(*v) - 128);
        rgb.extend_from_slice(&[
            level(y + 91_881 * v),
            level(y - 22_554 * u - 46_802 * v),
            level(y + 116_130 * u),
        ]);
    }
    rgb
}

/// RGBA on white paper.
pub(crate) fn on_white(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.as_chunks::<4>().0 {
        rgb.extend(pixel[..3].iter().map(|level| laid(*level, pixel[3])));
    }
    rgb
}

/// A level with straight alpha on white paper.
pub(crate) fn laid(level: u8, alpha: u8) -> u8 {
    let alpha = u16::from(alpha);
    let level = (u16::from(level) * alpha + 255 * (255 - alpha) + 127) / 255;
    u8::try_from(level).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Conversion, Space, cmyk_to_rgb, on_white};

    #[test]
    fn srgb_needs_nothing_and_display_p3_does() {
        let srgb = moxcms::ColorProfile::new_srgb().encode().expect("encodes");
        assert!(Conversion::from_profile(&srgb, Space::Rgb).is_none());
        let p3 = moxcms::ColorProfile::new_display_p3().encode().expect("encodes");
        let conversion = Conversion::from_profile(&p3, Space::Rgb).expect("differs from sRGB");
        // P3's full green lies outside sRGB; a muted one moves apart from its own numbers.
        let green = conversion.to_rgb(&[80, 160, 80]).expect("converts");
        assert!(green[0] < 70 && green[1] >= 160, "{green:?}");
        assert!(Conversion::from_profile(b"not a profile", Space::Rgb).is_none());
        assert!(
            Conversion::from_profile(&p3, Space::Gray).is_none(),
            "a profile for other pixels is ignored"
        );
    }

    #[test]
    fn ink_and_glass() {
        assert_eq!(
            cmyk_to_rgb(&[0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255]),
            [255, 255, 255, 255, 0, 0, 0, 0, 0]
        );
        assert_eq!(on_white(&[0, 0, 0, 0, 10, 20, 30, 255]), [255, 255, 255, 10, 20, 30]);
    }
}
