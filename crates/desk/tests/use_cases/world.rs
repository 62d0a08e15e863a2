//! A desk in a temporary folder, a person in front of it, and an office that signs.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use desk::{ApplicationView, AttachOutcome, Clock, Configuration, Desk, ServerAddress, VaultState};
use forms::Answer;
use jiff::Timestamp;
use protocol::{
    ApplicationId, ApplicationNumber, CaseState, FeedPage, ReceiptBody, ReceiptSigner, ReviewFinding, Status,
    TimelineEntry,
};
use store::{
    Store,
    keys::{KeyRing, KeyState, Keychain, MemoryKeychain},
};
use tempfile::TempDir;
use testkit::enrolment;

/// Inside the window for the insurance year 2027.
const NOW: &str = "2026-11-21T02:00:00Z";

/// Stands still.
#[derive(Debug)]
struct At(Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A folder and a keychain that outlive the desk. Every desk it gave away is closed with it.
pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) keychain: Arc<MemoryKeychain>,
    /// What the next desk takes for now.
    pub(crate) now: Timestamp,
    scans: TempDir,
    desks: Mutex<Vec<Desk>>,
    _kept: Option<TempDir>,
}

impl World {
    pub(crate) fn new() -> Self {
        let kept = TempDir::new().unwrap();
        let mut world = Self::at(kept.path().join("data"));
        world._kept = Some(kept);
        world
    }

    /// In a folder somebody else looks after.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            keychain: Arc::default(),
            now: NOW.parse().unwrap(),
            scans: TempDir::new().unwrap(),
            desks: Mutex::default(),
            _kept: None,
        }
    }

    /// A desk whose vault was not tried yet.
    pub(crate) fn closed_desk(&self) -> Desk {
        let keychain: Arc<dyn Keychain> = self.keychain.clone();
        let server = ServerAddress { url: "http://127.0.0.1:9".into(), ca_pem: None };
        let configuration =
            Configuration { data_dir: self.folder.clone(), server, keychain, clock: Arc::new(At(self.now)) };
        let desk = Desk::new(configuration).expect("the catalogue reads");
        self.desks.lock().unwrap().push(desk.clone());
        desk
    }

    pub(crate) async fn desk(&self) -> Desk {
        let desk = self.closed_desk();
        assert_eq!(desk.vault().await.state, VaultState::Open);
        desk
    }

    /// A file as a person would choose it.
    pub(crate) fn scan(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.scans.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// What stands in the folder, opened without a desk.
    pub(crate) async fn store(&self) -> Store {
        let keychain: Arc<dyn Keychain> = self.keychain.clone();
        let KeyState::Ready(key) = KeyRing::new(&self.folder, keychain).locate().unwrap() else {
            panic!("the keychain has the key")
        };
        Store::open(&self.folder, &key).await.unwrap()
    }

    /// The office takes what was handed in, and says where it stands now.
    pub(crate) async fn office_says(&self, id: ApplicationId, status: Status, findings: Vec<ReviewFinding>) {
        let store = self.store().await;
        let signer = ReceiptSigner::new(&[7; 32]);
        store.office_account().await.unwrap();
        assert!(store.pin_receipt_key(&signer.public()).await.unwrap());
        let row = store.application(id).await.unwrap().unwrap();
        let manifest = store.revision(id, row.revision).await.unwrap();
        let number = ApplicationNumber::issue(jiff::civil::date(2026, 11, 21), 7).unwrap();
        let receipt = signer.sign(ReceiptBody {
            application: id,
            revision: row.revision,
            number: number.clone(),
            manifest: manifest.canonical_hash(),
            documents: manifest.documents.clone(),
            received_at: NOW.parse().unwrap(),
            due_on: Some(jiff::civil::date(2026, 11, 25)),
        });
        store.store_receipt(id, row.revision, &receipt).await.unwrap();
        let entry = |status| TimelineEntry { at: NOW.parse().unwrap(), status, note: None };
        let case = CaseState {
            application: id,
            number,
            revision: row.revision,
            status,
            findings,
            reason: None,
            supplement_by: Some(jiff::civil::date(2026, 12, 4)),
            supplement_by_estimated: false,
            due_on: None,
            due_on_estimated: false,
            timeline: vec![entry(Status::Submitted), entry(Status::InReview), entry(status)],
        };
        store.apply_feed(&FeedPage { changes: vec![case], cursor: "1".into() }).await.unwrap();
        store.close().await.unwrap();
    }
}

/// SQLCipher frees what its connections use when the process ends: one that is open until then reads freed memory.
impl Drop for World {
    fn drop(&mut self) {
        let desks = std::mem::take(&mut *self.desks.lock().unwrap());
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                for desk in desks {
                    desk.close().await;
                }
            });
        });
    }
}

pub(crate) fn text(text: &str) -> Option<Answer> {
    Some(Answer::Text(text.into()))
}

/// Everything the form asks of the person of `testkit`.
pub(crate) async fn fill(desk: &Desk, id: ApplicationId) {
    desk.agree(id, &["notice".into(), "identity_documents".into()]).await.unwrap();
    for (field, answer) in *enrolment::ANSWERS {
        desk.answer(id, field, text(answer)).await.unwrap();
    }
}

pub(crate) async fn attach(desk: &Desk, id: ApplicationId, slot: &str, path: PathBuf) -> AttachOutcome {
    desk.attach_files(id, slot, None, vec![path]).await.unwrap()
}

/// The small papers: a photo of 12 megapixels has its own test.
pub(crate) async fn bring_papers(world: &World, desk: &Desk, id: ApplicationId) -> ApplicationView {
    for (slot, (name, bytes)) in enrolment::SLOTS.into_iter().zip(enrolment::small_papers()) {
        let path = world.scan(name, &bytes);
        let outcome = attach(desk, id, slot, path).await;
        assert_eq!(outcome.refused, vec![], "{slot}");
    }
    desk.view(id).await.unwrap()
}

/// Filled, with papers, ready to hand in.
pub(crate) async fn ready(world: &World, desk: &Desk) -> ApplicationId {
    let id = desk.start(enrolment::SERVICE).await.unwrap().id;
    fill(desk, id).await;
    let view = bring_papers(world, desk, id).await;
    assert!(view.evaluation.ready, "{:?}", view.evaluation.blocking);
    id
}
