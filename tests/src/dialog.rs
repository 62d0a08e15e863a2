//! The system's own file dialog, driven with the keyboard as a person would.

use std::{path::Path, time::Duration};

use anyhow::Result;

use crate::{
    browser::{PATIENCE, eventually},
    clipboard,
    process::output_of,
    screen::Screen,
};

/// The windows that are visible on a screen now.
///
/// # Errors
/// Where xdotool is missing.
pub fn windows(screen: &Screen) -> Result<Vec<String>> {
    let found = output_of("xdotool", &["search", "--onlyvisible", "--name", "."], screen.environment());
    // xdotool fails where it finds nothing.
    Ok(found.unwrap_or_default().lines().map(str::to_owned).collect())
}

/// Waits for a dialog that was not among `before`, and chooses `file` in it.
/// The path is pasted: typing it races with the completion of the dialog.
///
/// # Errors
/// Where no dialog comes, or it does not go away.
pub async fn choose(screen: &Screen, before: &[String], file: &Path) -> Result<()> {
    let dialog = wait_for_dialog(screen, before).await?;
    let _clipboard = clipboard::copy_text(screen, &file.to_string_lossy())?;
    let key = |keys: &str| output_of("xdotool", &["key", "--clearmodifiers", keys], screen.environment());
    output_of("xdotool", &["windowfocus", "--sync", &dialog], screen.environment())?;
    // The dialog fills its list in the background and takes the focus once more when it is done.
    tokio::time::sleep(Duration::from_millis(700)).await;
    for keys in ["ctrl+l", "ctrl+a", "ctrl+v"] {
        key(keys)?;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    key("Return")?;
    eventually("the dialog to close", PATIENCE, async || {
        Ok((!windows(screen)?.contains(&dialog)).then_some(()))
    })
    .await
}

/// Closes a dialog without choosing anything.
///
/// # Errors
/// Where no dialog comes, or it does not go away.
pub async fn cancel(screen: &Screen, before: &[String]) -> Result<()> {
    let dialog = wait_for_dialog(screen, before).await?;
    output_of("xdotool", &["windowfocus", "--sync", &dialog], screen.environment())?;
    output_of("xdotool", &["key", "Escape"], screen.environment())?;
    eventually("the dialog to close", PATIENCE, async || {
        Ok((!windows(screen)?.contains(&dialog)).then_some(()))
    })
    .await
}

async fn wait_for_dialog(screen: &Screen, before: &[String]) -> Result<String> {
    eventually("a file dialog", PATIENCE, async || {
        Ok(windows(screen)?.into_iter().find(|window| !before.contains(window)))
    })
    .await
}
