//! Stretching a paper flat: for every pixel of the result, where it lies in the picture (inverse mapping),
//! read with a bicubic kernel. What must shrink is shrunk before, by the resizer that does it well.

use super::{
    corners::{Frame, Rectangle},
    homography::{Homography, Spot, whole},
    region,
};
use crate::{
    Refusal,
    picture::{Decoded, Pixels, Plane},
};

/// Pixels around the paper that the kernels may look at.
const MARGIN: f64 = 8.0;
/// The paper is shrunk until its most distant part has this many pixels for one of the result …
const NEEDED: f64 = 1.1;
/// … but its nearest part never has more than this: beyond, thin lines would break up.
const MOST: f64 = 1.8;
/// Shrinking by less than this is not worth a resampling.
const WORTHWHILE: f64 = 0.9;
/// Steps between two pixels at which the kernel is known.
const PHASES: usize = 256;
/// Sum of a kernel's four weights, as a power of two.
const SCALE: i32 = 14;

/// The flat, finally turned paper at a long edge.
pub(super) fn flat(decoded: &Decoded, frame: &Frame, long_edge: u32) -> Result<Decoded, Refusal> {
    let size = region::size(decoded, frame.exact_size(), long_edge);
    let flat_size = (f64::from(size.0), f64::from(size.1));
    let corners = frame.corners();
    let part = surroundings(corners, (decoded.width, decoded.height));
    let shrink = shrinking(corners, flat_size);
    // Even, so that halved planes keep their place.
    let side = |side: f64| (u32::try_from(whole((side * shrink).round())).unwrap_or(0).max(2) + 1) & !1;
    let cut_size = (side(part.width()), side(part.height()));
    let near = region::cut(decoded, part, cut_size)?;
    let (across, down) =
        (f64::from(cut_size.0) / part.width().max(1.0), f64::from(cut_size.1) / part.height().max(1.0));
    let corners =
        corners.map(|spot| Spot { x: (spot.x - part.left) * across, y: (spot.y - part.top) * down });
    let map = Homography::onto(&corners, flat_size);
    let from = cut_size;
    let pixels = match &near.pixels {
        Pixels::Gray(gray) => Pixels::Gray(warped::<1>(gray, from, size, &map)?),
        Pixels::Rgb(rgb) => Pixels::Rgb(warped::<3>(rgb, from, size, &map)?),
        Pixels::Cmyk { bytes, inverted } => {
            Pixels::Cmyk { bytes: warped::<4>(bytes, from, size, &map)?, inverted: *inverted }
        }
        Pixels::Yuv([y, u, v]) => {
            let (half, half_size) = ((size.0 / 2, size.1 / 2), (flat_size.0 / 2.0, flat_size.1 / 2.0));
            let corners = corners.map(|spot| Spot { x: spot.x / 2.0, y: spot.y / 2.0 });
            let half_map = Homography::onto(&corners, half_size);
            let plane = |plane: &Plane, (width, height): (u32, u32), map: &Homography| {
                let bytes = warped::<1>(&plane.bytes, (plane.width, plane.height), (width, height), map)?;
                Ok::<_, Refusal>(Plane { width, height, bytes })
            };
            Pixels::Yuv([plane(y, size, &map)?, plane(u, half, &half_map)?, plane(v, half, &half_map)?])
        }
    };
    Ok(Decoded { width: size.0, height: size.1, pixels, conversion: near.conversion })
}

/// The box around the corners, with a margin, on whole even pixels where the picture allows it.
fn surroundings(corners: &[Spot; 4], (width, height): (u32, u32)) -> Rectangle {
    let line = |at: fn(&Spot) -> f64, end: u32| {
        let (near, far) = corners
            .iter()
            .map(at)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(near, far), at| (near.min(at), far.max(at)));
        let near = ((near - MARGIN) / 2.0).floor() * 2.0;
        let far = ((far + MARGIN) / 2.0).ceil() * 2.0;
        (near.max(0.0), far.min(f64::from(end)))
    };
    let ((left, right), (top, bottom)) = (line(|spot| spot.x, width), line(|spot| spot.y, height));
    Rectangle { left, top, right, bottom }
}

/// By how much the picture is made smaller before it is stretched; 1 for not at all.
fn shrinking(corners: &[Spot; 4], (width, height): (f64, f64)) -> f64 {
    let [a, b, c, d] = *corners;
    let pixels = [a.to(b) / width, d.to(c) / width, a.to(d) / height, b.to(c) / height];
    let least = pixels.into_iter().fold(f64::INFINITY, f64::min).max(f64::MIN_POSITIVE);
    let most = pixels.into_iter().fold(f64::MIN_POSITIVE, f64::max);
    let shrink = (NEEDED / least).min(MOST / most).max(NEEDED / most);
    if shrink < WORTHWHILE { shrink } else { 1.0 }
}

/// Reads every pixel of a `to` picture where `map` says it lies in the `from` picture.
fn warped<const N: usize>(
    bytes: &[u8],
    from: (u32, u32),
    to: (u32, u32),
    map: &Homography,
) -> Result<Vec<u8>, Refusal> {
    let length = |side: u32| usize::try_from(side).map_err(|_| Refusal::TooComplex);
    let (width, height) = (length(from.0)?, length(from.1)?);
    let source = Source { pixels: bytes.as_chunks::<N>().0, width, height };
    if source.pixels.len() != width * height || width == 0 || height == 0 {
        return Err(Refusal::Damaged);
    }
    let kernel = kernel();
    let mut flat = Vec::with_capacity(length(to.0)? * length(to.1)? * N);
    for y in 0..to.1 {
        for x in 0..to.0 {
            let spot = map.at(f64::from(x) + 0.5, f64::from(y) + 0.5);
            flat.extend_from_slice(&source.read(spot, &kernel));
        }
    }
    Ok(flat)
}

struct Source<'a, const N: usize> {
    pixels: &'a [[u8; N]],
    width: usize,
    height: usize,
}

impl<const N: usize> Source<'_, N> {
    fn read(&self, spot: Spot, kernel: &[[i32; 4]; PHASES]) -> [u8; N] {
        let steps = f64::from(u16::try_from(PHASES).unwrap_or(u16::MAX));
        let (x, y) = (whole(((spot.x - 0.5) * steps).round()), whole(((spot.y - 0.5) * steps).round()));
        let (columns, across) = taps(x, self.width);
        let (rows, down) = taps(y, self.height);
        let (across, down) = (&kernel[across], &kernel[down]);
        let mut sums = [0_i32; N];
        for (row, weight) in rows.into_iter().zip(down) {
            let line = &self.pixels[row * self.width..][..self.width];
            let mut sum = [0_i32; N];
            for (column, weight) in columns.into_iter().zip(across) {
                for (sum, sample) in sum.iter_mut().zip(&line[column]) {
                    *sum += i32::from(*sample) * weight;
                }
            }
            for (total, sum) in sums.iter_mut().zip(sum) {
                // Halfway down, so that the second weight still fits.
                *total += (sum >> (SCALE / 2)) * weight;
            }
        }
        sums.map(|sum| {
            let shift = SCALE + SCALE / 2;
            u8::try_from(((sum + (1 << (shift - 1))) >> shift).clamp(0, 255)).unwrap_or(0)
        })
    }
}

/// The four pixels around a place told in phases, and the phase; beyond the picture its edge goes on.
fn taps(place: i32, length: usize) -> ([usize; 4], usize) {
    let phases = i32::try_from(PHASES).unwrap_or(1);
    let (first, phase) = (place.div_euclid(phases) - 1, place.rem_euclid(phases));
    let pixel = |step: i32| usize::try_from(first.saturating_add(step)).unwrap_or(0).min(length - 1);
    ([pixel(0), pixel(1), pixel(2), pixel(3)], usize::try_from(phase).unwrap_or(0))
}

/// Catmull-Rom: passes through the pixels and keeps print crisp.
fn kernel() -> [[i32; 4]; PHASES] {
    let one = f64::from(1_i32 << SCALE);
    let mut kernel = [[0; 4]; PHASES];
    for (weights, phase) in kernel.iter_mut().zip(0_u16..) {
        let t = f64::from(phase) / f64::from(u16::try_from(PHASES).unwrap_or(u16::MAX));
        let (square, cube) = (t * t, t * t * t);
        let exact = [
            -0.5 * t + square - 0.5 * cube,
            1.0 - 2.5 * square + 1.5 * cube,
            0.0,
            -0.5 * square + 0.5 * cube,
        ];
        *weights = exact.map(|weight| whole((weight * one).round()));
        // The third takes what is left, so that flat paper stays flat.
        weights[2] = (1 << SCALE) - weights[0] - weights[1] - weights[3];
    }
    kernel
}
