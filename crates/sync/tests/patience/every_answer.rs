//! There is no answer, at no stage, after which nothing happens any more.

use protocol::{FeedPage, ProblemCode};
use sync::{Effect, Event, Failure};

use crate::rig::{Good, HOUR, MINUTE, Rig, SECOND, document_of, fails, kept, refused};

const CODES: [(ProblemCode, u16); 26] = [
    (ProblemCode::Malformed, 400),
    (ProblemCode::Unauthorised, 401),
    (ProblemCode::Forbidden, 403),
    (ProblemCode::NotFound, 404),
    (ProblemCode::Busy, 408),
    (ProblemCode::Conflict, 409),
    (ProblemCode::StaleRevision, 409),
    (ProblemCode::SupplementExpired, 409),
    (ProblemCode::OffsetMismatch, 409),
    (ProblemCode::CursorExpired, 410),
    (ProblemCode::PreconditionFailed, 412),
    (ProblemCode::TooLarge, 413),
    (ProblemCode::UnfitDocument, 415),
    (ProblemCode::HashMismatch, 422),
    (ProblemCode::NotReady, 422),
    (ProblemCode::UnknownService, 422),
    (ProblemCode::Locked, 423),
    (ProblemCode::Unknown, 426),
    (ProblemCode::RateLimited, 429),
    (ProblemCode::TooManyUnfinished, 429),
    (ProblemCode::Internal, 500),
    (ProblemCode::Unknown, 502),
    (ProblemCode::Busy, 503),
    (ProblemCode::Unknown, 504),
    (ProblemCode::StorageFull, 507),
    (ProblemCode::Unknown, 418),
];

fn every_failure() -> Vec<Failure> {
    let said = CODES.map(|(code, status)| refused(code, status, None));
    let strange =
        [200, 302, 403, 404, 413, 502].map(|status| Failure::Unreadable { status, retry_after_ms: None });
    said.into_iter()
        .chain(strange)
        .chain([Failure::NoAnswer, Failure::OtherOffice, Failure::UnreadableHere])
        .collect()
}

/// A 409 that wedges an upload near its end (opencloud desktop #971) is one case of many: whatever is answered to
/// whatever was asked, in the end each of three applications is through or aside, with the reason.
#[test]
fn every_answer_at_every_stage_has_a_next_state() {
    type Stage = fn(&Effect) -> bool;
    let stages: [(&str, Stage); 4] = [
        ("opening", |effect| matches!(effect, Effect::OpenAccount { .. })),
        ("posting", |effect| matches!(effect, Effect::PostManifest { .. })),
        ("putting", |effect| matches!(effect, Effect::PutBlob { .. })),
        ("following", |effect| matches!(effect, Effect::PollFeed { .. } | Effect::Probe { .. })),
    ];
    for failure in every_failure() {
        for (name, is_stage) in stages {
            for times in [1, 3] {
                let (mut rig, mut good, mut left) = (Rig::new(3), Good::default(), times);
                if name == "opening" {
                    rig.state = sync::State::new(sync::Pace::ATTENDED, false);
                }
                let mut says = |effect: &Effect| {
                    if is_stage(effect) && left > 0 {
                        left -= 1;
                        return fails(effect, &failure);
                    }
                    good.says(effect)
                };
                rig.hear(Event::Outbox(Rig::tasks(3)), &mut says);
                rig.pass(2 * HOUR, &mut says);
                let through = rig.count(|effect| matches!(effect, Effect::KeepReceipt { .. }));
                let aside = rig.count(|effect| matches!(effect, Effect::Quarantine { .. }));
                assert_eq!((through + aside, rig.state.waiting()), (3, 0), "{name}, {failure:?}");
                assert!(aside == 0 || matches!(name, "posting" | "putting"), "{name}, {failure:?}");
                let before = rig.now_ms;
                rig.pass(5 * MINUTE, &mut says);
                assert!(!rig.requests(before).is_empty(), "{name}, {failure:?}: nothing is asked any more");
            }
        }
    }
}

/// The beginning of the feed is always right, so a cursor that the office cannot use is no reason to stop.
#[test]
fn a_cursor_that_the_office_cannot_use_is_forgotten() {
    for (code, status) in [(ProblemCode::CursorExpired, 410), (ProblemCode::Malformed, 400)] {
        let (mut rig, mut good, mut left) = (Rig::new(1), Good::default(), 1);
        let mut says = |effect: &Effect| match effect {
            Effect::PollFeed { .. } if left > 0 => {
                left -= 1;
                fails(effect, &refused(code, status, None))
            }
            other => good.says(other),
        };
        rig.hear(Event::Tick, &mut says);
        rig.pass(5 * SECOND, &mut says);
        assert_eq!(rig.count(|effect| matches!(effect, Effect::ForgetCursor)), 1, "{code:?}");
        let polls = rig.done.iter().filter_map(|(_, effect)| match effect {
            Effect::PollFeed { wait_seconds, .. } => Some(*wait_seconds),
            _ => None,
        });
        assert_eq!(polls.take(3).collect::<Vec<_>>(), [25, 0, 25], "{code:?}: where does it end, at once");
        let last = |effect: &Effect| matches!(effect, Effect::KeepFeed { last: true, .. });
        assert_eq!(rig.count(last), 1, "{code:?}: what it did not name is owed again, once");
    }
}

/// The office may have come back from a backup: what it answered before then is not believed, and asked again.
#[test]
fn an_answer_from_before_the_cursor_was_forgotten_is_not_heard() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    let task = Rig::tasks(1)[0];
    let _ = good.says(&Effect::PutBlob { ticket: 0, task, sha256: document_of(task) });
    let (mut polls, mut posts) = (0, 0);
    let mut says = |effect: &Effect| match effect {
        Effect::PollFeed { .. } if polls == 0 => {
            polls += 1;
            fails(effect, &refused(ProblemCode::CursorExpired, 410, None))
        }
        // The first receipt comes when everything is over.
        Effect::PostManifest { .. } if posts == 0 => {
            posts += 1;
            good.says(effect).map(|(_, event)| (2 * MINUTE, event))
        }
        other => good.says(other),
    };
    rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
    rig.pass(MINUTE, &mut says);
    let kept = |effect: &Effect| matches!(effect, Effect::KeepReceipt { .. });
    assert_eq!((rig.count(kept), rig.count(|effect| matches!(effect, Effect::PostManifest { .. }))), (1, 2));
    rig.pass(5 * MINUTE, &mut says);
    assert_eq!(rig.count(kept), 1, "the late receipt is nobody's");
}

/// A page that was on its way while a receipt came does not show that the receipt is lost.
#[test]
fn a_page_that_a_receipt_overtook_is_not_the_last_one() {
    let (mut rig, mut good, mut polls) = (Rig::new(1), Good::default(), 0);
    rig.state = sync::State::new(sync::Pace::ATTENDED, true).rereading();
    let mut says = |effect: &Effect| match effect {
        // Slower than the application is through.
        Effect::PollFeed { .. } if polls == 0 => {
            polls += 1;
            good.says(effect).map(|(_, event)| (10 * SECOND, event))
        }
        other => good.says(other),
    };
    rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
    rig.pass(MINUTE, &mut says);
    let kept: Vec<bool> = rig
        .done
        .iter()
        .filter_map(|(_, effect)| if let Effect::KeepFeed { last, .. } = effect { Some(*last) } else { None })
        .collect();
    assert_eq!(kept[..2], [false, true]);
}

/// An office that says the same again and again is not asked again and again.
#[test]
fn a_page_that_leads_nowhere_is_not_asked_for_at_once() {
    let mut rig = Rig::new(1);
    let mut says = |effect: &Effect| match effect {
        Effect::PollFeed { ticket, .. } => {
            let page = FeedPage { changes: vec![], cursor: "7".into() };
            Some((1, Event::FeedPolled { ticket: *ticket, outcome: Ok(page) }))
        }
        other => kept(other),
    };
    rig.hear(Event::Tick, &mut says);
    rig.pass(MINUTE, &mut says);
    let polls = rig.count(|effect| matches!(effect, Effect::PollFeed { .. }));
    assert!(polls <= 61, "{polls} polls in a minute");
}

/// Bytes that arrive damaged go again; twice, and a person hears of it.
#[test]
fn damaged_bytes_go_again_once() {
    for (times, aside) in [(1, 0), (2, 1)] {
        let (mut rig, mut good, mut left) = (Rig::new(1), Good::default(), times);
        let mut says = |effect: &Effect| match effect {
            Effect::PutBlob { .. } if left > 0 => {
                left -= 1;
                fails(effect, &refused(ProblemCode::HashMismatch, 422, None))
            }
            other => good.says(other),
        };
        rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
        rig.pass(MINUTE, &mut says);
        assert_eq!(rig.count(|effect| matches!(effect, Effect::Quarantine { .. })), aside);
    }
}

/// The answer to the manifest and the answer to the document may come from two copies of the office, of which only one
/// has the beginning, every time: all of the document goes at once, and it counts as no damage.
#[test]
fn a_beginning_that_is_not_there_is_no_reason_to_wait() {
    let (mut rig, mut good, mut puts) = (Rig::new(1), Good::default(), 0);
    let mut says = |effect: &Effect| match effect {
        Effect::PutBlob { .. } => {
            puts += 1;
            match puts {
                1 => fails(effect, &refused(ProblemCode::OffsetMismatch, 409, None)),
                2 => fails(effect, &refused(ProblemCode::HashMismatch, 422, None)),
                _ => good.says(effect),
            }
        }
        other => good.says(other),
    };
    rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
    rig.pass(SECOND, &mut says);
    assert_eq!(rig.count(|effect| matches!(effect, Effect::KeepReceipt { .. })), 1, "within a second");
    assert_eq!(rig.count(|effect| matches!(effect, Effect::PutBlob { .. })), 3);
    assert_eq!(rig.count(|effect| matches!(effect, Effect::PostManifest { .. })), 2);
}

/// An office that answers so to all of a document, too, is no reason to send it without end.
#[test]
fn whoever_misses_a_beginning_of_what_has_none_is_given_a_rest() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    let mut says = |effect: &Effect| match effect {
        Effect::PutBlob { .. } => fails(effect, &refused(ProblemCode::OffsetMismatch, 409, None)),
        other => good.says(other),
    };
    rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
    rig.pass(MINUTE, &mut says);
    let puts = rig.count(|effect| matches!(effect, Effect::PutBlob { .. }));
    assert!((2..100).contains(&puts), "{puts} in a minute");
}
