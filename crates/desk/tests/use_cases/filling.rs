//! 填写: answers are saved one by one, judged at once, and still there when the desk comes up again.

use desk::Desk;
use forms::Answer;
use protocol::ApplicationId;
use testkit::person;

use crate::world::{World, fill, text};

async fn started(desk: &Desk) -> ApplicationId {
    desk.start("resident-enrolment").await.unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn reopening_lands_where_one_was() {
    let world = World::new();
    let desk = world.desk().await;
    let id = started(&desk).await;
    desk.answer(id, "full_name", text(person::NAME)).await.unwrap();
    desk.remember_place(id, "form/contact#mobile").await.unwrap();
    desk.close().await;

    let desk = world.desk().await;
    let view = desk.view(id).await.unwrap();
    assert_eq!(view.place, "form/contact#mobile");
    assert_eq!(view.answers.text("full_name"), Some(person::NAME));
    assert_eq!(view.editable, None, "a draft is open everywhere");
    let cases = desk.cases().await.unwrap();
    assert_eq!((cases.len(), cases[0].id), (1, id));
    assert!(cases[0].to_do > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_kept_as_typed_and_judged_normalised() {
    let world = World::new();
    let desk = world.desk().await;
    let id = started(&desk).await;
    let full_width: String =
        person::ID_NUMBER.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let filled = desk.answer(id, "id_number", text(&full_width)).await.unwrap();
    let state = &filled.evaluation.fields["id_number"];
    assert_eq!(state.value, text(&person::ID_NUMBER));
    assert_eq!(filled.evaluation.fields["birth_date"].value, text("1958-03-12"));
    assert_eq!(desk.view(id).await.unwrap().answers.text("id_number"), Some(full_width.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_service_asks_is_kept() {
    let world = World::new();
    let desk = world.desk().await;
    let id = started(&desk).await;
    for (field, answer) in [
        ("bank_card", text("6222020100123456789")),
        ("insurance_period", text("2027")),
        ("material.residence_proof", text("a_note")),
        ("material.unheard_of", None),
    ] {
        let error = desk.answer(id, field, answer).await.unwrap_err();
        assert_eq!(error.code, "field_unknown", "{field}");
    }
    desk.answer(id, "material.residence_proof", text("residence_permit")).await.unwrap();
    let long = Some(Answer::Text("长".repeat(30_000)));
    assert_eq!(desk.answer(id, "address", long).await.unwrap_err().code, "answer_too_long");
    assert_eq!(desk.view(id).await.unwrap().answers.0.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_recorded_with_the_text_that_was_agreed_to() {
    let world = World::new();
    let desk = world.desk().await;
    let id = started(&desk).await;
    let view = desk.agree(id, &["notice".into()]).await.unwrap();
    let notice = desk.service("resident-enrolment", None).unwrap().notice;
    assert_eq!(view.consents.len(), 1);
    assert_eq!(view.consents[0].notice_hash, notice.hash);
    assert_eq!(view.consents[0].notice_version, notice.version);
    let error = desk.agree(id, &["everything".into()]).await.unwrap_err();
    assert_eq!(error.code, "consent_unknown");
    assert_eq!(desk.agree(id, &[]).await.unwrap().consents, vec![]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_of_the_form_is_recorded_as_long_as_its_box_is_ticked() {
    let mut world = World::new();
    let desk = world.desk().await;
    let id = started(&desk).await;
    let record = async |desk: &Desk| {
        let mut records = desk.view(id).await.unwrap().consents.into_iter();
        records.find(|record| record.consent == "status_consent")
    };
    let (yes, no) = (Some(Answer::Bool(true)), Some(Answer::Bool(false)));
    desk.answer(id, "category", text("severe_disability")).await.unwrap();
    desk.answer(id, "status_consent", yes.clone()).await.unwrap();
    let given = record(&desk).await.unwrap();
    let version = desk.service("resident-enrolment", None).unwrap().version;
    assert_eq!((given.notice_version, given.notice_hash.len()), (version, 64));
    // Those of the notice come and go without it, and nobody gives it there.
    let view = desk.agree(id, &["notice".into(), "status_consent".into()]).await.unwrap();
    assert_eq!(view.consents.len(), 2);
    assert_eq!(desk.agree(id, &[]).await.unwrap().consents, std::slice::from_ref(&given));
    desk.close().await;

    world.now += jiff::SignedDuration::from_hours(1);
    let desk = world.desk().await;
    desk.answer(id, "status_consent", yes.clone()).await.unwrap();
    assert_eq!(record(&desk).await, Some(given.clone()), "it keeps its time");
    for cleared in [no, None] {
        desk.answer(id, "status_consent", cleared).await.unwrap();
        assert_eq!(record(&desk).await, None);
        desk.answer(id, "status_consent", yes.clone()).await.unwrap();
        assert!(record(&desk).await.is_some_and(|again| again.given_at > given.given_at));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_draft_comes_back() {
    let world = World::new();
    let desk = world.desk().await;
    let id = started(&desk).await;
    fill(&desk, id).await;
    desk.discard(id).await.unwrap();
    // Until it does, nothing can be filled in that would then be thrown away.
    assert!(desk.answer(id, "full_name", text("李四")).await.is_err());
    assert_eq!(desk.cases().await.unwrap(), vec![]);
    let view = desk.restore(id).await.unwrap();
    assert_eq!(view.answers.text("full_name"), Some(person::NAME));
    assert_eq!(desk.cases().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_at_the_same_time_are_all_in_the_last_evaluation() {
    let world = World::new();
    let desk = world.desk().await;
    let id = started(&desk).await;
    let fields = [("full_name", person::NAME), ("mobile", person::MOBILE), ("address", person::ADDRESS)];
    let mut running = Vec::new();
    for (field, answer) in fields {
        let desk = desk.clone();
        running.push(tokio::spawn(async move { desk.answer(id, field, text(answer)).await.unwrap() }));
    }
    let mut most = 0;
    for one in running {
        let filled = one.await.unwrap().evaluation;
        most = most.max(filled.sections.iter().map(|section| section.filled).sum());
    }
    let last: u32 = desk.view(id).await.unwrap().evaluation.sections.iter().map(|one| one.filled).sum();
    assert_eq!(most, last, "whoever answered last saw all of them");
}
