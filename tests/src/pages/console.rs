//! 审核台 in a browser of its own.

use std::path::Path;

use anyhow::{Context, Result};
use protocol::ApplicationId;

use crate::{
    browser::{Browser, PATIENCE},
    office::Office,
    screen::Screen,
    window::next_log,
};

/// WebKitGTK's own small browser, which comes with the library that draws the window.
const BROWSERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/webkit2gtk-4.1/MiniBrowser",
];

/// Opens the console's login page.
///
/// # Errors
/// Where there is no browser or the page does not come.
pub async fn open_page(screen: &Screen, office: &Office) -> Result<Browser> {
    let binary = BROWSERS.iter().map(Path::new).find(|path| path.exists()).context("no MiniBrowser")?;
    let log = next_log(&screen.path("log"), "console");
    let mut driver = screen.program("WebKitWebDriver");
    driver.env("TZ", "Asia/Shanghai");
    let browser = Browser::open(driver, "MiniBrowser", binary, &["--automation"], &log).await?;
    browser.client().set_window_size(1280, 900).await?;
    browser.client().goto(&format!("{}/console/", office.url())).await?;
    browser.find("login-name").await?;
    Ok(browser)
}

/// Logs in on the page that is shown.
///
/// # Errors
/// Where the login is refused.
pub async fn log_in_here(browser: &Browser, office: &Office) -> Result<()> {
    let (name, password) = office.reviewer_account()?;
    browser.fill("login-name", &name).await?;
    browser.fill("login-password", &password).await?;
    browser.press("login").await?;
    browser.ready("queue").await
}

/// Opens the console and logs in.
///
/// # Errors
/// Where there is no browser or the login is refused.
pub async fn log_in(screen: &Screen, office: &Office) -> Result<Browser> {
    let browser = open_page(screen, office).await?;
    log_in_here(&browser, office).await?;
    Ok(browser)
}

/// Comes back to a case by way of the queue.
///
/// # Errors
/// Where it is not in the queue.
pub async fn reopen(browser: &Browser, office: &Office, application: ApplicationId) -> Result<()> {
    browser.client().goto(&format!("{}/console/", office.url())).await?;
    browser.ready("queue").await?;
    open(browser, application).await
}

/// Opens a case from the queue and takes it in hand where nobody has yet.
///
/// # Errors
/// Where it is not in the queue.
pub async fn open(browser: &Browser, application: ApplicationId) -> Result<()> {
    browser.press(&format!("queue-{application}")).await?;
    browser.ready("case").await?;
    if browser.has("claim").await? {
        browser.press("claim").await?;
        browser.gone("claim").await?;
    }
    Ok(())
}

/// Asks for items: (`field` or `slot`, id, what the applicant reads).
///
/// # Errors
/// Where the console does not take the decision.
pub async fn request_supplement(browser: &Browser, items: &[(&str, &str, &str)]) -> Result<()> {
    browser.choose("request-supplement").await?;
    for (kind, id, message) in items {
        browser.choose(&format!("point-{kind}-{id}")).await?;
        browser.fill(&format!("finding-message-{id}"), message).await?;
    }
    browser.press("confirm-decision").await
}

/// Writes to the applicant what goes with 通过.
///
/// # Errors
/// Where the page has no place for it.
pub async fn answer(browser: &Browser, text: &str) -> Result<()> {
    browser.choose("approve").await?;
    browser.fill("approve-answer", text).await
}

/// 通过.
///
/// # Errors
/// Where the console does not take the decision.
pub async fn approve(browser: &Browser) -> Result<()> {
    browser.choose("approve").await?;
    browser.press("confirm-decision").await
}

/// Waits until the console shows the case with this status.
///
/// # Errors
/// Where it shows another one.
pub async fn shows(browser: &Browser, status: &str) -> Result<()> {
    browser.says("case-status", status, PATIENCE).await
}
