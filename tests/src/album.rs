//! Numbered photographs of whole pages, for people to look at.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::{Context, Result};

use crate::browser::Browser;

/// A folder of photographs.
#[derive(Debug)]
pub struct Album {
    dir: PathBuf,
    taken: AtomicU32,
}

impl Album {
    /// Starts an empty album; pictures of an earlier run go away.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn new(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "png") {
                fs::remove_file(path)?;
            }
        }
        Ok(Self { dir: std::path::absolute(dir)?, taken: AtomicU32::new(0) })
    }

    /// The album of a test, below `artifacts/` in the root of the project.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn of_test(name: &str) -> Result<Self> {
        Self::new(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../artifacts/e2e").join(name))
    }

    /// Where the pictures are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether there is none yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Photographs the window as it is, with what is seen without scrolling, and answers the file's path.
    ///
    /// # Errors
    /// Where the driver does not answer or the file cannot be written.
    pub async fn take_as_seen(&self, browser: &Browser, name: &str) -> Result<PathBuf> {
        let path = self.next(name);
        settle(browser).await?;
        fs::write(&path, browser.client().screenshot().await?)?;
        Ok(path)
    }

    fn next(&self, name: &str) -> PathBuf {
        let number = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
        self.dir.join(format!("{number:02}-{name}.png"))
    }

    /// Photographs the whole page, however long it is, and answers the file's path.
    ///
    /// # Errors
    /// Where the driver does not answer or the file cannot be written.
    pub async fn take(&self, browser: &Browser, name: &str) -> Result<PathBuf> {
        let path = self.next(name);
        let client = browser.client();
        settle(browser).await?;
        let (width, height) = client.get_window_size().await?;
        let missing = browser
            .script("return document.documentElement.scrollHeight - window.innerHeight")
            .await?
            .as_u64()
            .unwrap_or(0);
        let (width, before) = (u32::try_from(width)?, u32::try_from(height)?);
        let tall = (before + u32::try_from(missing)?).min(3_000);
        if tall > before {
            client.set_window_size(width, tall).await?;
            settle(browser).await?;
        }
        fs::write(&path, client.screenshot().await?)?;
        if tall > before {
            client.set_window_size(width, before).await?;
            settle(browser).await?;
        }
        Ok(path)
    }
}

/// Waits until the pictures are there, colours have finished fading, and the page has drawn itself twice without
/// changing its size.
///
/// # Errors
/// Where the driver does not answer.
pub async fn settle(browser: &Browser) -> Result<()> {
    const DRAWN: &str = "
        const done = arguments[arguments.length - 1];
        const ends = Promise.all([
          ...[...document.images].map((image) => image.decode()),
          ...document.getAnimations().map((animation) => animation.finished),
        ].map((end) => end.catch(() => undefined)));
        // A turning wheel never finishes.
        Promise.race([ends, new Promise((enough) => setTimeout(enough, 1500))])
          .then(() => requestAnimationFrame(() => requestAnimationFrame(
            () => done([window.innerHeight, document.documentElement.scrollHeight]))));";
    let mut last = serde_json::Value::Null;
    for _ in 0..20 {
        let now = browser.client().execute_async(DRAWN, vec![]).await?;
        if now == last {
            return Ok(());
        }
        last = now;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
