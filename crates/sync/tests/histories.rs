//! Random histories of desk, network and office: whatever is lost, doubled, swapped, damaged, refused or dies,
//! nothing owed is lost, nothing is received twice, and what can never be received keeps nobody waiting.
//!
//! A failure prints its seed; `cargo run --release -p sync --example histories -- --seed N --count 1` runs it again.
#![allow(clippy::expect_used, clippy::panic)]

mod world;

use world::{history, mutants::Broken};

/// As many as a normal test run affords; the example runs a million.
const HISTORIES: u64 = 10_000;

#[test]
fn nothing_is_lost_and_nothing_is_doubled() {
    let (mut handed_in, mut receipted) = (0, 0);
    for seed in 0..HISTORIES {
        match history::try_seed(seed, Broken::None) {
            Ok(tally) => {
                handed_in += tally.handed_in;
                receipted += tally.receipted;
            }
            Err(failed) => panic!("{}", history::told(&failed)),
        }
    }
    // A world in which hardly anything gets through would prove little.
    assert!(receipted * 2 > handed_in && handed_in > HISTORIES, "{receipted} of {handed_in} were receipted");
}
