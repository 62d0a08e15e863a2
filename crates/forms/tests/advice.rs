//! Which insurance fits: every way through the questions ends in advice, and nobody is sent astray.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

use std::collections::BTreeSet;

use forms::{Answer, Answers, Catalogue};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 22);

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded().expect("the embedded catalogue is fit")
}

fn answers(given: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    for (question, value) in given {
        answers.set((*question).to_owned(), Some(Answer::Text((*value).to_owned())));
    }
    answers
}

fn outcome(given: &[(&str, &str)]) -> Option<String> {
    catalogue().advise(&answers(given), TODAY).outcome.map(|outcome| outcome.id)
}

/// Goes every way through the questions and notes where it ends.
fn walk(given: &Answers, ends: &mut BTreeSet<String>) {
    let advice = catalogue().advise(given, TODAY);
    let questions = &catalogue().adviser().questions;
    let open = questions.iter().find(|question| {
        let state = &advice.fields[&question.id];
        state.relevant && state.value.is_none()
    });
    let Some(question) = open else {
        let outcome = advice.outcome.unwrap_or_else(|| panic!("no advice for {given:?}"));
        ends.insert(outcome.id);
        return;
    };
    assert_eq!(advice.outcome, None, "advice before the last question, for {given:?}");
    for choice in &question.choices {
        let mut next = given.clone();
        next.set(question.id.clone(), Some(Answer::Text(choice.value.clone())));
        walk(&next, ends);
    }
}

#[test]
fn every_way_ends_in_advice() {
    let mut ends = BTreeSet::new();
    walk(&Answers::default(), &mut ends);
    let expected = [
        "newborn",
        "employee_already",
        "employee_moved",
        "employee_leave_resident",
        "employee",
        "retired_employee",
        "retired_short",
        "flexible_already",
        "flexible",
        "keep_employee",
        "resident_pay",
        "resident_resume",
        "resident_student",
        "resident",
    ];
    assert_eq!(ends, expected.into_iter().map(str::to_owned).collect());
}

#[test]
fn people_are_sent_where_they_belong() {
    let student = [("employed", "no"), ("stage", "student"), ("insured_now", "none")];
    assert_eq!(outcome(&student).as_deref(), Some("resident_student"));
    let freelancer = [
        ("employed", "no"),
        ("stage", "adult"),
        ("self_employed", "yes"),
        ("monthly", "yes"),
        ("insured_now", "resident"),
    ];
    assert_eq!(outcome(&freelancer).as_deref(), Some("flexible"));
    let pensioner =
        [("employed", "no"), ("stage", "retired"), ("years_reached", "never"), ("insured_now", "lapsed")];
    assert_eq!(outcome(&pensioner).as_deref(), Some("resident_resume"));
    let newcomer = [("employed", "yes"), ("insured_now", "employee_elsewhere")];
    assert_eq!(outcome(&newcomer).as_deref(), Some("employee_moved"));
    assert_eq!(outcome(&[("employed", "yes")]), None, "one question is still open");
}

#[test]
fn work_injury_is_no_part_of_medical_insurance() {
    let rows = &catalogue().adviser().comparison.rows;
    let injury = rows.iter().find(|row| row.label.zh.contains("受伤")).expect("is compared");
    assert!(injury.cells.iter().all(|cell| cell.zh.starts_with("不归医保")));
}
