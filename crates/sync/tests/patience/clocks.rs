//! Only the monotonic clock has a say, and not even that one is trusted blindly.

use sync::{Effect, Event, Failure};

use crate::rig::{Good, HOUR, MINUTE, Rig, SECOND, broken, fails};

const DAY: u64 = 24 * HOUR;

fn is_post(effect: &Effect) -> bool {
    matches!(effect, Effect::PostManifest { .. })
}

/// A computer that slept for a day: everything is due at once, one after the other.
#[test]
fn a_day_asleep_makes_everything_due_and_nothing_else() {
    let (mut rig, mut good) = (Rig::new(1), Good::default());
    let mut silence = |effect: &Effect| fails(effect, &Failure::NoAnswer);
    rig.hear(Event::Outbox(Rig::tasks(3)), &mut silence);
    rig.pass(MINUTE, &mut silence);
    rig.now_ms += DAY;
    let mut says = |effect: &Effect| good.says(effect);
    rig.pass(10 * SECOND, &mut says);
    assert_eq!(rig.state.waiting(), 0);
}

/// A clock that should not go back and does: a wait of seconds stays one of seconds.
#[test]
fn a_clock_that_goes_back_a_day_stops_nothing() {
    let mut rig = Rig::new(1);
    rig.now_ms = 2 * DAY;
    let mut says = |effect: &Effect| match effect {
        Effect::PollFeed { .. } => None,
        other => fails(other, &broken()),
    };
    rig.hear(Event::Outbox(Rig::tasks(3)), &mut says);
    rig.pass(10 * SECOND, &mut says);
    rig.now_ms -= DAY;
    let before = rig.count(is_post);
    rig.hear(Event::Tick, &mut says);
    rig.pass(HOUR, &mut says);
    assert!(rig.count(is_post) > before + 2, "the machine waits for a day that is over");
    assert_eq!(rig.state.waiting(), 3);
}
