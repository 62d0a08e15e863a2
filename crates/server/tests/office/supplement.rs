//! What a reviewer asked for comes back, and nothing else.

use jiff::SignedDuration;
use protocol::{ApplicationId, DocumentKind, ProblemCode, Status};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Desk, Office, Papers, Reviewer, photo, problem};

async fn ask_for(reviewer: &Reviewer, id: ApplicationId, targets: &[Value]) {
    let findings: Vec<_> = targets
        .iter()
        .map(|target| {
            json!({ "code": "unreadable", "target": target, "message": { "zh": "请重拍", "en": "" } })
        })
        .collect();
    let decision =
        json!({ "revision": 1, "outcome": "request_supplement", "findings": findings, "reason": null });
    assert_eq!(reviewer.claim(id).await.status(), StatusCode::OK);
    assert_eq!(reviewer.decide(id, &decision).await.status(), StatusCode::OK);
}

async fn asked(office: &Office, targets: &[Value]) -> (Desk, Reviewer, Papers) {
    let (desk, reviewer, papers) = (office.desk().await, office.reviewer().await, Papers::resident());
    desk.hand_in(&papers).await;
    ask_for(&reviewer, papers.application(), targets).await;
    (desk, reviewer, papers)
}

fn slot(id: &str) -> Value {
    json!({ "kind": "slot", "id": id })
}

fn field(id: &str) -> Value {
    json!({ "kind": "field", "id": id })
}

#[tokio::test]
async fn a_supplement_goes_round_and_the_old_revision_stays_readable() {
    let office = Office::open().await;
    let (desk, reviewer, papers) = asked(&office, &[slot("portrait"), field("address")]).await;
    let id = papers.application();
    let change = desk.feed("", 0).await.changes.remove(0);
    assert_eq!(change.status, Status::SupplementNeeded);
    assert_eq!(change.findings.len(), 2);
    assert_eq!(change.findings[0].message.en, "请重拍", "the other language repeats it");
    assert!(change.supplement_by.is_some());

    let mut next = papers.supplement();
    next.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    next.answer("address", "文三路 2 号");
    let receipt = desk.hand_in(&next).await;
    assert_eq!(receipt.body.number, change.number);
    assert_eq!(receipt.body.revision, 2);
    let change = desk.feed("", 0).await.changes.remove(0);
    assert_eq!((change.status, change.revision), (Status::InReview, 2));
    assert!(change.findings.is_empty() && change.supplement_by.is_none());

    let case: Value = reviewer.get(&format!("cases/{id}")).await.json().await.unwrap();
    let changed: Vec<_> = case["documents"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|document| document["changed"] == true)
        .map(|document| document["slot"].clone())
        .collect();
    assert_eq!(changed, ["portrait"]);
    assert_eq!(case["earlier"][0]["revision"], 1);
    for revision in [1, 2] {
        let page = format!("cases/{id}/revisions/{revision}/documents/portrait/0/pages/0.png");
        assert_eq!(reviewer.get(&page).await.status(), StatusCode::OK);
    }
    let stale = json!({ "revision": 1, "outcome": "approve", "findings": [], "reason": null });
    let (status, _) = problem(reviewer.decide(id, &stale).await).await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    let fresh = json!({ "revision": 2, "outcome": "approve", "findings": [], "reason": null });
    assert_eq!(reviewer.decide(id, &fresh).await.status(), StatusCode::OK);
    office.audited().await;
}

#[tokio::test]
async fn only_what_was_asked_for_may_change() {
    let office = Office::open().await;
    let (desk, _, papers) = asked(&office, &[slot("portrait")]).await;
    type Change = fn(&mut Papers);
    let cases: [Change; 3] = [
        |p| p.answer("address", "别处"),
        |p| p.attach("id_card_front", 0, photo(), DocumentKind::Jpeg),
        |p| p.answer("category", "student"),
    ];
    for change in cases {
        let mut next = papers.supplement();
        next.attach("portrait", 0, photo(), DocumentKind::Jpeg);
        change(&mut next);
        let (_, found) = problem(desk.submit(Uuid::now_v7(), &next.manifest).await).await;
        assert_eq!(found.code, ProblemCode::NotReady);
        assert!(found.findings.iter().all(|finding| finding.code == "supplement.not_opened"), "{found:?}");
    }
}

#[tokio::test]
async fn what_follows_from_an_opened_answer_may_change_with_it() {
    let office = Office::open().await;
    let (desk, _, papers) = asked(&office, &[field("category")]).await;
    let mut next = papers.supplement();
    next.answer("category", "minimum_living");
    next.manifest.answers.set("status_consent", Some(forms::Answer::Bool(true)));
    next.attach("category_proof", 0, photo(), DocumentKind::Jpeg);
    next.settle();
    desk.hand_in(&next).await;
}

#[tokio::test]
async fn another_way_of_showing_an_opened_material_may_be_chosen() {
    let office = Office::open().await;
    let (desk, _, papers) = asked(&office, &[slot("household_head_page")]).await;
    let mut next = papers.supplement();
    next.manifest.documents.retain(|document| !document.slot.starts_with("household"));
    next.attach("residence_permit", 0, photo(), DocumentKind::Jpeg);
    next.answer("material.residence_proof", "residence_permit");
    next.settle();
    desk.hand_in(&next).await;
}

#[tokio::test]
async fn a_supplement_names_its_parent_and_comes_in_turn() {
    let office = Office::open().await;
    let (desk, _, papers) = asked(&office, &[slot("portrait")]).await;
    let mut orphan = papers.supplement();
    orphan.manifest.parent = None;
    let mut hasty = papers.supplement();
    hasty.manifest.revision = 3;
    let mut other_service = papers.supplement();
    other_service.manifest.service = "newborn-enrolment".into();
    for (next, code) in [
        (orphan, ProblemCode::StaleRevision),
        (hasty, ProblemCode::StaleRevision),
        (other_service, ProblemCode::UnknownService),
    ] {
        let (_, found) = problem(desk.submit(Uuid::now_v7(), &next.manifest).await).await;
        assert_eq!(found.code, code);
    }
}

#[tokio::test]
async fn a_supplement_that_does_not_come_expires_but_a_manifest_in_time_counts() {
    let mut office = Office::open().await;
    let (mut desk, reviewer, late) = asked(&office, &[slot("portrait")]).await;
    let in_time = Papers::resident();
    desk.hand_in(&in_time).await;
    ask_for(&reviewer, in_time.application(), &[slot("portrait")]).await;
    let mut next = in_time.supplement();
    next.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    assert_eq!(desk.submit(Uuid::now_v7(), &next.manifest).await.status(), StatusCode::ACCEPTED);

    office.later(SignedDuration::from_hours(24 * 60));
    let mut too_late = late.supplement();
    too_late.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &too_late.manifest).await).await;
    assert_eq!(found.code, ProblemCode::StaleRevision);
    office.restart().await;
    desk.base = office.url("");
    let mut cursor = String::new();
    let expired = loop {
        let page = desk.feed(&cursor, 5).await;
        cursor = page.cursor;
        if let Some(change) = page.changes.iter().find(|change| change.status == Status::SupplementExpired) {
            break change.application;
        }
    };
    assert_eq!(expired, late.application());
    assert_eq!(desk.hand_in(&next).await.body.revision, 2);
}
