//! 上传材料: what stands in a slot is edited, moved and brought back; warnings come to an end.

use std::time::Duration;

use desk::{Area, AttachingStage, Changed, Desk, DeskEvent, DocumentView, Edit, PageEdit};
use protocol::ApplicationId;
use testkit::papers;

use crate::world::{World, attach};

const SLOT: &str = "id_card_front";
/// Holds up to four documents.
const WIDE_SLOT: &str = "category_proof";

async fn begun(desk: &Desk) -> ApplicationId {
    desk.start("resident-enrolment").await.unwrap().id
}

async fn names(desk: &Desk, id: ApplicationId) -> Vec<String> {
    desk.view(id).await.unwrap().documents.into_iter().map(|one| one.name).collect()
}

async fn only(desk: &Desk, id: ApplicationId) -> DocumentView {
    let mut documents = desk.view(id).await.unwrap().documents;
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn pages(pages: &[(u32, u8)]) -> Edit {
    let pages =
        pages.iter().map(|&(page, quarter_turns)| PageEdit { page, quarter_turns, ..PageEdit::default() });
    Edit { pages: pages.collect() }
}

/// A photo that breaks off is always doubtful.
fn broken_off() -> Vec<u8> {
    let mut photo = papers::portrait_jpeg();
    photo.truncate(photo.len() / 10 * 9);
    photo
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_left_out_and_turned_and_come_back() {
    let world = World::new();
    let desk = world.desk().await;
    let id = begun(&desk).await;
    let slot = "household_person_page";
    attach(&desk, id, slot, world.scan("本人页.pdf", &papers::household_person_pdf())).await;
    let before = only(&desk, id).await;
    assert_eq!(before.pages, 2);

    let Changed { undo, .. } = desk.edit_document(id, slot, 0, pages(&[(1, 1)])).await.unwrap();
    let edited = only(&desk, id).await;
    assert_eq!((edited.pages, edited.width, edited.height), (1, before.height, before.width));

    // A second edit starts from the original too: the page that was left out is still there to be put back.
    desk.edit_document(id, slot, 0, pages(&[(1, 0), (0, 0)])).await.unwrap();
    assert_eq!(only(&desk, id).await.pages, 2);
    desk.edit_document(id, slot, 0, Edit::default()).await.unwrap();
    assert_eq!(only(&desk, id).await, before, "an empty edit brings the original back");

    desk.restore_document(id, &undo.unwrap()).await.unwrap();
    assert_eq!(only(&desk, id).await, before, "undone, although it was edited again since");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_cannot_be_made_leaves_the_document_as_it_was() {
    let world = World::new();
    let desk = world.desk().await;
    let id = begun(&desk).await;
    attach(&desk, id, SLOT, world.scan("照片.png", &papers::id_card_back_png())).await;
    let before = only(&desk, id).await;
    let error = desk.edit_document(id, SLOT, 0, pages(&[(7, 0)])).await.unwrap_err();
    assert_eq!(error.code, "bad_edit");
    assert_eq!(only(&desk, id).await, before);
    let error = desk.edit_document(id, SLOT, 3, Edit::default()).await.unwrap_err();
    assert_eq!(error.code, "document_gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_what_was_removed_meanwhile_ends_in_the_window_too() {
    let world = World::new();
    let desk = world.desk().await;
    let id = begun(&desk).await;
    attach(&desk, id, SLOT, world.scan("照片.jpg", &papers::id_card_front_photo())).await;
    let mut events = desk.events().subscribe();
    let remover = desk.clone();
    let removing = tokio::spawn(async move {
        let mut removed = false;
        while let Ok(event) = events.recv().await {
            if let DeskEvent::Attaching(progress) = event {
                if progress.stage == AttachingStage::Ended {
                    return removed;
                }
                if !removed {
                    remover.remove(id, SLOT, 0).await.unwrap();
                    removed = true;
                }
            }
        }
        false
    });
    let error = desk.edit_document(id, SLOT, 0, pages(&[(0, 1)])).await.unwrap_err();
    assert_eq!(error.code, "document_gone");
    let ended = tokio::time::timeout(Duration::from_secs(5), removing).await;
    assert!(ended.expect("nobody told that it ended").unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paper_on_a_photo_is_proposed_and_can_be_cut_at() {
    let world = World::new();
    let desk = world.desk().await;
    let id = begun(&desk).await;
    attach(&desk, id, SLOT, world.scan("照片.jpg", &papers::id_card_front_photo())).await;
    let before = only(&desk, id).await;
    let crop = desk.propose_crop(id, SLOT, 0, 0).await.unwrap();
    assert!(crop.is_some(), "a card on a table");
    let edit = Edit { pages: vec![PageEdit { crop, ..PageEdit::default() }] };
    desk.edit_document(id, SLOT, 0, edit).await.unwrap();
    let cut = only(&desk, id).await;
    assert!(cut.width < before.source_width && cut.height < before.source_height, "{cut:?}");
    assert_eq!(desk.propose_crop(id, SLOT, 0, 1).await.unwrap_err().code, "no_such_page");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_and_then_turned_stays_hidden() {
    let world = World::new();
    let desk = world.desk().await;
    let id = begun(&desk).await;
    attach(&desk, id, SLOT, world.scan("照片.png", &papers::id_card_back_png())).await;
    let before = only(&desk, id).await;
    let hidden = vec![Area { left: 1000, top: 1000, width: 3000, height: 2000 }];
    let edit = Edit { pages: vec![PageEdit { hidden, ..PageEdit::default() }] };
    desk.edit_document(id, SLOT, 0, edit).await.unwrap();
    let hidden = desk.render_page(id, SLOT, 0, 0, 400).await.unwrap();
    desk.rotate(id, SLOT, 0, 1).await.unwrap();
    desk.rotate(id, SLOT, 0, 3).await.unwrap();
    assert_eq!(desk.render_page(id, SLOT, 0, 0, 400).await.unwrap(), hidden);
    desk.edit_document(id, SLOT, 0, Edit::default()).await.unwrap();
    assert_eq!(only(&desk, id).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_a_slot_change_places() {
    let world = World::new();
    let desk = world.desk().await;
    let id = begun(&desk).await;
    let paths = (1..=3).map(|n| world.scan(&format!("{n}.jpg"), &papers::portrait_jpeg())).collect();
    desk.attach_files(id, WIDE_SLOT, None, paths).await.unwrap();
    desk.move_document(id, WIDE_SLOT, 0, 2).await.unwrap();
    assert_eq!(names(&desk, id).await, ["2.jpg", "3.jpg", "1.jpg"]);
    assert_eq!(desk.move_document(id, WIDE_SLOT, 3, 0).await.unwrap_err().code, "document_gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_warned_twice_and_the_third_picture_is_taken() {
    let world = World::new();
    let desk = world.desk().await;
    let id = begun(&desk).await;
    let doubtful = world.scan("没传完.jpg", &broken_off());
    attach(&desk, id, SLOT, doubtful.clone()).await;
    assert!(!only(&desk, id).await.accepted, "first warning");
    // Taken out and chosen again is the same as replaced.
    desk.remove(id, SLOT, 0).await.unwrap();
    attach(&desk, id, SLOT, doubtful.clone()).await;
    assert!(!only(&desk, id).await.accepted, "second warning");
    desk.attach_files(id, SLOT, Some(0), vec![doubtful.clone()]).await.unwrap();
    let third = only(&desk, id).await;
    assert!(third.accepted && !third.findings.is_empty(), "taken, with what was found");

    // Elsewhere the counting starts anew.
    attach(&desk, id, "id_card_back", doubtful).await;
    let view = desk.view(id).await.unwrap();
    assert!(view.documents.iter().any(|one| one.slot == "id_card_back" && !one.accepted));
}
