//! Every shipped service: its example is ready on any day, each required question is missed by its own words, and
//! what is handed in is judged the same again.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

mod edited;
mod priced;

use std::collections::BTreeMap;

use forms::{
    Answer, Answers, Catalogue, ConsentClass, Evaluation, Example, ServiceDefinition, Severity, Target,
};
use jiff::civil::{Date, date};

/// Within a window and outside, at the end of a year, on a leap day.
const DAYS: [Date; 5] =
    [date(2025, 10, 15), date(2026, 2, 1), date(2026, 11, 22), date(2026, 12, 31), date(2028, 2, 29)];

/// With a tariff for every year, so that the days of the tests can be paid for.
fn catalogue() -> &'static Catalogue {
    priced::catalogue()
}

fn each(mut look: impl FnMut(&str, &ServiceDefinition)) {
    for summary in catalogue().services() {
        let service = catalogue().service(&summary.id, None).expect("listed");
        look(&summary.id, service);
    }
}

fn example(id: &str, service: &ServiceDefinition, today: Date) -> Example {
    let example = service.example(catalogue(), today, None);
    assert!(example.evaluation.ready, "{id} on {today}: {:#?}", example.evaluation.blocking);
    example
}

#[test]
fn the_example_of_every_service_is_ready_on_any_day() {
    each(|id, service| {
        for today in DAYS {
            let Example { answers, supplied, evaluation } = example(id, service, today);
            assert_eq!(service.unknown_answers(&answers), Vec::<String>::new(), "{id}");
            assert_eq!(evaluation, service.evaluate(catalogue(), &answers, &supplied, today), "{id}");
        }
    });
}

#[test]
fn the_example_of_every_service_is_ready_in_other_places() {
    each(|id, service| {
        for place in ["110101", "440106", "441900"] {
            let example = service.example(catalogue(), date(2026, 11, 22), Some(place));
            assert!(example.evaluation.ready, "{id} in {place}: {:#?}", example.evaluation.blocking);
        }
    });
}

/// As shipped, only the payment waits: for a tariff that nobody has published yet.
#[test]
fn nothing_but_a_tariff_to_come_keeps_the_shipped_examples_back() {
    let catalogue = Catalogue::embedded().unwrap_or_else(|error| panic!("{error}"));
    for today in DAYS {
        for summary in catalogue.services() {
            let service = catalogue.service(&summary.id, None).expect("listed");
            let blocking = service.example(catalogue, today, None).evaluation.blocking;
            let codes: Vec<_> = blocking.iter().map(|finding| finding.code.as_str()).collect();
            let waits =
                |code: &&str| summary.id == "premium-payment" && *code == "insurance_year.unpublished";
            assert!(codes.iter().all(waits), "{} on {today}: {codes:?}", summary.id);
        }
    }
}

/// What a service's file says of an empty field, by the field's id.
fn words_for_empty() -> BTreeMap<(String, String), String> {
    let mut words = BTreeMap::new();
    for (path, text) in edited::files().iter().filter(|(path, _)| path.starts_with("services/")) {
        let service: toml::Table = toml::from_str(text).expect("read before");
        let id = service["id"].as_str().unwrap_or_else(|| panic!("{path} has an id"));
        let sections = service["sections"].as_array().into_iter().flatten();
        for field in sections.flat_map(|section| section["fields"].as_array().into_iter().flatten()) {
            let missing = field.get("texts").and_then(|texts| texts.get("missing"));
            if let Some(missing) = missing {
                let field = field["id"].as_str().unwrap_or_default();
                let mut told = missing["zh"].as_str().unwrap_or_default().to_owned();
                for (name, parameter) in
                    service.get("parameters").and_then(toml::Value::as_table).into_iter().flatten()
                {
                    told = told.replace(&format!("{{{name}}}"), &parameter["value"].to_string());
                }
                words.insert((id.into(), field.into()), told);
            }
        }
    }
    words
}

#[test]
fn each_required_question_is_missed_by_its_own_words() {
    let words = words_for_empty();
    each(|id, service| {
        for today in DAYS {
            let Example { answers, supplied, evaluation } = example(id, service, today);
            let required = evaluation
                .fields
                .iter()
                .filter(|(field, state)| state.required && !state.derived && answers.0.contains_key(*field));
            for field in required.map(|(field, _)| field) {
                let mut without = answers.clone();
                without.set(field, None);
                let now = service.evaluate(catalogue(), &without, &supplied, today);
                let target = Target::Field { id: field.clone() };
                let told: Vec<_> = now.blocking.iter().filter(|finding| finding.target == target).collect();
                let [finding] = told[..] else { panic!("{id} {field}: {:#?}", now.blocking) };
                assert_eq!(finding.severity, Severity::Missing, "{id} {field}");
                assert!(finding.code.ends_with(".missing"), "{id} {field}: {}", finding.code);
                assert_eq!(finding.message.zh, words[&(id.to_owned(), field.clone())], "{id} {field}");
                // Others may have to be asked now; nothing becomes wrong by leaving something out.
                assert!(
                    now.blocking.iter().all(|f| f.severity == Severity::Missing),
                    "{id} {field}: {:#?}",
                    now.blocking
                );
                assert!(!now.ready);
            }
        }
    });
}

#[test]
fn each_required_column_is_missed_in_its_row() {
    each(|id, service| {
        let Example { answers, supplied, evaluation } = example(id, service, DAYS[2]);
        for (group, state) in &evaluation.fields {
            let Some(Answer::Rows(rows)) = answers.0.get(group) else { continue };
            let columns = state.rows[0].fields.iter().filter(|(_, cell)| cell.required && !cell.derived);
            for (column, _) in columns.filter(|_| rows[0].0.len() > 1) {
                let mut rows = rows.clone();
                rows[0].set(column, None);
                let mut without = answers.clone();
                without.set(group, Some(Answer::Rows(rows)));
                let now = service.evaluate(catalogue(), &without, &supplied, DAYS[2]);
                let target = Target::Cell { id: group.clone(), row: 0, column: column.clone() };
                assert!(
                    now.blocking.iter().any(|f| f.target == target && f.severity == Severity::Missing),
                    "{id} {group}.{column}: {:#?}",
                    now.blocking
                );
            }
        }
    });
}

fn values(evaluation: &Evaluation) -> Vec<(&String, &Option<Answer>)> {
    evaluation.fields.iter().map(|(field, state)| (field, &state.value)).collect()
}

#[test]
fn what_is_handed_in_is_judged_the_same_and_is_handed_in_again() {
    each(|id, service| {
        for today in DAYS {
            let Example { answers, supplied, evaluation } = example(id, service, today);
            let handed_in = service.answers_to_submit(&answers, &evaluation);
            let again = service.evaluate(catalogue(), &handed_in, &supplied, today);
            assert_eq!(values(&evaluation), values(&again), "{id}");
            assert_eq!((&evaluation.materials, &evaluation.fee), (&again.materials, &again.fee), "{id}");
            assert_eq!(handed_in, service.answers_to_submit(&handed_in, &again), "{id}");
        }
    });
}

#[test]
fn every_consent_is_due() {
    each(|id, service| {
        let Example { evaluation, .. } = example(id, service, DAYS[2]);
        let due = service.consents_due(&evaluation);
        let notice = &service.view().notice;
        assert!(!notice.consents.is_empty(), "{id} asks for no consent to its notice");
        for consent in &notice.consents {
            let due =
                due.iter().find(|due| due.id == consent.id).unwrap_or_else(|| panic!("{id} {}", consent.id));
            assert_eq!((&due.hash, due.version), (&notice.hash, notice.version));
        }
        let relevant = |id: &str| evaluation.fields.get(id).is_some_and(|state| state.relevant);
        let fields = service.view().sections.iter().flat_map(|section| &section.fields);
        for field in fields.filter(|field| field.consent.is_some() && relevant(&field.id)) {
            assert!(due.iter().any(|due| due.id == field.id && due.text == field.label), "{id} {}", field.id);
        }
        assert_eq!(due.last().map(|due| due.class), Some(ConsentClass::Declaration), "{id}");
    });
}

#[test]
fn nothing_filled_is_all_missing_and_nothing_wrong() {
    each(|id, service| {
        let evaluation = service.evaluate(catalogue(), &Answers::default(), &[], DAYS[2]);
        assert!(!evaluation.ready, "{id} asks nothing");
        assert!(evaluation.blocking.iter().all(|f| f.severity == Severity::Missing), "{id}");
        assert!(evaluation.warnings.is_empty(), "{id}: {:?}", evaluation.warnings);
    });
}
