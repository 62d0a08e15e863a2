//! Consents: exactly what is owed arrives, and the declaration anew with every revision.

use forms::{Answer, ConsentClass, Target, Text};
use protocol::{Decision, ReviewFinding, ReviewOutcome, Status};
use serde_json::Value;
use tests::office::Reviewer;

use crate::ground::{Ground, until};

fn classes(case: &Value) -> Vec<&str> {
    case["consents"].as_array().unwrap().iter().map(|given| given["class"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_to_reaches_the_reviewer_by_class() {
    let ground = Ground::new();
    let office = ground.office().await;
    let desk = ground.desk(&ground.office_url()).await;
    let id = ground.ready(&desk).await;
    // The supplement below needs a consent more; here it is given and taken back.
    desk.answer(id, "category", Some(Answer::Text("minimum_living".into()))).await.unwrap();
    desk.answer(id, "status_consent", Some(Answer::Bool(true))).await.unwrap();
    assert!(desk.view(id).await.unwrap().consents.iter().any(|given| given.consent == "status_consent"));
    desk.answer(id, "category", Some(Answer::Text("ordinary".into()))).await.unwrap();
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::Submitted).await;

    let password = office.reviewer_password.as_ref().expect("a first run").to_string();
    let reviewer = Reviewer::log_in(&office.url, "reviewer", &password).await.unwrap();
    let first = reviewer.case(id).await.unwrap();
    assert_eq!(classes(&first), ["notice", "identity_documents", "declaration"], "nothing that is not owed");
    assert!(first["consents"][2]["text"]["zh"].as_str().unwrap().contains("声明"));

    reviewer.claim(id).await.unwrap();
    let finding = ReviewFinding {
        code: "mismatch".into(),
        target: Target::Field { id: "category".into() },
        message: Text::new("请核对人员类别", "Please check the category"),
    };
    let decision = Decision {
        revision: 1,
        outcome: ReviewOutcome::RequestSupplement,
        findings: vec![finding],
        reason: None,
    };
    reviewer.decide(id, &decision).await.unwrap();
    until(&desk, id, Status::SupplementNeeded).await;
    desk.answer(id, "category", Some(Answer::Text("minimum_living".into()))).await.unwrap();
    ground.prove_category(&desk, id).await;
    assert_eq!(desk.submit(id, false).await.unwrap_err().code, "declaration_missing", "anew each time");
    desk.submit(id, true).await.unwrap();
    until(&desk, id, Status::InReview).await;
    let second = reviewer.case(id).await.unwrap();
    assert_eq!(classes(&second), ["notice", "identity_documents", "special_status", "declaration"]);
    let class = serde_json::to_value(ConsentClass::SpecialStatus).unwrap();
    assert_eq!(second["consents"][2]["class"], class);
    desk.close().await;
    office.stop().await;
}
