//! Photographs of papers on tables whose corners are known: to measure what finds papers, tells whether one
//! is cut off, and which way up it lies. Gray, 1000 × 750 pixels, the same at every call.

use image::{GrayImage, Luma, imageops};

use crate::papers;

/// Width and height of every photograph, pixels.
pub const SIZE: (u32, u32) = (1000, 750);

/// What a paper lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Stripes.
    Wood,
    /// A weave.
    Fabric,
    /// Pale, with veins.
    Marble,
    /// Plain and dark.
    Dark,
    /// Plain, hardly darker than paper.
    Pale,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 5] = [Self::Wood, Self::Fabric, Self::Marble, Self::Dark, Self::Pale];

    fn level(self, x: f64, y: f64, seed: u32) -> f64 {
        match self {
            Self::Wood => {
                let bend = soft(x / 260.0, y / 90.0, seed) * 9.0;
                let plank = if (y / 170.0).fract() < 0.012 { -35.0 } else { 0.0 };
                104.0 + 16.0 * (y / 5.0 + bend).sin() + 22.0 * soft(x / 90.0, y / 7.0, seed) + plank
            }
            Self::Fabric => {
                let weave = (x * 0.9).sin() * (y * 0.9).sin() * 16.0;
                90.0 + weave + 40.0 * soft(x / 120.0, y / 120.0, seed)
            }
            Self::Marble => {
                let vein = (x / 60.0 + y / 45.0 + 7.0 * soft(x / 110.0, y / 110.0, seed)).sin().abs();
                150.0 + 30.0 * vein.powf(0.4) * soft(x / 70.0, y / 70.0, seed ^ 5)
            }
            Self::Dark => 44.0 + 10.0 * soft(x / 200.0, y / 200.0, seed),
            Self::Pale => 186.0 + 10.0 * soft(x / 200.0, y / 200.0, seed),
        }
    }
}

/// How the telephone is held; angles in radians.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Turned in the picture, clockwise.
    pub roll: f64,
    /// Away from the person.
    pub lean: f64,
    /// To the side.
    pub swing: f64,
    /// How much of the picture's width or height the paper takes.
    pub fill: f64,
    /// Moved out of the middle, in shares of width and height.
    pub shift: (f64, f64),
}

/// A photograph and the truth about it.
#[derive(Clone, Debug)]
pub struct Photograph {
    /// What was photographed, for tables.
    pub name: String,
    /// Brightness.
    pub picture: GrayImage,
    /// The paper's corners clockwise from its own upper left, in pixels; beyond the picture where it is cut off.
    pub corners: [(f64, f64); 4],
}

/// Flat papers, upright: cards, register pages, forms, letters, receipts.
#[must_use]
pub fn flat_papers() -> Vec<(&'static str, GrayImage)> {
    let mut flat: Vec<(&'static str, GrayImage)> =
        papers::printed().into_iter().map(|(name, paper)| (name, imageops::grayscale(&paper))).collect();
    for (name, bytes) in
        [("card, back", papers::id_card_back_png()), ("register page", papers::household_head_tiff())]
    {
        flat.push((name, image::load_from_memory(&bytes).expect("our own").to_luma8()));
    }
    flat
}

/// `count` views of every paper in turn, each wholly in the picture.
#[must_use]
pub fn whole(count: u32) -> Vec<Photograph> {
    let flat = flat_papers();
    (0..count).map(|index| nth(&flat, index, None)).collect()
}

/// The same with the paper reaching beyond one side: 0 left, 1 top, 2 right, 3 bottom; with that side.
#[must_use]
pub fn cut_off(count: u32) -> Vec<(Photograph, usize)> {
    let flat = flat_papers();
    let side = |index: u32| usize::try_from(index % 4).unwrap_or(0);
    (0..count).map(|index| (nth(&flat, index, Some(side(index))), side(index))).collect()
}

fn nth(flat: &[(&'static str, GrayImage)], index: u32, cut: Option<usize>) -> Photograph {
    let at = usize::try_from(index).unwrap_or(0);
    let (name, paper) = &flat[at % flat.len()];
    let table = Table::ALL[(at / flat.len() + at) % Table::ALL.len()];
    let mut dice = Dice(index.wrapping_mul(0x9E37_79B9) ^ 0x5EED_1234);
    let mut view = View {
        roll: dice.between(-25.0, 25.0).to_radians(),
        lean: dice.between(-25.0, 25.0).to_radians(),
        swing: dice.between(-20.0, 20.0).to_radians(),
        fill: dice.between(0.55, 0.86),
        shift: (dice.between(-0.04, 0.04), dice.between(-0.04, 0.04)),
    };
    if cut.is_some() {
        view.roll *= 0.5;
    }
    let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    let corners = seen(paper, &view);
    // Wholly inside with a margin, or beyond one side by an eighth of the picture.
    let reach = |at: fn(&(f64, f64)) -> f64| {
        let values = corners.iter().map(at);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    };
    let (across, down) = (reach(|corner| corner.0), reach(|corner| corner.1));
    let margin = 0.03;
    let largest = ((across.1 - across.0) / width).max((down.1 - down.0) / height);
    view.fill *= ((1.0 - 2.0 * margin) / largest).min(1.0);
    let corners = seen(paper, &view);
    let bounds = |at: fn(&(f64, f64)) -> f64, side: f64| {
        let low = corners.iter().map(at).fold(f64::INFINITY, f64::min);
        let high = corners.iter().map(at).fold(f64::NEG_INFINITY, f64::max);
        let inside = (low.max(side * margin) - low) + (high.min(side * (1.0 - margin)) - high);
        (low, high, inside)
    };
    let (x, y) = (bounds(|corner| corner.0, width), bounds(|corner| corner.1, height));
    view.shift.0 += x.2 / width;
    view.shift.1 += y.2 / height;
    let beyond = dice.between(0.08, 0.22);
    match cut {
        Some(0) => view.shift.0 -= (x.0 + x.2) / width + beyond * (x.1 - x.0) / width,
        Some(1) => view.shift.1 -= (y.0 + y.2) / height + beyond * (y.1 - y.0) / height,
        Some(2) => view.shift.0 += 1.0 - (x.1 + x.2) / width + beyond * (x.1 - x.0) / width,
        Some(_) => view.shift.1 += 1.0 - (y.1 + y.2) / height + beyond * (y.1 - y.0) / height,
        None => {}
    }
    let mut photograph = taken(paper, table, &view, index);
    photograph.name = format!("{name} on {table:?}");
    photograph
}

/// Where the paper's corners are seen.
fn seen(paper: &GrayImage, view: &View) -> [(f64, f64); 4] {
    let (width, height) = (f64::from(SIZE.0), f64::from(SIZE.1));
    let focus = 0.8 * width;
    let (paper_width, paper_height) = (f64::from(paper.width()), f64::from(paper.height()));
    // As large as fits the picture when looked at from straight above, times `fill`.
    let scale = (width / paper_width).min(height / paper_height) * view.fill;
    let corner = |x: f64, y: f64| {
        let (x, y) = (x * paper_width * scale / 2.0, y * paper_height * scale / 2.0);
        let (x, y) = (x * view.roll.cos() - y * view.roll.sin(), x * view.roll.sin() + y * view.roll.cos());
        let (y, z) = (y * view.lean.cos(), y * view.lean.sin());
        let (x, z) =
            (x * view.swing.cos() + z * view.swing.sin(), z * view.swing.cos() - x * view.swing.sin());
        let near = focus / (focus + z);
        (width * (0.5 + view.shift.0) + x * near, height * (0.5 + view.shift.1) + y * near)
    };
    [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]
}

/// Takes the photograph: light from one side, a thin shadow around the paper, the sensor's noise.
#[must_use]
pub fn taken(paper: &GrayImage, table: Table, view: &View, seed: u32) -> Photograph {
    let corners = seen(paper, view);
    let back = Back::new(corners);
    let mut dice = Dice(seed.wrapping_mul(0x85EB_CA6B) ^ 0x00C0_FFEE);
    let (toward_x, toward_y) = (dice.between(-0.25, 0.25), dice.between(-0.25, 0.25));
    let bright = dice.between(0.86, 1.0);
    let shade = dice.between(2.0, 6.0);
    let picture = GrayImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let mut sum = 0.0;
        for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
            let (x, y) = (f64::from(x) + dx, f64::from(y) + dy);
            let light =
                bright + toward_x * (x / f64::from(SIZE.0) - 0.5) + toward_y * (y / f64::from(SIZE.1) - 0.5);
            let (u, v) = back.at(x, y);
            let level = if (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v) {
                read(paper, u, v)
            } else {
                let (su, sv) = back.at(x - shade, y - shade);
                let shadow = (0.0..1.0).contains(&su) && (0.0..1.0).contains(&sv);
                table.level(x, y, seed) * if shadow { 0.72 } else { 1.0 }
            };
            sum += level * light / 4.0;
        }
        Luma([byte(sum + dice.between(-7.0, 7.0))])
    });
    Photograph { name: String::new(), picture, corners }
}

fn read(paper: &GrayImage, u: f64, v: f64) -> f64 {
    let (x, y) = (u * f64::from(paper.width()) - 0.5, v * f64::from(paper.height()) - 0.5);
    let pixel = |x: f64, y: f64| {
        let at = |place: f64, side: u32| index(place.max(0.0)).min(side - 1);
        f64::from(paper.get_pixel(at(x, paper.width()), at(y, paper.height())).0[0])
    };
    let (left, top) = (x.floor(), y.floor());
    let (dx, dy) = (x - left, y - top);
    let upper = pixel(left, top) * (1.0 - dx) + pixel(left + 1.0, top) * dx;
    let lower = pixel(left, top + 1.0) * (1.0 - dx) + pixel(left + 1.0, top + 1.0) * dx;
    upper * (1.0 - dy) + lower * dy
}

/// From four corners back to shares of the paper.
struct Back([[f64; 3]; 3]);

impl Back {
    fn new([a, b, c, d]: [(f64, f64); 4]) -> Self {
        let (right, down) = ((b.0 - c.0, b.1 - c.1), (d.0 - c.0, d.1 - c.1));
        let bent = (a.0 - b.0 + c.0 - d.0, a.1 - b.1 + c.1 - d.1);
        let area = right.0 * down.1 - right.1 * down.0;
        let g = (bent.0 * down.1 - bent.1 * down.0) / area;
        let h = (right.0 * bent.1 - right.1 * bent.0) / area;
        let m = [
            [b.0 - a.0 + g * b.0, d.0 - a.0 + h * d.0, a.0],
            [b.1 - a.1 + g * b.1, d.1 - a.1 + h * d.1, a.1],
            [g, h, 1.0],
        ];
        // The matrix of cofactors: the inverse but for its scale, which does not count here.
        let minor = |r: usize, c: usize| {
            let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        };
        Self([0, 1, 2].map(|row| [minor(0, row), minor(1, row), minor(2, row)]))
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let [u, v, below] = self.0.map(|row| row[0] * x + row[1] * y + row[2]);
        (u / below, v / below)
    }
}

/// Noise without corners, −1 to 1.
fn soft(x: f64, y: f64, seed: u32) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (dx, dy) = (ease(x - left), ease(y - top));
    let grid = |x: f64, y: f64| {
        let mut hash =
            index(x + 4096.0).wrapping_mul(0x27D4_EB2D) ^ index(y + 4096.0).wrapping_mul(0x1656_67B1);
        hash = (hash ^ seed.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
        hash ^= hash >> 15;
        f64::from(hash.wrapping_mul(0xC2B2_AE35) >> 8) / f64::from(1_u32 << 23) - 1.0
    };
    let upper = grid(left, top) * (1.0 - dx) + grid(left + 1.0, top) * dx;
    let lower = grid(left, top + 1.0) * (1.0 - dx) + grid(left + 1.0, top + 1.0) * dx;
    upper * (1.0 - dy) + lower * dy
}

/// Numbers without a pattern, the same every time.
struct Dice(u32);

impl Dice {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        low + (high - low) * f64::from(self.0 >> 8) / f64::from(1_u32 << 24)
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "levels; `as` saturates")]
fn byte(level: f64) -> u8 {
    level as u8
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places; `as` saturates")]
fn index(place: f64) -> u32 {
    place as u32
}
