//! Soft findings: things worth a warning, never a refusal. Only what is really measured stands here.

use serde::{Deserialize, Serialize};

use crate::Area;

/// A finding, and the page it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFinding {
    /// Which page, from 1. Findings kept by programs that looked at single pictures only do not say.
    #[serde(default = "first")]
    pub page: u32,
    /// What was found on it.
    #[serde(flatten)]
    pub finding: Finding,
}

const fn first() -> u32 {
    1
}

/// Something a person should look at before handing the file in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Finding {
    /// The file breaks off or is damaged in places; part of the picture may be missing.
    Incomplete,
    /// The longer side has fewer than 1000 pixels; small print may be illegible.
    TooSmall {
        /// Longer side in pixels.
        long_edge: u32,
    },
    /// Nineteen of twenty pixels are darker than 100 of 255.
    Dark,
    /// Out of focus.
    Blurred,
    /// The camera moved while the picture was taken: sharp along one direction only.
    Shaken,
    /// A reflection hides part of the picture.
    Glare {
        /// The patch that cannot be read.
        area: Area,
    },
    /// The paper runs out of the picture.
    CutOff {
        /// On the left.
        left: bool,
        /// At the top.
        top: bool,
        /// On the right.
        right: bool,
        /// At the bottom.
        bottom: bool,
    },
    /// The print runs from top to bottom instead of from side to side, or stands on its head.
    NotUpright {
        /// Clockwise quarter turns that should let it be read: 2 on its head; 1 or 3 on its side, and which of the two is
        /// a good guess.
        quarter_turns: u8,
    },
}

impl Finding {
    /// This, found on a page counted from 1.
    #[must_use]
    pub const fn on(self, page: u32) -> PageFinding {
        PageFinding { page, finding: self }
    }

    /// Stable name, the same as in its JSON form.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::TooSmall { .. } => "too_small",
            Self::Dark => "dark",
            Self::Blurred => "blurred",
            Self::Shaken => "shaken",
            Self::Glare { .. } => "glare",
            Self::CutOff { .. } => "cut_off",
            Self::NotUpright { .. } => "not_upright",
        }
    }
}
