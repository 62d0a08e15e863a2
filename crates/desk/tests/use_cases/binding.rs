//! 上传材料: several files or documents become one PDF, and come apart again.

use protocol::DocumentKind;
use testkit::papers::{self, refused};

use crate::world::{World, attach};

const SLOT: &str = "id_card_front";
/// Holds up to four documents.
const WIDE_SLOT: &str = "category_proof";

#[tokio::test(flavor = "multi_thread")]
async fn documents_become_one_with_their_edits_and_come_apart_again() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    attach(&desk, id, WIDE_SLOT, world.scan("一.jpg", &papers::portrait_jpeg())).await;
    attach(&desk, id, WIDE_SLOT, world.scan("二.pdf", &papers::household_person_pdf())).await;
    let before = desk.rotate(id, WIDE_SLOT, 0, 1).await.unwrap().documents;

    let bound = desk.bind_documents(id, WIDE_SLOT, &[1, 0]).await.unwrap();
    let [document] = bound.application.documents.as_slice() else {
        panic!("{:?}", bound.application.documents)
    };
    assert_eq!(
        (document.kind, document.pages, document.name.as_str()),
        (DocumentKind::Pdf, 3, "二.pdf + 一.jpg")
    );
    let last = desk.original_page(id, WIDE_SLOT, 0, 2, 200).await.unwrap();
    assert_eq!((last.pages, last.width < last.height), (3, true), "before any edit: upright");
    assert_eq!(last.edit.pages.iter().map(|page| page.quarter_turns).collect::<Vec<_>>(), [0, 0, 1]);

    let apart = desk.restore_document(id, &bound.undo.unwrap()).await.unwrap();
    assert_eq!(apart.documents, before);
    assert_eq!(desk.bind_documents(id, WIDE_SLOT, &[1, 1]).await.unwrap_err().code, "nothing_to_bind");
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_of_one_paper_go_into_a_slot_for_one() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let paths = || (1..=3).map(|n| world.scan(&format!("{n}.jpg"), &papers::portrait_jpeg())).collect();
    let offer = desk.attach_files(id, SLOT, None, paths()).await.unwrap().offer.unwrap();
    let taken = desk.take_offer(id, &offer.offer, true).await.unwrap();
    assert_eq!(taken.refused, vec![]);
    let [document] = taken.application.documents.as_slice() else { panic!("one document") };
    assert_eq!((document.kind, document.pages), (DocumentKind::Pdf, 3));

    // In the place of what stands there, which comes back.
    let offer = desk.attach_files(id, SLOT, Some(0), paths()).await.unwrap().offer.unwrap();
    let replaced = desk.take_offer(id, &offer.offer, true).await.unwrap();
    assert_eq!(desk.restore_document(id, &replaced.replaced.unwrap().undo).await.unwrap().documents.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_that_keeps_others_from_being_bound_is_named() {
    let world = World::new();
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    let paths = vec![
        world.scan("好的.jpg", &papers::portrait_jpeg()),
        world.scan("文字.jpg", &refused::text_named_jpg()),
    ];
    let offer = desk.attach_files(id, SLOT, None, paths).await.unwrap().offer.unwrap();
    let outcome = desk.take_offer(id, &offer.offer, true).await.unwrap();
    assert_eq!(outcome.application.documents, vec![]);
    let refused: Vec<_> =
        outcome.refused.iter().map(|one| (one.name.as_str(), one.error.code.as_str())).collect();
    assert_eq!(refused, [("文字.jpg", "not_a_document")]);
}
