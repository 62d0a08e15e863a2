//! The suite's own test: deliberate mistakes of desk and office, each of which the histories must find, under the
//! name of the promise that it breaks.
#![allow(clippy::expect_used, clippy::panic)]

mod world;

use std::collections::BTreeMap;

use world::{history, mutants::Broken};

/// Histories within which a mistake must show itself: as many as a normal run has.
const WITHIN: u64 = 10_000;

/// A mistake, and the promises that it may break first.
const MISTAKES: [(Broken, &[&str]); 24] = [
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
    (Broken::DeskTakesBackWhatLeft, &["I7"]),
    (Broken::DeskBelievesOldReceipts, &["L"]),
    (Broken::DeskComparesTooEarly, &["R"]),
    (Broken::DeskForgetsThatItRereads, &["L"]),
    (Broken::DeskResendsUnderAnotherKey, &["I2"]),
    (Broken::DeskAsksAgainForTheBeginning, &["L"]),
    (Broken::OfficeAnswersBeforeItCommits, &["I1"]),
    (Broken::OfficeNumbersEveryRequest, &["I2"]),
    (Broken::OfficeCompletesWithoutFiles, &["I3"]),
    (Broken::OfficeWritesRowBeforeFile, &["I3"]),
    (Broken::OfficeOverwrites, &["I1", "I2"]),
    (Broken::OfficeTakesAnyStatus, &["I5"]),
    (Broken::OfficeWritesHalf, &["I8"]),
];

#[test]
fn every_mistake_is_found_and_named() {
    let mut missed = Vec::new();
    for (broken, wanted) in MISTAKES {
        // Most break something else, too, here and there.
        let mut others: BTreeMap<&str, u64> = BTreeMap::new();
        let found = (0..WITHIN).find(|seed| {
            let broke = history::violation(*seed, broken).map(|violation| violation.invariant);
            if let Some(other) = broke.filter(|broke| !wanted.contains(broke)) {
                *others.entry(other).or_default() += 1;
            }
            broke.is_some_and(|broke| wanted.contains(&broke))
        });
        println!("{broken:?}: {wanted:?} by history {found:?}; before it {others:?}");
        if found.is_none() {
            missed.push(broken);
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}
