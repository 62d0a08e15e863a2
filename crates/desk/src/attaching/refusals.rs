//! Why a file was not taken, told to a person: what is wrong, what is expected, how to get there.

use std::io;

use documents::{Active, Format, Refusal};
use serde_json::{Value, json};

use crate::Explained;

/// As the page counts, and as the 2 000 000 bytes of a stored file are called 2 MB.
const MB: u64 = 1_000_000;

/// The sentence for each refusal.
pub(super) fn explain(refusal: &Refusal) -> Explained {
    let (zh, en, way, way_en) = sentences(refusal);
    let explained = Explained::new(refusal.code(), zh, en).hint(way, way_en);
    match figures(refusal) {
        Value::Null => explained,
        figures => explained.details(figures),
    }
}

type Sentences = (String, String, &'static str, &'static str);

fn sentences(refusal: &Refusal) -> Sentences {
    match refusal {
        Refusal::Empty => told(
            "这个文件是空的，里面没有内容（0 字节）。",
            "This file is empty (0 bytes).",
            "请打开原来的文件看看，重新保存或重新拍一张，再选一次。",
            "Please look at the original, save it again or take a new photo, then choose it again.",
        ),
        Refusal::NotADocument => told(
            "这个文件里没有照片，也不是 PDF（只看内容，不看文件名）。",
            "There is neither a picture nor a PDF in this file, whatever its name says.",
            "请选 JPG、PNG 或 PDF 文件，或者直接拍一张照片。",
            "Please choose a JPG, PNG or PDF file, or simply take a photo.",
        ),
        Refusal::Unsupported { format } => unsupported(*format),
        Refusal::TooLarge { bytes, max } => (
            format!("这个文件 {} MB，最大 {} MB。", bytes.div_ceil(MB), max / MB),
            format!("This file has {} MB; at most {} MB can be read.", bytes.div_ceil(MB), max / MB),
            "请分成两份，或改用拍照。",
            "Please split it in two, or take photos instead.",
        ),
        Refusal::TooManyPixels { width, height } => (
            format!("这张图太大了：{width} × {height} 像素，这台电脑处理不了。"),
            format!("This picture is too large to work on: {width} × {height} pixels."),
            "请直接拍一张照片，或扫描时选 300 DPI，再选一次。",
            "Please take a photo, or scan at 300 DPI, and choose it again.",
        ),
        Refusal::Damaged => told(
            "这个文件损坏了，打不开。",
            "This file is damaged and cannot be opened.",
            "请从手机或扫描仪里重新传一次，或重新拍一张。",
            "Please copy it again from the phone or scanner, or take a new photo.",
        ),
        Refusal::TooComplex => told(
            "这个文件太复杂，打开它要花很长时间，所以没有收下。",
            "This file is too complex to open in reasonable time, so it was not taken.",
            "请把它打印出来拍照，或在原来的软件里另存为图片。",
            "Please print it and take a photo, or save it as a picture in the program it came from.",
        ),
        Refusal::EncryptedPdf => told(
            "这个 PDF 设了密码，审核人员打不开。",
            "This PDF is protected by a password, so the office could not open it.",
            "请去掉密码再选一次；去不掉，可以打印出来拍照。",
            "Please remove the password and choose it again, or print it and take a photo.",
        ),
        Refusal::ActivePdf { what } => active(*what),
        Refusal::TooManyPages { pages, max } => (
            format!("这个文件有 {pages} 页，最多 {max} 页。"),
            format!("This file has {pages} pages; at most {max} can be read."),
            "请只留下需要的那几页，再选一次。",
            "Please keep only the pages that are needed and choose it again.",
        ),
        Refusal::CannotFit { bytes, max, pages } => cannot_fit(*bytes, *max, *pages),
        Refusal::NoSuchPage { page, pages } => (
            format!("没有第 {} 页，这份文件一共 {pages} 页。", page + 1),
            format!("There is no page {}; this document has {pages}.", page + 1),
            "请回到第 1 页再看。",
            "Please go back to page 1.",
        ),
        Refusal::BadEdit => told(
            "这样改不了：四个角框得太小或交叉了，要遮住的地方出了页面，或者一页也没有留下。",
            "This change cannot be made: the corners are too close or crossed, a hidden part lies off the page, or no page is left.",
            "请点“撤销”退回一步，再改一次；至少留下一页。",
            "Please undo the last step and change it again; keep at least one page.",
        ),
        _ => told(
            "这个文件没有处理好，没有收下。",
            "This file could not be made ready, so it was not taken.",
            "请换一个 JPG、PNG 或 PDF 文件，或者直接拍一张照片。",
            "Please choose another JPG, PNG or PDF file, or take a photo.",
        ),
    }
}

fn told(zh: &str, en: &str, way: &'static str, way_en: &'static str) -> Sentences {
    (zh.to_owned(), en.to_owned(), way, way_en)
}

fn unsupported(format: Format) -> Sentences {
    match format {
        Format::Heic => told(
            "打不开 HEIC 格式的照片（苹果手机的高效格式）。",
            "HEIC photos (the iPhone's high efficiency format) cannot be opened here.",
            "请在手机“设置 - 相机 - 格式”里选“兼容性最佳”再拍，或用微信传到电脑（会自动变成 JPG）。",
            "On the phone choose Settings - Camera - Formats - Most Compatible and take it again, or send it to the computer as JPG.",
        ),
        Format::Office => told(
            "打不开 Word、Excel、WPS 这类文件。",
            "Word, Excel and similar files cannot be opened here.",
            "请在原来的软件里另存为 PDF，再选一次。",
            "Please save it as PDF in the program it came from and choose that.",
        ),
        Format::Video => told(
            "这是一段视频，看不了。",
            "This is a video.",
            "请拍一张照片，再选一次。",
            "Please take a photo and choose that.",
        ),
        other => (
            format!("打不开 {} 格式的文件。", other.code()),
            format!("Files of the format {} cannot be opened here.", other.code()),
            "请选 JPG、PNG 或 PDF，或者直接拍照。",
            "Please choose a JPG, PNG or PDF file, or take a photo.",
        ),
    }
}

fn active(what: Active) -> Sentences {
    let (zh, en) = match what {
        // Only where taking it out would break a signature or change the paper.
        Active::Script => (
            "一段会运行的程序（又有电子签名，取不掉）",
            "a script, and a signature that forbids taking it out",
        ),
        Active::Launch => (
            "会打开别的程序或网页的动作（又有电子签名，取不掉）",
            "an action that opens other programs or pages, and a signature that forbids taking it out",
        ),
        Active::EmbeddedFile => (
            "取不掉的其他文件（视频、声音或程序）",
            "other files that cannot be taken out (film, sound or programs)",
        ),
        Active::DynamicForm => ("要用专门软件才能显示的表单", "a form that only special software shows"),
    };
    (
        format!("这个 PDF 里有{zh}，为了安全没有收下。"),
        format!("This PDF holds {en}, so it was not taken, for safety."),
        "请用“打印 - 另存为 PDF”重新存一份，或打印出来拍照。",
        "Please save a new copy with Print - Save as PDF, or print it and take a photo.",
    )
}

fn cannot_fit(bytes: u64, max: u64, pages: u32) -> Sentences {
    let smallest = tenths_of_mb(bytes);
    let zh =
        format!("这个文件有 {pages} 页，变到最小还有 {smallest} MB，最大 {} MB，再小就看不清了。", max / MB);
    let en = format!(
        "This file has {pages} pages and {smallest} MB at its smallest; at most {} MB can be handed in.",
        max / MB
    );
    if pages > 1 {
        (
            zh,
            en,
            "请分成两份，或只留需要的那几页。",
            "Please split it in two, or keep only the pages that are needed.",
        )
    } else {
        (zh, en, "请改用拍照，只拍需要的部分。", "Please take a photo of the part that is needed.")
    }
}

fn tenths_of_mb(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn figures(refusal: &Refusal) -> Value {
    match refusal {
        Refusal::Unsupported { format } => json!({ "format": format.code() }),
        Refusal::TooLarge { bytes, max } => json!({ "bytes": bytes, "max": max }),
        Refusal::TooManyPixels { width, height } => json!({ "width": width, "height": height }),
        Refusal::ActivePdf { what } => json!({ "what": what }),
        Refusal::TooManyPages { pages, max } => json!({ "pages": pages, "max": max }),
        Refusal::CannotFit { bytes, max, pages } => json!({ "bytes": bytes, "max": max, "pages": pages }),
        _ => Value::Null,
    }
}

/// The slot has no room.
pub(super) fn slot_full(max: u32) -> Explained {
    Explained::new(
        "slot_full",
        format!("这里最多放 {max} 份文件，已经满了。"),
        format!("At most {max} files can stand here, and there is no room left."),
    )
    .hint(
        "请在要换的那一份上按“换一份”（或“重拍”），或者先按“删除”去掉不要的。",
        "Please press Replace (or Take it again) at the one that is to go, or Remove first.",
    )
    .details(json!({ "max": max }))
}

/// The service has no such slot.
pub(super) fn slot_unknown(slot: &str) -> Explained {
    Explained::new("slot_unknown", "这个事项不需要这份材料。", "This service does not ask for this material.")
        .hint("请回到“上传材料”再选一次。", "Please go back to the materials and choose again.")
        .details(json!({ "slot": slot }))
}

/// There is nothing at this place.
pub(super) fn no_document() -> Explained {
    Explained::new("document_gone", "这份文件已经不在这里了。", "This document is no longer here.").hint(
        "请看看材料列表，需要的话再选一次。",
        "Please look at the list of materials and choose it again if needed.",
    )
}

/// Binding takes two.
pub(super) fn nothing_to_bind() -> Explained {
    Explained::new(
        "nothing_to_bind",
        "至少要有两份文件，才能合成一个。",
        "It takes at least two documents to bind them into one.",
    )
    .hint("请先再加一份，或者就保持现在这样。", "Please add another one first, or leave it as it is.")
}

/// Somebody else was faster.
pub(super) fn changed_meanwhile() -> Explained {
    Explained::new(
        "document_changed",
        "合成的时候，其中一份又被改过了，所以没有合成。",
        "One of the documents was changed in the meantime, so they were not bound.",
    )
    .hint("请看看材料列表，再合成一次。", "Please look at the list of materials and bind them again.")
}

/// The files of an offer are no longer waiting.
pub(super) fn offer_gone() -> Explained {
    Explained::new(
        "offer_gone",
        "刚才选的那几个文件已经不在等着了。",
        "The files that were chosen are no longer waiting.",
    )
    .hint("请再选一次。", "Please choose them again.")
}

/// What was pasted is no base64.
pub(super) fn unreadable_paste() -> Explained {
    Explained::new("paste_unreadable", "粘贴的内容读不出来。", "What was pasted cannot be read.").hint(
        "请把图片存成文件，再按“选文件”。",
        "Please save the picture as a file and press Choose a file.",
    )
}

/// The person pointed at a folder or a device.
pub(super) fn no_file() -> Explained {
    Explained::new("not_a_file", "这是一个文件夹，不是文件。", "This is a folder, not a file.").hint(
        "请打开文件夹，选里面的照片或 PDF。",
        "Please open the folder and choose the photo or PDF in it.",
    )
}

/// The disk would not give it.
pub(super) fn unreadable(error: &io::Error) -> Explained {
    match error.kind() {
        io::ErrorKind::NotFound => Explained::new(
            "file_gone",
            "这个文件已经不在原来的地方了。",
            "This file is no longer where it was.",
        )
        .hint(
            "请看看它是不是被移动或改名了，再选一次。",
            "Please see whether it was moved or renamed, and choose it again.",
        ),
        io::ErrorKind::PermissionDenied => {
            Explained::new("file_forbidden", "这个文件不让读取。", "This file may not be read.").hint(
                "请把它复制到“文档”或“桌面”，再选一次。",
                "Please copy it to Documents or the desktop and choose it again.",
            )
        }
        _ => Explained::new("file_unreadable", "这个文件读不出来。", "This file cannot be read.").hint(
            "请看看 U 盘或手机是不是还连着，再选一次。",
            "Please see whether the USB stick or phone is still connected, and choose it again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_told_in_megabytes_with_a_way_out() {
        let explained = explain(&Refusal::TooLarge { bytes: 38 * MB, max: 32 * MB });
        assert_eq!(explained.code, "too_large");
        assert_eq!(explained.message.zh, "这个文件 38 MB，最大 32 MB。");
        assert_eq!(explained.hint.zh, "请分成两份，或改用拍照。");
    }

    #[test]
    fn no_sentence_blames_or_uses_the_words_of_machines() {
        let refusals = [
            Refusal::Empty,
            Refusal::NotADocument,
            Refusal::Unsupported { format: Format::Heic },
            Refusal::Unsupported { format: Format::Office },
            Refusal::Unsupported { format: Format::Svg },
            Refusal::TooLarge { bytes: 40_000_000, max: 33_554_432 },
            Refusal::TooManyPixels { width: 50_000, height: 50_000 },
            Refusal::Damaged,
            Refusal::TooComplex,
            Refusal::EncryptedPdf,
            Refusal::ActivePdf { what: Active::Script },
            Refusal::TooManyPages { pages: 300, max: 200 },
            Refusal::CannotFit { bytes: 5_430_000, max: 2_000_000, pages: 12 },
            Refusal::BadEdit,
            Refusal::NotPrepared,
        ];
        for refusal in &refusals {
            let explained = explain(refusal);
            let sentence = format!("{}{}", explained.message.zh, explained.hint.zh);
            for word in ["非法", "无效", "校验失败", "系统异常", "参数错误", "请重试", "!"]
            {
                assert!(!sentence.contains(word), "{sentence}");
            }
            assert!(
                !explained.message.en.is_empty()
                    && !explained.hint.zh.is_empty()
                    && !explained.hint.en.is_empty()
            );
        }
    }

    #[test]
    fn sizes_are_never_told_smaller_than_they_are() {
        assert_eq!(tenths_of_mb(2_000_001), "2.1");
        assert_eq!(tenths_of_mb(5_430_000), "5.5");
    }
}
