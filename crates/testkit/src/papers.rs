//! Papers of a person who does not exist, drawn in code: every one is marked 样本 / SPECIMEN and none imitates
//! the emblem or the pattern of a real document. Large and noisy as a telephone's photos are.

mod canvas;
mod files;
mod printed;

use canvas::Canvas;
use image::RgbImage;

pub use printed::printed;

const INK: canvas::Colour = [26, 32, 38];
const FAINT: canvas::Colour = [70, 84, 96];
const RED: canvas::Colour = [186, 44, 36];
const CARD: canvas::Colour = [228, 238, 242];
const PAPER: canvas::Colour = [246, 243, 232];

/// 12 megapixels as a telephone takes them: 4032 × 3024 stored lying down (orientation 6), 5 to 6 MB, with a place
/// in its metadata. The side of an identity card with the portrait.
#[must_use]
pub fn id_card_front_photo() -> Vec<u8> {
    files::telephone_jpeg(&card_on_wood(), 92)
}

/// The side of an identity card with the portrait, on a table, upright.
fn card_on_wood() -> RgbImage {
    let mut canvas = Canvas::new(3024, 4032, [0; 3]);
    canvas.wood();
    let (left, top, width, height) = (210, 1200, 2600, 1640);
    canvas.rectangle(left + 18, top + 26, width, height, [52, 38, 28]);
    canvas.rectangle(left, top, width, height, CARD);
    let mut line = |label: &str, value: &str, row: u32| {
        canvas.write(label, left + 130, top + 170 + row * 190, 84, FAINT);
        canvas.write(value, left + 420, top + 160 + row * 190, 104, INK);
    };
    line("姓名", "王秀英", 0);
    line("性别", "女  民族 汉", 1);
    line("出生", "1958年3月12日", 2);
    line("住址", "浙江省杭州市西湖区", 3);
    line("", "样本路1号", 4);
    canvas.write("公民身份号码", left + 130, top + 1390, 84, FAINT);
    canvas.write(&crate::person::ID_NUMBER, left + 780, top + 1380, 110, INK);
    portrait_at(&mut canvas, left + 1800, top + 180, 640);
    canvas.write("样本 SPECIMEN", left + 150, top + 1130, 150, RED);
    canvas.write("仅供测试 不是真件", 420, 3200, 200, RED);
    canvas.noise(11);
    canvas.picture
}

/// The other side of the card, as a screenshot or scan program saves it.
#[must_use]
pub fn id_card_back_png() -> Vec<u8> {
    let mut canvas = Canvas::new(1800, 1160, CARD);
    canvas.frame(30, 30, 1740, 1100, 6, FAINT);
    canvas.write("居民身份证 样本", 420, 180, 130, INK);
    canvas.write("SPECIMEN", 560, 400, 150, RED);
    canvas.write("签发机关", 200, 760, 80, FAINT);
    canvas.write("样本机关", 600, 755, 88, INK);
    canvas.write("有效期限", 200, 920, 80, FAINT);
    canvas.write("2018.05.20-长期", 600, 915, 88, INK);
    canvas.noise(6);
    files::png(canvas.picture)
}

/// The first page of a household register, as an office scanner saves it.
#[must_use]
pub fn household_head_tiff() -> Vec<u8> {
    files::tiff(register_page(
        "户主页",
        &[
            ("户别", "居民"),
            ("户主姓名", "王秀英"),
            ("户号", "000000001"),
            ("住址", "浙江省杭州市西湖区样本路1号"),
        ],
    ))
}

/// The person's page and the page of changes, as a copy shop mails them.
#[must_use]
pub fn household_person_pdf() -> Vec<u8> {
    files::pdf(&[
        register_page(
            "常住人口登记卡",
            &[
                ("姓名", "王秀英"),
                ("与户主关系", "户主"),
                ("性别", "女"),
                ("民族", "汉"),
                ("出生日期", "1958年3月12日"),
                ("公民身份号码", &crate::person::ID_NUMBER),
            ],
        ),
        register_page("登记住址", &[("第2页", "共2页"), ("住址", "无")]),
    ])
}

/// A portrait without a person in it.
#[must_use]
pub fn portrait_jpeg() -> Vec<u8> {
    let mut canvas = Canvas::new(1200, 1600, [240, 244, 246]);
    portrait_at(&mut canvas, 200, 260, 800);
    canvas.write("样本照片", 330, 1380, 130, RED);
    canvas.noise(5);
    files::telephone_jpeg(&canvas.picture, 88)
}

/// A second, better picture, for a supplement; its bytes differ from [`portrait_jpeg`].
#[must_use]
pub fn better_portrait_jpeg() -> Vec<u8> {
    let mut canvas = Canvas::new(1500, 2000, [226, 236, 246]);
    portrait_at(&mut canvas, 250, 360, 1000);
    canvas.write("样本照片 2", 400, 1760, 150, RED);
    canvas.noise(5);
    files::telephone_jpeg(&canvas.picture, 90)
}

fn portrait_at(canvas: &mut Canvas, left: u32, top: u32, width: u32) {
    let middle = left + width / 2;
    canvas.rectangle(left, top, width, width * 5 / 4, [206, 220, 228]);
    canvas.disc((middle, top + width * 45 / 100), (width * 27 / 100, width * 33 / 100), [52, 44, 40]);
    canvas.disc((middle, top + width * 50 / 100), (width * 22 / 100, width * 28 / 100), [232, 196, 168]);
    canvas.rectangle(
        middle - width * 9 / 100,
        top + width * 72 / 100,
        width * 18 / 100,
        width * 16 / 100,
        [222, 184, 156],
    );
    canvas.rectangle(
        left + width * 14 / 100,
        top + width * 88 / 100,
        width * 72 / 100,
        width * 37 / 100,
        [44, 66, 92],
    );
    for side in [middle - width * 9 / 100, middle + width * 9 / 100] {
        canvas.disc((side, top + width * 47 / 100), (width * 2 / 100, width * 2 / 100), [40, 34, 30]);
    }
    canvas.rectangle(
        middle - width * 6 / 100,
        top + width * 63 / 100,
        width * 12 / 100,
        width / 100,
        [160, 84, 76],
    );
}

fn register_page(title: &str, rows: &[(&str, &str)]) -> RgbImage {
    let mut canvas = Canvas::new(1240, 1754, PAPER);
    canvas.frame(80, 80, 1080, 1594, 5, INK);
    canvas.write("居民户口簿 样本", 300, 140, 84, INK);
    canvas.write(title, 380, 270, 64, FAINT);
    for (row, (label, value)) in (0u32..).zip(rows) {
        let top = 400 + row * 150;
        canvas.frame(120, top, 1000, 150, 3, FAINT);
        canvas.rectangle(440, top, 3, 150, FAINT);
        canvas.write(label, 140, top + 52, 46, FAINT);
        canvas.write(value, 460, top + 52, 44, INK);
    }
    canvas.write("样本 SPECIMEN 仅供测试", 190, 1480, 72, RED);
    canvas.noise(4);
    canvas.picture
}

/// Photos that are taken with a warning, by what is wrong with them.
pub mod doubtful {
    use image::{DynamicImage, Rgb, RgbImage, imageops};

    use super::{card_on_wood, files};
    use crate::photographs;

    /// A quarter of the pixels: as large as it needs to be to be looked at.
    fn card() -> RgbImage {
        imageops::resize(&card_on_wood(), 1512, 2016, imageops::FilterType::Triangle)
    }

    /// Out of focus.
    #[must_use]
    pub fn blurred() -> Vec<u8> {
        files::telephone_jpeg(&imageops::blur(&card(), 3.0), 88)
    }

    /// A lamp mirrored in the right half of the card.
    #[must_use]
    pub fn glary() -> Vec<u8> {
        let mut photo = card();
        // Less bright than white, as a photo's paper is, so that the lamp stands out.
        for pixel in photo.pixels_mut() {
            *pixel = Rgb(pixel.0.map(|value| u8::try_from(u16::from(value) * 9 / 10).unwrap_or(u8::MAX)));
        }
        let (middle, radius) = ((1050_i64, 950_i64), 150_i64);
        for (x, y, pixel) in photo.enumerate_pixels_mut() {
            let (across, down) = (i64::from(x) - middle.0, i64::from(y) - middle.1);
            if across * across + down * down < radius * radius {
                *pixel = Rgb([255; 3]);
            }
        }
        files::telephone_jpeg(&photo, 88)
    }

    /// Taken in the dark.
    #[must_use]
    pub fn dark() -> Vec<u8> {
        let mut photo = card();
        for pixel in photo.pixels_mut() {
            *pixel = Rgb(pixel.0.map(|value| value / 6));
        }
        files::telephone_jpeg(&photo, 88)
    }

    /// A letter on its head, and nothing in the file says so.
    ///
    /// # Panics
    /// Never: the letter is one of our own papers.
    #[must_use]
    pub fn upside_down() -> Vec<u8> {
        let letter = photographs::flat_papers().into_iter().find(|(name, _)| *name == "letter");
        let (_, letter) = letter.expect("one of our own papers");
        files::jpeg(&DynamicImage::ImageLuma8(imageops::rotate180(&letter)).to_rgb8(), 88)
    }
}

/// Files that must be refused with a reason, by the name under which a person would try them.
pub mod refused {
    use super::files;

    /// No bytes at all.
    #[must_use]
    pub fn empty() -> Vec<u8> {
        Vec::new()
    }

    /// A text that calls itself a picture.
    #[must_use]
    pub fn text_named_jpg() -> Vec<u8> {
        "这不是照片，只是一段改了名字的文字。\n".repeat(40).into_bytes()
    }

    /// A photo whose second half never arrived.
    #[must_use]
    pub fn truncated_jpeg() -> Vec<u8> {
        let mut bytes = super::portrait_jpeg();
        bytes.truncate(bytes.len() / 2);
        bytes
    }

    /// 50 000 × 50 000 pixels in less than a hundred bytes.
    #[must_use]
    pub fn bomb_png() -> Vec<u8> {
        files::bomb_png()
    }

    /// A PDF that asks for a password.
    #[must_use]
    pub fn encrypted_pdf() -> Vec<u8> {
        files::encrypted_pdf()
    }

    /// 40 MB.
    #[must_use]
    pub fn forty_megabytes() -> Vec<u8> {
        let mut bytes = super::portrait_jpeg();
        bytes.resize(40_000_000, 0);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_photo_is_what_a_telephone_takes() {
        let bytes = id_card_front_photo();
        assert!((5_000_000..6_500_000).contains(&bytes.len()), "{} bytes", bytes.len());
        let size =
            image::ImageReader::new(std::io::Cursor::new(&bytes)).with_guessed_format().expect("readable");
        assert_eq!(size.into_dimensions().expect("a head"), (4032, 3024));
    }

    #[test]
    fn papers_are_the_formats_they_claim() {
        use image::ImageFormat::{Jpeg, Png, Tiff};
        for (bytes, format) in
            [(id_card_back_png(), Png), (household_head_tiff(), Tiff), (portrait_jpeg(), Jpeg)]
        {
            assert_eq!(image::guess_format(&bytes).expect("known"), format);
            image::load_from_memory(&bytes).expect("a picture");
        }
        assert!(household_person_pdf().starts_with(b"%PDF-1.7"));
    }
}
