//! 上传材料: what a person has becomes fit, or is refused with a way out; nothing else is disturbed.

use std::{collections::HashSet, path::PathBuf, time::Duration};

use desk::{AttachOutcome, AttachingStage, Desk, DeskEvent, DocumentChange, Replaced};
use protocol::{ApplicationId, DocumentKind};
use testkit::papers::{self, refused as bad};

use crate::world::{World, attach, text};

const SLOT: &str = "id_card_front";
/// Holds up to four documents.
const WIDE_SLOT: &str = "category_proof";

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_of_twelve_megapixels_becomes_fit_and_is_told_before_and_after() {
    let world = World::new();
    let desk = world.desk().await;
    let mut events = desk.events().subscribe();
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let photo = papers::id_card_front_photo();
    let outcome = attach(&desk, id, SLOT, world.scan("身份证.jpg", &photo)).await;
    assert_eq!(outcome.refused, vec![]);
    let document = &outcome.application.documents[0];
    assert_eq!((document.slot.as_str(), document.index, document.name.as_str()), (SLOT, 0, "身份证.jpg"));
    assert_eq!(document.source_size_bytes, u64::try_from(photo.len()).unwrap());
    assert!(document.size_bytes <= 2_000_000);
    assert_eq!((document.change, document.kind), (DocumentChange::Shrunk, DocumentKind::Jpeg));
    assert!(document.height > document.width, "stored lying, shown upright");
    assert!(document.thumbnail.starts_with("data:image/jpeg;base64,"));
    let mut stages = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let DeskEvent::Attaching(progress) = event {
            assert_eq!((progress.application_id, progress.slot.as_str()), (id, SLOT));
            stages.push(progress.stage);
        }
    }
    assert_eq!(stages.first(), Some(&AttachingStage::Waiting));
    assert!(stages.contains(&AttachingStage::Saving));
    assert_eq!(stages.last(), Some(&AttachingStage::Ended));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_refused_by_name_and_nothing_else_is_lost() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    attach(&desk, id, SLOT, world.scan("好的.jpg", &papers::portrait_jpeg())).await;
    let cases = [
        ("空.jpg", bad::empty(), "empty"),
        ("半张.jpg", bad::truncated_jpeg(), "damaged"),
        ("文字.jpg", bad::text_named_jpg(), "not_a_document"),
        ("炸弹.png", bad::bomb_png(), "too_many_pixels"),
        ("加密.pdf", bad::encrypted_pdf(), "encrypted_pdf"),
        ("四十兆.jpg", bad::forty_megabytes(), "too_large"),
    ];
    for (name, bytes, code) in cases {
        let outcome = attach(&desk, id, "id_card_back", world.scan(name, &bytes)).await;
        assert_eq!(outcome.refused.len(), 1, "{name}");
        let refused = &outcome.refused[0];
        assert_eq!((refused.name.as_str(), refused.error.code.as_str()), (name, code));
        assert!(!refused.error.message.zh.is_empty() && !refused.error.hint.zh.is_empty(), "{name}");
        assert_eq!(outcome.application.documents.len(), 1, "{name}");
    }
    let gone = attach(&desk, id, "id_card_back", "no/such/file.jpg".into()).await;
    assert_eq!(gone.refused[0].error.code, "file_gone");
    let folder = attach(&desk, id, "id_card_back", world.folder.clone()).await;
    assert_eq!(folder.refused[0].error.code, "not_a_file");
    let error = desk.attach_files(id, "passport", None, vec![]).await.unwrap_err();
    assert_eq!(error.code, "slot_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_off_photo_is_taken_with_a_warning_and_may_be_kept() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let mut photo = papers::portrait_jpeg();
    photo.truncate(photo.len() / 10 * 9);
    let outcome = attach(&desk, id, SLOT, world.scan("没传完.jpg", &photo)).await;
    assert_eq!(outcome.refused, vec![]);
    let findings = &outcome.application.documents[0].findings;
    assert!(findings.iter().any(|finding| finding.code == "incomplete"), "{findings:?}");
    assert!(!outcome.application.documents[0].accepted);
    assert!(desk.accept(id, SLOT, 0).await.unwrap().documents[0].accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_takes_what_it_has_room_for_in_the_order_given() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let paths = (1..=6).map(|n| world.scan(&format!("{n}.jpg"), &papers::portrait_jpeg())).collect();
    let asked = desk.attach_files(id, WIDE_SLOT, None, paths).await.unwrap();
    assert_eq!(asked.application.documents, vec![], "nothing is taken before the person says how");
    let offer = asked.offer.unwrap();
    assert_eq!((offer.room, offer.names.len()), (4, 6));
    let outcome = desk.take_offer(id, &offer.offer, false).await.unwrap();
    let names: Vec<_> = outcome.application.documents.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]);
    assert_eq!(desk.take_offer(id, &offer.offer, false).await.unwrap_err().code, "offer_gone");
    assert_eq!(desk.room(id, WIDE_SLOT, None).await.unwrap_err().code, "slot_full");

    let better = world.scan("better.jpg", &papers::better_portrait_jpeg());
    let outcome = desk.attach_files(id, WIDE_SLOT, Some(1), vec![better]).await.unwrap();
    assert_eq!(outcome.refused, vec![]);
    let names: Vec<_> = outcome.application.documents.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["1.jpg", "better.jpg", "3.jpg", "4.jpg"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_document_comes_back_unless_something_else_stands_there() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    attach(&desk, id, SLOT, world.scan("一.jpg", &papers::portrait_jpeg())).await;
    let removed = desk.remove(id, SLOT, 0).await.unwrap();
    assert_eq!(removed.application.documents, vec![]);
    assert_eq!(desk.restore_document(id, &removed.undo).await.unwrap().documents[0].name, "一.jpg");

    let removed = desk.remove(id, SLOT, 0).await.unwrap();
    attach(&desk, id, SLOT, world.scan("二.jpg", &papers::better_portrait_jpeg())).await;
    let error = desk.restore_document(id, &removed.undo).await.unwrap_err();
    assert_eq!(error.code, "slot_full");
    assert_eq!(desk.remove(id, SLOT, 3).await.unwrap_err().code, "document_gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn four_quarter_turns_lead_back_to_the_same_bytes() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let outcome = attach(&desk, id, SLOT, world.scan("照片.png", &papers::id_card_back_png())).await;
    let before = outcome.application.documents[0].clone();
    let turned = desk.rotate(id, SLOT, 0, 1).await.unwrap().documents[0].clone();
    assert_eq!((turned.width, turned.height), (before.height, before.width));
    assert_eq!((before.change, turned.change), (DocumentChange::Converted, DocumentChange::Edited));
    let back = desk.rotate(id, SLOT, 0, 3).await.unwrap().documents[0].clone();
    assert_eq!(back, before, "turning starts from the original each time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_shown_as_a_picture() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let pdf = world.scan("本人页.pdf", &papers::household_person_pdf());
    let outcome = attach(&desk, id, "household_person_page", pdf).await;
    assert_eq!(outcome.application.documents[0].pages, 2);
    for page in 0..2 {
        let shown = desk.render_page(id, "household_person_page", 0, page, 400).await.unwrap();
        assert!(shown.starts_with("data:image/png;base64,"));
    }
    let error = desk.render_page(id, "household_person_page", 0, 2, 400).await.unwrap_err();
    assert_eq!(error.code, "no_such_page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_file_leaves_nothing_behind() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let mut events = desk.events().subscribe();
    let canceller = desk.clone();
    let cancelling = tokio::spawn(async move {
        while let Ok(event) = events.recv().await {
            if let DeskEvent::Attaching(progress) = event {
                canceller.cancel_attaching(&progress.task);
                return;
            }
        }
    });
    let outcome = attach(&desk, id, SLOT, world.scan("大.jpg", &papers::id_card_front_photo())).await;
    cancelling.await.unwrap();
    assert_eq!((outcome.application.documents, outcome.refused), (vec![], vec![]));
    desk.cancel_attaching("long gone");
}

/// Both workers are busy with other files: nobody waits for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_waits_for_its_turn_is_gone_when_it_is_cancelled() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let mut events = desk.events().subscribe();
    let photos = (1..=4).map(|n| world.scan(&format!("{n}.jpg"), &papers::id_card_front_photo())).collect();
    let others = tokio::spawn({
        let desk = desk.clone();
        async move { desk.attach_files(id, WIDE_SLOT, None, photos).await.unwrap() }
    });
    let mut busy = HashSet::new();
    while busy.len() < 2 {
        if let DeskEvent::Attaching(progress) = events.recv().await.unwrap()
            && progress.stage == AttachingStage::Reading
        {
            busy.insert(progress.task);
        }
    }
    let queued = world.scan("排队.jpg", &papers::portrait_jpeg());
    let waiting = tokio::spawn({
        let desk = desk.clone();
        async move { attach(&desk, id, SLOT, queued).await }
    });
    let task = loop {
        if let DeskEvent::Attaching(progress) = events.recv().await.unwrap()
            && progress.slot == SLOT
        {
            assert_eq!(progress.stage, AttachingStage::Waiting);
            break progress.task;
        }
    };
    let before = desk.files_on_their_way();
    desk.cancel_attaching(&task);
    let ended = |event: DeskEvent| matches!(event, DeskEvent::Attaching(told) if told.task == task && told.stage == AttachingStage::Ended);
    // At once, and not only when a worker is free to hear of it.
    assert!(std::iter::from_fn(|| events.try_recv().ok()).any(ended));
    assert!(desk.files_on_their_way() < before, "{before}");
    let outcome = waiting.await.unwrap();
    assert!(desk.files_on_their_way() > 0, "it did not wait for the others");
    assert!(outcome.refused.is_empty() && outcome.application.documents.iter().all(|one| one.slot != SLOT));
    let others = others.await.unwrap();
    assert_eq!(others.application.documents.iter().filter(|one| one.slot == WIDE_SLOT).count(), 4);
    let of_the_task = |event: DeskEvent| matches!(event, DeskEvent::Attaching(told) if told.task == task);
    assert!(!std::iter::from_fn(|| events.try_recv().ok()).any(of_the_task), "nothing more is told of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pasted_is_attached_by_its_bytes() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    // One white pixel.
    let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";
    let outcome = desk.attach_base64(id, SLOT, None, "../粘贴.png".into(), png.into()).await.unwrap();
    assert_eq!(outcome.refused, vec![]);
    assert_eq!(outcome.application.documents[0].name, "粘贴.png");
    let outcome = desk.attach_base64(id, "id_card_back", None, "x".into(), "!".into()).await.unwrap();
    assert_eq!(outcome.refused[0].error.code, "paste_unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_goes_on_while_many_files_are_worked_on_and_one_is_turned() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    attach(&desk, id, SLOT, world.scan("转.png", &papers::id_card_back_png())).await;
    let files = |numbers: std::ops::RangeInclusive<u32>| -> Vec<_> {
        numbers.map(|n| world.scan(&format!("{n}.jpg"), &papers::portrait_jpeg())).collect()
    };
    let work = async {
        let attaching = attach_both(
            desk.clone(),
            id,
            [("category_proof", files(1..=4)), ("residence_permit", files(5..=6))],
        );
        let turning = {
            let desk = desk.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    desk.rotate(id, SLOT, 0, 1).await.unwrap();
                }
            })
        };
        for n in 0..40 {
            desk.answer(id, "address", text(&format!("文三路 {n} 号"))).await.unwrap();
        }
        turning.await.unwrap();
        attaching.await
    };
    let outcomes = tokio::time::timeout(Duration::from_secs(60), work).await.expect("nothing waits for ever");
    for outcome in outcomes {
        assert!(outcome.refused.iter().all(|one| one.error.code == "slot_full"), "{:?}", outcome.refused);
    }
    let view = desk.view(id).await.unwrap();
    assert_eq!(view.answers.text("address"), Some("文三路 39 号"));
    let turned = view.documents.iter().find(|one| one.slot == SLOT).unwrap();
    assert!(turned.height > turned.width, "five quarter turns");
}

async fn attach_both(
    desk: Desk,
    id: ApplicationId,
    all: [(&'static str, Vec<PathBuf>); 2],
) -> Vec<AttachOutcome> {
    let running: Vec<_> = all
        .into_iter()
        .map(|(slot, paths)| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.attach_files(id, slot, None, paths).await.unwrap() })
        })
        .collect();
    let mut outcomes = Vec::new();
    for one in running {
        outcomes.push(one.await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn two_turns_at_once_are_two_turns() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let outcome = attach(&desk, id, SLOT, world.scan("照片.png", &papers::id_card_back_png())).await;
    let before = outcome.application.documents[0].clone();
    let (one, other) = tokio::join!(desk.rotate(id, SLOT, 0, 1), desk.rotate(id, SLOT, 0, 3));
    one.unwrap();
    other.unwrap();
    assert_eq!(desk.view(id).await.unwrap().documents[0], before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_document_comes_back_in_the_place_of_the_new_one() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let outcome = attach(&desk, id, SLOT, world.scan("一.jpg", &papers::portrait_jpeg())).await;
    assert_eq!(outcome.replaced, None);
    let better = world.scan("二.jpg", &papers::better_portrait_jpeg());
    let outcome = desk.attach_files(id, SLOT, Some(0), vec![better]).await.unwrap();
    assert_eq!(outcome.application.documents[0].name, "二.jpg");
    desk.rotate(id, SLOT, 0, 1).await.unwrap();
    let Replaced { undo, name } = outcome.replaced.unwrap();
    assert_eq!(name, "一.jpg");
    let view = desk.restore_document(id, &undo).await.unwrap();
    assert_eq!((view.documents.len(), view.documents[0].name.as_str()), (1, "一.jpg"));
    assert_eq!(desk.restore_document(id, &undo).await.unwrap_err().code, "slot_full");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_on_the_one_document_of_a_slot_takes_its_place() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    attach(&desk, id, SLOT, world.scan("一.jpg", &papers::portrait_jpeg())).await;
    let better = world.scan("二.jpg", &papers::better_portrait_jpeg());
    let outcome = desk.attach_files(id, SLOT, None, vec![better]).await.unwrap();
    let names: Vec<_> = outcome.application.documents.iter().map(|one| one.name.as_str()).collect();
    assert_eq!((names.as_slice(), outcome.refused), (["二.jpg"].as_slice(), vec![]));
    let view = desk.restore_document(id, &outcome.replaced.unwrap().undo).await.unwrap();
    assert_eq!((view.documents.len(), view.documents[0].name.as_str()), (1, "一.jpg"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_replaced_is_the_document_that_was_named_and_not_its_neighbour() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let paths = (1..=3).map(|n| world.scan(&format!("{n}.jpg"), &papers::portrait_jpeg())).collect();
    desk.attach_files(id, WIDE_SLOT, None, paths).await.unwrap();
    // While a person looks for the file, the first one goes.
    let place = desk.room(id, WIDE_SLOT, Some(1)).await.unwrap();
    desk.remove(id, WIDE_SLOT, 0).await.unwrap();
    let better = world.scan("better.jpg", &papers::better_portrait_jpeg());
    let outcome = desk.attach_files_at(id, place.clone(), vec![better.clone()]).await.unwrap();
    let names: Vec<_> = outcome.application.documents.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["better.jpg", "3.jpg"]);
    // And where it went itself, nothing else is touched.
    let outcome = desk.attach_files_at(id, place, vec![better]).await.unwrap();
    let names: Vec<_> = outcome.application.documents.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        (names.as_slice(), outcome.replaced),
        (["better.jpg", "3.jpg", "better.jpg"].as_slice(), None)
    );
}
