//! The mission's own sample has a wrong number and a wrong card: both are explained, and neither lets one go on.

use anyhow::{Context, Result, ensure};
use forms::{Answer, Catalogue, FieldKind};
use serde_json::Value;
use tests::{browser::Browser, host, pages::form};

use super::{missing, walk::Walk};

/// Kind, what the mission writes, and what is wrong with it.
const SAMPLE: [(FieldKind, &str, &str); 2] = [
    (FieldKind::IdNumber, "110101199003078888", "最后一位对不上"),
    (FieldKind::BankCard, "6222020100123456789", "有一位对不上"),
];

/// Writes both into a service that asks for them.
pub(crate) async fn is_refused(window: &Browser, catalogue: &Catalogue) -> Result<()> {
    for (kind, written, words) in SAMPLE {
        let mut walks = catalogue.services().into_iter().filter_map(|service| {
            let definition = catalogue.service(&service.id, None)?;
            let walk = Walk::new(window, catalogue, definition, None);
            walk.asked(kind).is_some().then_some(walk)
        });
        let mut walk = walks.next().with_context(|| format!("no service asks for a {kind:?}"))?;
        let told = refused(&mut walk, kind, written, words).await;
        window
            .explained(told)
            .await
            .with_context(|| format!("{written} in {}", walk.definition.view().id))?;
    }
    Ok(())
}

async fn refused(walk: &mut Walk<'_>, kind: FieldKind, written: &str, words: &str) -> Result<()> {
    walk.start().await?;
    let application = host::application(walk.window).await?;
    walk.answer_all(&application).await?;
    let (section, field) = walk.asked(kind).context("asked before")?;
    walk.open(&application, section).await?;
    form::fill(walk.window, &field.id, written).await?;

    let mut answers = walk.given.clone();
    answers.set(&field.id, Some(Answer::Text(written.to_owned())));
    let evaluation = walk.judge(&answers);
    let finding = evaluation.fields[&field.id].findings.first().context("nothing is wrong with it")?;
    ensure!(finding.message.zh.contains(words), "{finding:?}");
    ensure!(!evaluation.ready, "it could be handed in");
    form::complains(walk.window, &field.id, &finding.message.zh).await?;
    walk.window.press("continue").await?;
    let told = missing::summary(walk.window).await?;
    ensure!(told.contains(&finding.message.zh), "{told:?}");
    let here = walk.window.script("return location.hash").await?;
    ensure!(
        here.as_str().is_some_and(|here| here.contains(&format!("/form/{}", section.id))),
        "went on to {here}"
    );
    println!("{} {written}: {}", walk.definition.view().id, finding.message.zh);
    // Written as it should be, everything goes on as before.
    match walk.given.0.get(&field.id) {
        Some(Answer::Text(right)) => form::fill(walk.window, &field.id, right).await?,
        other => ensure!(false, "the example answers {other:?}"),
    }
    let accepted = form::accepts(walk.window, &field.id).await;
    let there = form::value(walk.window, &field.id).await?;
    accepted.with_context(|| format!("there stands {there}"))?;
    ensure!(
        walk.window.script("return document.querySelector('[data-testid=error-summary]')").await?
            == Value::Null
    );
    Ok(())
}
