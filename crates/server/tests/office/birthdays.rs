//! A birthday between hand-in and arrival: a form that was right on the day it was handed in is taken.

use forms::Answer;
use jiff::{SignedDuration, civil::date};
use protocol::{DocumentKind, ProblemCode};
use reqwest::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{Office, Papers, id_number, photo, problem};

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

/// Handed in on Monday, 23 November 2026, for a child that turns 14 on the next day: a guardian speaks for it.
fn child() -> Papers {
    let mut papers = Papers::resident();
    papers.answer("id_number", &id_number("330106", "20121124", "222"));
    papers.answer("guardian_name", "林小满");
    papers.answer("guardian_relation", "mother");
    papers.answer("guardian_id_number", &id_number("330106", "19900307", "222"));
    papers.manifest.answers.set("guardian_consent", Some(Answer::Bool(true)));
    papers.attach("guardian_id_card_front", 0, photo(), DocumentKind::Jpeg);
    papers.attach("guardian_id_card_back", 0, photo(), DocumentKind::Jpeg);
    papers.settle();
    papers
}

#[tokio::test]
async fn what_was_right_when_it_was_handed_in_is_taken_and_shown() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = child();
    office.later(days(1));
    let receipt = desk.hand_in(&papers).await;
    assert_eq!(receipt.body.due_on, Some(date(2026, 11, 27)), "deadlines go by the arrival");
    let reviewer = office.reviewer().await;
    let case: Value = reviewer.get(&format!("cases/{}", papers.application())).await.json().await.unwrap();
    let shown = |field: &str| case["answers"].as_array().unwrap().iter().any(|line| line["field"] == field);
    assert!(shown("guardian_name"), "nothing that was handed in is hidden");
    let consents = case["consents"].as_array().unwrap();
    assert!(consents.iter().any(|consent| consent["consent"] == "guardian_consent"));
    assert_eq!(
        case["evaluation"]["fields"]["guardian_name"]["relevant"], false,
        "what counts is the arrival"
    );
}

#[tokio::test]
async fn a_day_of_hand_in_is_believed_backwards_and_for_two_weeks_or_so() {
    for (late, taken) in [(15, true), (16, false)] {
        let office = Office::open().await;
        let desk = office.desk().await;
        office.later(days(late));
        let answer = desk.submit(Uuid::now_v7(), &child().manifest).await;
        if taken {
            assert_eq!(answer.status(), StatusCode::ACCEPTED, "{late} days later");
        } else {
            let (_, found) = problem(answer).await;
            assert_eq!(found.code, ProblemCode::NotReady, "{late} days later");
            assert!(found.findings.iter().any(|finding| finding.code == "answer.not_asked"));
        }
    }
    // Not asked for a guardian today, but by a desk whose clock is a day ahead.
    let office = Office::open().await;
    let desk = office.desk().await;
    let mut early = Papers::resident();
    early.manifest.prepared_at += days(1);
    early.answer("id_number", &id_number("330106", "20121124", "222"));
    early.settle();
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &early.manifest).await).await;
    assert_eq!(found.code, ProblemCode::NotReady);
}

#[tokio::test]
async fn what_is_wrong_on_both_days_stays_wrong() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let mut papers = child();
    papers.manifest.documents.retain(|document| document.slot != "guardian_id_card_back");
    office.later(days(1));
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    assert_eq!(found.code, ProblemCode::NotReady);
}
