//! Histories: drawn from a seed, run, and where one breaks a promise, shrunk and told.
//!
//! proptest draws and shrinks; the driver is our own. `proptest-state-machine` would want a reference machine with
//! preconditions for every act; here every act can happen at any time (indices wrap around), the oracle is not a
//! second machine but the promises themselves, and a failure must be replayable by one number on a command line.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use protocol::Status;
use sync::Network;

use super::{Act, Nature, Tally, Violation, World, acts::MOST, mutants::Broken};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct History {
    pub(crate) natures: Vec<Nature>,
    pub(crate) jitter: u32,
    /// One program on the data directory, or two that should not be.
    pub(crate) workers: usize,
    pub(crate) acts: Vec<Act>,
}

/// A history that broke a promise, and the shortest one found that breaks the same.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) seed: u64,
    pub(crate) violation: Violation,
    pub(crate) shortest: History,
    pub(crate) diary: Vec<String>,
}

impl History {
    pub(crate) fn run(&self, broken: Broken, diary: Option<&mut Vec<String>>) -> Result<Tally, Violation> {
        let mut world = World::new(&self.natures, self.jitter, self.workers, broken);
        world.diary = diary.is_some().then(Vec::new);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            for act in &self.acts {
                world.act(act)?;
            }
            world.heal()
        }));
        if let (Some(into), Some(diary)) = (diary, world.diary.take()) {
            *into = diary;
        }
        match ran {
            Ok(outcome) => outcome.map(|()| world.tally),
            Err(_) => Err(Violation { invariant: "panic", what: "something panicked; see above".into() }),
        }
    }
}

/// Draws the history of this seed and says which promise it breaks, without shrinking.
pub(crate) fn violation(seed: u64, broken: Broken) -> Option<Violation> {
    tree(seed).current().run(broken, None).err()
}

/// Draws the history of this seed and runs it.
///
/// # Errors
/// The shortest history found that breaks the same promise.
pub(crate) fn try_seed(seed: u64, broken: Broken) -> Result<Tally, Box<Failed>> {
    let mut tree = tree(seed);
    let drawn = tree.current();
    let mut violation = match drawn.run(broken, None) {
        Ok(tally) => return Ok(tally),
        Err(violation) => violation,
    };
    let mut shortest = drawn;
    // Bounded: a long history that fails late is better told long than never.
    for _ in 0..4_000 {
        let simpler = tree.current();
        let moved = match simpler.run(broken, None) {
            Err(same) if same.invariant == violation.invariant => {
                (violation, shortest) = (same, simpler);
                tree.simplify()
            }
            _ => tree.complicate(),
        };
        if !moved {
            break;
        }
    }
    let mut diary = Vec::new();
    let _ = shortest.run(broken, Some(&mut diary));
    Err(Box::new(Failed { seed, violation, shortest, diary }))
}

fn tree(seed: u64) -> impl ValueTree<Value = History> {
    let mut bytes = [0x5a; 16];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..].copy_from_slice(&seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::XorShift, &bytes);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    history().new_tree(&mut runner).expect("nothing is filtered out")
}

fn history() -> impl Strategy<Value = History> {
    let natures = proptest::collection::vec(nature(), 1..=MOST);
    let acts = proptest::collection::vec(act(), 10..120);
    let workers = prop_oneof![2 => Just(1_usize), 1 => Just(2)];
    (natures, any::<u32>(), workers, acts).prop_map(|(natures, jitter, workers, acts)| History {
        natures,
        jitter,
        workers,
        acts,
    })
}

fn nature() -> impl Strategy<Value = Nature> {
    prop_oneof![
        5 => Just(Nature::Fine),
        1 => Just(Nature::Faulty),
        1 => Just(Nature::Unfit),
        1 => Just(Nature::Breaks),
        1 => Just(Nature::BreaksOverDocument),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let at = || 0_usize..8;
    let statuses = vec![401_u16, 408, 410, 423, 426, 429, 500, 502, 503, 504, 507];
    let status = move || proptest::sample::select(statuses.clone());
    let people = prop_oneof![
        6 => at().prop_map(Act::HandIn),
        1 => at().prop_map(Act::SendAgain),
        2 => at().prop_map(Act::TakeBack),
        1 => at().prop_map(Act::EditDuringSend),
        2 => at().prop_map(Act::Nudge),
        5 => (at(), reviewed()).prop_map(|(at, status)| Act::Review(at, status)),
    ];
    let messages = prop_oneof![
        3 => (1_u8..20).prop_map(Act::Calm),
        12 => at().prop_map(Act::Go),
        6 => at().prop_map(Act::Arrive),
        9 => at().prop_map(Act::Serve),
        6 => at().prop_map(Act::Return),
        2 => at().prop_map(Act::LoseRequest),
        2 => at().prop_map(Act::NoConnection),
        2 => at().prop_map(Act::LoseAnswer),
        2 => at().prop_map(Act::GiveUp),
        2 => at().prop_map(Act::Reset),
        2 => at().prop_map(Act::Double),
        2 => at().prop_map(Act::Damage),
        4 => at().prop_map(Act::Cut),
        1 => at().prop_map(Act::Garble),
        2 => at().prop_map(Act::Forge),
        2 => (at(), status()).prop_map(|(at, status)| Act::AnswerInstead(at, status)),
        2 => (at(), status()).prop_map(|(at, status)| Act::AnswerInsteadAfterwards(at, status)),
    ];
    let rest = prop_oneof![
        2 => at().prop_map(Act::DeskDies),
        2 => (at(), 0_u8..4).prop_map(|(at, effects)| Act::DeskDiesAfter(at, effects)),
        2 => Just(Act::OfficeDies),
        1 => any::<bool>().prop_map(Act::DeskDisk),
        1 => any::<bool>().prop_map(Act::OfficeDisk),
        1 => (0_u32..12).prop_map(Act::DeskDiskAfter),
        1 => (0_u32..12).prop_map(Act::OfficeDiskAfter),
        1 => Just(Act::OfficeIsCopied),
        1 => Just(Act::OfficeComesBack),
        3 => Just(Act::BeginningsRot),
        1 => (at(), at()).prop_map(|(manifests, documents)| Act::Balance(manifests, documents)),
        1 => Just(Act::OfficeForgetsAccount),
        1 => proptest::option::of(0_usize..3).prop_map(Act::OfficeAllows),
        1 => (at(), network()).prop_map(|(at, network)| Act::NetworkIs(at, network)),
        6 => (1_u64..90_000).prop_map(Act::TimePasses),
        1 => (-2_i8..=2).prop_map(Act::WallClockJumps),
        1 => Just(Act::Sleep),
    ];
    prop_oneof![3 => people, 10 => messages, 4 => rest]
}

fn reviewed() -> impl Strategy<Value = Status> {
    proptest::sample::select(vec![
        Status::InReview,
        Status::InReview,
        Status::SupplementNeeded,
        Status::SupplementNeeded,
        Status::Approved,
        Status::Rejected,
        Status::SupplementExpired,
    ])
}

fn network() -> impl Strategy<Value = Network> {
    proptest::sample::select(vec![Network::Free, Network::Metered, Network::Absent])
}

/// For people: what was drawn, and line by line what came of it.
pub(crate) fn told(failed: &Failed) -> String {
    let Failed { seed, violation, shortest, diary } = failed;
    let lines = diary.join("\n");
    format!(
        "{}: {}\nseed {seed}; the shortest history that breaks it has {} acts, with {:?}:\n{lines}\n\
         again: cargo run --release -p sync --example histories -- --seed {seed} --count 1",
        violation.invariant,
        violation.what,
        shortest.acts.len(),
        shortest.natures,
    )
}
