//! What a person copied: kept on the clipboard of a screen for as long as the value lives.

use std::{io::Write, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result};

use crate::{process::Kept, screen::Screen};

/// Copies words.
///
/// # Errors
/// Where xclip is missing.
pub fn copy_text(screen: &Screen, text: &str) -> Result<Kept> {
    copy(screen, &[], text.as_bytes())
}

/// Copies a picture, as a program that shows pictures does.
///
/// # Errors
/// Where xclip is missing.
pub fn copy_png(screen: &Screen, picture: &[u8]) -> Result<Kept> {
    copy(screen, &["-target", "image/png"], picture)
}

/// Copies a file, as the system's file manager does.
///
/// # Errors
/// Where xclip is missing, or the path is no address as it stands.
pub fn copy_file(screen: &Screen, file: &Path) -> Result<Kept> {
    let path = file.to_str().filter(|path| path.is_ascii() && !path.contains([' ', '%']));
    let path = path.context("a path that needs nothing escaped")?;
    copy(screen, &["-target", "text/uri-list"], format!("file://{path}\r\n").as_bytes())
}

fn copy(screen: &Screen, kind: &[&str], bytes: &[u8]) -> Result<Kept> {
    let mut clipboard = Kept::spawn(
        screen
            .program("xclip")
            .args(["-selection", "clipboard", "-quiet"])
            .args(kind)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )
    .context("the clipboard (package xclip)")?;
    let mut input = clipboard.child().stdin.take().context("xclip reads its input")?;
    input.write_all(bytes)?;
    drop(input);
    std::thread::sleep(Duration::from_millis(100));
    Ok(clipboard)
}
