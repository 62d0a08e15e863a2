//! Ten thousand generated numbers, judged by our kinds and by independent validators: every disagreement is of a
//! class that is explained here, and counted in the snapshot. Needs `npm ci` in `crates/forms/peers`.
#![allow(clippy::panic, reason = "a failed expectation tells what was judged how")]

mod peers_numbers;
mod probe;

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use forms::{Catalogue, Severity};
use peers_numbers::{Number, Sort};
use serde::Deserialize;

/// Our verdict: readable or not, and every code that was said.
#[derive(Debug)]
struct Ours {
    accepts: bool,
    codes: Vec<String>,
}

impl Ours {
    fn says(&self, code: &str) -> bool {
        self.codes.iter().any(|said| said.split_once('.').is_some_and(|(_, said)| said == code))
    }
}

#[derive(Debug, Deserialize)]
struct Verdicts {
    number: String,
    verdicts: BTreeMap<String, bool>,
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn judge(catalogue: &Catalogue, number: &Number) -> Ours {
    let state = probe::judge(catalogue, number.field(), &number.text);
    Ours {
        accepts: state.findings.iter().all(|finding| finding.severity == Severity::Doubtful),
        codes: state.findings.into_iter().map(|finding| finding.code).collect(),
    }
}

/// The verdicts of the others, in the order of the numbers; `None` where they are not installed.
fn ask_peers(numbers: &[Number]) -> Option<Vec<Verdicts>> {
    let folder = here("peers");
    if !folder.join("node_modules").is_dir() {
        return None;
    }
    let mut node = Command::new("node")
        .arg("judge.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is installed where node_modules is");
    let mut stdin = node.stdin.take().expect("piped");
    let lines: String = numbers.iter().map(|number| format!("{} {}\n", number.sort(), number.text)).collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = node.wait_with_output().expect("node ends");
    writer.join().expect("not panicked").expect("node reads to the end");
    assert!(output.status.success(), "node failed");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a verdict a line")).collect())
}

/// Why a peer may judge differently. Everything that has no entry here is a mistake, of ours or of theirs.
fn explain(number: &Number, ours: &Ours, peer: &str) -> Option<&'static str> {
    let prefix = number.text.get(..2)?;
    let rejected_for = |codes: &[&str]| !ours.accepts && codes.iter().any(|code| ours.says(code));
    match peer {
        "cdigit" if rejected_for(&["province", "date", "future", "age"]) => {
            Some("looks at the check digit only: any province, any date")
        }
        "stdnum" if rejected_for(&["province"]) => Some("any province will do"),
        "stdnum" if rejected_for(&["age"]) => Some("births of any age will do"),
        "stdnum" if ours.accepts && number.sort() == "credit" && number.text.ends_with('0') => {
            Some("cannot make the check character 0 of GB 32100 (remainder 0)")
        }
        "id-validator" if rejected_for(&["date"]) && number.day() <= 31 => {
            Some("does not know the lengths of months")
        }
        "id-validator" if rejected_for(&["future", "age"]) => Some("births of any year will do"),
        "id-validator" if ours.accepts && ["81", "82", "83"].contains(&prefix) => {
            Some("does not know Taiwan, Hong Kong and Macao")
        }
        "id-validator" | "idcard" if ours.accepts && prefix.starts_with('9') => {
            Some("does not know permanent residence cards")
        }
        "validator" if ours.accepts && prefix == "83" => Some("does not know permits of Taiwan residents"),
        "validator" if ours.accepts && prefix.starts_with('9') && prefix != "91" => {
            Some("takes 91 for “abroad” and knows no other province of a permanent residence card")
        }
        "idcard" | "validator" if rejected_for(&["age"]) => Some("births of any age will do"),
        _ => None,
    }
}

/// Each peer and sort with how often and a few examples.
fn summary(unexplained: &[(String, String)]) -> String {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (group, example) in unexplained {
        groups.entry(group).or_default().push(example);
    }
    let line = |(group, examples): (&str, Vec<&str>)| {
        format!(
            "{group}: {} unexplained, for example {:?}\n",
            examples.len(),
            &examples[..examples.len().min(4)]
        )
    };
    groups.into_iter().map(line).collect()
}

#[test]
fn every_disagreement_with_other_validators_is_explained() {
    let numbers = peers_numbers::all();
    assert_eq!(numbers.len(), 10_000);
    let Some(peers) = ask_peers(&numbers) else {
        #[allow(clippy::print_stderr, reason = "a test that was left out must be seen")]
        {
            eprintln!("LEFT OUT: the comparison with other validators; run `npm ci` in crates/forms/peers");
        }
        return;
    };
    assert_eq!(peers.len(), numbers.len());
    let catalogue = probe::catalogue();
    let mut classes: BTreeMap<String, u32> = BTreeMap::new();
    let mut unexplained = vec![];
    for (number, theirs) in numbers.iter().zip(&peers) {
        assert_eq!(theirs.number, number.text);
        let ours = judge(&catalogue, number);
        assert_eq!(ours.accepts, number.made.is_right(), "{number:?} {ours:?}");
        // Luhn is only doubtful on cards that are not of UnionPay; the others know no doubt.
        let ours_accepts = ours.accepts && !ours.says("unusual");
        for (peer, &accepts) in &theirs.verdicts {
            let class = match (ours_accepts == accepts, explain(number, &ours, peer)) {
                (true, _) => "agreed".to_owned(),
                (false, Some(reason)) => {
                    format!("{peer} {}: {reason}", if accepts { "takes" } else { "refuses" })
                }
                (false, None) => {
                    let group =
                        format!("{peer} {} {:?}", if accepts { "takes" } else { "refuses" }, number.made);
                    unexplained.push((group, format!("{} {:?}", number.text, ours.codes)));
                    continue;
                }
            };
            *classes.entry(class).or_default() += 1;
        }
    }
    assert!(unexplained.is_empty(), "{}", summary(&unexplained));
    let table: String = classes.iter().map(|(class, count)| format!("{count:6} {class}\n")).collect();
    insta::assert_snapshot!(table);
}

#[test]
fn every_sort_of_number_was_made() {
    let numbers = peers_numbers::all();
    for sort in Sort::ALL {
        assert!(numbers.iter().any(|number| number.made == sort), "{sort:?}");
    }
}
