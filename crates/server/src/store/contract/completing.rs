//! From the last document to the receipt.

use std::collections::BTreeSet;

use jiff::civil::date;
use protocol::{ApplicationNumber, DocumentKind, Status};

use super::{
    Copies,
    papers::{account, after, bring, complete, first, hand_in, held, next, receipt, sent_back, signer},
};
use crate::store::{Completed, HeldBlob, NewRevision};

pub(super) async fn holds(copies: &Copies) {
    a_receipt_needs_every_document_as_declared(copies).await;
    a_receipt_once_issued_is_answered_again(copies).await;
    numbers_follow_the_day_of_arrival(copies).await;
    a_number_that_was_lost_is_given_again_and_never_to_two(copies).await;
    a_closed_case_takes_nothing_more(copies).await;
}

async fn a_receipt_needs_every_document_as_declared(copies: &Copies) {
    let new = first(account(copies).await, 2);
    copies.any().accept_manifest(&new).await.expect("accepts");
    assert!(matches!(complete(copies, &new, after(1)).await, Completed::Incomplete));
    let [one, two] = &new.manifest.documents[..] else { panic!("two documents") };
    copies.any().hold_blob(new.account, one.sha256, held(one), after(1)).await.expect("holds");
    assert!(matches!(complete(copies, &new, after(1)).await, Completed::Incomplete));
    // Another account's copy of a document does not count.
    let stranger = account(copies).await;
    copies.any().hold_blob(stranger, two.sha256, held(two), after(1)).await.expect("holds");
    assert!(matches!(complete(copies, &new, after(1)).await, Completed::Incomplete));

    let other = HeldBlob { kind: DocumentKind::Pdf, ..held(two) };
    copies.any().hold_blob(new.account, two.sha256, other, after(1)).await.expect("holds");
    let refused = complete(copies, &new, after(1)).await;
    assert!(matches!(refused, Completed::Mismatch { document } if document == two.sha256), "{refused:?}");
    assert!(
        copies.any().case(new.manifest.application).await.expect("reads").is_none(),
        "nobody sees it yet"
    );
}

async fn a_receipt_once_issued_is_answered_again(copies: &Copies) {
    let new = first(account(copies).await, 3);
    let receipt_of_first = hand_in(copies, &new).await;
    receipt_of_first.verify(&signer().public(), &new.manifest).expect("proves what was sent");
    assert_eq!(receipt_of_first.body.received_at, new.received_at, "the arrival of the manifest counts");
    assert_eq!(receipt_of_first.body.due_on, new.due_on);
    let feed = copies.any().page_feed(new.account, 0, 10).await.expect("reads");
    for _ in 0..3 {
        assert_eq!(receipt(complete(copies, &new, after(60)).await), receipt_of_first);
    }
    let again = copies.any().page_feed(new.account, 0, 10).await.expect("reads");
    assert_eq!((again.newest, again.page), (feed.newest, feed.page), "asking again is no news");
}

async fn numbers_follow_the_day_of_arrival(copies: &Copies) {
    let account = account(copies).await;
    let mut numbers = BTreeSet::new();
    // The last minute of the day, completed on the next one.
    let late = "2026-11-24T15:59:59Z".parse().expect("a time");
    for _ in 0..3 {
        let new = NewRevision { received_at: late, ..first(account, 1) };
        copies.any().accept_manifest(&new).await.expect("accepts");
        bring(copies, &new).await;
        numbers.insert(receipt(complete(copies, &new, after(3 * 24 * 60)).await).body.number);
    }
    let expected: BTreeSet<_> = (1..=3)
        .map(|sequence| ApplicationNumber::issue(date(2026, 11, 24), sequence).expect("a number"))
        .collect();
    assert_eq!(numbers, expected, "one after the other, none left out");
}

/// As its own receipt proves, where the office came back from a backup.
async fn a_number_that_was_lost_is_given_again_and_never_to_two(copies: &Copies) {
    let account = account(copies).await;
    let number = |sequence| ApplicationNumber::issue(date(2026, 10, 5), sequence).expect("a number");
    let received_at = "2026-10-05T02:00:00Z".parse().expect("a time");
    for (earlier, given) in [(Some(7), 7), (Some(7), 8), (None, 9), (Some(3), 3), (None, 10)] {
        let new = NewRevision { received_at, earlier: earlier.map(number), ..first(account, 1) };
        let body = hand_in(copies, &new).await.body;
        assert_eq!((body.number, body.received_at), (number(given), received_at), "{earlier:?}");
    }
}

async fn a_closed_case_takes_nothing_more(copies: &Copies) {
    let new = sent_back(copies, "closing").await;
    let supplement = next(&new);
    copies.any().accept_manifest(&supplement).await.expect("accepts");
    bring(copies, &supplement).await;
    // Begun in time, so the day alone does not end it; a week later it does.
    let application = new.manifest.application;
    for (day, ended) in [(date(2026, 12, 2), false), (date(2026, 12, 9), true)] {
        let accounts = copies.any().expire_supplements(day, after(100)).await.expect("looks");
        assert_eq!(accounts.contains(&new.account), ended, "{day}");
    }
    assert!(matches!(complete(copies, &supplement, after(200)).await, Completed::TooLate));
    let case = copies.any().case(application).await.expect("reads").expect("is there");
    assert_eq!((case.state.status, case.state.revision), (Status::SupplementExpired, 1));
}
