//! What the system says of the network, what the office asks for, and what a person asks for.

use protocol::ProblemCode;
use sync::{Effect, Event, Failure, Network, Pace, State};

use crate::rig::{Good, HOUR, MINUTE, Rig, SECOND, fails, refused};

fn count(rig: &Rig, since_ms: u64, what: impl Fn(&Effect) -> bool) -> usize {
    rig.requests(since_ms).into_iter().filter(|(_, effect)| what(effect)).count()
}

fn is_put(effect: &Effect) -> bool {
    matches!(effect, Effect::PutBlob { .. })
}

fn is_post(effect: &Effect) -> bool {
    matches!(effect, Effect::PostManifest { .. })
}

/// The arrival of the manifest decides deadlines, and it costs next to nothing.
#[test]
fn over_a_metered_network_manifests_go_and_documents_wait() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    let mut says = |effect: &Effect| good.says(effect);
    rig.hear(Event::Network(Network::Metered), &mut says);
    rig.hear(Event::Outbox(Rig::tasks(30)), &mut says);
    rig.pass(HOUR, &mut says);
    assert_eq!(count(&rig, 0, is_put), 0);
    assert_eq!(count(&rig, 0, is_post), 10, "not too many are begun and not finished");
    assert_eq!((rig.state.held_back().count(), rig.state.waiting()), (10, 30));
    rig.hear(Event::Network(Network::Free), &mut says);
    rig.pass(MINUTE, &mut says);
    assert_eq!((rig.state.held_back().count(), rig.state.waiting()), (0, 0));
}

#[test]
fn a_network_that_becomes_metered_lets_the_document_under_way_end_and_begins_no_other() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    let mut says = |effect: &Effect| good.says(effect);
    rig.hear(Event::Outbox(Rig::tasks(3)), &mut says);
    rig.pass(30, &mut says);
    assert_eq!(count(&rig, 0, is_put), 1, "the first is on its way");
    rig.hear(Event::Network(Network::Metered), &mut says);
    rig.pass(HOUR, &mut says);
    assert_eq!(count(&rig, 0, is_put), 1);
    assert_eq!((rig.state.held_back().count(), rig.state.waiting()), (2, 2), "the first one is through");
}

#[test]
fn without_a_network_the_office_is_looked_for_once_a_minute_and_what_answers_is_believed() {
    let mut rig = Rig::new(1);
    let mut silence = |effect: &Effect| fails(effect, &Failure::NoAnswer);
    rig.hear(Event::Network(Network::Absent), &mut silence);
    rig.hear(Event::Outbox(Rig::tasks(5)), &mut silence);
    rig.pass(HOUR, &mut silence);
    let asked = rig.requests(0).len();
    assert!((20..=60).contains(&asked), "{asked} requests in an hour");
    assert!(!rig.state.is_online());
    // The system erred: the office is in this very building.
    let mut good = Good::default();
    rig.pass(3 * MINUTE, &mut |effect: &Effect| good.says(effect));
    assert_eq!((rig.state.waiting(), rig.state.is_online()), (0, true));
}

#[test]
fn an_office_that_is_there_without_a_network_is_not_waited_for() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    let mut says = |effect: &Effect| good.says(effect);
    rig.hear(Event::Network(Network::Absent), &mut says);
    rig.hear(Event::Outbox(Rig::tasks(3)), &mut says);
    rig.pass(SECOND, &mut says);
    assert_eq!((rig.state.waiting(), rig.state.is_online()), (0, true));
}

/// That the office was seen a moment ago, while there was no account yet, says nothing about its feed.
#[test]
fn the_feed_of_a_new_account_is_followed_at_once() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    rig.state = State::new(Pace::ATTENDED, false);
    let mut says = |effect: &Effect| good.says(effect);
    rig.hear(Event::Outbox(vec![]), &mut says);
    rig.pass(SECOND, &mut says);
    assert_eq!(count(&rig, 0, |effect| matches!(effect, Effect::Probe { .. })), 1);
    rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
    rig.hear(Event::Nudge, &mut says);
    rig.pass(SECOND, &mut says);
    assert_eq!(count(&rig, 0, |effect| matches!(effect, Effect::PollFeed { .. })), 1);
}

#[test]
fn a_network_that_comes_back_is_used_at_once() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    let mut silence = |effect: &Effect| fails(effect, &Failure::NoAnswer);
    rig.hear(Event::Network(Network::Absent), &mut silence);
    rig.hear(Event::Outbox(Rig::tasks(5)), &mut silence);
    rig.pass(10 * MINUTE, &mut silence);
    let mut says = |effect: &Effect| good.says(effect);
    rig.hear(Event::Network(Network::Free), &mut says);
    rig.pass(5 * SECOND, &mut says);
    assert_eq!(rig.state.waiting(), 0);
}

/// Ten thousand desks that were all told the same: none comes before its time, and they do not come together.
#[test]
fn desks_that_were_told_the_same_do_not_come_back_together() {
    let floor_ms = 30 * SECOND;
    let mut by_second = std::collections::BTreeMap::<u64, u32>::new();
    for desk in 0..10_000_u32 {
        let mut rig = Rig::new(desk.wrapping_mul(2_654_435_761));
        let mut says = |effect: &Effect| match effect {
            Effect::PollFeed { .. } => None,
            other => fails(other, &refused(ProblemCode::Busy, 503, Some(floor_ms))),
        };
        rig.hear(Event::Outbox(Rig::tasks(1)), &mut says);
        rig.pass(90 * SECOND, &mut says);
        let posts: Vec<u64> =
            rig.requests(1).into_iter().filter(|(_, effect)| is_post(effect)).map(|(at, _)| at).collect();
        let second = posts.first().expect("comes back") / SECOND;
        assert!(posts[0] >= floor_ms, "desk {desk} came back at {}", posts[0]);
        *by_second.entry(second).or_default() += 1;
    }
    let most = by_second.values().max().expect("some");
    assert!(*most < 600, "{most} of 10 000 desks came back in one second: {by_second:?}");
}

#[test]
fn what_a_person_asks_for_is_tried_at_once_and_hammering_the_button_does_not_hammer_the_office() {
    let mut rig = Rig::new(1);
    let mut says = |effect: &Effect| match effect {
        Effect::PollFeed { .. } => None,
        other => fails(other, &refused(ProblemCode::RateLimited, 429, Some(HOUR))),
    };
    rig.hear(Event::Outbox(Rig::tasks(50)), &mut says);
    rig.pass(10 * MINUTE, &mut says);
    assert_eq!(count(&rig, 0, is_post), 1, "an hour was asked for");
    rig.hear(Event::Nudge, &mut says);
    rig.pass(SECOND, &mut says);
    assert_eq!(count(&rig, 0, is_post), 2, "one request, whatever is owed");
    for _ in 0..100 {
        rig.hear(Event::Nudge, &mut says);
        rig.pass(50, &mut says);
    }
    let asked = count(&rig, 0, is_post);
    assert!((6..=8).contains(&asked), "five seconds of hammering cost {} requests", asked - 2);
}
