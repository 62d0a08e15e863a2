//! Flat papers with lines of print, of the kinds people hand in: for measuring, not for handing in.

use image::RgbImage;

use super::{CARD, FAINT, INK, PAPER, RED, canvas::Canvas, portrait_at};

/// A name and an upright paper each.
#[must_use]
pub fn printed() -> Vec<(&'static str, RgbImage)> {
    vec![
        ("card, portrait", card()),
        ("letter", page(1000, 1414, 30, 40, 1, true)),
        ("dense print", page(1000, 1414, 22, 30, 2, true)),
        ("few lines", page(1000, 1414, 34, 64, 3, false)),
        ("receipt", page(520, 1400, 30, 44, 4, false)),
        ("notice, lying", page(1414, 1000, 30, 46, 5, true)),
    ]
}

fn card() -> RgbImage {
    let mut canvas = Canvas::new(1268, 800, CARD);
    for (row, line) in (0u32..).zip([
        "姓名 王秀英",
        "性别 女 民族 汉",
        "出生 1958年3月12日",
        "住址 浙江省杭州市西湖区",
        "样本路1号",
    ]) {
        canvas.write(line, 70, 90 + row * 96, 50, INK);
    }
    canvas.write("公民身份号码", 70, 690, 44, FAINT);
    canvas.write(&crate::person::ID_NUMBER, 400, 684, 54, INK);
    portrait_at(&mut canvas, 880, 110, 310);
    canvas.noise(5);
    canvas.picture
}

/// A title, paragraphs that start on the left and end where they end, a date and a seal at the lower right.
fn page(width: u32, height: u32, size: u32, step: u32, seed: u32, paragraphs: bool) -> RgbImage {
    const WORDS: &str = "姓名王秀英性别民族出生年月日住址浙江省杭州市西湖区样本路号公身份码居户口签发机关有效期限长登记卡与系证明仅供测试无近照片第共常的0123456789";
    let words: Vec<char> = WORDS.chars().collect();
    let mut canvas = Canvas::new(width, height, PAPER);
    let margin = width / 10;
    let mut state = seed.wrapping_mul(0x9E37_79B9);
    let mut roll = |bound: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 4) % bound.max(1)
    };
    canvas.write("居民登记证明", (width - size * 9) / 2, height / 16, size * 3 / 2, INK);
    let longest = (width - 2 * margin) / size;
    let mut top = height / 16 + size * 3;
    while top + size * 6 < height {
        let last = roll(4) == 0 || !paragraphs;
        let letters = if last { longest / 4 + roll(longest * 3 / 4) } else { longest };
        let text: String = (0..letters)
            .map(|_| words[usize::try_from(roll(u32::try_from(words.len()).unwrap_or(1))).unwrap_or(0)])
            .collect();
        canvas.write(&text, margin, top, size, INK);
        top += step + if last && paragraphs { step / 3 } else { 0 };
    }
    canvas.write("2026年11月22日", width.saturating_sub(margin + size * 8), height - size * 4, size, INK);
    canvas.disc((width - margin - size * 3, height - size * 4), (size, size), RED);
    canvas.noise(5);
    canvas.picture
}
