//! What goes wrong in practice: what users of other programs reported, each as a test of its own. Every one is
//! played at every point of the way of an application, and ends with all promises kept and everything arrived.
#![allow(clippy::expect_used, clippy::panic)]

mod world;

use protocol::Status;
use sync::Network;
use world::{Act, Nature, World, mutants::Broken};

/// More steps than an application needs from handing in to its receipt.
const WAY: u8 = 16;
const ONE: &[Nature] = &[Nature::Fine];

fn play(natures: &[Nature], workers: usize, acts: &[Act]) -> World {
    let mut world = World::new(natures, 0x5eed, workers, Broken::None);
    for act in acts {
        if let Err(violation) = world.act(act) {
            panic!("{violation:?} after {act:?} in {acts:?}");
        }
    }
    if let Err(violation) = world.heal() {
        panic!("{violation:?} after {acts:?}");
    }
    world
}

/// At every point of the way, `then` happens; so many revisions are receipted in the end.
fn at_every_point(natures: &[Nature], receipted: u64, then: impl Fn() -> Vec<Act>) {
    for point in 0..WAY {
        let hand_in = (0..natures.len()).map(|_| Act::HandIn(0));
        let acts: Vec<Act> = hand_in.chain([Act::Calm(point)]).chain(then()).collect();
        assert_eq!(play(natures, 1, &acts).tally.receipted, receipted, "at {point}");
    }
}

/// Survey123 #326, formhub #678, getodk #50: the answer is lost after the commit, and eight copies arrive.
#[test]
fn answers_lost_after_the_commit_double_nothing() {
    let lost = [
        Act::Arrive(0),
        Act::Serve(0),
        Act::Serve(0),
        Act::Serve(0),
        Act::LoseAnswer(0),
        Act::Reset(0),
        Act::TimePasses(20_000),
    ];
    at_every_point(ONE, 1, || (0..8).flat_map(|_| lost.clone()).collect());
}

/// Collect #4589, #5317, #5687: edited after it was sent in part, refused for ever. What is handed in is frozen.
#[test]
fn what_is_on_its_way_cannot_be_edited() {
    at_every_point(ONE, 1, || vec![Act::EditDuringSend(0), Act::Reset(0), Act::EditDuringSend(0)]);
}

/// Its other half: what the office refused can be mended, although half of it arrived.
#[test]
fn what_was_refused_can_be_mended_although_half_of_it_arrived() {
    for nature in [Nature::Faulty, Nature::Unfit] {
        at_every_point(&[nature], 1, || vec![Act::Calm(40), Act::HandIn(0), Act::LoseRequest(0)]);
    }
}

/// Collect #3517: everything is sent once more.
#[test]
fn everything_sent_again_changes_nothing() {
    let mut acts = vec![Act::HandIn(0)];
    for _ in 0..WAY {
        // The doubles stay in the network and arrive at the end, in another order.
        acts.extend([Act::Double(0), Act::Go(0), Act::TimePasses(1_000)]);
    }
    acts.extend((0..60).map(Act::Go));
    assert_eq!(play(ONE, 1, &acts).tally.receipted, 1);
}

/// Collect #4513, #6120: sending is stuck behind a stale lock, even after a restart. There is no lock to go stale.
#[test]
fn no_death_and_no_clock_leaves_anything_stuck() {
    for effects in 0..3 {
        for days in [-1, 1] {
            at_every_point(ONE, 1, || {
                vec![
                    Act::DeskDiesAfter(0, effects),
                    Act::Calm(2),
                    Act::WallClockJumps(days),
                    Act::DeskDies(0),
                    Act::Sleep,
                ]
            });
        }
    }
}

/// getodk #1017: deleted here although sending failed. Whatever is answered, before or after the commit.
#[test]
fn nothing_is_deleted_here_because_sending_failed() {
    for status in [200, 302, 401, 403, 404, 408, 413, 426, 429, 500, 502, 503, 504, 507] {
        at_every_point(ONE, 1, || vec![Act::AnswerInstead(0, status)]);
        at_every_point(ONE, 1, || vec![Act::AnswerInsteadAfterwards(0, status)]);
    }
}

/// kobocat #432: complete is reported, and not all files are there. I3 is checked after every act.
#[test]
fn an_office_that_dies_between_file_row_and_answer_never_calls_it_complete() {
    for served in 0..4 {
        at_every_point(ONE, 1, || {
            let serve = (0..served).map(|_| Act::Serve(0));
            [Act::Arrive(0)].into_iter().chain(serve).chain([Act::OfficeDies]).collect()
        });
    }
}

/// central-backend #299: the same file in two places is refused. Here every application has its household page
/// twice, and all applications have the same one.
#[test]
fn the_same_file_in_many_places_is_sent_once() {
    let natures = [Nature::Fine; 3];
    let world = play(&natures, 1, &[Act::HandIn(0), Act::HandIn(0), Act::HandIn(0)]);
    assert_eq!(world.tally.receipted, 3);
    assert_eq!(world.puts(), 3, "one page for all, and the photos of two");
}

/// atuin #2879: the disk is full during a sync, and the two sides never come together again. The N-th write fails,
/// for every N until it passes, and so do all after it until there is room again.
#[test]
fn a_disk_that_is_full_at_the_nth_write_stops_nothing_for_ever() {
    for at in 0..40 {
        for full in [Act::DeskDiskAfter(at), Act::OfficeDiskAfter(at)] {
            let supplement = [Act::Review(0, Status::SupplementNeeded), Act::Calm(10), Act::HandIn(0)];
            let mut acts = vec![Act::HandIn(0), full, Act::Calm(30)];
            acts.extend(supplement);
            acts.push(Act::Calm(30));
            assert!(play(ONE, 1, &acts).tally.receipted >= 1, "{acts:?}");
        }
    }
}

/// atuin #1150, #1596: progress by counting gets stuck on doubles. What is missing is what the office says,
/// although it had said otherwise before.
#[test]
fn what_is_missing_is_what_the_office_says_now() {
    at_every_point(ONE, 1, || vec![Act::OfficeLosesFiles, Act::Calm(2), Act::OfficeLosesFiles]);
}

/// avni-client #1734: the background and a person sync at once. Not even two programs on one data directory, which
/// a lock prevents, double or lose anything.
#[test]
fn two_workers_on_one_outbox_double_nothing() {
    let natures = [Nature::Fine, Nature::Unfit, Nature::Breaks];
    for point in 0..WAY {
        let mut acts = vec![Act::HandIn(0), Act::HandIn(0), Act::HandIn(0), Act::Calm(point)];
        for at in 0..8 {
            acts.extend([Act::Nudge(1), Act::Go(at), Act::Nudge(0), Act::Arrive(at), Act::Serve(at)]);
        }
        assert_eq!(play(&natures, 2, &acts).tally.receipted, 3, "at {point}");
    }
}

/// pouchdb #1240: the checkpoint is written before the data. The desk dies, or its disk is full, between any two
/// writes while news come in; I4 is checked after every act.
#[test]
fn the_cursor_never_passes_what_is_not_kept() {
    for point in 0..WAY {
        for full in [false, true] {
            let mut acts = vec![Act::HandIn(0), Act::Calm(20), Act::Review(0, Status::SupplementNeeded)];
            acts.extend([Act::DeskDisk(full), Act::DeskDiesAfter(0, point), Act::Calm(6)]);
            acts.extend([Act::DeskDisk(false), Act::Review(0, Status::Approved)]);
            play(ONE, 1, &acts);
        }
    }
}

/// The office takes revision 1 and asks for a supplement while its answer is still on its way.
#[test]
fn a_supplement_overtakes_the_answer_to_the_first_revision() {
    let mut supplements = 0;
    for point in 0..WAY {
        let acts = [
            Act::HandIn(0),
            Act::Calm(point),
            Act::Double(0),
            Act::Arrive(0),
            Act::Serve(0),
            Act::Serve(0),
            Act::Review(0, Status::SupplementNeeded),
            Act::GiveUp(0),
            Act::Calm(30),
            Act::HandIn(0),
            Act::Return(0),
            Act::Calm(2),
            Act::Return(0),
        ];
        supplements += play(ONE, 1, &acts).tally.supplements;
    }
    assert!(supplements > 0, "revision 2 was never sent");
}

/// The backup is always older than what was promised last. The desk may die while it finds out.
#[test]
fn an_office_that_comes_back_from_a_backup_is_given_again_what_it_lost() {
    let two = &[Nature::Fine, Nature::Fine];
    at_every_point(two, 2, || {
        let lost = [Act::OfficeIsCopied, Act::Calm(20), Act::OfficeComesBack];
        lost.into_iter().chain([Act::Calm(3), Act::DeskDies(0)]).collect()
    });
    for point in 0..2 * WAY {
        let supplement = [Act::Review(0, Status::SupplementNeeded), Act::Calm(10), Act::HandIn(0)];
        let lost = [Act::Calm(30), Act::OfficeComesBack, Act::Calm(point), Act::DeskDies(0)];
        let mut acts = vec![Act::HandIn(0), Act::Calm(30)];
        acts.extend(supplement.into_iter().chain(lost));
        let tally = play(ONE, 1, &acts).tally;
        assert_eq!((tally.receipted, tally.supplements), (2, 1), "at {point}");
    }
}

/// A network that comes, goes and costs money.
#[test]
fn a_network_that_changes_all_the_time_loses_nothing() {
    for network in [Network::Metered, Network::Absent] {
        at_every_point(&[Nature::Fine, Nature::Fine], 2, || {
            vec![Act::NetworkIs(0, network), Act::Calm(5), Act::DeskDies(0), Act::NetworkIs(0, network)]
        });
    }
}

/// A receipt that proves nothing is no receipt; the way out is to send again.
#[test]
fn a_forged_receipt_is_not_believed() {
    at_every_point(ONE, 1, || vec![Act::Forge(0), Act::Calm(3)]);
}
