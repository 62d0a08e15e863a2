//! Language, size and contrast of the window.

use std::path::{Path, PathBuf};

use forms::Language;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Desk, Explained};

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
    /// 大字, 23 px.
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

const WINDOW: &str = "window";
const LAST_FOLDER: &str = "last_folder";

impl Desk {
    /// As they were saved; the defaults where nothing was, or where a newer program wrote what we cannot read.
    ///
    /// # Errors
    /// `vault_locked`, or the store's.
    pub async fn settings(&self) -> Result<Settings, Explained> {
        let saved = self.opened().await?.store.setting(WINDOW).await?;
        Ok(saved.and_then(|saved| serde_json::from_value(saved).ok()).unwrap_or_default())
    }

    /// Saves them.
    ///
    /// # Errors
    /// `vault_locked`, or the store's.
    pub async fn save_settings(&self, settings: &Settings) -> Result<(), Explained> {
        let saved = serde_json::to_value(settings).unwrap_or_default();
        Ok(self.opened().await?.store.set_setting(WINDOW, &saved).await?)
    }

    /// Where files were chosen last.
    ///
    /// # Errors
    /// `vault_locked`, or the store's.
    pub async fn last_folder(&self) -> Result<Option<PathBuf>, Explained> {
        let saved = self.opened().await?.store.setting(LAST_FOLDER).await?;
        Ok(saved.and_then(|saved| saved.as_str().map(PathBuf::from)))
    }

    /// Remembers where files were chosen.
    ///
    /// # Errors
    /// `vault_locked`, or the store's.
    pub async fn remember_folder(&self, folder: &Path) -> Result<(), Explained> {
        let folder = serde_json::Value::from(folder.to_string_lossy());
        Ok(self.opened().await?.store.set_setting(LAST_FOLDER, &folder).await?)
    }
}
