//! Manifests, documents and moments to try a store with. The store does not judge answers, so there are none.

use forms::{Answers, WorkingDay};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, date},
};
use protocol::{
    AccountId, ApplicationId, ContentHash, Decision, DocumentKind, Manifest, ManifestDocument, Receipt,
    ReceiptSigner, ReviewFinding, ReviewOutcome,
};
use uuid::Uuid;

use super::Copies;
use crate::store::{Completed, DecisionOutcome, HeldBlob, NewRevision, Opened, Sign, Standing, Store};

/// The morning of 23 November 2026 in China.
pub(super) fn morning() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().expect("a time")
}

pub(super) fn after(minutes: i64) -> Timestamp {
    morning() + SignedDuration::from_mins(minutes)
}

pub(super) fn signer() -> ReceiptSigner {
    ReceiptSigner::new(&[7; 32])
}

pub(super) fn sign() -> Sign {
    Box::new(|body| signer().sign(body))
}

/// An account that is open.
pub(super) async fn account(copies: &Copies) -> AccountId {
    let id = AccountId::new();
    let opened = copies.any().open_account(id, secret_of(id), morning()).await.expect("opens");
    assert_eq!(opened, Opened::New);
    id
}

pub(super) fn secret_of(id: AccountId) -> ContentHash {
    ContentHash::of(id.to_string().as_bytes())
}

/// A first revision with so many documents, each of its own.
pub(super) fn first(account: AccountId, documents: u32) -> NewRevision {
    let manifest = Manifest {
        application: ApplicationId::new(),
        revision: 1,
        parent: None,
        service: "resident-enrolment".into(),
        service_version: 1,
        answers: Answers::default(),
        documents: (0..documents).map(document).collect(),
        consents: Vec::new(),
        prepared_at: morning(),
    };
    arrived(account, manifest)
}

/// The manifest under a key of its own, due in December.
pub(super) fn arrived(account: AccountId, manifest: Manifest) -> NewRevision {
    NewRevision {
        account,
        key: Uuid::now_v7().to_string(),
        hash: manifest.canonical_hash(),
        received_at: morning(),
        at: morning(),
        earlier: None,
        due_on: Some(date(2026, 12, 14)),
        due_estimated: false,
        applicant: "林*满".into(),
        manifest,
    }
}

/// The revision that follows, with one more document.
pub(super) fn next(before: &NewRevision) -> NewRevision {
    let mut manifest = before.manifest.clone();
    manifest.revision += 1;
    manifest.parent = Some(before.hash);
    manifest.documents.push(document(u32::try_from(manifest.documents.len()).expect("few")));
    arrived(before.account, manifest)
}

fn document(index: u32) -> ManifestDocument {
    ManifestDocument {
        slot: "portrait".into(),
        index,
        sha256: ContentHash::of(Uuid::new_v4().as_bytes()),
        size_bytes: 1000 + u64::from(index),
        kind: DocumentKind::Jpeg,
    }
}

pub(super) async fn standing(store: &dyn Store, new: &NewRevision) -> Standing {
    store.standing(&new.asked()).await.expect("reads")
}

pub(super) fn held(document: &ManifestDocument) -> HeldBlob {
    HeldBlob { size_bytes: document.size_bytes, kind: document.kind, pages: 1 }
}

/// Brings every document of a manifest.
pub(super) async fn bring(copies: &Copies, new: &NewRevision) {
    for document in &new.manifest.documents {
        let held = held(document);
        copies.any().hold_blob(new.account, document.sha256, held, after(1)).await.expect("holds");
    }
}

pub(super) async fn complete(copies: &Copies, new: &NewRevision, at: Timestamp) -> Completed {
    copies.any().complete_revision(&new.asked(), at, sign()).await.expect("completes")
}

pub(super) fn receipt(completed: Completed) -> Receipt {
    match completed {
        Completed::Receipt(receipt) => *receipt,
        other => panic!("no receipt: {other:?}"),
    }
}

/// The whole way from manifest to receipt.
pub(super) async fn hand_in(copies: &Copies, new: &NewRevision) -> Receipt {
    let accepted = copies.any().accept_manifest(new).await.expect("accepts");
    assert!(matches!(accepted, Standing::Accepted { .. }), "{accepted:?}");
    bring(copies, new).await;
    receipt(complete(copies, new, after(2)).await)
}

/// A new application of a new account, handed in.
pub(super) async fn handed_in(copies: &Copies) -> NewRevision {
    let new = first(account(copies).await, 1);
    hand_in(copies, &new).await;
    new
}

pub(super) fn decision(outcome: ReviewOutcome, revision: u32) -> Decision {
    Decision { outcome, findings: Vec::<ReviewFinding>::new(), reason: None, revision }
}

/// A case that `reviewer` claimed and sent back, until the 1st of December.
pub(super) async fn sent_back(copies: &Copies, reviewer: &str) -> NewRevision {
    let new = handed_in(copies).await;
    let application = new.manifest.application;
    done(copies.any().claim(application, reviewer, false, after(3)).await.expect("claims"));
    let decision = decision(ReviewOutcome::RequestSupplement, 1);
    let until = Some(until(date(2026, 12, 1), true));
    done(copies.any().decide(application, reviewer, &decision, until, after(4)).await.expect("decides"));
    new
}

/// A day that was counted with the holidays on the way, or without.
pub(super) const fn until(date: Date, calendar_known: bool) -> WorkingDay {
    WorkingDay { date, calendar_known }
}

pub(super) fn done(outcome: DecisionOutcome) -> AccountId {
    match outcome {
        DecisionOutcome::Done { account } => account,
        other => panic!("not done: {other:?}"),
    }
}
