//! 我的办件: the list, one case, what it says and asks.

use std::time::Duration;

use anyhow::Result;
use protocol::ApplicationId;

use super::home::marked;
use crate::browser::{Browser, PATIENCE, eventually};

/// Opens the list.
///
/// # Errors
/// Where it does not come.
pub async fn open_list(browser: &Browser) -> Result<()> {
    browser.press("nav-cases").await?;
    browser.ready("cases").await
}

/// The applications in the list.
///
/// # Errors
/// Where the driver does not answer.
pub async fn listed(browser: &Browser) -> Result<Vec<ApplicationId>> {
    marked(browser, "case-").await
}

/// The first application of the list, once there is one.
///
/// # Errors
/// Where none comes.
pub async fn first(browser: &Browser) -> Result<ApplicationId> {
    eventually("an application in the list", PATIENCE, async || {
        open_list(browser).await?;
        Ok(listed(browser).await?.first().copied())
    })
    .await
}

/// Opens one case from the list.
///
/// # Errors
/// Where it is not listed.
pub async fn open(browser: &Browser, application: ApplicationId) -> Result<()> {
    open_list(browser).await?;
    browser.press(&format!("case-{application}")).await?;
    browser.find("case-status").await.map(drop)
}

/// Waits until the open case has this status, in words.
///
/// # Errors
/// Where it has another one.
pub async fn becomes(browser: &Browser, status: &str, within: Duration) -> Result<()> {
    browser.says("case-status", status, within).await
}
