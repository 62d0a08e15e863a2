//! Manifests and documents on their way in.

use protocol::{ContentHash, DocumentKind, Manifest};

use super::{
    Copies,
    papers::{
        account, after, arrived, bring, complete, first, handed_in, held, next, receipt, sent_back, standing,
    },
};
use crate::store::{Completed, HeldBlob, NewRevision, Standing, units::intake::MOST_UNFINISHED};

pub(super) async fn holds(copies: &Copies) {
    the_same_again_is_the_same_again(copies).await;
    a_key_and_a_revision_stand_for_one_content(copies).await;
    a_key_that_comes_with_other_content_is_written_down_once(copies).await;
    revisions_come_in_turn(copies).await;
    strangers_learn_nothing(copies).await;
    whoever_floods_is_stopped(copies).await;
    whoever_replaces_without_end_is_stopped(copies).await;
    documents_belong_to_who_declared_them(copies).await;
}

async fn accept(copies: &Copies, new: &NewRevision) -> Standing {
    copies.any().accept_manifest(new).await.expect("accepts")
}

async fn the_same_again_is_the_same_again(copies: &Copies) {
    let new = first(account(copies).await, 3);
    assert!(matches!(standing(&*copies.any(), &new).await, Standing::New { previous: None, begun: false }));
    for _ in 0..3 {
        let Standing::Accepted { missing } = accept(copies, &new).await else { panic!("not accepted") };
        let all: Vec<_> = new.manifest.documents.iter().map(|document| document.sha256).collect();
        assert_eq!(missing, all, "in the order of the manifest");
    }
    // The same content under a key of its own is the same submission.
    let again = NewRevision { key: "another".into(), ..new.clone() };
    assert!(matches!(accept(copies, &again).await, Standing::Accepted { .. }));

    let [one, ..] = &new.manifest.documents[..] else { panic!("no documents") };
    copies.any().hold_blob(new.account, one.sha256, held(one), after(1)).await.expect("holds");
    let Standing::Accepted { missing } = standing(&*copies.any(), &new).await else { panic!("not accepted") };
    assert_eq!(missing.len(), 2);
    assert!(!missing.contains(&one.sha256));

    bring(copies, &new).await;
    let receipt = receipt(complete(copies, &new, after(2)).await);
    for asked in [&new, &again] {
        let Standing::Complete(stored) = accept(copies, asked).await else { panic!("not complete") };
        assert_eq!(*stored, receipt);
    }

    // The same bytes may stand in two places, and are asked for once.
    let mut twins = first(new.account, 2);
    twins.manifest.documents[1].sha256 = twins.manifest.documents[0].sha256;
    twins.manifest.documents[1].size_bytes = twins.manifest.documents[0].size_bytes;
    let twins = arrived(new.account, twins.manifest);
    let Standing::Accepted { missing } = accept(copies, &twins).await else { panic!("not accepted") };
    assert_eq!(missing, [twins.manifest.documents[0].sha256]);
}

async fn a_key_and_a_revision_stand_for_one_content(copies: &Copies) {
    let account = account(copies).await;
    let new = first(account, 1);
    accept(copies, &new).await;
    let same_key = NewRevision { key: new.key.clone(), ..first(account, 1) };
    for standing in [standing(&*copies.any(), &same_key).await, accept(copies, &same_key).await] {
        assert!(
            matches!(standing, Standing::OtherContent { stored, .. } if stored == new.hash),
            "{standing:?}"
        );
    }
    // What is not complete may be replaced under a key of its own; then the first key stands for what was replaced.
    let mut mended = new.manifest.clone();
    mended.documents = first(account, 2).manifest.documents;
    let mended = arrived(account, mended);
    assert!(matches!(accept(copies, &mended).await, Standing::Accepted { .. }));
    let replaced = accept(copies, &new).await;
    assert!(
        matches!(replaced, Standing::OtherContent { stored, .. } if stored == mended.hash),
        "{replaced:?}"
    );
    // What is complete never changes, and what was replaced is never completed in its place.
    bring(copies, &mended).await;
    let replaced = complete(copies, &new, after(2)).await;
    assert!(matches!(replaced, Completed::OtherContent), "{replaced:?}");
    let stranger = NewRevision { account: self::account(copies).await, ..mended.clone() };
    let foreign = complete(copies, &stranger, after(2)).await;
    assert!(matches!(foreign, Completed::OtherContent), "{foreign:?}");
    receipt(complete(copies, &mended, after(2)).await);
    let late = arrived(account, new.manifest.clone());
    let refused = accept(copies, &late).await;
    assert!(matches!(refused, Standing::OtherContent { stored, .. } if stored == mended.hash), "{refused:?}");
}

async fn a_key_that_comes_with_other_content_is_written_down_once(copies: &Copies) {
    let account = account(copies).await;
    let (new, other) = (first(account, 1), first(account, 1));
    let rows = async || copies.any().verify_audit().await.expect("reads").expect("whole");
    let unheard = async |asked: &NewRevision| match standing(&*copies.any(), asked).await {
        Standing::OtherContent { unheard, .. } => unheard,
        other => panic!("{other:?}"),
    };
    for asked in [&new, &other] {
        accept(copies, asked).await;
    }
    let before = rows().await;
    // The content belongs to the key, and one that was never used to none.
    for sound in [&new, &first(account, 1)] {
        copies.any().note_reused_key(&sound.asked(), after(1)).await.expect("writes");
    }
    assert_eq!(rows().await, before);
    let reused = |key: &NewRevision| NewRevision { key: key.key.clone(), ..first(account, 1) };
    assert!(unheard(&reused(&new)).await);
    let all: Vec<_> = (0..8).map(|_| (copies.any(), reused(&new))).collect();
    let noted =
        all.iter().map(|(store, asked)| async move { store.note_reused_key(&asked.asked(), after(1)).await });
    for noted in futures::future::join_all(noted).await {
        noted.expect("writes");
    }
    assert_eq!(rows().await, before + 1, "whatever it comes with, and however often");
    assert!(!unheard(&reused(&new)).await);
    copies.any().note_reused_key(&reused(&other).asked(), after(1)).await.expect("writes");
    assert_eq!(rows().await, before + 2, "another key");
    // A content whose key is right and which was replaced since is no misuse of the key.
    let mended = mended(&new);
    assert!(accepted(copies, &mended).await);
    assert!(!unheard(&new).await);
}

async fn revisions_come_in_turn(copies: &Copies) {
    let ahead = {
        let mut manifest = first(account(copies).await, 1).manifest;
        manifest.revision = 2;
        arrived(account(copies).await, manifest)
    };
    assert!(matches!(accept(copies, &ahead).await, Standing::OutOfTurn));

    let new = handed_in(copies).await;
    let unasked = next(&new);
    assert!(matches!(accept(copies, &unasked).await, Standing::OutOfTurn), "nobody asked for a supplement");

    let new = sent_back(copies, "first-reviewer").await;
    let supplement = next(&new);
    let Standing::New { previous: Some(previous), .. } = standing(&*copies.any(), &supplement).await else {
        panic!("a supplement was asked for")
    };
    assert_eq!((previous.revision, previous.hash), (1, new.hash));
    assert_eq!(previous.manifest, new.manifest);
    assert_eq!((previous.first_received_at, previous.begun_at), (new.received_at, None));
    assert_eq!(previous.supplement_by.map(|day| day.to_string()).as_deref(), Some("2026-12-01"));

    let mut orphan = supplement.manifest.clone();
    orphan.parent = Some(ContentHash::of(b"something else"));
    assert!(matches!(accept(copies, &arrived(new.account, orphan)).await, Standing::OutOfTurn));

    // A manifest that replaces one keeps the moment at which the supplement was begun.
    let begun = NewRevision { received_at: after(10), ..supplement.clone() };
    assert!(matches!(accept(copies, &begun).await, Standing::Accepted { .. }));
    let mended = NewRevision { received_at: after(20), ..next(&new) };
    let Standing::New { previous: Some(previous), .. } = standing(&*copies.any(), &mended).await else {
        panic!("may be replaced")
    };
    assert_eq!(previous.begun_at, Some(after(10)));
    assert!(matches!(accept(copies, &mended).await, Standing::Accepted { .. }));
    let Standing::New { previous: Some(previous), .. } = standing(&*copies.any(), &next(&new)).await else {
        panic!("may be replaced again")
    };
    assert_eq!(previous.begun_at, Some(after(10)), "not the second one");

    bring(copies, &mended).await;
    let receipt = receipt(complete(copies, &mended, after(30)).await);
    assert_eq!(receipt.body.revision, 2);
    let case = copies.any().case(new.manifest.application).await.expect("reads").expect("is there");
    assert_eq!(case.state.number, receipt.body.number, "the number stays");
    assert_eq!(case.revisions.len(), 2);
    assert_eq!(case.state.supplement_by, None);
}

async fn strangers_learn_nothing(copies: &Copies) {
    let new = handed_in(copies).await;
    let stranger = account(copies).await;
    for asked in [
        NewRevision { account: stranger, ..new.clone() },
        NewRevision { account: stranger, ..next(&new) },
        NewRevision { account: stranger, key: "a key".into(), ..new.clone() },
    ] {
        assert!(matches!(standing(&*copies.any(), &asked).await, Standing::Foreign));
        assert!(matches!(accept(copies, &asked).await, Standing::Foreign));
    }
    assert!(copies.any().page_feed(stranger, 0, 100).await.expect("reads").page.changes.is_empty());
}

async fn whoever_floods_is_stopped(copies: &Copies) {
    let account = account(copies).await;
    let begun: Vec<_> = (0..MOST_UNFINISHED).map(|_| first(account, 1)).collect();
    for new in &begun {
        assert!(matches!(accept(copies, new).await, Standing::Accepted { .. }));
    }
    let one_more = first(account, 1);
    assert!(matches!(accept(copies, &one_more).await, Standing::TooMany));
    assert!(
        matches!(standing(&*copies.any(), &one_more).await, Standing::New { .. }),
        "nothing of it is kept"
    );
    assert!(
        matches!(accept(copies, &begun[3]).await, Standing::Accepted { .. }),
        "the same again is not more"
    );
    assert!(
        accepted(copies, &mended(&begun[4])).await,
        "what was begun may be mended by a full account, too"
    );
    bring(copies, &begun[0]).await;
    receipt(complete(copies, &begun[0], after(2)).await);
    assert!(matches!(accept(copies, &one_more).await, Standing::Accepted { .. }), "one was finished");
    let week = NewRevision { received_at: after(8 * 24 * 60), ..first(account, 1) };
    assert!(
        matches!(accept(copies, &week).await, Standing::Accepted { .. }),
        "what was given up is forgotten"
    );
}

/// The same revision with other documents.
fn mended(new: &NewRevision) -> NewRevision {
    let documents = first(new.account, 1).manifest.documents;
    arrived(new.account, Manifest { documents, ..new.manifest.clone() })
}

async fn accepted(copies: &Copies, new: &NewRevision) -> bool {
    matches!(accept(copies, new).await, Standing::Accepted { .. })
}

async fn whoever_replaces_without_end_is_stopped(copies: &Copies) {
    let account = account(copies).await;
    let (begun, other) = (first(account, 1), first(account, 1));
    assert!(accepted(copies, &begun).await);
    for _ in 0..MOST_UNFINISHED {
        assert!(accepted(copies, &mended(&begun)).await);
    }
    assert!(accepted(copies, &other).await, "beginning another is something else");
    for again in [&begun, &other] {
        let refused = accept(copies, &mended(again)).await;
        assert!(matches!(refused, Standing::TooMany), "every one of them declared a document: {refused:?}");
    }
    bring(copies, &other).await;
    receipt(complete(copies, &other, after(2)).await);
    let week = NewRevision { received_at: after(8 * 24 * 60), ..first(account, 1) };
    assert!(accepted(copies, &week).await);
    let week = NewRevision { received_at: after(8 * 24 * 60), ..mended(&week) };
    assert!(accepted(copies, &week).await, "what was replaced is forgotten");
}

async fn documents_belong_to_who_declared_them(copies: &Copies) {
    let new = first(account(copies).await, 2);
    let document = &new.manifest.documents[0];
    let stranger = account(copies).await;
    let declared = |account| {
        let store = copies.any();
        let hash = document.sha256;
        async move { store.blob_declared(account, hash).await.expect("reads") }
    };
    assert!(declared(new.account).await.is_none());
    accept(copies, &new).await;
    let told = declared(new.account).await.expect("declared");
    assert_eq!(told.declarations, [(document.size_bytes, DocumentKind::Jpeg)]);
    assert_eq!(told.held, None);
    assert!(declared(stranger).await.is_none(), "who has a document is nobody else's business");
    for _ in 0..2 {
        copies.any().hold_blob(new.account, document.sha256, held(document), after(1)).await.expect("holds");
    }
    assert_eq!(declared(new.account).await.and_then(|told| told.held), Some(held(document)));
    let other = HeldBlob { size_bytes: 1, kind: DocumentKind::Pdf, pages: 9 };
    copies.any().hold_blob(new.account, document.sha256, other, after(2)).await.expect("answers");
    assert_eq!(
        declared(new.account).await.and_then(|told| told.held),
        Some(held(document)),
        "the first stays"
    );
}
