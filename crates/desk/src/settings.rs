//! Language, size and contrast of the window.

use forms::Language;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person set for this desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Of the window and of notifications.
    pub language: Language,
    /// Of everything.
    pub size: Size,
    /// Of colours.
    pub theme: Theme,
    /// Large print was offered once (first start).
    pub size_offered: bool,
}

/// Size of everything on the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// 16 px.
    #[default]
    Standard,
    /// 大字, 22 px.
    Elder,
    /// 特大, 29 px.
    Max,
}

/// Colours of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As designed.
    #[default]
    Light,
    /// 高对比.
    Hc,
}
