//! A paper as an office scanner sees it: flat and evenly lit, with the grain of paper and sensor.

use image::{GrayImage, Luma, Rgb, RgbImage, imageops};

use crate::scene::gauss;

/// In colour; `grain` is the standard deviation in levels.
pub fn colour(paper: &RgbImage, grain: f32, seed: u32) -> RgbImage {
    // The optics of a scanner are never as sharp as the raster.
    let mut soft = imageops::blur(paper, 0.6);
    for (x, y, pixel) in soft.enumerate_pixels_mut() {
        let shared = gauss(x, y, seed);
        let own = |salt: u32| gauss(x, y, seed.wrapping_mul(131).wrapping_add(salt));
        let channels = [own(1), own(2), own(3)];
        *pixel = Rgb([0, 1, 2].map(|k: usize| {
            let level = f32::from(pixel.0[k]) + grain * (0.8 * shared + 0.6 * channels[k]);
            level.round().clamp(0.0, 255.0) as u8
        }));
    }
    soft
}

/// In shades of gray.
pub fn gray(paper: &RgbImage, grain: f32, seed: u32) -> GrayImage {
    image::DynamicImage::ImageRgb8(colour(paper, grain, seed)).into_luma8()
}

/// Black and white only, with a few specks.
pub fn black_and_white(paper: &RgbImage, seed: u32) -> GrayImage {
    let mut page = gray(paper, 14.0, seed);
    page.pixels_mut().for_each(|pixel| *pixel = Luma([if pixel.0[0] < 150 { 0 } else { 255 }]));
    page
}
