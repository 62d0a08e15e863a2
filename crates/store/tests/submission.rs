//! From a draft to a receipt and round again: what is frozen, what goes when, who speaks for the status.
#![allow(clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use forms::{Answer, Answers, Target, Text};
use jiff::Timestamp;
use protocol::{
    ApplicationId, ApplicationNumber, CaseState, DocumentKind, FeedPage, Manifest, ManifestDocument,
    ProblemCode, Receipt, ReceiptBody, ReceiptSigner, ReviewFinding, Status, TimelineEntry,
};
use store::{
    DatabaseKey, DocumentKey, NewApplication, NewDocument, Quarantine, Store, StoreError, UndoToken,
};
use tempfile::TempDir;
use uuid::Uuid;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

struct Ground {
    directory: TempDir,
    store: Store,
    id: ApplicationId,
}

fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([7; 32])
}

impl Ground {
    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(directory.path(), &key()).await.expect("opens");
        let id = ApplicationId::new();
        let new =
            NewApplication { id, service: "resident-enrolment".into(), service_version: 1, created_at: AT };
        store.create_application(&new).await.expect("begins");
        let _ = store.office_account().await.expect("an account");
        assert!(store.pin_receipt_key(&signer().public()).await.expect("pins"));
        Self { directory, store, id }
    }

    async fn put(&self, slot: &str, bytes: &[u8]) -> u32 {
        self.store.put_document(&document(self.id, slot, bytes), AT).await.expect("puts")
    }

    async fn key(&self, slot: &str, index: u32) -> DocumentKey {
        let rows = self.store.documents(self.id).await.expect("lists");
        rows.iter().find(|row| row.slot == slot && row.index == index).expect("stands there").key
    }

    async fn replace(&self, slot: &str, index: u32, bytes: &[u8]) -> (UndoToken, DocumentKey) {
        let (old, new) = (self.key(slot, index).await, document(self.id, slot, bytes));
        self.store.replace_document(old, &new, AT).await.expect("replaces")
    }

    async fn manifest(&self, revision: u32) -> Manifest {
        let rows = self.store.documents(self.id).await.expect("lists");
        let documents = rows
            .into_iter()
            .map(|row| ManifestDocument {
                slot: row.slot,
                index: row.index,
                sha256: row.sha256,
                size_bytes: row.size_bytes,
                kind: row.kind,
            })
            .collect();
        Manifest {
            application: self.id,
            revision,
            parent: self.store.parent_of_next(self.id).await.expect("asks"),
            service: "resident-enrolment".into(),
            service_version: 1,
            answers: Answers::default(),
            documents,
            consents: vec![],
            prepared_at: AT,
        }
    }

    async fn hand_in(&self, revision: u32) -> Manifest {
        let manifest = self.manifest(revision).await;
        self.store.hand_in(self.id, &manifest, Uuid::new_v4(), AT).await.expect("hands in");
        manifest
    }

    async fn status(&self) -> Status {
        self.store.application(self.id).await.expect("reads").expect("is there").status
    }

    async fn reopened(self) -> Self {
        self.store.close().await.expect("closes");
        let Self { directory, store, id } = self;
        drop(store);
        let store = Store::open(directory.path(), &key()).await.expect("opens again");
        Self { directory, store, id }
    }
}

fn document(application: ApplicationId, slot: &str, bytes: &[u8]) -> NewDocument {
    NewDocument {
        application,
        slot: slot.into(),
        source_name: "photo.jpg".into(),
        sources: vec![Arc::from(&b"original"[..])],
        source_width: 4000,
        source_height: 3000,
        edit: serde_json::json!({ "pages": [] }),
        bytes: bytes.to_vec(),
        kind: DocumentKind::Jpeg,
        pages: 1,
        width: 1200,
        height: 900,
        change: "shrunk".into(),
        findings: serde_json::json!([]),
        thumbnail: b"thumbnail".to_vec(),
        accepted: false,
        warns: false,
    }
}

fn signer() -> ReceiptSigner {
    ReceiptSigner::new(&[7; 32])
}

fn number() -> ApplicationNumber {
    ApplicationNumber::issue(jiff::civil::date(2026, 11, 21), 7).expect("fits")
}

fn receipt(manifest: &Manifest) -> Receipt {
    signer().sign(ReceiptBody {
        application: manifest.application,
        revision: manifest.revision,
        number: number(),
        manifest: manifest.canonical_hash(),
        documents: manifest.documents.clone(),
        received_at: AT,
        due_on: Some(jiff::civil::date(2026, 11, 25)),
    })
}

fn case(application: ApplicationId, revision: u32, statuses: &[Status]) -> FeedPage {
    let timeline: Vec<_> =
        statuses.iter().map(|status| TimelineEntry { at: AT, status: *status, note: None }).collect();
    let finding = ReviewFinding {
        code: "unreadable".into(),
        target: Target::Slot { id: "portrait".into() },
        message: Text::new("看不清", "Cannot be read"),
    };
    FeedPage {
        changes: vec![CaseState {
            application,
            number: number(),
            revision,
            status: *statuses.last().expect("some"),
            findings: vec![finding],
            reason: None,
            supplement_by: None,
            supplement_by_estimated: false,
            due_on: None,
            due_on_estimated: false,
            timeline,
        }],
        cursor: statuses.len().to_string(),
    }
}

#[tokio::test]
async fn only_a_proven_receipt_makes_it_submitted() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    let manifest = ground.hand_in(1).await;
    assert_eq!(ground.status().await, Status::AwaitingUpload);
    assert!(ground.store.mark_uploading(ground.id, 1).await.expect("marks"));
    assert!(!ground.store.mark_uploading(ground.id, 1).await.expect("marks"), "news once");

    let ground = ground.reopened().await;
    assert_eq!(ground.status().await, Status::Uploading, "上传中 survives a restart");

    let mut forged = receipt(&manifest);
    forged.body.documents.clear();
    let refused = ground.store.store_receipt(ground.id, 1, &forged).await;
    assert!(matches!(refused, Err(StoreError::UnprovenReceipt(_))), "{refused:?}");
    assert_eq!(ground.store.outbox().await.expect("reads").len(), 1, "still owed");
    assert!(!ground.store.document_originals(ground.id, "portrait", 0).await.expect("reads").is_empty());

    let change = ground.store.store_receipt(ground.id, 1, &receipt(&manifest)).await.expect("keeps");
    assert_eq!((change.previous, change.status), (Status::Uploading, Status::Submitted));
    let again = ground.store.store_receipt(ground.id, 1, &receipt(&manifest)).await.expect("a second copy");
    assert_eq!(again.status, Status::Submitted);
    assert!(ground.store.outbox().await.expect("reads").is_empty());
    let row = ground.store.application(ground.id).await.expect("reads").expect("is there");
    assert_eq!(row.number, Some(number()));
    assert!(ground.store.document_originals(ground.id, "portrait", 0).await.expect("reads").is_empty());
    assert_eq!(ground.store.document_bytes(ground.id, "portrait", 0).await.expect("reads"), b"one");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn what_was_handed_in_does_not_change_and_cannot_be_handed_in_twice() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    let manifest = ground.hand_in(1).await;
    let answer = Answer::Text("李四".into());
    let refused = ground.store.save_answer(ground.id, "full_name", Some(&answer), AT).await;
    assert!(matches!(refused, Err(StoreError::NotAllowed { status: Status::AwaitingUpload, .. })));
    let refused = ground.store.put_document(&document(ground.id, "portrait", b"two"), AT).await;
    assert!(matches!(refused, Err(StoreError::NotAllowed { .. })));
    let refused = ground.store.hand_in(ground.id, &manifest, Uuid::new_v4(), AT).await;
    assert!(matches!(refused, Err(StoreError::NotAllowed { .. })));
    assert!(matches!(ground.store.discard_application(ground.id).await, Err(StoreError::NotAllowed { .. })));
    assert_eq!(ground.store.revision(ground.id, 1).await.expect("reads"), manifest);
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_hand_in_that_lists_bytes_that_are_not_here_changes_nothing() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    let mut manifest = ground.manifest(1).await;
    manifest.documents[0].sha256 = protocol::ContentHash::of(b"elsewhere");
    let refused = ground.store.hand_in(ground.id, &manifest, Uuid::new_v4(), AT).await;
    assert!(matches!(refused, Err(StoreError::NotFound { what: "document" })));
    assert_eq!(ground.status().await, Status::Draft);
    assert!(ground.store.outbox().await.expect("reads").is_empty());
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_supplement_goes_round_and_the_first_revision_stays_readable() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    let first = ground.hand_in(1).await;
    ground.store.store_receipt(ground.id, 1, &receipt(&first)).await.expect("keeps");
    let page = case(ground.id, 1, &[Status::Submitted, Status::InReview, Status::SupplementNeeded]);
    let changes = ground.store.apply_feed(&page).await.expect("applies");
    assert_eq!((changes[0].previous, changes[0].status), (Status::Submitted, Status::SupplementNeeded));
    assert!(ground.store.apply_feed(&page).await.expect("again").is_empty(), "a replay is no news");

    ground.replace("portrait", 0, b"two").await;
    let second = ground.hand_in(2).await;
    assert_eq!(second.parent, Some(first.canonical_hash()));
    assert_eq!(ground.store.blob(first.documents[0].sha256).await.expect("kept"), b"one");

    let late = case(
        ground.id,
        1,
        &[Status::Submitted, Status::InReview, Status::SupplementNeeded, Status::SupplementNeeded],
    );
    ground.store.apply_feed(&late).await.expect("applies");
    assert_eq!(ground.status().await, Status::AwaitingUpload, "what is owed speaks for the desk");
    let older = case(ground.id, 1, &[Status::Submitted]);
    assert!(ground.store.apply_feed(&older).await.expect("applies").is_empty(), "never backwards");

    ground.store.store_receipt(ground.id, 2, &receipt(&second)).await.expect("keeps");
    assert_eq!(ground.status().await, Status::Submitted);
    let page = case(ground.id, 2, &[Status::Submitted; 6]);
    ground.store.apply_feed(&page).await.expect("applies");
    assert_eq!(ground.store.case(ground.id).await.expect("reads").expect("is there").revision, 2);
    assert_eq!(ground.store.office_account().await.expect("reads").cursor, "6");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn quarantine_is_left_by_sending_again_or_by_mending() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    ground.hand_in(1).await;
    let reason = Quarantine {
        code: ProblemCode::UnfitDocument,
        own: None,
        status: 415,
        findings: vec![],
        document: None,
    };
    ground.store.quarantine(ground.id, 1, &reason).await.expect("quarantines");
    let ground = ground.reopened().await;
    assert_eq!(ground.status().await, Status::Quarantined);
    let owed = ground.store.outbox().await.expect("reads");
    assert_eq!(owed[0].quarantine.as_ref(), Some(&reason));

    ground.store.send_again(ground.id).await.expect("sends again");
    assert_eq!(ground.status().await, Status::AwaitingUpload);
    assert_eq!(ground.store.outbox().await.expect("reads")[0].idempotency_key, owed[0].idempotency_key);

    ground.store.quarantine(ground.id, 1, &reason).await.expect("quarantines");
    ground.replace("portrait", 0, b"two").await;
    let mended = ground.hand_in(1).await;
    let owed_now = ground.store.outbox().await.expect("reads");
    assert_eq!(owed_now.len(), 1);
    assert_ne!(owed_now[0].idempotency_key, owed[0].idempotency_key, "other content, other key");
    ground.store.store_receipt(ground.id, 1, &receipt(&mended)).await.expect("keeps");
    assert_eq!(ground.status().await, Status::Submitted);
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn documents_close_their_ranks_and_come_back_where_they_stood() {
    let ground = Ground::new().await;
    for bytes in [b"a", b"b", b"c"] {
        ground.put("category_proof", bytes).await;
    }
    let token = ground.store.remove_document(ground.id, "category_proof", 1, AT).await.expect("removes");
    let bytes = |index| ground.store.document_bytes(ground.id, "category_proof", index);
    assert_eq!(bytes(1).await.expect("moved up"), b"c");
    assert_eq!(ground.put("category_proof", b"d").await, 2, "behind the last");
    ground.store.restore_document(&token, None, AT).await.expect("restores");
    for (index, expected) in [(0, b"a"), (1, b"b"), (2, b"c"), (3, b"d")] {
        assert_eq!(bytes(index).await.expect("is there"), expected);
    }
    let token = ground.store.remove_document(ground.id, "category_proof", 0, AT).await.expect("removes");
    let ground = ground.reopened().await;
    let gone = ground.store.restore_document(&token, None, AT).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "erased with the next start");
    let erased = ground.store.blob(protocol::ContentHash::of(b"a")).await;
    assert!(matches!(erased, Err(StoreError::NotFound { .. })), "its bytes too");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_discarded_draft_comes_back_until_the_next_start() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    ground.store.discard_application(ground.id).await.expect("discards");
    assert!(ground.store.applications().await.expect("lists").is_empty());
    ground.store.restore_application(ground.id).await.expect("restores");
    assert_eq!(ground.store.applications().await.expect("lists").len(), 1);
    ground.store.discard_application(ground.id).await.expect("discards");
    let ground = ground.reopened().await;
    assert!(ground.store.application(ground.id).await.expect("reads").is_none());
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn another_office_is_not_taken_for_the_pinned_one() {
    let ground = Ground::new().await;
    let other = ReceiptSigner::new(&[8; 32]).public();
    assert!(!ground.store.pin_receipt_key(&other).await.expect("asks"));
    assert!(ground.store.pin_receipt_key(&signer().public()).await.expect("asks"));
    assert_eq!(ground.store.setting("language").await.expect("reads"), None);
    ground.store.set_setting("language", &serde_json::json!("en")).await.expect("sets");
    assert_eq!(ground.store.setting("language").await.expect("reads"), Some(serde_json::json!("en")));
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_replacement_is_undone_and_never_hits_a_neighbour() {
    let ground = Ground::new().await;
    for bytes in [b"a", b"b", b"c"] {
        ground.put("category_proof", bytes).await;
    }
    let b = ground.key("category_proof", 1).await;
    ground.store.remove_document(ground.id, "category_proof", 0, AT).await.expect("removes");
    let new = document(ground.id, "category_proof", b"better b");
    let (token, better) = ground.store.replace_document(b, &new, AT).await.expect("replaces");
    let bytes = |index| ground.store.document_bytes(ground.id, "category_proof", index);
    assert_eq!(
        (bytes(0).await.expect("b"), bytes(1).await.expect("c")),
        (b"better b".to_vec(), b"c".to_vec())
    );
    let gone = ground.store.replace_document(b, &new, AT).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");

    let mut turned = document(ground.id, "category_proof", b"better b, turned");
    turned.sources = vec![Arc::from(&b"something else"[..])];
    ground.store.redo_document(better, &turned, AT).await.expect("turns");
    assert_eq!(ground.key("category_proof", 0).await, better);
    let originals = ground.store.document_originals(ground.id, "category_proof", 0).await.expect("reads");
    assert_eq!(originals, [b"original".to_vec()], "turning keeps the original");

    ground.store.restore_document(&token, Some(better), AT).await.expect("undoes");
    assert_eq!((bytes(0).await.expect("b"), bytes(1).await.expect("c")), (b"b".to_vec(), b"c".to_vec()));
    assert_eq!(ground.store.documents(ground.id).await.expect("lists").len(), 2);
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn the_number_comes_with_the_receipt_and_never_before() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    let manifest = ground.hand_in(1).await;
    ground.store.apply_feed(&case(ground.id, 1, &[Status::Submitted])).await.expect("applies");
    let row = ground.store.application(ground.id).await.expect("reads").expect("is there");
    assert_eq!((row.number, row.status), (None, Status::AwaitingUpload));
    ground.store.store_receipt(ground.id, 1, &receipt(&manifest)).await.expect("keeps");
    let row = ground.store.application(ground.id).await.expect("reads").expect("is there");
    assert_eq!(row.number, Some(number()));
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn the_original_of_what_was_not_sent_stays() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    ground.put("residence_permit", b"another").await;
    let mut manifest = ground.manifest(1).await;
    manifest.documents.retain(|document| document.slot == "portrait");
    ground.store.hand_in(ground.id, &manifest, Uuid::new_v4(), AT).await.expect("hands in");
    ground.store.store_receipt(ground.id, 1, &receipt(&manifest)).await.expect("keeps");
    let originals = |slot| ground.store.document_originals(ground.id, slot, 0);
    assert!(originals("portrait").await.expect("reads").is_empty());
    assert!(!originals("residence_permit").await.expect("reads").is_empty());
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn what_stood_in_quarantine_is_not_owed_to_a_closed_case() {
    let ground = Ground::new().await;
    ground.put("portrait", b"one").await;
    let first = ground.hand_in(1).await;
    ground.store.store_receipt(ground.id, 1, &receipt(&first)).await.expect("keeps");
    let asked = [Status::Submitted, Status::InReview, Status::SupplementNeeded];
    ground.store.apply_feed(&case(ground.id, 1, &asked)).await.expect("applies");
    ground.replace("portrait", 0, b"two").await;
    ground.hand_in(2).await;
    let reason = Quarantine {
        code: ProblemCode::StaleRevision,
        own: None,
        status: 409,
        findings: vec![],
        document: None,
    };
    ground.store.quarantine(ground.id, 2, &reason).await.expect("quarantines");
    assert_eq!(ground.status().await, Status::Quarantined);
    let closed = [&asked[..], &[Status::SupplementExpired]].concat();
    ground.store.apply_feed(&case(ground.id, 1, &closed)).await.expect("applies");
    assert_eq!(ground.status().await, Status::SupplementExpired);
    assert!(ground.store.outbox().await.expect("reads").is_empty());
    let mut again = case(ground.id, 1, &closed);
    again.changes[0].reason = Some("过期".into());
    ground.store.apply_feed(&again).await.expect("applies");
    assert_eq!(ground.status().await, Status::SupplementExpired, "and stays so");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn what_never_left_is_taken_back_and_what_may_have_left_is_not() {
    let ground = Ground::new().await;
    ground.put("portrait", b"face").await;
    ground.hand_in(1).await;
    assert!(!ground.store.outbox().await.expect("lists")[0].left);
    let change = ground.store.take_back(ground.id).await.expect("nothing left");
    assert_eq!((change.previous, change.status), (Status::AwaitingUpload, Status::Draft));
    let row = ground.store.application(ground.id).await.expect("reads").expect("there");
    assert_eq!((row.status, row.revision), (Status::Draft, 0));
    assert_eq!(ground.store.outbox().await.expect("lists"), []);
    assert!(ground.store.leave(ground.id, 1).await.is_err(), "whoever comes to send it finds nothing");
    assert_eq!(ground.store.documents(ground.id).await.expect("lists").len(), 1, "nothing is lost");

    let again = ground.hand_in(1).await;
    let leaving = ground.store.leave(ground.id, 1).await.expect("goes");
    assert!(leaving.first && leaving.manifest == again);
    let refused = ground.store.take_back(ground.id).await;
    assert!(matches!(refused, Err(StoreError::NotAllowed { .. })), "{refused:?}");
    // There was nobody to connect to.
    ground.store.nothing_left(ground.id, 1).await.expect("notes");
    ground.store.take_back(ground.id).await.expect("nothing left after all");

    ground.hand_in(1).await;
    assert!(ground.store.leave(ground.id, 1).await.expect("goes").first);
    let ground = ground.reopened().await;
    let later = ground.store.leave(ground.id, 1).await.expect("goes again");
    assert!(!later.first, "a program that died meanwhile does not know what arrived");
    assert!(ground.store.take_back(ground.id).await.is_err());
}

#[tokio::test]
async fn a_supplement_that_was_taken_back_is_asked_for_as_before() {
    let ground = Ground::new().await;
    let first = ground.hand_in(1).await;
    ground.store.store_receipt(ground.id, 1, &receipt(&first)).await.expect("proven");
    let asked = [Status::Submitted, Status::InReview, Status::SupplementNeeded];
    ground.store.apply_feed(&case(ground.id, 1, &asked)).await.expect("kept");
    ground.hand_in(2).await;
    let change = ground.store.take_back(ground.id).await.expect("nothing left");
    assert_eq!(change.status, Status::SupplementNeeded);
    let row = ground.store.application(ground.id).await.expect("reads").expect("there");
    assert_eq!(row.revision, 1);
    assert_eq!(ground.store.revision(ground.id, 1).await.expect("reads"), first);
    ground.hand_in(2).await;
    assert_eq!(ground.status().await, Status::AwaitingUpload);
}

#[tokio::test(flavor = "multi_thread")]
async fn either_it_goes_or_it_is_taken_back() {
    let ground = Ground::new().await;
    let (mut went, mut stayed) = (0, 0);
    for _ in 0..40 {
        ground.hand_in(1).await;
        let id = ground.id;
        let (sender, person) = (ground.store.clone(), ground.store.clone());
        let leaving = tokio::spawn(async move { sender.leave(id, 1).await.is_ok() });
        let taking = tokio::spawn(async move { person.take_back(id).await.is_ok() });
        let (left, taken) = (leaving.await.expect("ends"), taking.await.expect("ends"));
        assert_ne!(left, taken, "exactly one of the two");
        went += u32::from(left);
        stayed += u32::from(taken);
        if left {
            ground.store.nothing_left(id, 1).await.expect("notes");
            ground.store.take_back(id).await.expect("for the next round");
        }
    }
    println!("went {went}, stayed {stayed}");
}
