//! What a reviewer writes to the applicant arrives: the answer with an approval, and what a rejection is about.

use forms::{Answer, Catalogue};
use protocol::Status;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Office, Papers, problem};

/// A question (在线咨询), as a desk hands it in.
fn question() -> Papers {
    let mut papers = Papers::resident();
    let catalogue = Catalogue::embedded().unwrap();
    let service = catalogue.service("consultation", None).unwrap().view();
    let manifest = &mut papers.manifest;
    (manifest.service, manifest.service_version) = (service.id.clone(), service.version);
    manifest.answers.0.clear();
    manifest.documents.clear();
    papers.bytes.clear();
    for (field, answer) in [
        ("full_name", "张女士"),
        ("call_back", "no"),
        ("topic", "enrolment"),
        ("question", "孩子上大学，户口还在老家，医保应该在学校交还是在老家交？"),
    ] {
        papers.manifest.answers.set(field, Some(Answer::Text(answer.into())));
    }
    papers.settle();
    papers
}

fn approval(reason: Option<&str>) -> Value {
    json!({ "revision": 1, "outcome": "approve", "findings": [], "reason": reason })
}

#[tokio::test]
async fn a_question_is_answered_in_writing_and_the_answer_arrives() {
    let office = Office::open().await;
    let (desk, reviewer) = (office.desk().await, office.reviewer().await);
    let papers = question();
    desk.hand_in(&papers).await;
    let id = papers.application();
    assert_eq!(reviewer.claim(id).await.status(), StatusCode::OK);
    for silent in [None, Some(" \n")] {
        let (status, _) = problem(reviewer.decide(id, &approval(silent)).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "the service promises an answer in writing");
    }
    let answer = "在学校所在地交。\n入学当年九月起，由学校统一办理。";
    let decided = reviewer.decide(id, &approval(Some(answer))).await;
    assert_eq!(decided.status(), StatusCode::OK);
    let decided: Value = decided.json().await.unwrap();
    assert_eq!((&decided["status"], &decided["reason"]), (&json!("approved"), &json!(answer)));
    let change = desk.feed("", 0).await.changes.remove(0);
    assert_eq!((change.status, change.reason.as_deref()), (Status::Approved, Some(answer)));
}

#[tokio::test]
async fn other_services_are_approved_with_a_word_or_without() {
    let office = Office::open().await;
    let (desk, reviewer) = (office.desk().await, office.reviewer().await);
    for word in [None, Some("请带身份证原件到窗口领取。")] {
        let papers = Papers::resident();
        desk.hand_in(&papers).await;
        let id = papers.application();
        reviewer.claim(id).await;
        assert_eq!(reviewer.decide(id, &approval(word)).await.status(), StatusCode::OK);
        let changes = desk.feed("", 0).await.changes;
        let change = changes.iter().find(|change| change.application == id).unwrap();
        assert_eq!((change.status, change.reason.as_deref()), (Status::Approved, word));
    }
}

#[tokio::test]
async fn a_rejection_says_which_fields_and_documents_it_is_about() {
    let office = Office::open().await;
    let (desk, reviewer) = (office.desk().await, office.reviewer().await);
    let papers = Papers::resident();
    desk.hand_in(&papers).await;
    let id = papers.application();
    reviewer.claim(id).await;
    let finding = |target: Value| json!({ "code": "mismatch", "target": target, "message": { "zh": "和户口本不一样", "en": "" } });
    let rejection = |target: Value| json!({ "revision": 1, "outcome": "reject", "findings": [finding(target)], "reason": "不在本地参保范围" });
    let unknown = rejection(json!({ "kind": "field", "id": "shoe_size" }));
    assert_eq!(reviewer.decide(id, &unknown).await.status(), StatusCode::BAD_REQUEST);
    let known = rejection(json!({ "kind": "field", "id": "address" }));
    let decided: Value = reviewer.decide(id, &known).await.json().await.unwrap();
    assert_eq!(decided["findings"][0]["target"]["id"], "address", "the console shows it, too");
    let change = desk.feed("", 0).await.changes.remove(0);
    assert_eq!((change.status, change.findings.len()), (Status::Rejected, 1));
    assert_eq!(change.findings[0].message.zh, "和户口本不一样");
}
