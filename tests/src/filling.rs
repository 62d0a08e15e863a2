//! Filling any form by the kinds of its fields: what a hand would do at the control that is there.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::Locator;
use forms::{Answer, Answers, Catalogue, Choice, Field, FieldKind, FieldState, Rows};

use crate::browser::{Browser, PATIENCE, eventually};

/// The three lists of a region, from the top.
const LEVELS: [&str; 3] = ["province", "city", "county"];

/// Gives one answer at the control of its field.
///
/// # Errors
/// Where the control is not there or does not take it.
pub async fn give(
    browser: &Browser,
    catalogue: &Catalogue,
    field: &Field,
    state: Option<&FieldState>,
    answer: &Answer,
) -> Result<()> {
    let control = format!("field-{}", field.id);
    match (answer, &field.rows) {
        (Answer::Rows(answers), Some(rows)) => {
            fill_rows(browser, catalogue, &control, rows, state, answers).await
        }
        _ => one(browser, catalogue, &control, field, state, answer).await,
    }
    .with_context(|| format!("filling “{control}” ({:?})", field.kind))
}

async fn one(
    browser: &Browser,
    catalogue: &Catalogue,
    control: &str,
    field: &Field,
    state: Option<&FieldState>,
    answer: &Answer,
) -> Result<()> {
    match (field.kind, answer) {
        (FieldKind::Checkbox | FieldKind::Consent, Answer::Bool(true)) => browser.choose(control).await,
        (FieldKind::Checkbox | FieldKind::Consent, Answer::Bool(false)) => Ok(()),
        (FieldKind::Date, Answer::Text(date)) => fill_date(browser, control, date).await,
        (FieldKind::Region, Answer::Text(code)) => choose_region(browser, catalogue, control, code).await,
        (
            FieldKind::Choice | FieldKind::Sex | FieldKind::EthnicGroup | FieldKind::InsuranceYear,
            Answer::Text(value),
        ) => choose(browser, control, value, &label_of(catalogue, field, state, value)).await,
        (_, Answer::Text(text)) => browser.fill(control, text).await,
        (kind, answer) => bail!("{answer:?} is no answer to a {kind:?}"),
    }
}

fn label_of(catalogue: &Catalogue, field: &Field, state: Option<&FieldState>, value: &str) -> String {
    let of_state = state.and_then(|state| state.choices.as_deref()).unwrap_or_default();
    let of_table = field.table.as_deref().map_or(&[][..], |table| catalogue.choices(table));
    let all: [&[Choice]; 3] = [of_state, &field.choices, of_table];
    let found = all.into_iter().flatten().find(|choice| choice.value == value);
    found.map_or_else(|| value.to_owned(), |choice| choice.label.zh.clone())
}

/// By radios, by a native list, or by a list to search in, whichever there is.
async fn choose(browser: &Browser, control: &str, value: &str, label: &str) -> Result<()> {
    let radio = format!("{control}-{value}");
    let found = eventually(control, PATIENCE, async || {
        if browser.has(&radio).await? {
            return Ok(Some("radio".to_owned()));
        }
        let Some(found) = browser.find_now(control).await? else { return Ok(None) };
        Ok(Some(found.tag_name().await?))
    })
    .await?;
    match found.as_str() {
        "radio" => browser.choose(&radio).await,
        "select" => browser.select(control, value).await,
        _ => find(browser, control, label).await,
    }
}

/// In a list to search in. The rows are drawn anew with each letter: one may slip away from under the pointer.
async fn find(browser: &Browser, control: &str, label: &str) -> Result<()> {
    eventually(&format!("“{label}” in “{control}”"), PATIENCE, async || {
        browser.pick(control, label, label).await?;
        let taken = eventually("it to be taken", Duration::from_secs(1), async || {
            let closed = browser.client().find_all(Locator::Css("[role=option]")).await?.is_empty();
            Ok((closed && browser.value(control).await? == label).then_some(()))
        });
        Ok(taken.await.ok())
    })
    .await
}

async fn fill_date(browser: &Browser, control: &str, date: &str) -> Result<()> {
    let parts: Vec<&str> = date.split('-').collect();
    ensure!(parts.len() == 3, "{date} is no whole date");
    for (name, part) in ["year", "month", "day"].into_iter().zip(parts) {
        browser.fill(&format!("{control}-{name}"), part).await?;
    }
    Ok(())
}

async fn choose_region(browser: &Browser, catalogue: &Catalogue, control: &str, code: &str) -> Result<()> {
    let path = catalogue.region_path(code).with_context(|| format!("{code} is no division"))?;
    for (level, region) in LEVELS.into_iter().zip(&path.path) {
        browser.select(&format!("{control}-{level}"), &region.code).await?;
    }
    Ok(())
}

async fn fill_rows(
    browser: &Browser,
    catalogue: &Catalogue,
    control: &str,
    rows: &Rows,
    state: Option<&FieldState>,
    answers: &[Answers],
) -> Result<()> {
    for (at, row) in answers.iter().enumerate() {
        let remove = format!("{control}-{at}-remove");
        if !browser.has(&remove).await? {
            browser.press(&format!("{control}-add")).await?;
            browser.find(&remove).await?;
        }
        for column in &rows.columns {
            let Some(answer) = row.0.get(&column.id) else { continue };
            let cell = format!("{control}-{at}-{}", column.id);
            let known = state.and_then(|state| state.rows.get(at)).and_then(|row| row.fields.get(&column.id));
            one(browser, catalogue, &cell, column, known, answer).await.with_context(|| cell.clone())?;
        }
    }
    Ok(())
}
