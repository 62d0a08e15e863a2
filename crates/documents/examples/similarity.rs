//! How alike two pictures look: SSIM of their brightness (Wang et al. 2004: a Gaussian window of 11 × 11,
//! deviation 1.5). Prints one line of JSON. `cargo xtask bench documents` judges every program with it.
//!
//! - `similarity picture SOURCE RESULT`: the result against the source decoded in full, turned upright and
//!   resized (Lanczos) to the result's own size.
//! - `similarity page ORIGINAL RESULT`: two drawings of a page, of the same size.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::{error::Error, fs, io::BufReader};

use image::{
    ImageBuffer, ImageDecoder, ImageReader,
    imageops::{self, FilterType},
};
use serde_json::json;

/// Brightness, 0 to 255, row by row.
struct Luma {
    width: usize,
    height: usize,
    levels: Vec<f32>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (source, result) = match words[..] {
        ["picture", source, result] => {
            let result = read(result)?;
            (resized(read(source)?, result.width, result.height)?, result)
        }
        ["page", original, result] => (read(original)?, read(result)?),
        _ => return Err("see the head of this example".into()),
    };
    if (source.width, source.height) != (result.width, result.height) {
        return Err(format!(
            "{} × {} cannot be compared with {} × {}",
            result.width, result.height, source.width, source.height
        )
        .into());
    }
    let ssim = similarity(&source, &result);
    println!("{}", json!({ "ssim": ssim, "width": result.width, "height": result.height }));
    Ok(())
}

/// Decodes in full and turns upright.
fn read(path: &str) -> Result<Luma, Box<dyn Error>> {
    let reader = ImageReader::new(BufReader::new(fs::File::open(path)?)).with_guessed_format()?;
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = image::DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    let image = image.into_rgb8();
    let (width, height) = (usize::try_from(image.width())?, usize::try_from(image.height())?);
    let levels = image.pixels().map(|pixel| {
        let [red, green, blue] = pixel.0.map(f32::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    });
    Ok(Luma { width, height, levels: levels.collect() })
}

/// In floating point and not by the resizer that the crate itself uses: the reference is nobody's own.
fn resized(source: Luma, width: usize, height: usize) -> Result<Luma, Box<dyn Error>> {
    // The resizer takes brightness from 0 to 1.
    let levels = source.levels.into_iter().map(|level| level / 255.0).collect();
    let (from_width, from_height) = (source.width.try_into()?, source.height.try_into()?);
    let source = ImageBuffer::<image::Luma<f32>, Vec<f32>>::from_raw(from_width, from_height, levels);
    let source = source.ok_or("a picture without pixels")?;
    let small = imageops::resize(&source, width.try_into()?, height.try_into()?, FilterType::Lanczos3);
    Ok(Luma { width, height, levels: small.into_raw().into_iter().map(|level| level * 255.0).collect() })
}

/// The mean over all windows that lie wholly inside.
fn similarity(one: &Luma, other: &Luma) -> f64 {
    const C1: f64 = 0.01 * 255.0 * 0.01 * 255.0;
    const C2: f64 = 0.03 * 255.0 * 0.03 * 255.0;
    let product = |a: &Luma, b: &Luma| {
        let levels = a.levels.iter().zip(&b.levels).map(|(a, b)| a * b).collect();
        smooth(&Luma { width: a.width, height: a.height, levels })
    };
    let (mean_a, mean_b) = (smooth(one), smooth(other));
    let (square_a, square_b, both) = (product(one, one), product(other, other), product(one, other));
    let maps = mean_a.iter().zip(&mean_b).zip(square_a.iter().zip(&square_b)).zip(&both);
    let (mut sum, mut count) = (0.0, 0.0);
    for (((a, b), (aa, bb)), ab) in maps {
        let [a, b, aa, bb, ab] = [a, b, aa, bb, ab].map(|value| f64::from(*value));
        let (var_a, var_b, cov) = (aa - a * a, bb - b * b, ab - a * b);
        sum += (2.0 * a * b + C1) * (2.0 * cov + C2) / ((a * a + b * b + C1) * (var_a + var_b + C2));
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { 1.0 }
}

/// Gaussian means of all windows inside, along rows and then along columns.
fn smooth(luma: &Luma) -> Vec<f32> {
    const TAPS: usize = 11;
    let weights: [f32; TAPS] = {
        let at = |tap: u8| (-(f32::from(tap) - 5.0).powi(2) / (2.0 * 1.5 * 1.5)).exp();
        let raw = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(at);
        let sum: f32 = raw.iter().sum();
        raw.map(|weight| weight / sum)
    };
    let width = luma.width.saturating_sub(TAPS - 1);
    let height = luma.height.saturating_sub(TAPS - 1);
    let mut rows = Vec::with_capacity(width * luma.height);
    for row in luma.levels.chunks_exact(luma.width.max(1)) {
        rows.extend(row.windows(TAPS).map(|window| dot(window, &weights)));
    }
    let mut means = vec![0.0; width * height];
    for (y, means) in means.chunks_exact_mut(width.max(1)).enumerate() {
        for (tap, weight) in weights.iter().enumerate() {
            let row = &rows[(y + tap) * width..(y + tap + 1) * width];
            means.iter_mut().zip(row).for_each(|(mean, level)| *mean += level * weight);
        }
    }
    means
}

fn dot(window: &[f32], weights: &[f32]) -> f32 {
    window.iter().zip(weights).map(|(level, weight)| level * weight).sum()
}
