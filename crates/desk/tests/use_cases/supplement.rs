//! 补正: exactly the named items open, go round again, and the rest stands as it was handed in.

use desk::{DeskEvent, VaultState};
use forms::{Target, Text};
use protocol::{ReviewFinding, Status};
use testkit::papers;

use crate::world::{World, ready, text};

fn finding(target: Target) -> ReviewFinding {
    ReviewFinding { code: "unreadable".into(), target, message: Text::new("看不清", "Unreadable") }
}

fn field(id: &str) -> ReviewFinding {
    finding(Target::Field { id: id.into() })
}

fn slot(id: &str) -> ReviewFinding {
    finding(Target::Slot { id: id.into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_opens_exactly_the_named_items_and_goes_round_again() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![slot("portrait"), field("address")]).await;

    let desk = world.desk().await;
    let view = desk.view(id).await.unwrap();
    assert_eq!(view.status, Status::SupplementNeeded);
    let editable = view.editable.unwrap();
    assert_eq!(editable.fields, ["address"]);
    assert_eq!(editable.slots, ["portrait"]);
    assert_eq!(view.findings.len(), 2);
    assert_eq!(view.supplement_by, Some(jiff::civil::date(2026, 12, 4)));
    assert!(view.number.is_some());

    assert_eq!(desk.answer(id, "full_name", text("李四")).await.unwrap_err().code, "not_opened");
    let choice = desk.answer(id, "material.residence_proof", text("residence_permit")).await;
    assert_eq!(choice.unwrap_err().code, "not_opened");
    let scan = world.scan("新.jpg", &papers::better_portrait_jpeg());
    let closed = desk.attach_files(id, "id_card_front", Some(0), vec![scan.clone()]).await.unwrap_err();
    assert_eq!(closed.code, "not_opened");

    desk.answer(id, "address", text("文新街道样本路 1 号 2 幢")).await.unwrap();
    let outcome = desk.attach_files(id, "portrait", Some(0), vec![scan]).await.unwrap();
    assert_eq!(outcome.refused, vec![]);
    let handed_in = outcome.application.handed_in.unwrap();
    assert_eq!((handed_in.revision, handed_in.receipted), (1, true));
    assert_ne!(handed_in.fields["address"], outcome.application.evaluation.fields["address"], "as it was");
    let view = desk.submit(id, true).await.unwrap();
    assert_eq!((view.status, view.revision), (Status::AwaitingUpload, 2));
    assert!(!view.handed_in.unwrap().receipted, "the receipt is that of the revision before");
    assert!(view.editable.is_some_and(|editable| editable.is_empty()));
    desk.close().await;

    let store = world.store().await;
    let (first, second) = (store.revision(id, 1).await.unwrap(), store.revision(id, 2).await.unwrap());
    assert_eq!(second.parent, Some(first.canonical_hash()));
    let changed: Vec<_> =
        second.documents.iter().filter(|one| !first.documents.contains(one)).map(|one| &one.slot).collect();
    assert_eq!(changed, ["portrait"]);
    assert_eq!(first.answers.text("full_name"), second.answers.text("full_name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_named_item_brings_with_it_opens_too_and_closes_again() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![field("category")]).await;

    let desk = world.desk().await;
    assert_eq!(desk.view(id).await.unwrap().editable.unwrap().fields, ["category"]);
    desk.answer(id, "category", text("severe_disability")).await.unwrap();
    let editable = desk.view(id).await.unwrap().editable.unwrap();
    assert!(editable.fields.contains(&"status_consent".into()), "{editable:?}");
    assert!(editable.slots.contains(&"category_proof".into()), "{editable:?}");
    assert!(!editable.fields.contains(&"full_name".into()));
    assert_eq!(desk.submit(id, true).await.unwrap_err().code, "not_ready");

    desk.answer(id, "category", text("student")).await.unwrap();
    let editable = desk.view(id).await.unwrap().editable.unwrap();
    assert_eq!((editable.fields, editable.slots), (vec!["category".to_owned()], vec![]));
    assert_eq!(desk.submit(id, true).await.unwrap().revision, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_that_names_nothing_is_no_dead_end() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![finding(Target::Whole)]).await;
    let desk = world.desk().await;
    assert_eq!(desk.view(id).await.unwrap().editable, None);
    desk.answer(id, "address", text("文三路 1 号")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_document_may_be_shown_in_another_way() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![slot("household_head_page")]).await;
    let desk = world.desk().await;
    let editable = desk.view(id).await.unwrap().editable.unwrap();
    assert_eq!((editable.fields, editable.slots.len()), (vec!["material.residence_proof".to_owned()], 1));
    desk.answer(id, "material.residence_proof", text("residence_permit")).await.unwrap();
    let scan = world.scan("居住证.jpg", &papers::better_portrait_jpeg());
    let outcome = desk.attach_files(id, "residence_permit", None, vec![scan]).await.unwrap();
    assert_eq!(outcome.refused, vec![]);
    assert_eq!(desk.submit(id, true).await.unwrap().revision, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_in_does_not_slip_into_another_insurance_year() {
    let mut world = World::new();
    let year = |view: &desk::ApplicationView| view.evaluation.fields["insurance_period"].display.zh.clone();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    let other = desk.start("resident-enrolment").await.unwrap();
    let handed_in = year(&desk.submit(id, true).await.unwrap());
    assert_eq!(year(&other), handed_in);
    desk.close().await;

    // A year on, still waiting for a network; a draft goes with the time.
    world.now = "2027-11-21T02:00:00Z".parse().unwrap();
    let desk = world.desk().await;
    assert_eq!(year(&desk.view(id).await.unwrap()), handed_in);
    assert_ne!(year(&desk.view(other.id).await.unwrap()), handed_in);
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![field("address")]).await;
    let desk = world.desk().await;
    desk.answer(id, "address", text("文新街道样本路 1 号 2 幢")).await.unwrap();
    assert_eq!(year(&desk.view(id).await.unwrap()), handed_in);
    assert_eq!(year(&desk.submit(id, true).await.unwrap()), handed_in);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_case_stands_still_and_tells_its_story() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::Approved, vec![]).await;
    let desk = world.desk().await;
    let view = desk.view(id).await.unwrap();
    let states: Vec<_> = view.timeline.iter().map(|entry| entry.status).collect();
    assert_eq!(states, [Status::Draft, Status::Submitted, Status::InReview, Status::Approved]);
    assert_eq!(view.due_on, Some(jiff::civil::date(2026, 11, 25)));
    assert_eq!(desk.answer(id, "address", text("x")).await.unwrap_err().code, "already_handed_in");
    assert_eq!(desk.cases().await.unwrap()[0].to_do, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_that_nobody_could_be_reached_for_is_taken_back() {
    let world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![field("address")]).await;
    // This desk has an account and posts at once, to an address where nobody is.
    let desk = world.desk().await;
    desk.answer(id, "address", text("文三路 2 号")).await.unwrap();
    desk.submit(id, true).await.unwrap();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let view = loop {
        match desk.take_back(id).await {
            Ok(view) => break view,
            // A try to connect is under way.
            Err(error) => assert_eq!(error.code, "leaving_already"),
        }
        assert!(std::time::Instant::now() < patience, "every try to connect ends");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!((view.status, view.revision), (Status::SupplementNeeded, 1));
    assert_eq!(view.editable.unwrap().fields, ["address"]);
    desk.submit(id, true).await.unwrap();
}

/// Of a supplement until 4 December: what a desk that starts at this moment tells of its deadline.
async fn told_at(world: &mut World, now: &str) -> Vec<i32> {
    world.now = now.parse().unwrap();
    let desk = world.closed_desk();
    let mut events = desk.events().subscribe();
    assert_eq!(desk.vault().await.state, VaultState::Open);
    // Once more than the start itself does.
    desk.remind().await.unwrap();
    let mut told = Vec::new();
    let patience = std::time::Duration::from_millis(300);
    while let Ok(Ok(event)) = tokio::time::timeout(patience, events.recv()).await {
        if let DeskEvent::SupplementDue { days_left, .. } = event {
            told.push(days_left);
        }
    }
    desk.close().await;
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_is_told_with_three_days_and_with_one_left_and_never_again() {
    let mut world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![]).await;
    let world = &mut world;
    assert_eq!(told_at(world, "2026-11-30T10:00:00Z").await, [0; 0], "four days are left");
    assert_eq!(told_at(world, "2026-12-01T10:00:00Z").await, [3]);
    assert_eq!(told_at(world, "2026-12-02T10:00:00Z").await, [0; 0], "it was told");
    // Closed while one day was left: at the first start after that.
    assert_eq!(told_at(world, "2026-12-04T10:00:00Z").await, [0]);
    for jump in
        ["2026-12-01T10:00:00Z", "2026-12-03T10:00:00Z", "2028-01-01T10:00:00Z", "2026-12-04T10:00:00Z"]
    {
        assert_eq!(told_at(world, jump).await, [0; 0], "a clock at {jump}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_starts_on_the_last_day_is_told_once_and_not_of_a_deadline_that_has_passed() {
    let mut world = World::new();
    let desk = world.desk().await;
    let id = ready(&world, &desk).await;
    desk.submit(id, true).await.unwrap();
    desk.close().await;
    world.office_says(id, Status::SupplementNeeded, vec![]).await;
    let world = &mut world;
    assert_eq!(told_at(world, "2026-12-05T10:00:00Z").await, [0; 0]);
    assert_eq!(told_at(world, "2026-12-03T10:00:00Z").await, [1]);
    assert_eq!(told_at(world, "2026-12-01T10:00:00Z").await, [0; 0], "one day is nearer than three");
}
