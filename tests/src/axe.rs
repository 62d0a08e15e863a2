//! axe-core in the page as it stands: no violation is let through.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{album::settle, browser::Browser};

/// Everything axe knows, the experimental and AAA rules aside.
const RUN: &str = "
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
  .then((result) => done(result.violations.map((violation) => ({
    id: violation.id, impact: violation.impact, help: violation.help,
    nodes: violation.nodes.map((node) => node.html.slice(0, 200) + ' | ' + node.failureSummary),
  }))))
  .catch((error) => done(String(error)));
";

/// Runs axe on the page.
///
/// # Errors
/// Where axe finds a violation, or cannot run; names every node.
pub async fn check(browser: &Browser, what: &str) -> Result<()> {
    if browser.script("return typeof window.axe").await? != "object" {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let source = fs::read_to_string(&path)
            .with_context(|| format!("{} is missing; `cargo xtask test` installs it", path.display()))?;
        browser.script(&source).await?;
    }
    // A colour in the middle of its fade is nobody's contrast.
    settle(browser).await?;
    let found = browser.client().execute_async(RUN, vec![]).await?;
    match found {
        Value::Array(violations) if violations.is_empty() => Ok(()),
        other => bail!("axe on {what}: {}", serde_json::to_string_pretty(&other)?),
    }
}
