//! Each load of `cargo xtask bench …` once, as small as it goes, so that none rots: what they compare must be there.
//! Peers take part where `cargo xtask bench` has got them.
#![cfg(target_os = "linux")]

use std::process::Command;

use serde_json::Value;

/// Runs a load; its lines.
fn load(arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_load")).args(arguments).output().expect("starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn an_application_arrives_whole_and_costs_something() {
    let lines = load(&["submission", "--rounds", "1", "--count", "5", "--clients", "2", "--bytes", "60000"]);
    let [line, _least] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&line["who"], &line["operations"]), (&"ours".into(), &5.into()));
    assert!(line["cpu"].as_f64() > Some(0.0) && line["judging"].as_f64() < line["cpu"].as_f64(), "{line}");
}

#[test]
fn documents_are_received_beside_nginx_where_there_is_one() {
    let mut arguments = vec!["upload", "--rounds", "1", "--count", "2", "--clients", "2", "--bytes", "60000"];
    let nginx = Command::new("nginx").arg("-v").output().is_ok_and(|said| said.status.success());
    if nginx {
        arguments.extend(["--nginx", "nginx"]);
    }
    let lines = load(&arguments);
    assert_eq!(lines.len(), 2 + usize::from(nginx), "{lines:?}");
    assert!(lines.iter().all(|line| line["operations"] == 10), "{lines:?}");
}

#[test]
fn rows_are_kept_beside_sqlite() {
    let lines = load(&[
        "intake",
        "--rounds",
        "1",
        "--count",
        "150",
        "--clients",
        "8",
        "--http",
        "3",
        "--embedded-only",
    ]);
    let who: Vec<_> = lines.iter().map(|line| line["who"].as_str().unwrap_or_default()).collect();
    assert_eq!(who, ["ours", "SQLite itself, 128 units a commit", "ours"], "{lines:?}");
}

#[test]
fn a_small_herd_loses_nothing() {
    let lines =
        load(&["herd", "--rounds", "1", "--desks", "20", "--steady", "8", "--clients", "4", "--away", "2"]);
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let counted = ["acked", "lost", "doubled"].map(|name| line[name].as_u64());
    assert_eq!(counted, [Some(20), Some(0), Some(0)]);
    // The office was away while they looked for it.
    assert!(line["seconds"].as_f64() > Some(0.0) && line["other"] == 0, "{line}");
}
