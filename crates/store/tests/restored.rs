//! An office that came back from a backup: what it lost is owed again, once, and nothing else is.
#![allow(clippy::expect_used, clippy::panic)]

use forms::Answers;
use jiff::Timestamp;
use protocol::{
    ApplicationId, ApplicationNumber, CaseState, FeedPage, Manifest, ProblemCode, Receipt, ReceiptBody,
    ReceiptSigner, Status, TimelineEntry,
};
use store::{CaseChange, DatabaseKey, NewApplication, Quarantine, Store};
use tempfile::TempDir;
use uuid::Uuid;

const AT: Timestamp = Timestamp::UNIX_EPOCH;
const ASKED: [Status; 3] = [Status::Submitted, Status::InReview, Status::SupplementNeeded];

struct Ground {
    directory: TempDir,
    store: Store,
}

fn signer() -> ReceiptSigner {
    ReceiptSigner::new(&[7; 32])
}

fn number(sequence: u32) -> ApplicationNumber {
    ApplicationNumber::issue(jiff::civil::date(2026, 11, 21), sequence).expect("fits")
}

fn receipt(manifest: &Manifest, sequence: u32) -> Receipt {
    signer().sign(ReceiptBody {
        application: manifest.application,
        revision: manifest.revision,
        number: number(sequence),
        manifest: manifest.canonical_hash(),
        documents: manifest.documents.clone(),
        received_at: AT,
        due_on: None,
    })
}

fn case(application: ApplicationId, revision: u32, statuses: &[Status]) -> CaseState {
    CaseState {
        application,
        number: number(1),
        revision,
        status: *statuses.last().expect("some"),
        findings: vec![],
        reason: None,
        supplement_by: None,
        supplement_by_estimated: false,
        due_on: None,
        due_on_estimated: false,
        timeline: statuses
            .iter()
            .map(|status| TimelineEntry { at: AT, status: *status, note: None })
            .collect(),
    }
}

fn page(changes: Vec<CaseState>) -> FeedPage {
    FeedPage { cursor: format!("new:{}", changes.len()), changes }
}

impl Ground {
    async fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open(directory.path(), &DatabaseKey::from_bytes([7; 32])).await.expect("opens");
        let _ = store.office_account().await.expect("an account");
        assert!(store.pin_receipt_key(&signer().public()).await.expect("pins"));
        let ground = Self { directory, store };
        // Nothing was handed in, and the feed was read once.
        assert!(ground.ends(vec![]).await.is_empty());
        ground
    }

    async fn reopened(self) -> Self {
        let Self { directory, store } = self;
        store.close().await.expect("closes");
        drop(store);
        let store = Store::open(directory.path(), &DatabaseKey::from_bytes([7; 32])).await.expect("opens");
        Self { directory, store }
    }

    /// Hands in; the key under which it goes.
    async fn hand_in(&self, id: ApplicationId, revision: u32) -> (Manifest, Uuid) {
        if revision == 1 && self.store.application(id).await.expect("reads").is_none() {
            let service = "resident-enrolment".into();
            let new = NewApplication { id, service, service_version: 1, created_at: AT };
            self.store.create_application(&new).await.expect("begins");
        }
        let manifest = Manifest {
            application: id,
            revision,
            parent: self.store.parent_of_next(id).await.expect("asks"),
            service: "resident-enrolment".into(),
            service_version: 1,
            answers: Answers::default(),
            documents: vec![],
            consents: vec![],
            prepared_at: AT,
        };
        let key = Uuid::new_v4();
        self.store.hand_in(id, &manifest, key, AT).await.expect("hands in");
        (manifest, key)
    }

    /// Handed in and receipted, as the `sequence`-th of the day.
    async fn through(&self, id: ApplicationId, revision: u32, sequence: u32) -> (Manifest, Uuid) {
        let (manifest, key) = self.hand_in(id, revision).await;
        self.receipted(&manifest, sequence).await;
        (manifest, key)
    }

    async fn receipted(&self, manifest: &Manifest, sequence: u32) {
        let receipt = receipt(manifest, sequence);
        let (id, revision) = (manifest.application, manifest.revision);
        self.store.store_receipt(id, revision, &receipt).await.expect("keeps");
    }

    async fn hears(&self, changes: Vec<CaseState>) {
        self.store.apply_feed(&page(changes)).await.expect("applies");
    }

    /// The feed was read to its end with these.
    async fn ends(&self, changes: Vec<CaseState>) -> Vec<CaseChange> {
        self.store.finish_rereading(&page(changes)).await.expect("compares")
    }

    /// What is owed and under which key.
    async fn owed(&self) -> Vec<(ApplicationId, u32, Uuid)> {
        let owed = self.store.outbox().await.expect("reads");
        owed.into_iter().map(|row| (row.application, row.revision, row.idempotency_key)).collect()
    }

    async fn stands(&self, id: ApplicationId) -> (Status, Option<ApplicationNumber>) {
        let row = self.store.application(id).await.expect("reads").expect("is there");
        (row.status, row.number)
    }
}

#[tokio::test]
async fn what_is_not_named_goes_again_under_its_key_and_keeps_its_old_receipt() {
    let ground = Ground::new().await;
    let (known, lost) = (ApplicationId::new(), ApplicationId::new());
    ground.through(known, 1, 1).await;
    let (manifest, key) = ground.through(lost, 1, 2).await;
    ground.hears(vec![case(known, 1, &ASKED[..1]), case(lost, 1, &ASKED[..2])]).await;

    ground.store.forget_cursor().await.expect("forgets");
    ground.hears(vec![case(known, 1, &ASKED[..1])]).await;
    assert!(ground.owed().await.is_empty(), "not before the end");
    // Whoever ends here goes on later.
    let ground = ground.reopened().await;
    assert!(ground.store.office_account().await.expect("reads").rereading);
    let changes = ground.ends(vec![]).await;
    let (previous, status) = (Status::InReview, Status::AwaitingUpload);
    assert_eq!(changes, [CaseChange { application: lost, previous, status }]);
    assert_eq!(ground.owed().await, [(lost, 1, key)]);
    assert_eq!(ground.stands(known).await, (Status::Submitted, Some(number(1))));
    assert_eq!(
        ground.stands(lost).await,
        (Status::AwaitingUpload, Some(number(2))),
        "the number stays until then"
    );
    assert!(ground.ends(vec![]).await.is_empty(), "once");
    assert_eq!(ground.owed().await.len(), 1);

    ground.receipted(&manifest, 500).await;
    assert!(ground.owed().await.is_empty());
    assert_eq!(ground.stands(lost).await, (Status::Submitted, Some(number(500))));
    let old = ground.store.lost_receipts(lost).await.expect("reads");
    assert_eq!(old, [receipt(&manifest, 2)]);
    old[0].verify(&signer().public(), &manifest).expect("still proves it");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_page_that_ends_nothing_compares_nothing() {
    let ground = Ground::new().await;
    let id = ApplicationId::new();
    ground.through(id, 1, 1).await;
    assert!(ground.ends(vec![]).await.is_empty(), "the feed was not begun anew");
    assert!(ground.owed().await.is_empty());
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn what_is_closed_is_not_handed_in_twice() {
    let ground = Ground::new().await;
    let (kept, lost) = (ApplicationId::new(), ApplicationId::new());
    let closed = [Status::Submitted, Status::InReview, Status::Approved];
    for id in [kept, lost] {
        ground.through(id, 1, 1).await;
        ground.hears(vec![case(id, 1, &closed)]).await;
    }
    ground.store.forget_cursor().await.expect("forgets");
    assert!(!ground.store.is_forgotten(lost).await.expect("asks"), "not before the end");
    ground.ends(vec![case(kept, 1, &closed)]).await;
    assert!(ground.owed().await.is_empty());
    assert_eq!(ground.stands(lost).await.0, Status::Approved);
    let forgotten = async |id| ground.store.is_forgotten(id).await.expect("asks");
    assert_eq!((forgotten(kept).await, forgotten(lost).await), (false, true));
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn what_the_office_says_after_it_came_back_counts_even_where_it_said_more_before() {
    let ground = Ground::new().await;
    let id = ApplicationId::new();
    ground.through(id, 1, 1).await;
    ground.hears(vec![case(id, 1, &[Status::Submitted, Status::InReview, Status::Approved])]).await;
    ground.store.forget_cursor().await.expect("forgets");
    ground.hears(vec![case(id, 1, &ASKED[..2])]).await;
    assert_eq!(ground.stands(id).await.0, Status::InReview);
    let went_back = async || ground.store.went_back(id).await.expect("asks");
    assert!(went_back().await);
    ground.hears(vec![case(id, 1, &ASKED[..1])]).await;
    assert_eq!(ground.stands(id).await.0, Status::InReview, "named once, it goes forward only");
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    assert!(went_back().await);
    let closed = [&ASKED[..], &[Status::InReview, Status::Rejected]].concat();
    ground.hears(vec![case(id, 1, &closed)]).await;
    assert!(!went_back().await, "what it says now is the end of it");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_supplement_that_was_lost_waits_to_be_asked_for_and_goes_by_itself() {
    let ground = Ground::new().await;
    let id = ApplicationId::new();
    ground.through(id, 1, 1).await;
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    let (supplement, key) = ground.through(id, 2, 1).await;
    ground.store.forget_cursor().await.expect("forgets");
    ground.ends(vec![case(id, 1, &ASKED[..2])]).await;
    assert!(ground.owed().await.is_empty(), "the office would refuse it");
    assert_eq!(ground.stands(id).await.0, Status::InReview, "which is where it stands");
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    assert_eq!(ground.owed().await, [(id, 2, key)]);
    assert_eq!(ground.stands(id).await.0, Status::AwaitingUpload);
    ground.receipted(&supplement, 1).await;
    assert_eq!(ground.stands(id).await.0, Status::Submitted);
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn what_comes_before_a_supplement_goes_before_it() {
    let ground = Ground::new().await;
    let id = ApplicationId::new();
    let (first, first_key) = ground.through(id, 1, 1).await;
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    let (_, second_key) = ground.hand_in(id, 2).await;
    // It came to the restored office, which knows nothing of it.
    let reason = Quarantine {
        code: ProblemCode::StaleRevision,
        own: None,
        status: 409,
        findings: vec![],
        document: None,
    };
    ground.store.quarantine(id, 2, &reason).await.expect("quarantines");
    ground.store.forget_cursor().await.expect("forgets");
    ground.ends(vec![]).await;
    assert_eq!(ground.owed().await, [(id, 1, first_key)]);
    ground.receipted(&first, 9).await;
    assert!(ground.owed().await.is_empty());
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    assert_eq!(ground.owed().await, [(id, 2, second_key)]);
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn a_supplement_that_came_too_early_goes_when_it_is_asked_for_again() {
    let ground = Ground::new().await;
    let id = ApplicationId::new();
    ground.through(id, 1, 1).await;
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    let (_, key) = ground.hand_in(id, 2).await;
    let reason = Quarantine {
        code: ProblemCode::StaleRevision,
        own: None,
        status: 409,
        findings: vec![],
        document: None,
    };
    ground.store.quarantine(id, 2, &reason).await.expect("quarantines");
    ground.store.forget_cursor().await.expect("forgets");
    ground.ends(vec![case(id, 1, &ASKED[..2])]).await;
    assert_eq!((ground.owed().await, ground.stands(id).await.0), (vec![], Status::InReview));
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    let owed = ground.store.outbox().await.expect("reads");
    assert!(owed[0].quarantine.is_none() && owed[0].idempotency_key == key);
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn what_a_closed_case_was_not_owed_any_more_is_owed_where_it_is_open_again() {
    let ground = Ground::new().await;
    let id = ApplicationId::new();
    let (_, key) = ground.hand_in(id, 1).await;
    let reason =
        Quarantine { code: ProblemCode::Unknown, own: None, status: 0, findings: vec![], document: None };
    ground.store.quarantine(id, 1, &reason).await.expect("quarantines");
    ground.hears(vec![case(id, 1, &[Status::Submitted, Status::Withdrawn])]).await;
    assert!(ground.owed().await.is_empty());
    ground.store.forget_cursor().await.expect("forgets");
    ground.ends(vec![case(id, 1, &ASKED[..1])]).await;
    assert_eq!(ground.owed().await, [(id, 1, key)], "its receipt never came");
    ground.store.close().await.expect("closes");
}

#[tokio::test]
async fn whoever_mends_what_was_not_taken_again_takes_back_what_followed_it() {
    let ground = Ground::new().await;
    let id = ApplicationId::new();
    ground.through(id, 1, 1).await;
    ground.hears(vec![case(id, 1, &ASKED)]).await;
    ground.through(id, 2, 1).await;
    ground.store.forget_cursor().await.expect("forgets");
    ground.ends(vec![]).await;
    let reason =
        Quarantine { code: ProblemCode::NotReady, own: None, status: 422, findings: vec![], document: None };
    ground.store.quarantine(id, 1, &reason).await.expect("quarantines");
    let (mended, key) = ground.hand_in(id, 1).await;
    assert_eq!(ground.owed().await, [(id, 1, key)]);
    ground.receipted(&mended, 9).await;
    assert!(ground.store.revision(id, 2).await.is_err(), "it followed what is no more");
    assert_eq!(ground.store.lost_receipts(id).await.expect("reads").len(), 2, "both stay proven");
    assert_eq!(ground.stands(id).await, (Status::Submitted, Some(number(9))));
    ground.store.close().await.expect("closes");
}
