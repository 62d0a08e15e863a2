//! Language, size and contrast.

use desk::{Desk, Explained, Settings};
use tauri::State;

/// As they were saved, or the defaults.
#[tauri::command]
pub async fn get_settings(desk: State<'_, Desk>) -> Result<Settings, Explained> {
    desk.settings().await
}

/// Saves them.
#[tauri::command]
pub async fn save_settings(desk: State<'_, Desk>, settings: Settings) -> Result<(), Explained> {
    desk.save_settings(&settings).await
}
