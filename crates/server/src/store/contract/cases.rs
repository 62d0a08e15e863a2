//! What applicants and reviewers read: feed, queue, case.

use protocol::{ApplicationId, ReviewOutcome, Status};

use super::{
    Copies,
    papers::{account, after, decision, done, first, hand_in, handed_in, held, until},
};
use crate::store::{CaseRecord, Listed, NewRevision, QueueAsked, QueuePlace, QueueRecord};

pub(super) async fn holds(copies: &Copies) {
    a_feed_tells_every_change_once(copies).await;
    a_feed_is_read_in_pages(copies).await;
    the_queue_puts_the_oldest_first(copies).await;
    every_list_is_read_to_its_end_in_pages(copies).await;
    a_case_is_found_by_its_number(copies).await;
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
    let ours = |rows: Vec<QueueRecord>| -> Vec<QueueRecord> {
        rows.into_iter().filter(|row| in_order.contains(&row.application)).collect()
    };
    let open = ours(listed(copies, Listed::Open, 100).await);
    assert_eq!(ids(&open), in_order, "those for which no day is promised come last");
    let row = &open[0];
    assert_eq!((row.applicant.as_str(), row.revision, &row.claimed_by), ("林*满", 1, &None));
    assert_eq!(row.received_at, after(-300));
    for elsewhere in [Listed::Waiting, Listed::Closed] {
        assert!(ours(listed(copies, elsewhere, 100).await).is_empty());
    }
    // What is not complete is nobody's yet.
    let begun = first(account, 1);
    copies.any().accept_manifest(&begun).await.expect("accepts");
    let all = listed(copies, Listed::All, 100).await;
    assert!(all.iter().all(|row| row.application != begun.manifest.application));
    assert!(all.is_sorted_by_key(|row| std::cmp::Reverse(row.received_at)), "all there is, the newest first");
}

/// A list to its end, in pages of so many.
async fn listed(copies: &Copies, listed: Listed, limit: u32) -> Vec<QueueRecord> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let asked = QueueAsked { listed: listed.clone(), after, limit };
        let read = copies.any().queue(&asked).await.expect("reads");
        assert!(read.rows.len() <= usize::try_from(limit).expect("small"));
        rows.extend(read.rows);
        let Some(next) = read.next else { return rows };
        let text = next.text();
        after = QueuePlace::read(&text);
        assert_eq!(after, Some(next), "a cursor survives the page: {text}");
    }
}

fn ids(rows: &[QueueRecord]) -> Vec<ApplicationId> {
    rows.iter().map(|row| row.application).collect()
}

async fn every_list_is_read_to_its_end_in_pages(copies: &Copies) {
    let account = account(copies).await;
    for minutes in 0..5 {
        // Several arrive in the same moment.
        for (promised, reviewed) in [(true, true), (true, false), (false, false)] {
            let mut new = NewRevision { received_at: after(minutes / 2), ..first(account, 1) };
            if !promised {
                new.due_on = None;
            }
            hand_in(copies, &new).await;
            let id = new.manifest.application;
            if reviewed || !promised {
                done(copies.any().claim(id, "pager", false, after(10)).await.expect("claims"));
            }
            if reviewed {
                let outcome = [ReviewOutcome::Approve, ReviewOutcome::RequestSupplement];
                let outcome = outcome[usize::try_from(minutes % 2).expect("small")];
                let until = Some(until(jiff::civil::date(2026, 12, 31), true));
                let decision = decision(outcome, 1);
                done(copies.any().decide(id, "pager", &decision, until, after(11)).await.expect("decides"));
            }
        }
    }
    let counted = QueueAsked { listed: Listed::Closed, after: None, limit: 1 };
    let counted = copies.any().queue(&counted).await.expect("reads");
    for (which, least) in [(Listed::Open, 10), (Listed::Waiting, 2), (Listed::Closed, 3), (Listed::All, 15)] {
        let whole = ids(&listed(copies, which.clone(), 1000).await);
        assert!(whole.len() >= least, "{which:?}: {}", whole.len());
        for limit in [1, 2, 7] {
            assert_eq!(ids(&listed(copies, which.clone(), limit).await), whole, "{which:?} by {limit}");
        }
        let distinct: std::collections::BTreeSet<_> = whole.iter().map(ToString::to_string).collect();
        assert_eq!(distinct.len(), whole.len(), "{which:?}");
        let whole = u64::try_from(whole.len()).expect("few");
        match which {
            Listed::Open => assert_eq!(counted.open, whole),
            Listed::Waiting => assert_eq!(counted.waiting, whole),
            _ => {}
        }
    }
}

async fn a_case_is_found_by_its_number(copies: &Copies) {
    let new = first(account(copies).await, 1);
    let number = hand_in(copies, &new).await.body.number;
    let whole = Listed::numbered(number.as_str()).expect("a number");
    assert_eq!(ids(&listed(copies, whole, 10).await), [new.manifest.application]);
    let day = Listed::numbered(&number.as_str()[..8]).expect("the beginning of one");
    let of_the_day = listed(copies, day.clone(), 1000).await;
    assert!(of_the_day.iter().any(|row| row.number == number));
    assert!(of_the_day.is_sorted_by_key(|row| std::cmp::Reverse(row.number.clone())));
    assert_eq!(ids(&listed(copies, day, 2).await), ids(&of_the_day));
    let nobody = Listed::numbered("19990101").expect("the beginning of one");
    assert!(listed(copies, nobody, 10).await.is_empty());
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
