//! How long it takes to judge the largest shipped form, its repeated groups as full as they may be.
//! `cargo run --release -p forms --example evaluate`; `cargo xtask bench forms` prints it with the rest.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::time::{Duration, Instant};

use forms::{Answer, Answers, Catalogue, Example, Rows, ServiceDefinition};
use jiff::civil::date;

const WARMING_UP: usize = 200;
const RUNS: usize = 3000;
const MOST_ROWS: u32 = 60;

fn main() -> Result<(), String> {
    let catalogue = Catalogue::embedded().map_err(ToString::to_string)?;
    let services = catalogue.services();
    let definition = |id: &str| catalogue.service(id, None).map(AsRef::as_ref);
    let largest =
        services.iter().filter_map(|summary| definition(&summary.id)).max_by_key(|one| questions(one));
    let fullest = services
        .iter()
        .filter_map(|summary| definition(&summary.id))
        .filter(|one| groups(one).count() > 0)
        .max_by_key(|one| questions(one));
    for service in largest.into_iter().chain(fullest) {
        measure(catalogue, service);
    }
    Ok(())
}

fn groups(service: &ServiceDefinition) -> impl Iterator<Item = (&str, &Rows)> {
    let fields = service.view().sections.iter().flat_map(|section| &section.fields);
    fields.filter_map(|field| Some((field.id.as_str(), field.rows.as_ref()?)))
}

fn questions(service: &ServiceDefinition) -> usize {
    service.view().sections.iter().map(|section| section.fields.len()).sum()
}

fn measure(catalogue: &Catalogue, service: &ServiceDefinition) {
    let today = date(2026, 11, 22);
    let Example { mut answers, supplied, .. } = service.example(catalogue, today, None);
    let mut most_rows = 0;
    for (group, rows) in groups(service) {
        let Some(Answer::Rows(first)) = answers.0.get(group) else { continue };
        let Some(first) = first.first() else { continue };
        let many: Vec<Answers> = (0..rows.max.min(MOST_ROWS)).map(|at| unlike(first, at)).collect();
        most_rows = most_rows.max(many.len());
        answers.set(group, Some(Answer::Rows(many)));
    }
    let mut times: Vec<Duration> = (0..WARMING_UP + RUNS)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(service.evaluate(catalogue, &answers, &supplied, today));
            begun.elapsed()
        })
        .skip(WARMING_UP)
        .collect();
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_micros();
    let fields = questions(service);
    println!(
        "{}: {fields} fields, {most_rows} rows: p50 {} µs, p99 {} µs, worst {} µs of {RUNS}",
        service.view().id,
        at(50),
        at(99),
        at(100)
    );
}

/// The row with numbers of its own, so that no two are alike.
fn unlike(row: &Answers, at: u32) -> Answers {
    let told = |answer: &Answer| match answer {
        Answer::Text(text) if text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Answer::Text(format!("{}{:04}", &text[..text.len() - 4], at))
        }
        other => other.clone(),
    };
    Answers(row.0.iter().map(|(column, answer)| (column.clone(), told(answer))).collect())
}
