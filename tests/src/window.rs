//! The real program on a private screen: opened, closed, killed, opened again.

use std::{
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    browser::{Browser, eventually},
    process::{built, descendant_running, kill, output_of},
    screen::Screen,
};

/// As `tauri.conf.json` has it.
const TITLE: &str = "易办医保";

/// The window of the desk.
#[derive(Debug)]
pub struct Window {
    browser: Browser,
    program: PathBuf,
}

impl Window {
    /// Opens the program with its data in the screen's `data` folder and waits until a page is ready.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn open(screen: &Screen, server: &str) -> Result<Self> {
        Self::open_with(screen, server, &[]).await
    }

    /// The same with more settings in the environment.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn open_with(screen: &Screen, server: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let program = built("yiban")?;
        let mut driver = screen.program("WebKitWebDriver");
        driver
            .env("YIBAN_DATA_DIR", screen.path("data"))
            .env("YIBAN_SERVER", server)
            .env("TZ", "Asia/Shanghai")
            .envs(settings.iter().copied());
        let log = next_log(&screen.path("log"), "window");
        let browser = Browser::open(driver, "wry", &program, &[], &log).await?;
        let window = Self { browser, program };
        eventually("any page to be ready", Duration::from_secs(60), async || {
            Ok(Some(window.page().await?).filter(|page| !page.is_empty()))
        })
        .await
        .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(window)
    }

    /// `kill -9`: no good-bye, no last write.
    ///
    /// # Errors
    /// Where the program is not there.
    pub async fn kill(self) -> Result<()> {
        let process = descendant_running(self.browser.driver_id(), &self.program)
            .context("the program is not running any more")?;
        kill(process).await?;
        drop(self.browser);
        Ok(())
    }

    /// Presses keys as a person does who sees this window before all others, for example `ctrl+v` or `alt+F4`: window
    /// manager and toolkit hear them first, and the page only what they leave.
    ///
    /// # Errors
    /// Where xdotool is missing or the window is not there.
    pub fn keys(&self, screen: &Screen, keys: &str) -> Result<()> {
        let xdotool = |arguments: &[&str]| output_of("xdotool", arguments, screen.environment());
        xdotool(&["search", "--onlyvisible", "--name", TITLE, "windowfocus", "--sync"])?;
        xdotool(&["key", "--clearmodifiers", keys])?;
        Ok(())
    }

    /// Waits until the program has ended by itself.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ended(self, patience: Duration) -> Result<()> {
        eventually("the program to end", patience, async || {
            let running = descendant_running(self.browser.driver_id(), &self.program);
            Ok(running.is_none().then_some(()))
        })
        .await
    }

    /// Closes the window in the ordinary way.
    ///
    /// # Errors
    /// Where the driver does not answer.
    pub async fn close(self) -> Result<()> {
        self.browser.close().await
    }
}

impl Deref for Window {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.browser
    }
}

/// A log file of its own for every start.
pub(crate) fn next_log(dir: &Path, name: &str) -> PathBuf {
    (1..).map(|number| dir.join(format!("{name}-{number}"))).find(|path| !path.exists()).unwrap_or_default()
}
