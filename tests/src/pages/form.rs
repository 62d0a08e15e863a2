//! The pages of the form: fields of every kind, and what is said about them.

use anyhow::Result;

use crate::browser::{Browser, PATIENCE};

/// Types into a field of text.
///
/// # Errors
/// Where the field is not there.
pub async fn fill(browser: &Browser, field: &str, text: &str) -> Result<()> {
    browser.fill(&format!("field-{field}"), text).await
}

/// Chooses one of a few, by radios or by a native select.
///
/// # Errors
/// Where it is not offered.
pub async fn choose(browser: &Browser, field: &str, value: &str) -> Result<()> {
    let control = format!("field-{field}");
    let row = format!("{control}-{value}");
    let is_select = crate::browser::eventually(&control, PATIENCE, async || {
        if browser.has(&row).await? {
            return Ok(Some(false));
        }
        let Some(found) = browser.find_now(&control).await? else { return Ok(None) };
        Ok((found.tag_name().await? == "select").then_some(true))
    })
    .await?;
    if is_select { browser.select(&control, value).await } else { browser.choose(&row).await }
}

/// Whether a field can be filled in now; what was handed in before is only shown.
///
/// # Errors
/// Where the field is not there.
pub async fn is_open(browser: &Browser, field: &str) -> Result<bool> {
    let element = browser.find(&format!("field-{field}")).await?;
    Ok(matches!(element.tag_name().await?.as_str(), "input" | "select" | "textarea"))
}

/// Finds a row in a long list by `search` and takes it.
///
/// # Errors
/// Where it is not found.
pub async fn pick(browser: &Browser, field: &str, search: &str, label: &str) -> Result<()> {
    browser.pick(&format!("field-{field}"), search, label).await
}

/// Province, city, county by three selects.
///
/// # Errors
/// Where one does not offer the row.
pub async fn region(browser: &Browser, field: &str, county: &str) -> Result<()> {
    for (part, code) in [
        ("province", format!("{}0000", &county[..2])),
        ("city", format!("{}00", &county[..4])),
        ("county", county.to_owned()),
    ] {
        browser.select(&format!("field-{field}-{part}"), &code).await?;
    }
    Ok(())
}

/// What stands in a field.
///
/// # Errors
/// Where the field is not there.
pub async fn value(browser: &Browser, field: &str) -> Result<String> {
    browser.value(&format!("field-{field}")).await
}

/// Waits until `value` stands in a field; the rows of a list may come a moment after the page.
///
/// # Errors
/// Where something else stands there.
pub async fn holds(browser: &Browser, field: &str, expected: &str) -> Result<()> {
    let held =
        crate::browser::eventually(&format!("“{expected}” in “{field}”"), PATIENCE, async || {
            Ok((value(browser, field).await? == expected).then_some(()))
        })
        .await;
    browser.explained(held).await
}

/// Waits until the field's own error says `words`.
///
/// # Errors
/// Where it says something else.
pub async fn complains(browser: &Browser, field: &str, words: &str) -> Result<()> {
    browser.says(&format!("field-{field}-error"), words, PATIENCE).await
}

/// Waits until nothing is wrong with the field any more.
///
/// # Errors
/// Where the error stays.
pub async fn accepts(browser: &Browser, field: &str) -> Result<()> {
    // A doubt (the area of a made-up number was never issued) does not stand in the way.
    let in_the_way = format!("[data-severity]:not([data-severity=doubtful]) #field-{field}-error");
    crate::browser::eventually(&format!("nothing wrong with “{field}”"), PATIENCE, async || {
        let found = browser.client().find_all(fantoccini::Locator::Css(&in_the_way)).await?;
        Ok(found.is_empty().then_some(()))
    })
    .await
}

/// Goes on to the page whose first field is `field`.
///
/// # Errors
/// Where the page does not come.
pub async fn next_section(browser: &Browser, field: &str) -> Result<()> {
    browser.press("continue").await?;
    let first = format!("[id^=\"field-{field}\"]");
    let arrived = crate::browser::eventually(&format!("the page of “{field}”"), PATIENCE, async || {
        let found = browser.client().find_all(fantoccini::Locator::Css(&first)).await?;
        Ok((!found.is_empty()).then_some(()))
    })
    .await;
    browser.explained(arrived).await?;
    browser.ready("form").await
}
