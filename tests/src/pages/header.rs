//! The header: places and reading aids.

use anyhow::{Result, bail};

use crate::browser::{Browser, eventually};

/// How the window looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// For file names and messages.
    pub name: &'static str,
    size: &'static str,
    theme: &'static str,
    language: &'static str,
}

/// Ordinary size, light, Chinese.
pub const STANDARD: Look = Look { name: "standard", size: "standard", theme: "light", language: "zh" };

/// Every look that must be as good as the ordinary one.
pub const LOOKS: [Look; 5] = [
    STANDARD,
    Look { name: "elder", size: "elder", ..STANDARD },
    Look { name: "max", size: "max", ..STANDARD },
    Look { name: "high-contrast", theme: "hc", ..STANDARD },
    Look { name: "english", language: "en", ..STANDARD },
];

/// Presses the reading aids until the window has this look.
///
/// # Errors
/// Where a button does not lead there.
pub async fn wear(browser: &Browser, look: Look) -> Result<()> {
    turn(browser, "toggle-size", "return document.documentElement.dataset.size || 'standard'", look.size)
        .await?;
    turn(browser, "toggle-contrast", "return document.documentElement.dataset.theme || 'light'", look.theme)
        .await?;
    turn(browser, "toggle-language", "return document.documentElement.lang.slice(0, 2)", look.language).await
}

async fn turn(browser: &Browser, button: &str, now: &str, wanted: &str) -> Result<()> {
    for _ in 0..4 {
        let before = browser.script(now).await?;
        if before == wanted {
            return Ok(());
        }
        browser.press(button).await?;
        eventually(button, crate::browser::PATIENCE, async || {
            Ok((browser.script(now).await? != before).then_some(()))
        })
        .await?;
    }
    bail!("“{button}” never came to “{wanted}”")
}
