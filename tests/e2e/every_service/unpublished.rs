//! A year whose tariff nobody has published: the window says so at the year, and lets nobody go on.

use anyhow::{Context, Result, ensure};
use forms::FieldKind;
use tests::{host, pages::form};

use super::{missing, walk::Walk};

/// What the engine says of such a year.
pub(crate) const CODE: &str = "insurance_year.unpublished";

/// Answers everything, and is held back at the year all the same.
pub(crate) async fn holds_back(walk: &mut Walk<'_>) -> Result<String> {
    let told = held_back(walk).await;
    walk.window.explained(told).await
}

async fn held_back(walk: &mut Walk<'_>) -> Result<String> {
    walk.start().await?;
    let application = host::application(walk.window).await?;
    walk.answer_all(&application).await?;
    let (section, field) = walk.asked(FieldKind::InsuranceYear).context("no year is asked for")?;
    walk.open(&application, section).await?;
    let evaluation = walk.judge(&walk.given);
    let finding = evaluation.fields[&field.id].findings.first().context("nothing is wrong with the year")?;
    ensure!(finding.code == CODE && !evaluation.ready, "{finding:?}");
    form::complains(walk.window, &field.id, &finding.message.zh).await?;
    walk.window.press("continue").await?;
    let told = missing::summary(walk.window).await?;
    ensure!(told.contains(&finding.message.zh), "{told:?}");
    let here = walk.window.script("return location.hash").await?;
    ensure!(
        here.as_str().is_some_and(|here| here.contains(&format!("/form/{}", section.id))),
        "went on to {here}"
    );
    Ok(finding.message.zh.clone())
}
