//! The page's own door to the program: asks in the page's place where the page itself offers no way, for example to
//! take back a radio that was chosen.

use anyhow::{Result, bail};
use forms::{Answer, FieldId};
use serde_json::{Value, json};

use crate::browser::Browser;

const ASK: &str = "
const [command, input, done] = arguments;
window.__TAURI_INTERNALS__.invoke(command, input).then((value) => done({ value }), (error) => done({ error }));";

/// Runs a command of the program as the page would.
///
/// # Errors
/// What the program refuses.
pub async fn ask(browser: &Browser, command: &str, input: Value) -> Result<Value> {
    let mut told = browser.client().execute_async(ASK, vec![json!(command), input]).await?;
    match told.get_mut("value") {
        Some(value) => Ok(value.take()),
        None => bail!("{command}: {told}"),
    }
}

/// The application on the page that is shown, by the page's address.
///
/// # Errors
/// Where the page belongs to none.
pub async fn application(browser: &Browser) -> Result<String> {
    let found = browser.script("return location.hash.match(/applications\\/([^/]+)/)?.[1] ?? null").await?;
    match found {
        Value::String(id) => Ok(id),
        _ => bail!("this page belongs to no application"),
    }
}

/// Answers a field, or takes the answer back, behind the page's back.
///
/// # Errors
/// What the program refuses.
pub async fn answer(
    browser: &Browser,
    application: &str,
    field: &FieldId,
    answer: Option<&Answer>,
) -> Result<()> {
    let input = json!({ "applicationId": application, "fieldId": field, "answer": answer });
    ask(browser, "set_answer", input).await.map(drop)
}
