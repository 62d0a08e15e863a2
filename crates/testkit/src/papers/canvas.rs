//! Drawing on a picture: boxes, tilted tables, letters from a sheet of glyphs, the noise of a camera.
//! No file formats here, see `files`.

use std::sync::OnceLock;

use image::{GrayImage, Rgb, RgbImage};

/// Every letter a paper may carry, in the order of `letters.png` (16 in a row, 64 × 64 pixels each).
const LETTERS: &str = "样本姓名王秀英性别女男民族汉出生年月日住址浙江省杭州市西湖区路号公身份码居户口簿主首页人签发机关有效期限长登记卡与系证明仅供测试不是真件妻子无近照片第共常的ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:/()";
const CELL: u32 = 64;

/// A colour.
pub(super) type Colour = [u8; 3];

/// A picture being drawn.
pub(super) struct Canvas {
    pub(super) picture: RgbImage,
    seed: u32,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32, ground: Colour) -> Self {
        Self { picture: RgbImage::from_pixel(width, height, Rgb(ground)), seed: 0x9E37_79B9 }
    }

    /// A wooden desk top: stripes that no flat-colour shortcut of an encoder can hide.
    pub(super) fn wood(&mut self) {
        for (x, y, pixel) in self.picture.enumerate_pixels_mut() {
            let wave = (x / 3 + (y / 7) * ((x / 500) % 3 + 1)) % 61;
            let grain = u8::try_from(if wave > 30 { 60 - wave } else { wave }).unwrap_or(0);
            *pixel = Rgb([118 + grain, 84 + grain / 2, 56 + grain / 3]);
        }
    }

    pub(super) fn rectangle(&mut self, left: u32, top: u32, width: u32, height: u32, colour: Colour) {
        let (right, bottom) =
            ((left + width).min(self.picture.width()), (top + height).min(self.picture.height()));
        for y in top..bottom {
            for x in left..right {
                self.picture.put_pixel(x, y, Rgb(colour));
            }
        }
    }

    /// An outline of `thick` pixels.
    pub(super) fn frame(&mut self, left: u32, top: u32, width: u32, height: u32, thick: u32, colour: Colour) {
        self.rectangle(left, top, width, thick, colour);
        self.rectangle(left, top + height - thick, width, thick, colour);
        self.rectangle(left, top, thick, height, colour);
        self.rectangle(left + width - thick, top, thick, height, colour);
    }

    pub(super) fn disc(&mut self, centre: (u32, u32), radius: (u32, u32), colour: Colour) {
        let (rx, ry) = (i64::from(radius.0), i64::from(radius.1));
        for y in centre.1.saturating_sub(radius.1)..(centre.1 + radius.1).min(self.picture.height()) {
            for x in centre.0.saturating_sub(radius.0)..(centre.0 + radius.0).min(self.picture.width()) {
                let (dx, dy) = (i64::from(x) - i64::from(centre.0), i64::from(y) - i64::from(centre.1));
                if dx * dx * ry * ry + dy * dy * rx * rx <= rx * rx * ry * ry {
                    self.picture.put_pixel(x, y, Rgb(colour));
                }
            }
        }
    }

    /// Writes `text` with letters `size` pixels high. A blank is half a letter; unknown letters are left out.
    pub(super) fn write(&mut self, text: &str, left: u32, top: u32, size: u32, colour: Colour) {
        let mut x = left;
        for letter in text.chars() {
            if let Some(at) = LETTERS.chars().position(|known| known == letter) {
                self.letter(u32::try_from(at).unwrap_or(0), x, top, size, colour);
            }
            x += if letter.is_ascii() { size * 58 / 100 } else { size };
        }
    }

    fn letter(&mut self, at: u32, left: u32, top: u32, size: u32, colour: Colour) {
        let (cell_x, cell_y) = ((at % 16) * CELL, (at / 16) * CELL);
        let sheet = sheet();
        // Latin letters stand in the middle of their cell: pull them to the left edge of the narrower step.
        let shift = if at >= 78 { size * 21 / 100 } else { 0 };
        for y in 0..size {
            for x in 0..size {
                let ink = u32::from(sheet.get_pixel(cell_x + x * CELL / size, cell_y + y * CELL / size).0[0]);
                let (to_x, to_y) = ((left + x).saturating_sub(shift), top + y);
                if ink == 0 || to_x >= self.picture.width() || to_y >= self.picture.height() {
                    continue;
                }
                let pixel = self.picture.get_pixel_mut(to_x, to_y);
                for (channel, wanted) in pixel.0.iter_mut().zip(colour) {
                    let mixed = (u32::from(*channel) * (255 - ink) + u32::from(wanted) * ink) / 255;
                    *channel = u8::try_from(mixed).unwrap_or(u8::MAX);
                }
            }
        }
    }

    /// The noise of a sensor, up to `strength` levels either way; the same at every call with the same picture.
    pub(super) fn noise(&mut self, strength: u32) {
        let mut seed = self.seed;
        for channel in self.picture.iter_mut() {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            let level = (u32::from(*channel) + (seed >> 8) % (2 * strength + 1)).saturating_sub(strength);
            *channel = u8::try_from(level).unwrap_or(u8::MAX);
        }
        self.seed = seed;
    }
}

fn sheet() -> &'static GrayImage {
    static SHEET: OnceLock<GrayImage> = OnceLock::new();
    SHEET.get_or_init(|| {
        image::load_from_memory(include_bytes!("letters.png"))
            .expect("the sheet of letters is a PNG")
            .to_luma8()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_holds_every_letter() {
        let letters = u32::try_from(LETTERS.chars().count()).expect("few");
        assert!(sheet().height() >= letters.div_ceil(16) * CELL);
        assert_eq!(LETTERS.chars().position(|letter| letter == 'A'), Some(78));
    }
}
