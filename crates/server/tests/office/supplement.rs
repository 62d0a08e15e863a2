//! What a reviewer asked for comes back, and nothing else.

use jiff::SignedDuration;
use protocol::{ApplicationId, DocumentKind, ProblemCode, Status};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Desk, Office, Papers, Reviewer, id_number, photo, problem};

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

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
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
    other_service.manifest.service = "no-such-service".into();
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

    office.later(days(17));
    let mut too_late = late.supplement();
    too_late.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    let (status, found) = problem(desk.submit(Uuid::now_v7(), &too_late.manifest).await).await;
    assert_eq!((status, found.code), (StatusCode::CONFLICT, ProblemCode::SupplementExpired));
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
    let (_, found) = problem(desk.submit(Uuid::now_v7(), &too_late.manifest).await).await;
    assert_eq!(found.code, ProblemCode::SupplementExpired, "also when the case is closed");
    assert_eq!(desk.hand_in(&next).await.body.revision, 2);
}

#[tokio::test]
async fn a_manifest_that_replaces_one_in_time_is_in_time_however_often() {
    let office = Office::open().await;
    let (desk, _, papers) = asked(&office, &[slot("portrait")]).await;
    let mut next = papers.supplement();
    next.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    assert_eq!(desk.submit(Uuid::now_v7(), &next.manifest).await.status(), StatusCode::ACCEPTED);
    // The picture was unfit; another one goes, and another one, after the last day.
    for _ in 0..2 {
        office.later(days(9));
        next.attach("portrait", 0, photo(), DocumentKind::Jpeg);
        assert_eq!(desk.submit(Uuid::now_v7(), &next.manifest).await.status(), StatusCode::ACCEPTED);
    }
    let receipt = desk.hand_in(&next).await;
    assert_eq!(
        receipt.body.received_at.to_string(),
        "2026-12-11T02:00:00Z",
        "the receipt tells what arrived when"
    );
}

#[tokio::test]
async fn a_supplement_that_is_never_finished_expires_a_week_after_its_day() {
    let mut office = Office::open().await;
    let (mut desk, _, papers) = asked(&office, &[slot("portrait")]).await;
    let mut next = papers.supplement();
    next.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    let key = Uuid::now_v7();
    assert_eq!(desk.submit(key, &next.manifest).await.status(), StatusCode::ACCEPTED);
    // Its day is 7 December.
    for (passed, status) in [(days(21), Status::SupplementNeeded), (days(1), Status::SupplementExpired)] {
        office.later(passed);
        office.restart().await;
        desk.base = office.url("");
        let mut found = desk.feed("", 0).await.changes.remove(0).status;
        for _ in 0..50 {
            if found == status {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            found = desk.feed("", 0).await.changes.remove(0).status;
        }
        assert_eq!(found, status);
    }
    assert_eq!(desk.put(next.bytes.last().unwrap()).await.status(), StatusCode::CREATED);
    let (_, found) = problem(desk.submit(key, &next.manifest).await).await;
    assert_eq!(found.code, ProblemCode::SupplementExpired);
    assert_eq!(
        desk.feed("", 0).await.changes[0].status,
        Status::SupplementExpired,
        "a closed case stays closed"
    );
}

#[tokio::test]
async fn a_supplement_is_judged_by_the_day_of_the_first_revision() {
    let office = Office::open().await;
    let (desk, reviewer) = (office.desk().await, office.reviewer().await);
    let mut papers = Papers::resident();
    // Turns 14 on 30 November: a guardian speaks for the child today, and nobody asks for one then.
    papers.answer("id_number", &id_number("330106", "20121130", "222"));
    papers.answer("guardian_name", "林小满");
    papers.answer("guardian_relation", "mother");
    papers.answer("guardian_id_number", &id_number("330106", "19900307", "222"));
    papers.manifest.answers.set("guardian_consent", Some(forms::Answer::Bool(true)));
    papers.attach("guardian_id_card_front", 0, photo(), DocumentKind::Jpeg);
    papers.attach("guardian_id_card_back", 0, photo(), DocumentKind::Jpeg);
    papers.settle();
    desk.hand_in(&papers).await;
    ask_for(&reviewer, papers.application(), &[slot("portrait")]).await;
    office.later(days(9));
    let mut next = papers.supplement();
    next.attach("portrait", 0, photo(), DocumentKind::Jpeg);
    desk.hand_in(&next).await;
    let reviewer = office.reviewer().await;
    let case: Value = reviewer.get(&format!("cases/{}", papers.application())).await.json().await.unwrap();
    assert_eq!(case["evaluation"]["fields"]["guardian_name"]["relevant"], true);
}

#[tokio::test]
async fn a_day_in_a_year_without_published_holidays_is_said_to_be_an_estimate() {
    let office = Office::open().await;
    let desk = office.desk().await;
    desk.hand_in(&Papers::resident()).await;
    let told = desk.feed("", 0).await;
    let firm = &told.changes[0];
    assert!(firm.due_on.is_some() && !firm.due_on_estimated);
    // Wednesday, 30 December: three working days lead into 2027, whose holidays are not known.
    office.later(days(37));
    let reviewer = office.reviewer().await;
    let papers = Papers::small_resident("2026-12-30T02:00:00Z".parse().unwrap());
    desk.hand_in(&papers).await;
    let told = desk.feed(&told.cursor, 0).await;
    assert!(told.changes[0].due_on_estimated && !told.changes[0].supplement_by_estimated);
    ask_for(&reviewer, papers.application(), &[slot("portrait")]).await;
    assert!(desk.feed(&told.cursor, 0).await.changes[0].supplement_by_estimated);
    let case: Value = reviewer.get(&format!("cases/{}", papers.application())).await.json().await.unwrap();
    assert_eq!((&case["dueOnEstimated"], &case["supplementByEstimated"]), (&true.into(), &true.into()));
}
