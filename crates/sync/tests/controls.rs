//! The suite's own test: deliberate mistakes of desk and office, each of which the histories must find, under the
//! name of the promise that it breaks.
#![allow(clippy::expect_used, clippy::panic)]

mod world;

use std::collections::BTreeMap;

use world::{history, mutants::Broken};

/// Histories within which a mistake must show itself. A normal run has ten times as many.
const WITHIN: u64 = 1_000;

/// A mistake, and the promises that it may break first.
const MISTAKES: [(Broken, &[&str]); 20] = [
    (Broken::DeskForgetsWhenAnswered, &["I7"]),
    (Broken::DeskSendsAnewAfterSilence, &["I2"]),
    (Broken::DeskMovesCursorFirst, &["I4"]),
    (Broken::DeskBelievesAnyReceipt, &["I7"]),
    (Broken::DeskWritesHalf, &["I8"]),
    (Broken::DeskQueuesBehindTheFirst, &["L"]),
    (Broken::DeskBelievesOldLeases, &["L"]),
    (Broken::DeskDropsWhatIsRefused, &["L"]),
    (Broken::DeskTakesAnyAnswer, &["Q"]),
    (Broken::DeskClaimsTooEarly, &["I7"]),
    (Broken::DeskEditsDuringSend, &["I2"]),
    (Broken::DeskAsksAgainForTheBeginning, &["L"]),
    (Broken::OfficeAnswersBeforeItCommits, &["I1"]),
    (Broken::OfficeNumbersEveryRequest, &["I2"]),
    (Broken::OfficeCompletesWithoutFiles, &["I3"]),
    (Broken::OfficeWritesRowBeforeFile, &["I3"]),
    (Broken::OfficeOverwrites, &["I1", "I2"]),
    (Broken::OfficeTakesAnyStatus, &["I5"]),
    (Broken::OfficeWritesHalf, &["I8"]),
    (Broken::OfficeBlamesTheSender, &["Q"]),
];

#[test]
fn every_mistake_is_found_and_named() {
    let mut missed = Vec::new();
    for (broken, wanted) in MISTAKES {
        let mut found: BTreeMap<&str, u64> = BTreeMap::new();
        for seed in 0..WITHIN {
            if let Some(violation) = history::violation(seed, broken) {
                *found.entry(violation.invariant).or_default() += 1;
            }
        }
        println!("{broken:?}: {found:?}");
        if !wanted.iter().any(|invariant| found.contains_key(invariant)) {
            missed.push((broken, found));
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}
