//! What applicants and reviewers read: feed, queue, case.

use protocol::{ApplicationId, ReviewOutcome, Status};

use super::{
    Copies,
    papers::{account, after, decision, done, first, hand_in, handed_in, held},
};
use crate::store::{CaseRecord, NewRevision};

pub(super) async fn holds(copies: &Copies) {
    a_feed_tells_every_change_once(copies).await;
    a_feed_is_read_in_pages(copies).await;
    the_queue_puts_the_oldest_first(copies).await;
    a_case_has_its_revisions(copies).await;
}

async fn a_feed_tells_every_change_once(copies: &Copies) {
    let new = handed_in(copies).await;
    let read = copies.any().page_feed(new.account, 0, 100).await.expect("reads");
    assert_eq!(read.newest, 1);
    let [change] = &read.page.changes[..] else { panic!("one change: {:?}", read.page) };
    assert_eq!((change.application, change.status), (new.manifest.application, Status::Submitted));
    assert_eq!(change.timeline.len(), 1);

    let changed_since = |stood| {
        let store = copies.any();
        let who = vec![(new.account, stood)];
        async move { store.feeds_changed_since(who).await.expect("looks") }
    };
    if copies.any().shared() {
        assert_eq!(changed_since(0).await, [new.account]);
        assert!(changed_since(1).await.is_empty());
    }
    done(copies.any().claim(change.application, "reader", false, after(5)).await.expect("claims"));
    if copies.any().shared() {
        assert_eq!(changed_since(1).await, [new.account]);
    }
    let news = copies.any().page_feed(new.account, 1, 100).await.expect("reads");
    let [change] = &news.page.changes[..] else { panic!("one change: {:?}", news.page) };
    assert_eq!(change.status, Status::InReview);
    let timeline: Vec<_> = change.timeline.iter().map(|entry| (entry.status, entry.at)).collect();
    assert_eq!(timeline, [(Status::Submitted, after(2)), (Status::InReview, after(5))]);
    assert_eq!(news.page.cursor, "2");
    let quiet = copies.any().page_feed(new.account, 2, 100).await.expect("reads");
    assert!(quiet.page.changes.is_empty());
    assert_eq!((quiet.page.cursor.as_str(), quiet.newest), ("2", 2));
}

async fn a_feed_is_read_in_pages(copies: &Copies) {
    let account = account(copies).await;
    let mut expected: Vec<ApplicationId> = Vec::new();
    for _ in 0..7 {
        let new = first(account, 1);
        hand_in(copies, &new).await;
        expected.push(new.manifest.application);
    }
    let (mut after, mut told) = (0, Vec::new());
    loop {
        let read = copies.any().page_feed(account, after, 3).await.expect("reads");
        if read.page.changes.is_empty() {
            break;
        }
        assert!(read.page.changes.len() <= 3);
        told.extend(read.page.changes.iter().map(|change| change.application));
        after = read.page.cursor.parse().expect("a cursor");
    }
    assert_eq!(told, expected);
}

async fn the_queue_puts_the_oldest_first(copies: &Copies) {
    let account = account(copies).await;
    let mut in_order = Vec::new();
    for (minutes, promised) in [(-300, true), (-200, true), (-100, true), (-400, false)] {
        let mut new = NewRevision { received_at: after(minutes), ..first(account, 1) };
        if !promised {
            new.due_on = None;
        }
        hand_in(copies, &new).await;
        in_order.push(new.manifest.application);
    }
    for status in [Some(Status::Submitted), None] {
        let queue = copies.any().queue(status).await.expect("reads");
        let ours: Vec<_> =
            queue.iter().map(|row| row.application).filter(|id| in_order.contains(id)).collect();
        assert_eq!(ours, in_order, "those for which no day is promised come last");
    }
    let row =
        copies.any().queue(None).await.expect("reads").into_iter().find(|row| row.application == in_order[0]);
    let row = row.expect("is there");
    assert_eq!((row.applicant.as_str(), row.revision, row.claimed_by), ("林*满", 1, None));
    assert_eq!(row.received_at, after(-300));
    let decided = copies.any().queue(Some(Status::Approved)).await.expect("reads");
    assert!(decided.iter().all(|row| !in_order.contains(&row.application)));
    // What is not complete is nobody's yet.
    let begun = first(account, 1);
    copies.any().accept_manifest(&begun).await.expect("accepts");
    let queue = copies.any().queue(None).await.expect("reads");
    assert!(queue.iter().all(|row| row.application != begun.manifest.application));
}

async fn a_case_has_its_revisions(copies: &Copies) {
    assert!(copies.any().case(ApplicationId::new()).await.expect("reads").is_none());
    let new = handed_in(copies).await;
    let application = new.manifest.application;
    let CaseRecord { state, claimed_by, revisions } =
        copies.any().case(application).await.expect("reads").expect("is there");
    assert_eq!((state.status, state.revision, claimed_by), (Status::Submitted, 1, None));
    assert_eq!(state.due_on, new.due_on);
    let [revision] = &revisions[..] else { panic!("one revision") };
    assert_eq!(revision.manifest, new.manifest);
    assert_eq!(revision.blobs, [held(&new.manifest.documents[0])]);
    assert_eq!(revision.received_at, new.received_at);

    // Text from outside stays text, whatever is in it.
    done(copies.any().claim(application, "reader", false, after(5)).await.expect("claims"));
    let mut rejected = decision(ReviewOutcome::Reject, 1);
    rejected.reason = Some("引号 ' \" \\ $1 ? -- 换行\n😀".into());
    done(copies.any().decide(application, "reader", &rejected, None, after(6)).await.expect("decides"));
    let case = copies.any().case(application).await.expect("reads").expect("is there");
    assert_eq!(case.state.reason, rejected.reason);
    let mut odd = handed_in(copies).await;
    odd.key = "with\0a zero".into();
    assert!(copies.any().accept_manifest(&odd).await.is_ok(), "JSON may carry U+0000");
}
