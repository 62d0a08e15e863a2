//! What might be hard to read in a document, told to a person. A warning, never an obstacle.

use documents::Finding;
use forms::Text;
use serde_json::Value;

use crate::DocumentFinding;

/// From what the store kept; what a newer program found and we do not know is left out.
pub(super) fn read(kept: &Value) -> Vec<DocumentFinding> {
    let findings = kept.as_array().map_or(&[][..], Vec::as_slice);
    findings
        .iter()
        .filter_map(|finding| serde_json::from_value(finding.clone()).ok())
        .map(|finding| tell(&finding))
        .collect()
}

fn tell(finding: &Finding) -> DocumentFinding {
    let (message, hint) = match finding {
        Finding::Incomplete => (
            Text::new(
                "这张图没有传完整，下面一部分看不到。",
                "This picture is not complete; its lower part is missing.",
            ),
            Text::new(
                "请从手机或扫描仪重新传一次，再换掉这张。",
                "Please copy it again from the phone or scanner and replace this one.",
            ),
        ),
        Finding::TooSmall { long_edge } => (
            Text::new(
                format!("这张图偏小（长边 {long_edge} 像素），小字可能看不清。"),
                format!(
                    "This picture is small ({long_edge} pixels along its long edge); small print may be illegible."
                ),
            ),
            Text::new(
                "请靠近一点重新拍，让证件占满画面。",
                "Please take it again from closer, so that the paper fills the picture.",
            ),
        ),
        Finding::Dark => (
            Text::new("照片太暗，字可能看不清。", "The photo is dark; the writing may be hard to read."),
            Text::new(
                "请到窗边或灯下，关掉闪光灯重新拍。",
                "Please take it again by a window or lamp, without flash.",
            ),
        ),
        _ => (
            Text::new("这张图可能不够清楚。", "This picture may not be clear enough."),
            Text::new(
                "请放大看看，看不清就重新拍一张。",
                "Please zoom in; if it cannot be read, take it again.",
            ),
        ),
    };
    DocumentFinding { code: finding.code().to_owned(), message, hint }
}
