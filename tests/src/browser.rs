//! A page under WebDriver: finding things by their test marks, typing, pressing, reading, waiting.
//! Everything waits for what it needs; nothing sleeps and hopes.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, key::Key, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::process::{Kept, free_port, wait_for_port};

/// How long a page may take for anything a person would wait for. Generous: the machine may be busy compiling.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How long the program may take until its driver can speak to it.
const OPENING: Duration = Duration::from_secs(90);
/// How long one question to the driver may take.
const ANSWER: Duration = Duration::from_secs(40);

/// A WebDriver session and the driver that holds it.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    driver: Kept,
}

impl Browser {
    /// Starts a WebKitWebDriver of its own and lets it open `binary`.
    ///
    /// # Errors
    /// Where the driver is missing or the program does not come up.
    pub async fn open(
        mut driver: Command,
        name: &str,
        binary: &Path,
        arguments: &[&str],
        log: &Path,
    ) -> Result<Self> {
        let port = free_port()?;
        driver.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = Kept::start(&mut driver, log).context("WebKitWebDriver (package webkit2gtk-driver)")?;
        wait_for_port(port, Duration::from_secs(20)).await?;
        let mut capabilities = Capabilities::new();
        capabilities.insert("browserName".to_owned(), json!(name));
        capabilities
            .insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": binary, "args": arguments }));
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let opening = builder.capabilities(capabilities).connect(&address);
        let client = tokio::time::timeout(OPENING, opening)
            .await
            .with_context(|| format!("{} did not open within {OPENING:?}", binary.display()))?
            .with_context(|| format!("{} did not open", binary.display()))?;
        Ok(Self { client, driver })
    }

    /// The WebDriver client, for what this type does not offer.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Process id of the driver; the program is below it.
    #[must_use]
    pub fn driver_id(&self) -> u32 {
        self.driver.id()
    }

    /// Closes the program in the ordinary way.
    ///
    /// # Errors
    /// Where the driver does not answer.
    pub async fn close(self) -> Result<()> {
        self.client.close().await?;
        drop(self.driver);
        Ok(())
    }

    /// Waits until the page `page` says that its data is there.
    ///
    /// # Errors
    /// Where it does not come; tells which page is there instead.
    pub async fn ready(&self, page: &str) -> Result<()> {
        let selector = format!("[data-testid=ready][data-page=\"{page}\"]");
        let found = eventually(&format!("the page “{page}”"), PATIENCE, async || {
            Ok(self.client.find_all(Locator::Css(&selector)).await?.pop())
        })
        .await;
        self.explained(found.map(drop)).await
    }

    /// Adds to an error what the page shows, so that a failed test tells what a person would have seen.
    ///
    /// # Errors
    /// The same as before.
    pub async fn explained<T>(&self, outcome: Result<T>) -> Result<T> {
        let Err(error) = outcome else { return outcome };
        let page = self.page().await.unwrap_or_default();
        let text = self.script("return document.querySelector('main')?.innerText").await.unwrap_or_default();
        Err(error.context(format!("on “{page}”: {}", text.as_str().unwrap_or_default())))
    }

    /// Which page is shown now.
    ///
    /// # Errors
    /// Where the driver does not answer.
    pub async fn page(&self) -> Result<String> {
        let page =
            self.script("return document.querySelector('[data-testid=ready]')?.dataset.page ?? ''").await?;
        Ok(page.as_str().unwrap_or_default().to_owned())
    }

    /// The element with a mark (id or data-testid), once it is there.
    ///
    /// # Errors
    /// Where it does not come.
    pub async fn find(&self, mark: &str) -> Result<Element> {
        eventually(&format!("“{mark}”"), PATIENCE, async || self.find_now(mark).await).await
    }

    /// The element with a mark, if it is there now.
    ///
    /// # Errors
    /// Where the driver does not answer.
    pub async fn find_now(&self, mark: &str) -> Result<Option<Element>> {
        let mut found = self.client.find_all(Locator::Css(&selector(mark))).await?;
        found.truncate(1);
        Ok(found.pop())
    }

    /// Whether something with this mark is there now.
    ///
    /// # Errors
    /// Where the driver does not answer.
    pub async fn has(&self, mark: &str) -> Result<bool> {
        Ok(self.find_now(mark).await?.is_some())
    }

    /// Waits until nothing with this mark is there any more.
    ///
    /// # Errors
    /// Where it stays.
    pub async fn gone(&self, mark: &str) -> Result<()> {
        eventually(&format!("“{mark}” to go away"), PATIENCE, async || {
            Ok(self.find_now(mark).await?.is_none().then_some(()))
        })
        .await
    }

    /// Presses a button or link.
    ///
    /// # Errors
    /// Where it is not there or cannot be pressed.
    pub async fn press(&self, mark: &str) -> Result<()> {
        eventually(&format!("“{mark}” to be pressed"), PATIENCE, async || {
            let Some(element) = self.find_now(mark).await? else { return Ok(None) };
            self.scroll_to(&element).await?;
            element.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Ticks a box or chooses a radio, by its label where the control itself is covered.
    ///
    /// # Errors
    /// Where it does not become chosen.
    pub async fn choose(&self, mark: &str) -> Result<()> {
        eventually(&format!("“{mark}” to be chosen"), PATIENCE, async || {
            let Some(element) = self.find_now(mark).await? else { return Ok(None) };
            if element.is_selected().await? {
                return Ok(Some(()));
            }
            self.scroll_to(&element).await?;
            if element.click().await.is_err() {
                self.client
                    .execute("(arguments[0].labels?.[0] ?? arguments[0]).click()", vec![json!(element)])
                    .await?;
            }
            Ok(element.is_selected().await?.then_some(()))
        })
        .await
    }

    /// Replaces what stands in a field and leaves the field.
    ///
    /// # Errors
    /// Where the field is not there.
    pub async fn fill(&self, mark: &str, text: &str) -> Result<()> {
        // A page that is drawn anew meanwhile takes its fields away: the one that is there then is filled.
        eventually(&format!("“{mark}” to be filled"), PATIENCE, async || {
            let Some(field) = self.find_now(mark).await? else { return Ok(None) };
            self.scroll_to(&field).await?;
            field.click().await?;
            if field.prop("value").await?.is_some_and(|value| !value.is_empty()) {
                field.send_keys(&(Key::Control + "a")).await?;
                field.send_keys(&Key::Backspace.to_string()).await?;
            }
            if !text.is_empty() {
                field.send_keys(text).await?;
            }
            field.send_keys(&Key::Tab.to_string()).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Picks a row of a native select by its value, once it is offered.
    ///
    /// # Errors
    /// Where the row is not offered.
    pub async fn select(&self, mark: &str, value: &str) -> Result<()> {
        let option = format!(
            "{} option[value=\"{value}\"]",
            selector(mark).replace(",", &format!(" option[value=\"{value}\"],"))
        );
        eventually(&format!("“{value}” in “{mark}”"), PATIENCE, async || {
            let Some(row) = self.client.find_all(Locator::Css(&option)).await?.pop() else { return Ok(None) };
            row.click().await?;
            let now = self.find(mark).await?.prop("value").await?;
            Ok((now.as_deref() == Some(value)).then_some(()))
        })
        .await
    }

    /// Types into a combobox and takes the row that says `expected`.
    ///
    /// # Errors
    /// Where it is not offered or not taken.
    pub async fn pick(&self, mark: &str, search: &str, expected: &str) -> Result<()> {
        /// Longest for the rows to come, and for the one that was clicked to be taken, before it is tried again.
        const SOON: Duration = Duration::from_secs(5);
        // Rows move while the list gets shorter: a click may meet another place than the one that was meant.
        eventually(&format!("“{expected}” of “{mark}” to be taken"), PATIENCE, async || {
            let Some(field) = self.find_now(mark).await? else { return Ok(None) };
            self.scroll_to(&field).await?;
            field.click().await?;
            field.send_keys(&(Key::Control + "a")).await?;
            field.send_keys(search).await?;
            eventually("the row", SOON, async || {
                for row in self.client.find_all(Locator::Css("[role=option]")).await? {
                    if row.prop("innerText").await?.unwrap_or_default().contains(expected) {
                        row.click().await?;
                        return Ok(Some(()));
                    }
                }
                Ok(None)
            })
            .await?;
            eventually("the choice", SOON, async || {
                let closed = self.client.find_all(Locator::Css("[role=option]")).await?.is_empty();
                let value = field.prop("value").await?.unwrap_or_default();
                Ok((closed && value.contains(expected)).then_some(()))
            })
            .await
            .map(Some)
        })
        .await
    }

    /// What is written in an element, as a person sees it.
    ///
    /// # Errors
    /// Where it is not there.
    pub async fn text(&self, mark: &str) -> Result<String> {
        Ok(self.find(mark).await?.prop("innerText").await?.unwrap_or_default())
    }

    /// What stands in a field.
    ///
    /// # Errors
    /// Where it is not there.
    pub async fn value(&self, mark: &str) -> Result<String> {
        Ok(self.find(mark).await?.prop("value").await?.unwrap_or_default())
    }

    /// Waits until an element says `expected`.
    ///
    /// # Errors
    /// Where it does not within `patience`; tells what it says instead.
    pub async fn says(&self, mark: &str, expected: &str, patience: Duration) -> Result<()> {
        let said = eventually(&format!("“{mark}” to say “{expected}”"), patience, async || {
            let Some(element) = self.find_now(mark).await? else { return Ok(None) };
            let text = element.prop("innerText").await?.unwrap_or_default();
            Ok(text.contains(expected).then_some(()))
        })
        .await;
        if let Err(error) = said {
            let there = match self.find_now(mark).await? {
                Some(element) => element.prop("innerText").await?.unwrap_or_default(),
                None => "(not there)".to_owned(),
            };
            bail!("{error:#}; it says: {there}");
        }
        Ok(())
    }

    /// Waits until some element of a CSS selector says `expected`.
    ///
    /// # Errors
    /// Where none does; tells what the page shows instead.
    pub async fn find_in(&self, css: &str, expected: &str) -> Result<()> {
        let found = eventually(&format!("“{expected}” in {css}"), PATIENCE, async || {
            for element in self.client.find_all(Locator::Css(css)).await? {
                if element.prop("innerText").await?.is_some_and(|text| text.contains(expected)) {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await;
        self.explained(found).await
    }

    /// Waits until the program has acknowledged everything that was typed; from then on it must survive anything.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn saved(&self) -> Result<()> {
        eventually("everything to be saved", PATIENCE, async || {
            let busy = self.script("return document.querySelector('[data-saving]') !== null").await?;
            Ok((busy == false).then_some(()))
        })
        .await
    }

    /// Runs a script in the page.
    ///
    /// # Errors
    /// Where the script throws.
    pub async fn script(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    async fn scroll_to(&self, element: &Element) -> Result<()> {
        self.client.execute("arguments[0].scrollIntoView({ block: 'center' })", vec![json!(element)]).await?;
        Ok(())
    }
}

fn selector(mark: &str) -> String {
    format!("[id=\"{mark}\"],[data-testid=\"{mark}\"]")
}

/// Tries until there is an answer. A page between two states may fail in many ways: an error is only the reason
/// that is told when time is up.
///
/// # Errors
/// After `patience`, with the last error.
pub async fn eventually<T>(
    what: &str,
    patience: Duration,
    mut attempt: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let until = Instant::now() + patience;
    let mut last = None;
    loop {
        // A driver whose page is gone may never answer at all.
        match tokio::time::timeout(ANSWER, attempt()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) => {}
            Ok(Err(error)) => last = Some(error),
            Err(_) => last = Some(anyhow!("the driver gave no answer within {ANSWER:?}")),
        }
        if Instant::now() > until {
            let reason = last.unwrap_or_else(|| anyhow!("it never came"));
            return Err(reason.context(format!("waited {patience:?} for {what}")));
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}
