//! 办理须知: read, agree to each class of data, go on.

use anyhow::Result;

use crate::browser::Browser;

/// Ticks every consent and goes on to the form.
///
/// # Errors
/// Where a box is ticked in advance, or the form does not come.
pub async fn agree(browser: &Browser) -> Result<()> {
    browser.ready("notice").await?;
    for mark in consents(browser).await? {
        let ticked = browser.find(&mark).await?.is_selected().await?;
        anyhow::ensure!(!ticked, "“{mark}” was ticked before anybody agreed");
        browser.choose(&mark).await?;
    }
    browser.press("continue").await?;
    browser.ready("form").await
}

/// The marks of all consents.
///
/// # Errors
/// Where the driver does not answer.
pub async fn consents(browser: &Browser) -> Result<Vec<String>> {
    let found = browser
        .script(
            "return [...document.querySelectorAll('[data-testid^=\"consent-\"],[id^=\"consent-\"]')]
                .filter((e) => e.tagName === 'INPUT').map((e) => e.dataset.testid || e.id)",
        )
        .await?;
    Ok(serde_json::from_value(found)?)
}
