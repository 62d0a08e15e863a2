//! Leaving each required field of a page missing in turn: exactly what the engine says is said, at the field and in
//! the summary.

use anyhow::{Context, Result, ensure};
use forms::{Answer, Answers, Field, Finding, Section, Severity, Target};
use serde_json::{Value, json};
use tests::{
    browser::{Browser, eventually},
    host,
};

use super::walk::{TELLING, Walk, blocking};

/// Takes the answer back, comes to the page anew, wants to go on, and reads what is told.
const LEAVE_OUT: &str = "
const [application, field, without, item, done] = arguments;
const here = location.hash;
const page = () => document.querySelector('[data-testid=ready]')?.dataset.page;
const until = async (what, test) => {
  for (let tries = 0; tries < 500; tries++) {
    const found = test();
    if (found) return found;
    await new Promise((next) => setTimeout(next, 10));
  }
  throw new Error('never came: ' + what + ', at ' + location.hash);
};
const work = async () => {
  const answer = { applicationId: application, fieldId: field, answer: without };
  await window.__TAURI_INTERNALS__.invoke('set_answer', answer);
  location.hash = '#/';
  await until('home', () => page() === 'home');
  location.hash = here;
  const go = await until('form', () => page() === 'form' && document.querySelector('[data-testid=continue]'));
  go.click();
  const summary = await until('error summary', () => document.querySelector('[data-testid=error-summary]'));
  const told = [...summary.querySelectorAll('li')].map((line) => line.innerText.trim());
  return { told, at: document.getElementById(`field-${item}-error`)?.innerText.trim() ?? null };
};
work().then(done, (error) => done({ failed: String(error) }));";

/// What stands in the summary of a page, in its order.
pub(crate) async fn summary(window: &Browser) -> Result<Vec<String>> {
    eventually("the summary", TELLING, async || {
        let lines = window
            .script("return [...document.querySelectorAll('[data-testid=error-summary] li')].map((line) => line.innerText.trim())")
            .await?;
        let lines: Vec<String> = serde_json::from_value(lines)?;
        Ok((!lines.is_empty()).then_some(lines))
    })
    .await
}

/// Each required field and each required cell of a first row, one after the other; everything is answered again.
pub(crate) async fn in_turn(walk: &mut Walk<'_>, section: &Section) -> Result<()> {
    let application = host::application(walk.window).await?;
    let evaluation = walk.judge(&walk.given);
    let mut tried = 0;
    for field in &section.fields {
        let state = &evaluation.fields[&field.id];
        if !state.relevant || !state.required || state.derived || !walk.given.0.contains_key(&field.id) {
            continue;
        }
        let mut outs = vec![(None, Target::Field { id: field.id.clone() }, field.id.clone())];
        if let (Some(rows), Some(first)) = (&field.rows, state.rows.first()) {
            for column in &rows.columns {
                let cell = &first.fields[&column.id];
                if cell.relevant && cell.required && !cell.derived {
                    let answer = without_cell(&walk.given, field, &column.id);
                    let target = Target::Cell { id: field.id.clone(), row: 0, column: column.id.clone() };
                    outs.push((Some(answer), target, format!("{}-0-{}", field.id, column.id)));
                }
            }
        }
        for (answer, target, item) in outs {
            let said = leave_out(walk, &application, section, field, answer, &target, &item).await;
            said.with_context(|| format!("“{item}” left missing"))?;
            tried += 1;
        }
        host::answer(walk.window, &application, &field.id, walk.given.0.get(&field.id)).await?;
    }
    walk.tried += tried;
    if tried == 0 {
        return Ok(());
    }
    walk.open(&application, section).await
}

async fn leave_out(
    walk: &Walk<'_>,
    application: &str,
    section: &Section,
    field: &Field,
    answer: Option<Answer>,
    target: &Target,
    item: &str,
) -> Result<()> {
    let mut less = walk.given.clone();
    less.set(&field.id, answer.clone());
    let evaluation = walk.judge(&less);
    let expected = blocking(section, &evaluation);
    let own = expected
        .iter()
        .find(|finding| finding.target == *target && finding.severity == Severity::Missing)
        .context("the engine does not miss it")?;
    let input = vec![json!(application), json!(field.id), json!(answer), json!(item)];
    let told = walk.window.client().execute_async(LEAVE_OUT, input).await?;
    ensure!(told["failed"].is_null(), "{}", told["failed"]);
    ensure!(
        told["at"] == own.message.zh.as_str(),
        "at the field: {}, expected {}",
        told["at"],
        own.message.zh
    );
    let lines: Vec<&str> = told["told"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    ensure!(agree(&lines, &expected), "the summary says {lines:?}, the engine {expected:?}");
    Ok(())
}

/// The summary has the very same sentences; one about a cell begins with its row.
fn agree(lines: &[&str], expected: &[&Finding]) -> bool {
    let same = |line: &&str, finding: &&Finding| match finding.target {
        Target::Cell { .. } => line.ends_with(&finding.message.zh),
        _ => *line == finding.message.zh,
    };
    lines.len() == expected.len() && lines.iter().zip(expected).all(|(line, finding)| same(line, finding))
}

fn without_cell(given: &Answers, field: &Field, column: &str) -> Answer {
    let Some(Answer::Rows(rows)) = given.0.get(&field.id) else { return Answer::Rows(vec![]) };
    let mut rows = rows.clone();
    if let Some(first) = rows.first_mut() {
        first.set(column, None);
    }
    Answer::Rows(rows)
}
