//! A paper lying on something, seen by a telephone: perspective, uneven light, grain of the sensor, and the
//! sharpening that telephones do afterwards.

use image::{Rgb, RgbImage};

/// What the paper lies on.
#[derive(Clone, Copy)]
pub enum Ground {
    Wood,
    Cloth,
    Stone,
}

/// One photo.
pub struct Shot {
    pub size: (u32, u32),
    /// Where the paper's corners are, clockwise from its upper left, in parts of width and height.
    pub corners: [(f32, f32); 4],
    pub ground: Ground,
    /// Standard deviation of the grain at a middle gray, in levels.
    pub grain: f32,
    pub seed: u32,
}

/// How much of the difference to the neighbours is added.
const SHARPENING: f32 = 0.55;

impl Shot {
    pub fn take(&self, paper: &RgbImage) -> RgbImage {
        let (width, height) = self.size;
        let view = View::of(self.corners.map(|(x, y)| (x * width as f32, y * height as f32)));
        let mut raw = RgbImage::new(width, height);
        for (x, y, pixel) in raw.enumerate_pixels_mut() {
            let light = self.light(x, y);
            let seen = match view.on_paper(x as f32 + 0.5, y as f32 + 0.5) {
                Some(at) => sample(paper, at),
                None => self.ground.at(
                    x as f32 * 4032.0 / width.max(height) as f32,
                    y as f32 * 4032.0 / width.max(height) as f32,
                ),
            };
            // Light noise is common to all colours, colour noise is weaker: telephones smooth it.
            let shared = gauss(x, y, self.seed);
            for (channel, (level, salt)) in pixel.0.iter_mut().zip(seen.into_iter().zip(1_u32..)) {
                let lit = level * light;
                let own = gauss(x, y, self.seed.wrapping_mul(31).wrapping_add(salt));
                let grain = self.grain * (lit.max(4.0) / 128.0).sqrt() * (0.9 * shared + 0.35 * own);
                *channel = (lit + grain).round().clamp(0.0, 255.0) as u8;
            }
        }
        sharpened(&raw)
    }

    /// Brighter towards one side, darker in the corners.
    fn light(&self, x: u32, y: u32) -> f32 {
        let (u, v) = (x as f32 / self.size.0 as f32 - 0.5, y as f32 / self.size.1 as f32 - 0.5);
        0.93 + 0.18 * u - 0.14 * v - 0.28 * (u * u + v * v)
    }
}

impl Ground {
    fn at(self, x: f32, y: f32) -> [f32; 3] {
        match self {
            Self::Wood => {
                let grain = clouds(x / 420.0, y / 14.0, 4);
                let knot = (clouds(x / 900.0, y / 500.0, 2) * 40.0).sin() * 0.5;
                let tone = 0.55 + 0.45 * grain + 0.12 * knot;
                [150.0 * tone, 108.0 * tone, 70.0 * tone]
            }
            Self::Cloth => {
                let thread = ((x / 3.1).sin() * (y / 3.3).sin()) * 0.10;
                let tone = 0.8 + thread + 0.25 * (clouds(x / 300.0, y / 300.0, 3) - 0.5);
                [92.0 * tone, 104.0 * tone, 128.0 * tone]
            }
            Self::Stone => {
                let vein = (clouds(x / 500.0, y / 500.0, 5) * 18.0).sin().abs().powf(0.35);
                let tone = 0.6 + 0.4 * vein;
                [196.0 * tone, 192.0 * tone, 186.0 * tone]
            }
        }
    }
}

/// Pixel of the photo → place on the paper (parts of its width and height): the projective map of a quad.
struct View([f32; 9]);

impl View {
    fn of(corners: [(f32, f32); 4]) -> Self {
        let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = corners;
        let (dx1, dx2, dx3) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        let (dy1, dy2, dy3) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        let area = dx1 * dy2 - dx2 * dy1;
        let (g, h) = ((dx3 * dy2 - dx2 * dy3) / area, (dx1 * dy3 - dx3 * dy1) / area);
        let (a, b, c) = (x1 - x0 + g * x1, x3 - x0 + h * x3, x0);
        let (d, e, f) = (y1 - y0 + g * y1, y3 - y0 + h * y3, y0);
        // The inverse, up to a factor that the division takes out again.
        Self([
            e - f * h,
            c * h - b,
            b * f - c * e,
            f * g - d,
            a - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ])
    }

    fn on_paper(&self, x: f32, y: f32) -> Option<(f32, f32)> {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let w = g * x + h * y + i;
        let (u, v) = ((a * x + b * y + c) / w, (d * x + e * y + f) / w);
        ((0.0..1.0).contains(&u) && (0.0..1.0).contains(&v)).then_some((u, v))
    }
}

/// Between four pixels.
fn sample(paper: &RgbImage, (u, v): (f32, f32)) -> [f32; 3] {
    let (x, y) = (u * (paper.width() - 2) as f32, v * (paper.height() - 2) as f32);
    let (left, top) = (x as u32, y as u32);
    let (right, down) = (x - left as f32, y - top as f32);
    let at = |dx, dy| paper.get_pixel(left + dx, top + dy).0.map(f32::from);
    let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 1), at(1, 1));
    [0, 1, 2].map(|k| {
        (a[k] * (1.0 - right) + b[k] * right) * (1.0 - down) + (c[k] * (1.0 - right) + d[k] * right) * down
    })
}

/// Adds what each pixel has beyond the mean of its four neighbours.
fn sharpened(raw: &RgbImage) -> RgbImage {
    let (width, height) = raw.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
            return *raw.get_pixel(x, y);
        }
        let here = raw.get_pixel(x, y).0;
        let around = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)].map(|(x, y)| raw.get_pixel(x, y).0);
        Rgb([0, 1, 2].map(|k| {
            let mean = around.iter().map(|pixel| f32::from(pixel[k])).sum::<f32>() / 4.0;
            let level = f32::from(here[k]);
            (level + SHARPENING * (level - mean)).round().clamp(0.0, 255.0) as u8
        }))
    })
}

/// Soft random shapes, 0 to 1.
fn clouds(x: f32, y: f32, octaves: u8) -> f32 {
    let (mut sum, mut weight, mut scale) = (0.0, 0.5, 1.0);
    for _ in 0..octaves {
        sum += weight * lattice(x * scale, y * scale);
        weight *= 0.5;
        scale *= 2.03;
    }
    sum
}

fn lattice(x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (right, down) = (smooth(x - left), smooth(y - top));
    let at = |dx, dy| unit(hash(left as u32 + dx, top as u32 + dy, 77));
    (at(0, 0) * (1.0 - right) + at(1, 0) * right) * (1.0 - down)
        + (at(0, 1) * (1.0 - right) + at(1, 1) * right) * down
}

/// Near enough to a normal distribution of deviation 1: four numbers added up.
pub fn gauss(x: u32, y: u32, seed: u32) -> f32 {
    let bits = hash(x, y, seed);
    let sum: f32 = bits.to_le_bytes().iter().map(|byte| f32::from(*byte)).sum();
    (sum - 510.0) / 147.8
}

fn unit(bits: u32) -> f32 {
    bits as f32 / u32::MAX as f32
}

fn hash(x: u32, y: u32, seed: u32) -> u32 {
    let mut bits = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77) ^ seed.wrapping_mul(0xC2B2_AE3D);
    bits ^= bits >> 15;
    bits = bits.wrapping_mul(0x2C1B_3C6D);
    bits ^= bits >> 12;
    bits = bits.wrapping_mul(0x297A_2D39);
    bits ^ (bits >> 15)
}
