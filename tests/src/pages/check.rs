//! 核对并提交, and the slip that one gets for it.

use anyhow::Result;

use crate::browser::{Browser, PATIENCE};

/// Declares and submits; ends at the receipt slip.
///
/// # Errors
/// Where the receipt does not come.
pub async fn submit(browser: &Browser) -> Result<()> {
    browser.ready("check").await?;
    browser.choose("declare").await?;
    browser.press("submit").await?;
    browser.ready("receipt").await
}

/// The number on the slip, without the blanks that make it readable.
///
/// # Errors
/// Where there is none.
pub async fn number(browser: &Browser) -> Result<String> {
    Ok(browser.text("number").await?.chars().filter(|letter| !letter.is_whitespace()).collect())
}

/// Waits until the office's number has replaced the local one, and answers it.
///
/// # Errors
/// Where it does not come.
pub async fn official_number(browser: &Browser) -> Result<protocol::ApplicationNumber> {
    crate::browser::eventually("the office's number", PATIENCE, async || {
        Ok(number(browser).await?.parse().ok())
    })
    .await
}
