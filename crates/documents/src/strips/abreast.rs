//! Rows of one sample made narrower, four abreast. The library weighs the four samples of a pixel in hardly more time
//! than the one sample of another: so four rows are put side by side as the samples of one row, made narrower
//! together and taken apart. The levels are the same to the last bit, in about half the time.

use fast_image_resize::{
    PixelType, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};

use crate::Refusal;

const ABREAST: usize = 4;

/// Makes the first `part` samples of each row as wide as the rows of `narrow`; `stride` and `to` are the lengths of
/// rows.
pub(super) fn narrow(
    resizer: &mut Resizer,
    options: &ResizeOptions,
    (rows, stride, part): (&[u8], u32, u32),
    (narrow, to): (&mut [u8], u32),
) -> Result<(), Refusal> {
    let length = |row: u32| usize::try_from(row).map_err(|_| Refusal::TooComplex);
    let wide = together(rows, length(stride)?);
    let groups = wide.len() / (length(stride)? * ABREAST);
    let groups = u32::try_from(groups).map_err(|_| Refusal::TooComplex)?;
    let source = ImageRef::new(stride, groups, &wide, PixelType::U8x4).map_err(|_| Refusal::Damaged)?;
    let mut target = Image::new(to, groups, PixelType::U8x4);
    let window = options.crop(0.0, 0.0, f64::from(part), f64::from(groups));
    resizer.resize(&source, &mut target, &window).map_err(|_| Refusal::Damaged)?;
    apart(target.buffer(), narrow, length(to)?);
    Ok(())
}

/// Where the last group lacks rows, its first one stands in for them.
fn together(rows: &[u8], stride: usize) -> Vec<u8> {
    let mut wide = vec![0; rows.len().div_ceil(stride * ABREAST) * stride * ABREAST];
    for (group, pixels) in rows.chunks(stride * ABREAST).zip(wide.chunks_exact_mut(stride * ABREAST)) {
        let row = |lane: usize| group.get(lane * stride..(lane + 1) * stride).unwrap_or(&group[..stride]);
        let lanes = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3));
        for (pixel, (((a, b), c), d)) in pixels.chunks_exact_mut(ABREAST).zip(lanes) {
            pixel.copy_from_slice(&[*a, *b, *c, *d]);
        }
    }
    wide
}

fn apart(pixels: &[u8], rows: &mut [u8], length: usize) {
    for (pixels, group) in pixels.chunks_exact(length * ABREAST).zip(rows.chunks_mut(length * ABREAST)) {
        for (lane, row) in group.chunks_exact_mut(length).enumerate() {
            for (level, pixel) in row.iter_mut().zip(pixels.chunks_exact(ABREAST)) {
                *level = pixel[lane];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation, reason = "samples of test pictures")]

    use fast_image_resize::{FilterType, ResizeAlg};

    use super::*;

    /// As many rows as make whole groups, and any other number; rows that are longer than what is looked at.
    #[test]
    fn abreast_is_no_different_from_one_by_one() {
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).use_alpha(false);
        let (stride, part) = (131, 127);
        for (height, to) in (1..=9).flat_map(|height| [1, 50, 127, 200].map(|to| (height, to))) {
            let rows: Vec<u8> = (0..stride * height).map(|at| (at * 7919 % 251) as u8).collect();
            let mut abreast = vec![0; (to * height) as usize];
            narrow(&mut Resizer::new(), &options, (&rows, stride, part), (&mut abreast, to))
                .expect("narrows");
            let source = ImageRef::new(stride, height, &rows, PixelType::U8).expect("fits");
            let mut alone = Image::new(to, height, PixelType::U8);
            let window = options.crop(0.0, 0.0, f64::from(part), f64::from(height));
            Resizer::new().resize(&source, &mut alone, &window).expect("resizes");
            assert!(abreast == alone.buffer(), "{height} rows to {to}");
        }
    }
}
