//! The small picture in the list, and how much of a picture is missing.

use crate::{
    Refusal,
    jpeg::{Chroma, Tables, encode_with},
    orientation::Turn,
    picture::{Decoded, Picture, Pixels, Plane, Ready},
    resize,
};

/// Long edge of a thumbnail, pixels.
const EDGE: u32 = 320;
const QUALITY: u8 = 80;
/// The level a decoder fills in where data are missing.
const FILLER: u8 = 128;

/// A thumbnail and what was measured on it.
pub(crate) struct Thumbnail {
    pub(crate) jpeg: Vec<u8>,
    luma: Vec<u8>,
    width: usize,
}

/// Makes the thumbnail of a ready picture.
pub(crate) fn of_picture(picture: Picture) -> Result<Thumbnail, Refusal> {
    let Picture { width, height, pixels } = picture;
    let half = |bytes| Plane { width: width / 2, height: height / 2, bytes };
    let pixels = match pixels {
        Ready::Gray(gray) => Pixels::Gray(gray),
        Ready::Rgb(rgb) => Pixels::Rgb(rgb),
        Ready::Fine(planes) => Pixels::Yuv(planes.map(|bytes| Plane { width, height, bytes })),
        Ready::Yuv { y, u, v } => Pixels::Yuv([Plane { width, height, bytes: y }, half(u), half(v)]),
    };
    of_decoded(&Decoded { width, height, pixels, conversion: None }, Turn::UPRIGHT)
}

/// Makes the thumbnail of a decoded picture, upright.
pub(crate) fn of_decoded(decoded: &Decoded, turn: Turn) -> Result<Thumbnail, Refusal> {
    let small = resize::ready(decoded, EDGE, turn)?;
    let jpeg = encode_with(&small, QUALITY, Chroma::Quarter, Tables::Standard)?;
    let width = usize::try_from(small.width).map_err(|_| Refusal::TooComplex)?;
    Ok(Thumbnail { jpeg, luma: small.luma().bytes, width })
}

impl Thumbnail {
    /// Share of the picture (0 to 1), counted from its edges inwards, that is a decoder's filler.
    pub(crate) fn missing(&self) -> f64 {
        let filler = |level: &u8| level.abs_diff(FILLER) <= 2;
        let rows: Vec<bool> =
            self.luma.chunks_exact(self.width.max(1)).map(|row| row.iter().all(filler)).collect();
        let columns: Vec<bool> = (0..self.width)
            .map(|x| self.luma.iter().skip(x).step_by(self.width.max(1)).all(filler))
            .collect();
        let share = |lines: &[bool]| {
            let before = lines.iter().take_while(|line| **line).count();
            let after = lines.iter().rev().take_while(|line| **line).count();
            let lines_with = before.max(after).min(lines.len());
            f64::from(u32::try_from(lines_with).unwrap_or(0))
                / f64::from(u32::try_from(lines.len().max(1)).unwrap_or(1))
        };
        // The picture may have been turned: filler may stand at any edge.
        share(&rows).max(share(&columns))
    }
}
