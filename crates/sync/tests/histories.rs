//! Random histories of the machine against a small office: answers lost after the commit, doubled, cut before
//! it, server faults, a desk that dies at any point. Nothing owed is lost, nothing is received twice, and what
//! can never be received keeps nobody waiting.
#![allow(clippy::expect_used, clippy::panic)]

mod world;

use proptest::prelude::*;
use world::{Act, World};

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0_usize..8).prop_map(Act::Deliver),
        2 => (0_usize..8).prop_map(Act::LoseRequest),
        3 => (0_usize..8).prop_map(Act::LoseAnswer),
        1 => (0_usize..8).prop_map(Act::DeliverTwice),
        2 => (0_usize..8).prop_map(Act::AnswerLate),
        2 => Just(Act::LateAnswersArrive),
        1 => (0_usize..8, prop_oneof![Just(500_u16), Just(503), Just(429), Just(507), Just(401)])
            .prop_map(|(at, status)| Act::Fault(at, status)),
        1 => (0_usize..8).prop_map(Act::DamageOnTheWay),
        1 => Just(Act::DeskDies),
        1 => Just(Act::OfficeForgetsAccounts),
        1 => Just(Act::DiskFull),
        1 => Just(Act::Nudge),
        3 => (1_u64..20_000).prop_map(Act::TimePasses),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_nothing_is_doubled_and_poison_blocks_nobody(
        healthy in 1_usize..4,
        poisoned in 0_usize..3,
        acts in proptest::collection::vec(act(), 0..120),
        jitter: u32,
    ) {
        let mut world = World::new(healthy, poisoned, jitter);
        for act in acts {
            world.act(&act);
            world.check_always();
        }
        world.heal();
        world.check_in_the_end();
    }
}

/// An application that makes the office answer 500 for ever does not hold up those behind it.
#[test]
fn an_application_that_breaks_the_office_goes_to_the_back() {
    let mut world = World::with_breaking_first(3);
    world.heal();
    world.check_always();
    assert_eq!(world.receipted(), 3, "the healthy ones are through");
    assert_eq!(world.owed(), 1, "the other one is still owed, not lost");
}

/// An office that is not there is asked by one request at a time, however much is owed.
#[test]
fn a_dead_office_is_asked_by_one_request_at_a_time() {
    let mut world = World::new(50, 0, u32::MAX);
    let mut asked = 0;
    for _ in 0..200 {
        assert!(world.under_way() <= 2, "the first try may be sending and polling at once");
        while world.under_way() > 0 {
            asked += 1;
            world.act(&Act::LoseRequest(0));
        }
        world.act(&Act::TimePasses(1_000));
    }
    assert!(asked <= 40, "200 s of silence cost {asked} requests");
}
