//! 提交申请: only what is whole goes out, once, and then stands still.

use desk::DeskEvent;
use forms::Answer;
use protocol::Status;
use testkit::papers;

use crate::world::{World, attach, fill, ready, text};

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_answer_to_the_outbox() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    let mut events = desk.events().subscribe();
    let view = desk.submit(id, true).await.unwrap();
    assert_eq!((view.status, view.revision), (Status::AwaitingUpload, 1));
    assert_eq!(view.number, None, "only the office gives numbers");
    let changed = DeskEvent::ApplicationChanged {
        application_id: id,
        status: Status::AwaitingUpload,
        previous: Status::Draft,
    };
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push(event);
    }
    assert!(told.contains(&changed), "{told:?}");
    let states: Vec<_> = view.timeline.iter().map(|entry| entry.status).collect();
    assert_eq!(states, [Status::Draft, Status::AwaitingUpload]);
    let handed_in = view.handed_in.unwrap();
    assert_eq!((handed_in.revision, handed_in.receipted, handed_in.documents), (1, false, 5));
    assert_eq!(handed_in.fields["full_name"].display.zh, testkit::person::NAME);
    assert_eq!(handed_in.names, ["full_name"]);
    assert!(["id_number", "mobile"].iter().all(|field| view.hidden.contains(&(*field).to_owned())));
    desk.close().await;

    let store = world.store().await;
    let owed = store.outbox().await.unwrap();
    assert_eq!((owed.len(), owed[0].application), (1, id));
    let manifest = store.revision(id, 1).await.unwrap();
    assert_eq!(manifest.documents.len(), 5);
    let consents: Vec<_> = manifest.consents.iter().map(|given| given.consent.as_str()).collect();
    assert_eq!(consents, ["notice", "identity_documents", "declaration"]);
    assert_eq!(manifest.answers.text("full_name"), Some(testkit::person::NAME));
    assert!(manifest.answers.text("birth_date").is_none(), "what follows is not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_stays_here_and_says_what_is_missing() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let error = desk.submit(id, true).await.unwrap_err();
    assert_eq!(error.code, "not_ready");
    let blocking = error.details.unwrap()["blocking"].as_array().unwrap().len();
    assert!(blocking > 10, "{blocking}");
    assert_eq!(desk.view(id).await.unwrap().status, Status::Draft);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_out_without_every_consent() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.agree(id, &["notice".into()]).await.unwrap();
    assert_eq!(desk.submit(id, true).await.unwrap_err().code, "consent_missing");
    desk.agree(id, &["notice".into(), "identity_documents".into()]).await.unwrap();
    let error = desk.submit(id, false).await.unwrap_err();
    assert_eq!(error.code, "declaration_missing");
    assert!(error.message.zh.contains("声明") && !error.hint.zh.is_empty());
    assert_eq!(desk.view(id).await.unwrap().status, Status::Draft);
    desk.submit(id, true).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_handing_in_nothing_changes() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    let handed_in = desk.submit(id, true).await.unwrap();
    assert!(handed_in.editable.as_ref().is_some_and(desk::Editable::is_empty));
    let scan = world.scan("新.jpg", &papers::better_portrait_jpeg());
    let codes = [
        desk.answer(id, "full_name", text("李四")).await.unwrap_err().code,
        desk.answer(id, "full_name", None::<Answer>).await.unwrap_err().code,
        desk.agree(id, &[]).await.unwrap_err().code,
        desk.attach_files(id, "portrait", Some(0), vec![scan]).await.unwrap_err().code,
        desk.room(id, "portrait", Some(0)).await.unwrap_err().code,
        desk.rotate(id, "portrait", 0, 1).await.unwrap_err().code,
        desk.remove(id, "portrait", 0).await.unwrap_err().code,
        desk.accept(id, "portrait", 0).await.unwrap_err().code,
        desk.discard(id).await.unwrap_err().code,
        desk.submit(id, true).await.unwrap_err().code,
    ];
    assert!(codes.iter().all(|code| code == "already_handed_in"), "{codes:?}");
    let view = desk.view(id).await.unwrap();
    assert_eq!((view.answers, view.documents), (handed_in.answers, handed_in.documents));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_being_prepared_is_not_left_behind() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    let mut events = desk.events().subscribe();
    let photo = world.scan("换.jpg", &papers::id_card_front_photo());
    let replacing = tokio::spawn({
        let desk = desk.clone();
        async move { desk.attach_files(id, "id_card_front", Some(0), vec![photo]).await.unwrap() }
    });
    while !matches!(events.recv().await.unwrap(), DeskEvent::Attaching(_)) {}
    let error = desk.submit(id, true).await.unwrap_err();
    assert_eq!((error.code.as_str(), desk.files_on_their_way()), ("documents_on_their_way", 1));
    assert!(error.message.zh.contains("1 份") && !error.hint.zh.is_empty());
    let outcome = replacing.await.unwrap();
    assert_eq!((outcome.refused, desk.files_on_their_way()), (vec![], 0));
    // Other pages of the same application hear of it, and nothing else changed.
    let told = loop {
        if let DeskEvent::ApplicationChanged { application_id, status, previous } =
            events.recv().await.unwrap()
        {
            break (application_id, status, previous);
        }
    };
    assert_eq!(told, (id, Status::Draft, Status::Draft));
    desk.submit(id, true).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_of_an_alternative_not_chosen_stays_on_this_desk() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    attach(&desk, id, "residence_permit", world.scan("居住证.jpg", &papers::portrait_jpeg())).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    let manifest = world.store().await.revision(id, 1).await.unwrap();
    assert!(manifest.documents.iter().all(|document| document.slot != "residence_permit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_while_handing_in_is_either_in_it_or_refused() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    fill(&desk, id).await;
    let answering = {
        let desk = desk.clone();
        tokio::spawn(async move { desk.answer(id, "address", text("文三路 1 号")).await })
    };
    desk.submit(id, true).await.unwrap();
    let answered = answering.await.unwrap().is_ok();
    let view = desk.view(id).await.unwrap();
    desk.close().await;
    let manifest = world.store().await.revision(id, 1).await.unwrap();
    assert_eq!(manifest.answers.text("address") == Some("文三路 1 号"), answered);
    assert_eq!(view.answers.text("address") == Some("文三路 1 号"), answered);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_in_without_a_network_is_taken_back_changed_and_handed_in_again() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    assert_eq!(desk.take_back(id).await.unwrap_err().code, "leaving_already", "it was never handed in");
    assert!(desk.submit(id, true).await.unwrap().may_take_back, "there is no office to reach");
    let mut events = desk.events().subscribe();
    let view = desk.take_back(id).await.unwrap();
    assert_eq!((view.status, view.revision, view.handed_in), (Status::Draft, 0, None));
    assert!(view.evaluation.ready && view.editable.is_none(), "all of it is still here, and open");
    assert!(!view.may_take_back);
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push(event);
    }
    let quietly =
        DeskEvent::ApplicationChanged { application_id: id, status: Status::Draft, previous: Status::Draft };
    assert!(told.contains(&quietly), "pages read it anew: {told:?}");
    desk.answer(id, "address", text("文三路 2 号")).await.unwrap();
    assert_eq!(desk.submit(id, false).await.unwrap_err().code, "declaration_missing", "anew each time");
    desk.submit(id, true).await.unwrap();
    desk.take_back(id).await.unwrap();
    desk.discard(id).await.unwrap();
    desk.close().await;
    let store = world.store().await;
    assert_eq!(store.outbox().await.unwrap(), []);
    store.close().await.unwrap();
}
