//! Many at once, through several copies: nothing lost, nothing doubled, nothing out of order.

use std::{collections::BTreeSet, sync::Arc};

use futures::future::join_all;
use jiff::civil::date;
use protocol::{AccountId, ApplicationId, ApplicationNumber, Status};

use super::{
    Copies,
    papers::{
        account, after, arrived, bring, first, handed_in, morning, receipt, secret_of, sent_back, sign,
    },
};
use crate::store::{DecisionOutcome, Look, NewRevision, Opened, Standing, Store};

pub(super) async fn holds(copies: &Copies) {
    one_account_is_opened_once(copies).await;
    one_manifest_is_accepted_once(copies).await;
    one_application_belongs_to_one_account(copies).await;
    looks_at_one_case_are_all_written_down(copies).await;
    one_revision_has_one_receipt(copies).await;
    numbers_are_never_doubled_and_none_is_left_out(copies).await;
    a_feed_has_no_holes_for_who_reads_along(copies).await;
    one_reviewer_gets_a_case(copies).await;
    a_supplement_ends_once(copies).await;
}

/// Runs so many at once, each on the next copy.
async fn at_once<T, F>(copies: &Copies, many: u32, act: impl Fn(u32, Arc<dyn Store>) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let acts: Vec<_> = (0..many).map(|number| tokio::spawn(act(number, copies.any()))).collect();
    join_all(acts).await.into_iter().map(|ended| ended.expect("ends")).collect()
}

async fn one_account_is_opened_once(copies: &Copies) {
    let id = AccountId::new();
    let opened = at_once(copies, 12, |_, store| async move {
        store.open_account(id, secret_of(id), morning()).await.expect("opens")
    })
    .await;
    assert_eq!(opened.iter().filter(|opened| **opened == Opened::New).count(), 1);
    assert_eq!(opened.iter().filter(|opened| **opened == Opened::Again).count(), 11);
}

async fn one_manifest_is_accepted_once(copies: &Copies) {
    let account = account(copies).await;
    let before = copies.any().verify_audit().await.expect("reads").expect("whole");
    let new = first(account, 2);
    let accepted = at_once(copies, 12, |_, store| {
        let new = new.clone();
        async move { store.accept_manifest(&new).await.expect("accepts") }
    })
    .await;
    for standing in accepted {
        assert!(matches!(&standing, Standing::Accepted { missing } if missing.len() == 2), "{standing:?}");
    }
    let rows = copies.any().verify_audit().await.expect("reads").expect("whole");
    assert_eq!(rows, before + 1, "one of them was the first");

    // Two contents under one key, at the same time: the key stands for one of them.
    let (one, other) = (first(account, 1), first(account, 1));
    let other = NewRevision { key: one.key.clone(), ..other };
    let both = at_once(copies, 2, |number, store| {
        let new = if number == 0 { one.clone() } else { other.clone() };
        async move { store.accept_manifest(&new).await.expect("answers") }
    })
    .await;
    let taken = both.iter().filter(|standing| matches!(standing, Standing::Accepted { .. })).count();
    let refused = both.iter().filter(|standing| matches!(standing, Standing::OtherContent { .. })).count();
    assert_eq!((taken, refused), (1, 1), "{both:?}");
}

async fn one_application_belongs_to_one_account(copies: &Copies) {
    for _ in 0..5 {
        let mut accounts = Vec::new();
        for _ in 0..8 {
            accounts.push(account(copies).await);
        }
        let new = first(accounts[0], 1);
        let answers = at_once(copies, 8, |number, store| {
            let new = arrived(accounts[number as usize], new.manifest.clone());
            async move { store.accept_manifest(&new).await.expect("answers") }
        })
        .await;
        let taken = answers.iter().filter(|standing| matches!(standing, Standing::Accepted { .. })).count();
        let foreign = answers.iter().filter(|standing| matches!(standing, Standing::Foreign)).count();
        assert_eq!((taken, foreign), (1, 7), "{answers:?}");
        let mut declared = 0;
        for account in accounts {
            let told = copies.any().blob_declared(account, new.manifest.documents[0].sha256).await;
            declared += u32::from(told.expect("reads").is_some());
        }
        assert_eq!(declared, 1, "of a refused manifest nothing is kept");
    }
}

/// All of them go to the end of one chain.
async fn looks_at_one_case_are_all_written_down(copies: &Copies) {
    let before = copies.any().verify_audit().await.expect("reads").expect("whole");
    let application = ApplicationId::new();
    at_once(copies, 24, |number, store| async move {
        let detail = format!("page {number}");
        let look = Look { application, action: "page_seen", detail: &detail };
        store.record_look("li", &look, after(1)).await.expect("writes");
    })
    .await;
    let rows = copies.any().verify_audit().await.expect("reads").expect("whole");
    assert_eq!(rows, before + 24);
}

async fn one_revision_has_one_receipt(copies: &Copies) {
    let new = first(account(copies).await, 3);
    copies.any().accept_manifest(&new).await.expect("accepts");
    bring(copies, &new).await;
    let asked = new.asked();
    let receipts = at_once(copies, 12, |_, store| {
        let asked = asked.clone();
        async move { receipt(store.complete_revision(&asked, after(2), sign()).await.expect("completes")) }
    })
    .await;
    assert!(receipts.windows(2).all(|pair| pair[0] == pair[1]));
    let read = copies.any().page_feed(new.account, 0, 10).await.expect("reads");
    assert_eq!((read.newest, read.page.changes.len()), (1, 1), "one change");
}

async fn numbers_are_never_doubled_and_none_is_left_out(copies: &Copies) {
    let day = "2026-11-30T02:00:00Z".parse().expect("a time");
    let mut ready = Vec::new();
    for _ in 0..24 {
        let new = NewRevision { received_at: day, ..first(account(copies).await, 1) };
        copies.any().accept_manifest(&new).await.expect("accepts");
        bring(copies, &new).await;
        ready.push(new.asked());
    }
    let numbers = at_once(copies, 24, |which, store| {
        let asked = ready[which as usize].clone();
        async move {
            let completed = store.complete_revision(&asked, after(2), sign()).await;
            receipt(completed.expect("completes")).body.number
        }
    })
    .await;
    let told: BTreeSet<_> = numbers.into_iter().collect();
    let expected: BTreeSet<_> = (1..=24)
        .map(|sequence| ApplicationNumber::issue(date(2026, 11, 30), sequence).expect("a number"))
        .collect();
    assert_eq!(told, expected);
}

/// A reader that follows while many write must meet every change: what it passes by it never sees again.
async fn a_feed_has_no_holes_for_who_reads_along(copies: &Copies) {
    let account = account(copies).await;
    let mut ready = Vec::new();
    for _ in 0..16 {
        let new = first(account, 1);
        copies.any().accept_manifest(&new).await.expect("accepts");
        bring(copies, &new).await;
        ready.push(new.asked());
    }
    let all: BTreeSet<_> = ready.iter().map(|asked| asked.application).collect();
    let reader = copies.any();
    let following = tokio::spawn(async move {
        let (mut seen, mut cursor) = (BTreeSet::new(), 0_u64);
        while seen.len() < 16 {
            let read = reader.page_feed(account, cursor, 5).await.expect("reads");
            let last: u64 = read.page.cursor.parse().expect("a cursor");
            assert_eq!(last - cursor, read.page.changes.len() as u64, "a number was passed by");
            cursor = last;
            seen.extend(read.page.changes.iter().map(|change| change.application));
            tokio::task::yield_now().await;
        }
        seen
    });
    at_once(copies, 16, |which, store| {
        let asked = ready[which as usize].clone();
        async move { receipt(store.complete_revision(&asked, after(2), sign()).await.expect("completes")) }
    })
    .await;
    let seen = tokio::time::timeout(std::time::Duration::from_secs(60), following).await;
    assert_eq!(seen.expect("sees all").expect("ends"), all);
}

async fn one_reviewer_gets_a_case(copies: &Copies) {
    let id = handed_in(copies).await.manifest.application;
    let claims = at_once(copies, 8, |number, store| async move {
        store.claim(id, &format!("reviewer-{number}"), false, after(3)).await.expect("answers")
    })
    .await;
    let got = claims.iter().filter(|claim| matches!(claim, DecisionOutcome::Done { .. })).count();
    let other = claims.iter().filter(|claim| matches!(claim, DecisionOutcome::ClaimedByOther)).count();
    assert_eq!((got, other), (1, 7));
    let case = copies.any().case(id).await.expect("reads").expect("is there");
    assert_eq!(case.state.timeline.len(), 2);
}

async fn a_supplement_ends_once(copies: &Copies) {
    let new = sent_back(copies, "li").await;
    let ended = at_once(copies, 6, |_, store| async move {
        store.expire_supplements(date(2026, 12, 2), after(9)).await.expect("looks")
    })
    .await;
    let told = ended.iter().flatten().filter(|account| **account == new.account).count();
    assert_eq!(told, 1);
    let case = copies.any().case(new.manifest.application).await.expect("reads").expect("is there");
    let last = case.state.timeline.last().map(|entry| entry.status);
    assert_eq!((case.state.timeline.len(), last), (4, Some(Status::SupplementExpired)));
}
