//! One bad application blocks nobody, and a bad office is not asked once for every application.

use protocol::ProblemCode;
use sync::{Effect, Event, Failure, KeepFailure};

use crate::rig::{Good, HOUR, MINUTE, Rig, SECOND, broken, fails, kept, refused};

const MANY: u128 = 1_000;

fn receipts(rig: &Rig) -> usize {
    rig.count(|effect| matches!(effect, Effect::KeepReceipt { .. }))
}

fn starve(mut says: impl FnMut(&Effect) -> crate::rig::Said) -> Rig {
    let mut rig = Rig::new(1);
    rig.hear(Event::Outbox(Rig::tasks(MANY)), &mut says);
    rig.pass(HOUR, &mut says);
    assert_eq!(rig.state.waiting(), 1_000, "all are still owed");
    rig
}

/// Collect's #1939: one dead server, a thousand tries.
#[test]
fn an_office_that_answers_500_to_everything_is_not_tried_with_every_application() {
    let rig = starve(|effect| fails(effect, &broken()));
    let asked = rig.requests(0).len();
    assert!(asked < 80, "an hour of 500 cost {asked} requests");
    assert!(rig.requests(30 * MINUTE).len() < 30, "and fewer as time goes by");
}

#[test]
fn an_office_that_takes_no_manifest_is_not_tried_with_every_application_although_its_feed_works() {
    let mut good = Good::default();
    let rig = starve(|effect| match effect {
        Effect::PostManifest { .. } => fails(effect, &broken()),
        other => good.says(other),
    });
    let posts = rig.count(|effect| matches!(effect, Effect::PostManifest { .. }));
    assert!(posts < 50, "{posts} posts in an hour");
    let polls = rig.count(|effect| matches!(effect, Effect::PollFeed { .. }));
    assert!(polls > 100, "the feed goes on: {polls} polls");
    assert!(rig.state.is_online());
}

/// Every manifest is taken, no document is: a folder or a bucket that is gone.
#[test]
fn an_office_that_takes_no_document_is_not_tried_with_every_application() {
    let mut good = Good::default();
    let rig = starve(|effect| match effect {
        Effect::PutBlob { .. } => fails(effect, &broken()),
        other => good.says(other),
    });
    let puts = rig.count(|effect| matches!(effect, Effect::PutBlob { .. }));
    assert!(puts < 50, "{puts} documents in an hour");
}

#[test]
fn an_office_that_is_not_there_is_asked_by_one_request_at_a_time() {
    let mut rig = Rig::new(1);
    let mut under_way = 0_i32;
    let mut most = 0;
    let mut says = |effect: &Effect| {
        let said = fails(effect, &Failure::NoAnswer);
        under_way += i32::from(said.is_some());
        most = most.max(under_way);
        said.map(|(_, event)| (5 * SECOND, event))
    };
    rig.hear(Event::Outbox(Rig::tasks(MANY)), &mut says);
    rig.pass(HOUR, &mut says);
    // At most every ten seconds, for a person may be waiting; at the very first two at once.
    let asked = rig.requests(0);
    assert!(asked.len() < 800, "{} requests in an hour", asked.len());
    let later = asked.windows(2).skip(2);
    for pair in later {
        assert!(pair[1].0 >= pair[0].0 + 5 * SECOND, "two at a time at {}", pair[1].0);
    }
}

/// An application over which the office breaks goes behind all others, and neither they nor the feed wait for it.
#[test]
fn one_that_breaks_the_office_keeps_nobody_waiting() {
    for putting in [false, true] {
        let mut rig = Rig::new(7);
        let tasks = Rig::tasks(20);
        let bad = tasks[0];
        let mut good = Good::default();
        let mut says = |effect: &Effect| match effect {
            Effect::PostManifest { task, .. } if *task == bad && !putting => fails(effect, &broken()),
            Effect::PutBlob { task, .. } if *task == bad && putting => fails(effect, &broken()),
            other => good.says(other),
        };
        rig.hear(Event::Outbox(tasks.clone()), &mut says);
        rig.pass(15 * SECOND, &mut says);
        assert_eq!((receipts(&rig), rig.state.waiting()), (19, 1), "the others are through in seconds");

        // Alone with it for a day: the feed goes on, and a new one is through at once.
        rig.pass(24 * HOUR, &mut says);
        let tried = rig.count(|effect| matches!(effect, Effect::PostManifest { task, .. } if *task == bad));
        assert!((50..500).contains(&tried), "tried {tried} times in a day");
        let polls = rig.count(|effect| matches!(effect, Effect::PollFeed { .. }));
        assert!(polls > 3_000, "only {polls} polls in a day");
        let mut owed = Rig::tasks(21);
        owed.retain(|task| *task == bad || !tasks.contains(task));
        rig.hear(Event::Outbox(owed), &mut says);
        rig.hear(Event::Nudge, &mut says);
        rig.pass(5 * SECOND, &mut says);
        assert_eq!(receipts(&rig), 20, "a new one does not wait for it");
    }
}

/// An account that left too much unfinished: what is new waits as long as the office says, each by itself and asked for
/// once; what is begun is finished and gets its receipt meanwhile.
#[test]
fn what_may_not_be_begun_yet_keeps_nothing_waiting_that_is_begun() {
    let mut rig = Rig::new(7);
    let tasks = Rig::tasks(20);
    let (new, begun) = tasks.split_at(10);
    let (mut good, mut full) = (Good::default(), true);
    let mut says = |full: bool, effect: &Effect| match effect {
        Effect::PostManifest { task, .. } if full && new.contains(task) => {
            fails(effect, &refused(ProblemCode::TooManyUnfinished, 429, Some(HOUR)))
        }
        other => good.says(other),
    };
    rig.hear(Event::Outbox(tasks.clone()), &mut |effect: &Effect| says(full, effect));
    rig.pass(15 * SECOND, &mut |effect: &Effect| says(full, effect));
    assert_eq!((receipts(&rig), rig.state.waiting()), (begun.len(), new.len()));
    assert!(rig.state.is_online());
    let posts = |rig: &Rig| {
        rig.count(|effect| matches!(effect, Effect::PostManifest { task, .. } if new.contains(task)))
    };
    assert_eq!(posts(&rig), new.len(), "each heard it once");
    rig.pass(HOUR - 20 * SECOND, &mut |effect: &Effect| says(full, effect));
    assert_eq!(posts(&rig), new.len(), "and is believed");
    full = false;
    rig.pass(2 * HOUR, &mut |effect: &Effect| says(full, effect));
    assert_eq!((receipts(&rig), rig.state.waiting()), (tasks.len(), 0));
}

/// The same with one whose bytes something on the way cannot stand: the line goes silent, again and again.
#[test]
fn one_that_silences_the_line_keeps_nobody_waiting() {
    let mut rig = Rig::new(7);
    let tasks = Rig::tasks(20);
    let bad = tasks[0];
    let mut good = Good::default();
    let mut says = |effect: &Effect| match effect {
        Effect::PutBlob { task, .. } if *task == bad => fails(effect, &Failure::NoAnswer),
        other => good.says(other),
    };
    rig.hear(Event::Outbox(tasks), &mut says);
    rig.pass(MINUTE, &mut says);
    assert_eq!((receipts(&rig), rig.state.waiting()), (19, 1));
    let before = rig.done.len();
    rig.pass(HOUR, &mut says);
    let since = &rig.done[before..];
    let puts = since.iter().filter(|(_, effect)| matches!(effect, Effect::PutBlob { .. })).count();
    assert!((20..400).contains(&puts), "sent {puts} times in an hour");
    let polls = since.iter().filter(|(_, effect)| matches!(effect, Effect::PollFeed { .. })).count();
    assert!(polls > 60, "only {polls} polls in an hour");
}

/// A disk that is full here is no reason to have the office answer once for every application.
#[test]
fn a_full_disk_here_is_not_tried_with_every_application() {
    let mut good = Good::default();
    let rig = starve(|effect| match effect {
        Effect::KeepReceipt { ticket, .. } => {
            Some((0, Event::ReceiptKept { ticket: *ticket, outcome: Err(KeepFailure::Disk) }))
        }
        other => good.says(other),
    });
    let posts = rig.count(|effect| matches!(effect, Effect::PostManifest { .. }));
    assert!(posts < 100, "{posts} posts in an hour");
}

/// What cannot be written down is not forgotten: it is judged again once there is room.
#[test]
fn a_reason_that_finds_no_room_is_found_again() {
    let mut rig = Rig::new(1);
    let mut full = true;
    let mut says = |effect: &Effect| match effect {
        Effect::PostManifest { .. } => fails(effect, &refused(ProblemCode::NotReady, 422, None)),
        Effect::Quarantine { ticket, .. } if std::mem::take(&mut full) => {
            Some((0, Event::SetAside { ticket: *ticket, outcome: Err(KeepFailure::Disk) }))
        }
        Effect::PollFeed { .. } => None,
        other => kept(other),
    };
    rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
    rig.pass(MINUTE, &mut says);
    assert_eq!(rig.count(|effect| matches!(effect, Effect::Quarantine { .. })), 2);
    assert_eq!(rig.state.waiting(), 0);
}

/// 401 for what is sent, while the feed says that all is well: opened anew once, and then with patience.
#[test]
fn an_account_that_is_refused_again_and_again_is_not_opened_again_and_again() {
    let mut good = Good::default();
    let rig = starve(|effect| match effect {
        Effect::PostManifest { .. } => fails(effect, &refused(ProblemCode::Unauthorised, 401, None)),
        other => good.says(other),
    });
    let opened: Vec<u64> = rig
        .done
        .iter()
        .filter(|(_, effect)| matches!(effect, Effect::OpenAccount { .. }))
        .map(|(at_ms, _)| *at_ms)
        .collect();
    assert!(opened[0] < SECOND, "the first time at once");
    assert!(opened.len() < 50, "{} openings in an hour", opened.len());
}

/// An office that tells turns has a crowd before it: nobody asks it for news until theirs is long over, whether a poll
/// was under way then or not.
#[test]
fn who_is_told_a_turn_asks_for_no_news_until_it_is_over() {
    for polling in [false, true] {
        let mut rig = Rig::new(3);
        let mut good = Good::default();
        let mut crowded = true;
        let mut busy = refused(ProblemCode::Busy, 503, None);
        if let Failure::Refused { problem, retry_after_ms } = &mut busy {
            problem.within_ms = Some(SECOND);
            *retry_after_ms = Some(20 * SECOND);
        }
        let mut says = |effect: &Effect| match effect {
            Effect::PostManifest { .. } if std::mem::take(&mut crowded) => fails(effect, &busy),
            other => good.says(other),
        };
        if polling {
            rig.pass(0, &mut says);
            rig.hear(Event::Tick, &mut says);
            rig.pass(10 * SECOND, &mut says);
            rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
        } else {
            // The line was down, so that a poll comes first, to see whether it works.
            let mut down = |effect: &Effect| fails(effect, &Failure::NoAnswer);
            rig.hear(Event::Outbox(Rig::tasks(1)), &mut down);
            rig.pass(3 * SECOND, &mut down);
        }
        let back_ms = rig.now_ms;
        rig.pass(5 * MINUTE, &mut says);
        let asked = rig.requests(back_ms);
        let at = |what: fn(&Effect) -> bool| -> Vec<u64> {
            asked.iter().filter(|(_, effect)| what(effect)).map(|(at_ms, _)| *at_ms).collect()
        };
        let posts = at(|effect| matches!(effect, Effect::PostManifest { .. }));
        let polls = at(|effect| matches!(effect, Effect::PollFeed { .. }));
        assert_eq!((posts.len(), receipts(&rig)), (3, 1), "refused, taken, complete");
        assert!(posts[1] >= posts[0] + 20 * SECOND);
        let early = polls.iter().filter(|poll| (posts[0]..posts[1] + 29 * SECOND).contains(*poll)).count();
        assert_eq!(early, 0, "{polling}: polls at {polls:?}, posts at {posts:?}");
        assert!(polls.iter().any(|poll| *poll <= posts[1] + 62 * SECOND), "and then goes on: {polls:?}");
    }
}
