//! 上传材料: slots and what stands in them.

use std::{path::Path, time::Duration};

use anyhow::Result;

use crate::{browser::Browser, dialog, screen::Screen};

/// How long preparing one file may take in an unoptimised build on a busy machine.
const PREPARING: Duration = Duration::from_secs(90);

/// Chooses a file with the system's own dialog and waits until it stands in the slot.
///
/// # Errors
/// Where the file does not arrive in the slot.
pub async fn attach(browser: &Browser, screen: &Screen, slot: &str, index: u32, file: &Path) -> Result<()> {
    let before = dialog::windows(screen)?;
    browser.press(&format!("choose-{slot}")).await?;
    dialog::choose(screen, &before, file).await?;
    stands(browser, slot, index).await
}

/// Puts another file in the place of a document.
///
/// # Errors
/// Where the new one does not arrive.
pub async fn replace(browser: &Browser, screen: &Screen, slot: &str, index: u32, file: &Path) -> Result<()> {
    let old = row(browser, slot, index).await?;
    let before = dialog::windows(screen)?;
    browser.press(&format!("replace-{slot}-{index}")).await?;
    dialog::choose(screen, &before, file).await?;
    crate::browser::eventually("the new document", PREPARING, async || {
        Ok((row(browser, slot, index).await? != old).then_some(()))
    })
    .await?;
    stands(browser, slot, index).await
}

/// Waits until a document stands in a slot and nothing is being prepared there.
///
/// # Errors
/// Where it does not.
pub async fn stands(browser: &Browser, slot: &str, index: u32) -> Result<()> {
    let mark = format!("document-{slot}-{index}");
    let progress = format!("progress-{slot}");
    crate::browser::eventually(&mark, PREPARING, async || {
        Ok((browser.has(&mark).await? && !browser.has(&progress).await?).then_some(()))
    })
    .await
}

/// Chooses a file that must be refused and waits for the reason.
///
/// # Errors
/// Where it is not refused with these words.
pub async fn attach_refused(
    browser: &Browser,
    screen: &Screen,
    slot: &str,
    file: &Path,
    words: &str,
) -> Result<()> {
    let before = dialog::windows(screen)?;
    browser.press(&format!("choose-{slot}")).await?;
    dialog::choose(screen, &before, file).await?;
    browser.says(&format!("refused-{slot}"), words, PREPARING).await
}

/// What the row of a document says: sizes before and after, and what was found.
///
/// # Errors
/// Where the document is not there.
pub async fn row(browser: &Browser, slot: &str, index: u32) -> Result<String> {
    browser.text(&format!("document-{slot}-{index}")).await
}
