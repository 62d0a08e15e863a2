//! Papers with small print, drawn with a real font: a card and a form full of rows. Every one says 样本.

use ab_glyph::{Font, FontRef, InvalidFont, PxScale, ScaleFont, point};
use image::{Rgb, RgbImage};

type Colour = [u8; 3];

const INK: Colour = [28, 30, 36];
const FAINT: Colour = [92, 104, 116];
const RED: Colour = [190, 40, 36];

/// What is printed in the rows, taken in turn.
const WORDS: [&str; 14] = [
    "样本参保登记",
    "城乡居民",
    "医疗费用发票",
    "金额",
    "诊断证明书",
    "住院日期",
    "个人账户",
    "统筹基金支付",
    "药品名称及规格",
    "单位",
    "数量",
    "合计（大写）",
    "经办机构",
    "备注",
];

/// Writes letters.
pub struct Pen<'a> {
    font: FontRef<'a>,
}

impl<'a> Pen<'a> {
    pub fn new(bytes: &'a [u8], index: u32) -> Result<Self, InvalidFont> {
        Ok(Self { font: FontRef::try_from_slice_and_index(bytes, index)? })
    }

    fn write(&self, on: &mut RgbImage, text: &str, (left, top): (f32, f32), size: f32, colour: Colour) {
        let scale = PxScale::from(size);
        let font = self.font.as_scaled(scale);
        let mut x = left;
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            let glyph = id.with_scale_and_position(scale, point(x, top + font.ascent()));
            x += font.h_advance(id);
            let Some(outline) = self.font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, ink| {
                let (at_x, at_y) = (corner.x as u32 + dx, corner.y as u32 + dy);
                if let Some(pixel) = on.get_pixel_mut_checked(at_x, at_y) {
                    for (channel, wanted) in pixel.0.iter_mut().zip(colour) {
                        *channel = (f32::from(*channel) * (1.0 - ink) + f32::from(wanted) * ink) as u8;
                    }
                }
            });
        }
    }
}

/// Makes papers of any resolution.
pub struct Paper;

impl Paper {
    /// A card (85.6 × 54 mm), `width` pixels wide.
    pub fn card(pen: &Pen<'_>, width: u32) -> RgbImage {
        let unit = width as f32 / 85.6;
        let mut card = RgbImage::from_fn(width, (54.0 * unit) as u32, |x, y| {
            // The fine waves that are printed under the text of such cards.
            let wave =
                ((x as f32 / unit * 5.0).sin() + (y as f32 / unit * 4.0 + x as f32 / unit).sin()) * 5.0;
            Rgb([222 + wave as u8 % 12, 234 + wave as u8 % 9, 240])
        });
        let rows = [
            ("姓名", "王秀英", 7.0),
            ("性别", "女　民族　汉", 13.5),
            ("出生", "1958 年 3 月 12 日", 20.0),
            ("住址", "浙江省杭州市西湖区样本路１号", 26.5),
            ("", "样本小区２幢３单元４０４室", 31.0),
        ];
        for (label, value, top) in rows {
            pen.write(&mut card, label, (5.0 * unit, top * unit), 3.0 * unit, FAINT);
            pen.write(&mut card, value, (14.0 * unit, top * unit), 3.6 * unit, INK);
        }
        pen.write(&mut card, "公民身份号码　000000195803120000", (5.0 * unit, 44.0 * unit), 4.2 * unit, INK);
        pen.write(&mut card, "样本 SPECIMEN", (50.0 * unit, 12.0 * unit), 4.6 * unit, RED);
        card
    }

    /// An A4 page of a table, `width` pixels wide; `seed` changes what stands in it.
    pub fn form(pen: &Pen<'_>, width: u32, seed: u32) -> RgbImage {
        let unit = width as f32 / 210.0;
        let mut page = RgbImage::from_pixel(width, width * 3508 / 2480, Rgb([244, 243, 238]));
        pen.write(&mut page, "医疗保障业务申报表（样本）", (46.0 * unit, 14.0 * unit), 9.0 * unit, INK);
        pen.write(&mut page, "SPECIMEN 仅供测试", (140.0 * unit, 30.0 * unit), 6.0 * unit, RED);
        for row in 0..36_u32 {
            let top = (42.0 + row as f32 * 6.6) * unit;
            line(&mut page, (15.0 * unit, top), (180.0 * unit, unit * 0.25));
            for column in 0..5_u32 {
                let word = WORDS[((row * 5 + column * 3 + seed) % 14) as usize];
                let left = (16.5 + column as f32 * 36.0) * unit;
                // Print of several sizes, down to about 6 points.
                let size = [3.2, 2.9, 2.4, 3.6][((row + column + seed) % 4) as usize] * unit;
                pen.write(&mut page, word, (left, top + 1.2 * unit), size, INK);
                let number =
                    format!("{:05}.{:02}", (row * 7919 + column * 104_729 + seed * 31) % 100_000, row);
                pen.write(&mut page, &number, (left + 20.0 * unit, top + 2.0 * unit), 2.6 * unit, FAINT);
            }
        }
        for column in 0..6_u16 {
            let left = (15.0 + f32::from(column) * 36.0) * unit;
            line(&mut page, (left, 42.0 * unit), (unit * 0.25, 36.0 * 6.6 * unit));
        }
        page
    }
}

fn line(page: &mut RgbImage, (left, top): (f32, f32), (width, height): (f32, f32)) {
    for y in top as u32..(top + height.max(1.0)) as u32 {
        for x in left as u32..(left + width.max(1.0)) as u32 {
            if let Some(pixel) = page.get_pixel_mut_checked(x, y) {
                *pixel = Rgb(FAINT);
            }
        }
    }
}
