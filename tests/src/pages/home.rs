//! 办事: the catalogue and what was left unfinished.

use anyhow::{Context, Result};
use protocol::ApplicationId;

use crate::browser::Browser;

/// Looks a service up by `words` and opens its notice.
///
/// # Errors
/// Where the service is not found.
pub async fn start(browser: &Browser, words: &str, service: &str) -> Result<()> {
    browser.ready("home").await?;
    browser.fill("search", words).await?;
    browser.press(&format!("service-{service}")).await?;
    browser.ready("notice").await
}

/// The applications that can be gone on with.
///
/// # Errors
/// Where the driver does not answer.
pub async fn unfinished(browser: &Browser) -> Result<Vec<ApplicationId>> {
    marked(browser, "resume-").await
}

/// Goes on where one was.
///
/// # Errors
/// Where the application is not offered.
pub async fn resume(browser: &Browser, application: ApplicationId) -> Result<()> {
    browser.press(&format!("resume-{application}")).await
}

/// The application ids in all marks that begin with `prefix`.
pub(super) async fn marked(browser: &Browser, prefix: &str) -> Result<Vec<ApplicationId>> {
    let script = format!(
        "return [...document.querySelectorAll('[data-testid^=\"{prefix}\"]')].map((e) => e.dataset.testid.slice({}))",
        prefix.len()
    );
    let found = browser.script(&script).await?;
    let ids = found.as_array().context("a list of marks")?;
    // A mark may only begin alike (case-status beside case-<id>).
    let mut known: Vec<ApplicationId> = ids.iter().filter_map(|id| id.as_str()?.parse().ok()).collect();
    known.dedup();
    Ok(known)
}
