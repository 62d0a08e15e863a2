//! Painting over what nobody is to see, in the decoded pixels themselves.

use super::{corners::extent, homography::whole};
use crate::{
    Area, Refusal, WHOLE,
    orientation::Turn,
    picture::{Decoded, Pixels, Plane},
};

/// Decoders smooth colour over its neighbours: paint this many pixels more on every side.
const MARGIN: f64 = 2.0;

/// A box of a plane: from and to (exclusive) across, from and to down.
type Cells = ((usize, usize), (usize, usize));

/// Paints `areas` (told on the upright page) black. Painting twice changes nothing.
pub(super) fn paint(decoded: &mut Decoded, turn: Turn, areas: &[Area]) -> Result<(), Refusal> {
    let size = (decoded.width, decoded.height);
    for area in areas {
        let share = share(area, turn).ok_or(Refusal::BadEdit)?;
        match &mut decoded.pixels {
            Pixels::Gray(gray) => fill(gray, size, cells(share, size, size), [0]),
            Pixels::Rgb(rgb) => fill(rgb, size, cells(share, size, size), [0; 3]),
            // All four inks: black whatever a profile makes of the black one alone.
            Pixels::Cmyk { bytes, inverted } => {
                let ink = if *inverted { 0 } else { 255 };
                fill(bytes, size, cells(share, size, size), [ink; 4]);
            }
            Pixels::Yuv(planes) => {
                let luma = (planes[0].width, planes[0].height);
                for (plane, level) in planes.iter_mut().zip([0, 128, 128]) {
                    let Plane { width, height, bytes } = plane;
                    // Planes are padded to whole samples: they reach as far as the padded luma does.
                    let reach = (
                        f64::from(size.0) * f64::from(*width) / f64::from(luma.0.max(1)),
                        f64::from(size.1) * f64::from(*height) / f64::from(luma.1.max(1)),
                    );
                    let cells = cells_of(share, reach, (*width, *height));
                    fill(bytes, (*width, *height), cells, [level]);
                }
            }
        }
    }
    Ok(())
}

/// Left, top, right and bottom as shares of the picture as stored.
fn share(area: &Area, turn: Turn) -> Option<[f64; 4]> {
    let (left, top, right, bottom) = extent(area)?;
    let share = |part: u16| f64::from(part) / f64::from(WHOLE);
    let (a, b) =
        (turn.stored_place((share(left), share(top))), turn.stored_place((share(right), share(bottom))));
    Some([a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)])
}

fn cells(share: [f64; 4], size: (u32, u32), stored: (u32, u32)) -> Cells {
    cells_of(share, (f64::from(size.0), f64::from(size.1)), stored)
}

/// Rounded outwards: a pixel that is covered in part is covered.
fn cells_of([left, top, right, bottom]: [f64; 4], reach: (f64, f64), stored: (u32, u32)) -> Cells {
    let line = |from: f64, to: f64, reach: f64, stored: u32| {
        let bound = |place: f64| {
            let place = u32::try_from(whole(place)).unwrap_or(0).min(stored);
            usize::try_from(place).unwrap_or(0)
        };
        (bound((from * reach - MARGIN).floor()), bound((to * reach + MARGIN).ceil()))
    };
    (line(left, right, reach.0, stored.0), line(top, bottom, reach.1, stored.1))
}

fn fill<const N: usize>(bytes: &mut [u8], size: (u32, u32), (across, down): Cells, colour: [u8; N]) {
    let width = usize::try_from(size.0).unwrap_or(usize::MAX);
    let (pixels, _) = bytes.as_chunks_mut::<N>();
    for row in pixels.chunks_exact_mut(width.max(1)).take(down.1).skip(down.0) {
        if let Some(part) = row.get_mut(across.0..across.1) {
            part.fill(colour);
        }
    }
}
