//! The same again: an earlier application is named before a second one goes, and a bill goes once.

use forms::{Answer, Answers};
use protocol::{ApplicationId, LocalNumber, Manifest, Status};
use uuid::Uuid;

use crate::world::{World, ready, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_application_for_the_same_person_and_year_is_named_and_goes_deliberately() {
    let world = World::new();
    let desk = world.desk().await;
    let first = ready(&world, &desk).await;
    let second = ready(&world, &desk).await;
    assert_eq!(desk.view(second).await.unwrap().earlier, [], "a draft is nothing that was handed in");
    desk.submit(first, true).await.unwrap();

    let view = desk.view(second).await.unwrap();
    let [earlier] = &view.earlier[..] else { panic!("one: {:?}", view.earlier) };
    assert_eq!((earlier.id, earlier.status), (first, Status::AwaitingUpload));
    assert_eq!((&earlier.number, &earlier.local_number), (&None, &LocalNumber::of(first)));
    assert!(view.evaluation.ready, "a doubt, no obstacle");
    let error = desk.submit(second, true).await.unwrap_err();
    assert_eq!(error.code, "applied_already");
    assert!(error.message.zh.contains(&LocalNumber::of(first).0), "{error:?}");
    assert_eq!(desk.view(second).await.unwrap().status, Status::Draft);
    // Knowing of another one does not do.
    let other = desk.submit_beside(second, true, &[ApplicationId::new()]).await.unwrap_err();
    assert_eq!(other.code, "applied_already");

    // With a number, as soon as there is one.
    desk.close().await;
    world.office_says(first, Status::Approved, vec![]).await;
    let desk = world.desk().await;
    let view = desk.view(second).await.unwrap();
    assert!(view.earlier[0].number.is_some() && view.earlier[0].status == Status::Approved);
    let handed_in = desk.submit_beside(second, true, &[first]).await.unwrap();
    assert_eq!((handed_in.status, handed_in.earlier), (Status::AwaitingUpload, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_person_another_year_and_a_rejected_one_are_not_the_same() {
    let mut world = World::new();
    let desk = world.desk().await;
    let first = ready(&world, &desk).await;
    let second = ready(&world, &desk).await;
    desk.submit(first, true).await.unwrap();
    // Typed as people type it: the same number.
    let spaced = testkit::person::ID_NUMBER.chars().map(|sign| format!("{sign} ")).collect::<String>();
    desk.answer(second, "id_number", text(&spaced)).await.unwrap();
    assert_eq!(desk.view(second).await.unwrap().earlier.len(), 1);
    desk.answer(second, "id_number", text("110101199003078881")).await.unwrap();
    assert_eq!(desk.view(second).await.unwrap().earlier, []);
    desk.answer(second, "id_number", text(&testkit::person::ID_NUMBER)).await.unwrap();
    desk.close().await;

    // A year later it is for another year, as long as the first is from a window before.
    let now = world.now;
    world.now = "2027-11-21T02:00:00Z".parse().unwrap();
    let later = world.desk().await;
    assert_eq!(later.view(second).await.unwrap().earlier, []);
    later.close().await;
    world.now = now;
    world.office_says(first, Status::Rejected, vec![]).await;
    let desk = world.desk().await;
    assert_eq!(desk.view(second).await.unwrap().earlier, []);
    desk.submit(second, true).await.unwrap();
}

fn bills(numbers: &[&str]) -> Option<Answer> {
    let row = |number: &&str| {
        let mut row = Answers::default();
        row.set("number", text(number));
        row
    };
    Some(Answer::Rows(numbers.iter().map(row).collect()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_of_another_claim_is_wrong_in_its_row() {
    let world = World::new();
    let desk = world.desk().await;
    let claimed = desk.start("reimbursement").await.unwrap();
    let claim = desk.start("reimbursement").await.unwrap().id;
    desk.close().await;
    let store = world.store().await;
    let mut answers = Answers::default();
    answers.set("invoices", bills(&["0045678912"]));
    let manifest = Manifest {
        application: claimed.id,
        revision: 1,
        parent: None,
        service: claimed.service,
        service_version: claimed.service_version,
        answers,
        documents: vec![],
        consents: vec![],
        prepared_at: world.now,
    };
    store.hand_in(claimed.id, &manifest, Uuid::new_v4(), world.now).await.unwrap();
    store.close().await.unwrap();
    drop(store);

    let desk = world.desk().await;
    let told = |evaluation: &forms::Evaluation| -> Vec<String> {
        let rows = evaluation.fields["invoices"].rows.iter();
        rows.map(|row| {
            let twice = row.fields["number"].findings.iter().find(|finding| finding.code == "invoices.twice");
            twice.map(|finding| finding.message.zh.clone()).unwrap_or_default()
        })
        .collect()
    };
    let filled = desk.answer(claim, "invoices", bills(&["7788990011", "0045678912"])).await.unwrap();
    let messages = told(&filled.evaluation);
    assert!(messages[0].is_empty() && messages[1].contains(&LocalNumber::of(claimed.id).0), "{messages:?}");
    assert_eq!(told(&desk.view(claim).await.unwrap().evaluation), messages, "after coming back, too");
    let mended = desk.answer(claim, "invoices", bills(&["7788990011", "45678912"])).await.unwrap();
    assert_eq!(told(&mended.evaluation), ["", ""]);
}
