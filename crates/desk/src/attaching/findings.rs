//! What might be hard to read in a document, told to a person. A warning, never an obstacle. Of a document of several
//! pages each is told with its page.

use documents::{Area, Finding, PageFinding};
use forms::Text;
use serde_json::Value;

use crate::DocumentFinding;

/// From what the store kept of a document of so many pages; what a newer program found and we do not know is left out.
pub(super) fn read(kept: &Value, pages: u32) -> Vec<DocumentFinding> {
    let findings = kept.as_array().map_or(&[][..], Vec::as_slice);
    findings
        .iter()
        .filter_map(|finding| serde_json::from_value(finding.clone()).ok())
        .map(|finding| tell(&finding, pages > 1))
        .collect()
}

fn tell(PageFinding { page, finding }: &PageFinding, several: bool) -> DocumentFinding {
    let (message, hint) = if several { of_page(*page, finding) } else { of_picture(finding) };
    let area = match finding {
        Finding::Glare { area } => Some(*area),
        _ => None,
    };
    let quarter_turns = match finding {
        Finding::NotUpright { quarter_turns } => Some(*quarter_turns),
        _ => None,
    };
    DocumentFinding { code: finding.code().to_owned(), message, hint, page: *page, area, quarter_turns }
}

/// What is wrong with the only picture there is, and what to do about it.
fn of_picture(finding: &Finding) -> (Text, Text) {
    let message = match finding {
        Finding::Incomplete => Text::new(
            "这张图没有传完整，下面一部分看不到。",
            "This picture is not complete; its lower part is missing.",
        ),
        Finding::TooSmall { long_edge } => Text::new(
            format!("这张图偏小（长边 {long_edge} 像素），小字可能看不清。"),
            format!(
                "This picture is small ({long_edge} pixels along its long edge); small print may be illegible."
            ),
        ),
        Finding::Dark => {
            Text::new("照片太暗，字可能看不清。", "The photo is dark; the writing may be hard to read.")
        }
        Finding::Blurred => Text::new(
            "照片有点糊，没有对上焦，小字可能看不清。",
            "The photo is out of focus; small print may be illegible.",
        ),
        Finding::Shaken => {
            Text::new("照片有点糊，拍的时候手动了。", "The photo is blurred because the hand moved.")
        }
        Finding::Glare { area } => {
            let (zh, en) = whereabouts(*area);
            Text::new(
                format!("照片{zh}反光，那里的字看不见。"),
                format!("There is glare {en} of the photo; what is written there cannot be seen."),
            )
        }
        Finding::CutOff { left, top, right, bottom } => {
            let (zh, en) = missing([*left, *top, *right, *bottom]);
            Text::new(
                format!("纸的{zh}好像没有拍全。"),
                format!("The paper seems to run out of the picture {en}."),
            )
        }
        Finding::NotUpright { quarter_turns: 2 } => {
            Text::new("这张图好像是倒着的。", "This picture seems to be upside down.")
        }
        Finding::NotUpright { .. } => {
            Text::new("这张图好像是横着的。", "This picture seems to lie on its side.")
        }
        _ => Text::new("这张图可能不够清楚。", "This picture may not be clear enough."),
    };
    let hint = match finding {
        Finding::Incomplete => Text::new(
            "请从手机或扫描仪重新传一次，再换掉这张。",
            "Please copy it again from the phone or scanner and replace this one.",
        ),
        Finding::NotUpright { quarter_turns: 2 } => Text::new(
            "点“转正”即可；没正就再点“旋转”。",
            "Press “Turn it upright”; if that does not do, press “Turn”.",
        ),
        Finding::NotUpright { .. } => {
            Text::new("点“转正”即可；没正就再点一下。", "Press “Turn” until it can be read.")
        }
        other => better(other),
    };
    (message, hint)
}

/// The same of one of several pages.
fn of_page(page: u32, finding: &Finding) -> (Text, Text) {
    let message = match finding {
        Finding::Incomplete => Text::new(
            format!("第{page}页没有传完整，有一部分看不到。"),
            format!("Page {page} is not complete; a part of it is missing."),
        ),
        Finding::TooSmall { long_edge } => Text::new(
            format!("第{page}页偏小（长边 {long_edge} 像素），小字可能看不清。"),
            format!(
                "Page {page} is small ({long_edge} pixels along its long edge); small print may be illegible."
            ),
        ),
        Finding::Dark => Text::new(
            format!("第{page}页太暗，字可能看不清。"),
            format!("Page {page} is dark; the writing may be hard to read."),
        ),
        Finding::Blurred => Text::new(
            format!("第{page}页看起来有些模糊，小字可能看不清。"),
            format!("Page {page} looks blurred; small print may be illegible."),
        ),
        Finding::Shaken => Text::new(
            format!("第{page}页看起来有些模糊，拍的时候手动了。"),
            format!("Page {page} looks blurred because the hand moved."),
        ),
        Finding::Glare { area } => {
            let (zh, en) = whereabouts(*area);
            Text::new(
                format!("第{page}页{zh}反光，那里的字看不见。"),
                format!("There is glare {en} of page {page}; what is written there cannot be seen."),
            )
        }
        Finding::CutOff { left, top, right, bottom } => {
            let (zh, en) = missing([*left, *top, *right, *bottom]);
            Text::new(
                format!("第{page}页的纸，{zh}好像没有拍全。"),
                format!("On page {page} the paper seems to run out of the picture {en}."),
            )
        }
        Finding::NotUpright { quarter_turns: 2 } => {
            Text::new(format!("第{page}页好像是倒着的。"), format!("Page {page} seems to be upside down."))
        }
        Finding::NotUpright { .. } => {
            Text::new(format!("第{page}页好像是横着的。"), format!("Page {page} seems to lie on its side."))
        }
        _ => Text::new(format!("第{page}页可能不够清楚。"), format!("Page {page} may not be clear enough.")),
    };
    let hint = match finding {
        Finding::Incomplete => Text::new(
            "请从手机或扫描仪重新传这一页，再换掉这一份。",
            "Please copy this page again from the phone or scanner and replace the document.",
        ),
        Finding::NotUpright { .. } => {
            Text::new("点“裁剪、排页”，把这一页转正。", "Press “Pages and cropping” and turn this page.")
        }
        other => better(other),
    };
    (message, hint)
}

/// How a better picture is taken.
fn better(finding: &Finding) -> Text {
    match finding {
        Finding::TooSmall { .. } => Text::new(
            "请靠近一点重新拍，让证件占满画面。",
            "Please take it again from closer, so that the paper fills the picture.",
        ),
        Finding::Dark => Text::new(
            "请到窗边或灯下，关掉闪光灯重新拍。",
            "Please take it again by a window or lamp, without flash.",
        ),
        Finding::Blurred => Text::new(
            "请把镜头擦干净，点一下屏幕上的字对焦，再拍一张。",
            "Please wipe the lens, tap on the writing to focus, and take it again.",
        ),
        Finding::Shaken => Text::new(
            "请把手肘靠在桌上，或者把证件放平，再拍一张。",
            "Please rest your elbows on the table, or lay the paper flat, and take it again.",
        ),
        Finding::Glare { .. } => Text::new(
            "请关掉闪光灯，换个角度避开灯光，再拍一张。",
            "Please turn the flash off, tilt the paper away from the light, and take it again.",
        ),
        Finding::CutOff { .. } => Text::new(
            "请拿远一点，让四条边都露出来，再拍一张；如果没有缺，就用这张。",
            "Please take it again from farther away, with all four edges in view; if nothing is missing, keep it.",
        ),
        _ => Text::new(
            "请放大看看，看不清就重新拍一张。",
            "Please zoom in; if it cannot be read, take it again.",
        ),
    }
}

/// Which ninth of the picture.
fn whereabouts(area: Area) -> (&'static str, &'static str) {
    let third = |from: u16, length: u16| match from.saturating_add(length / 2) {
        ..=3333 => 0,
        3334..=6666 => 1,
        _ => 2,
    };
    match (third(area.top, area.height), third(area.left, area.width)) {
        (0, 0) => ("左上角", "in the upper left corner"),
        (0, 1) => ("上边", "at the top"),
        (0, _) => ("右上角", "in the upper right corner"),
        (1, 0) => ("左边", "on the left"),
        (1, 1) => ("中间", "in the middle"),
        (1, _) => ("右边", "on the right"),
        (_, 0) => ("左下角", "in the lower left corner"),
        (_, 1) => ("下边", "at the bottom"),
        _ => ("右下角", "in the lower right corner"),
    }
}

/// On which sides something is missing: left, top, right, bottom.
fn missing(sides: [bool; 4]) -> (String, String) {
    let names = [
        ("左边", "on the left"),
        ("上边", "at the top"),
        ("右边", "on the right"),
        ("下边", "at the bottom"),
    ];
    let named: Vec<_> = sides.into_iter().zip(names).filter(|(missing, _)| *missing).collect();
    let zh: Vec<_> = named.iter().map(|(_, (zh, _))| *zh).collect();
    let en: Vec<_> = named.iter().map(|(_, (_, en))| *en).collect();
    (zh.join("、"), en.join(" and "))
}

#[cfg(test)]
mod tests {
    use documents::{Area, Finding};
    use serde_json::json;

    use super::read;

    #[test]
    fn glare_is_told_with_its_place() {
        let kept = json!([
            { "code": "glare", "area": { "left": 7000, "top": 200, "width": 2000, "height": 1000 } },
            { "code": "found by a newer program" },
        ]);
        let told = read(&kept, 1);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].message.zh, "照片右上角反光，那里的字看不见。");
        assert_eq!(told[0].page, 1, "kept before there were pages");
    }

    #[test]
    fn what_is_cut_off_is_told_with_its_sides() {
        let kept = json!([
            { "code": "cut_off", "left": true, "top": false, "right": false, "bottom": true },
            { "code": "not_upright", "quarterTurns": 3 },
        ]);
        let told = read(&kept, 1);
        assert_eq!(told[0].message.zh, "纸的左边、下边好像没有拍全。");
        assert_eq!(
            told[0].message.en,
            "The paper seems to run out of the picture on the left and at the bottom."
        );
        assert!(told[1].hint.zh.starts_with("点“转正”即可"), "{}", told[1].hint.zh);
        assert_eq!(told[1].message.zh, "这张图好像是横着的。");
    }

    #[test]
    fn what_stands_on_its_head_is_told_with_half_a_turn() {
        let told = read(&json!([{ "code": "not_upright", "quarterTurns": 2 }]), 1);
        assert_eq!(told[0].message.zh, "这张图好像是倒着的。");
        assert_eq!(told[0].quarter_turns, Some(2));
    }

    /// As the store keeps what was found on the pages of a document, and as it is told.
    #[test]
    fn of_several_pages_each_is_told_with_its_own() {
        let area = Area { left: 7000, top: 200, width: 2000, height: 1000 };
        let found = [
            Finding::Blurred.on(3),
            Finding::Glare { area }.on(12),
            Finding::NotUpright { quarter_turns: 2 }.on(13),
            Finding::TooSmall { long_edge: 640 }.on(14),
        ];
        let told = read(&serde_json::to_value(found).unwrap(), 14);
        let messages: Vec<_> = told.iter().map(|told| told.message.zh.as_str()).collect();
        assert_eq!(
            messages,
            [
                "第3页看起来有些模糊，小字可能看不清。",
                "第12页右上角反光，那里的字看不见。",
                "第13页好像是倒着的。",
                "第14页偏小（长边 640 像素），小字可能看不清。",
            ]
        );
        assert_eq!(told[0].message.en, "Page 3 looks blurred; small print may be illegible.");
        assert_eq!((told[1].page, told[1].area), (12, Some(area)));
        assert!(told[2].hint.zh.contains("裁剪、排页"), "only this page is turned: {}", told[2].hint.zh);
    }
}
