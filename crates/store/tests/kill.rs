//! kill -9 at any moment of saving: what was acknowledged is there, the file is whole, the lock is free.
//! The test starts itself again as the program that is killed.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::print_stdout, clippy::panic)]

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use forms::Answer;
use jiff::Timestamp;
use protocol::ApplicationId;
use store::{DatabaseKey, NewApplication, Store};

const DIRECTORY: &str = "YIBAN_TEST_KILL_DIRECTORY";
const ROUNDS: u64 = 8;

fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([7; 32])
}

/// The program that is killed: saves numbers and says each one once it is acknowledged.
#[tokio::test]
async fn save_until_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let store = Store::open(directory.as_ref(), &key()).await.expect("opens");
    let id = ApplicationId::new();
    let at = Timestamp::UNIX_EPOCH;
    let new = NewApplication { id, service: "s".into(), service_version: 1, created_at: at };
    store.create_application(&new).await.expect("begins");
    println!("application {id}");
    for number in 0_u32.. {
        let answer = Answer::Text(format!("{number} {}", "x".repeat(2_000)));
        store.save_answer(id, &format!("field_{}", number % 7), Some(&answer), at).await.expect("saves");
        println!("saved {number}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().expect("a directory");
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "save_until_killed", "--nocapture"])
            .env(DIRECTORY, directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let (mut application, mut saved) = (None, None);
        let mut lines = lines.map_while(Result::ok);
        for line in lines.by_ref() {
            // The test harness may put its own words before ours.
            if let Some((_, id)) = line.split_once("application ") {
                application = id.trim().parse::<ApplicationId>().ok();
            }
            if let Some((_, number)) = line.split_once("saved ") {
                saved = number.trim().parse::<u32>().ok();
            }
            if saved.is_some_and(|saved| u64::from(saved) >= 20 + round * 3) {
                break;
            }
        }
        std::thread::sleep(Duration::from_millis(round));
        child.kill().expect("kills");
        child.wait().expect("ends");
        for line in lines {
            if let Some((_, number)) = line.split_once("saved ") {
                saved = number.trim().parse::<u32>().ok().or(saved);
            }
        }
        let (application, saved) = (application.expect("begun"), saved.expect("saved"));
        let store = Store::open(directory.path(), &key()).await.expect("opens after the kill");
        let row = store.application(application).await.expect("reads").expect("is there");
        let newest = row.answers.0.values().filter_map(|answer| match answer {
            Answer::Text(text) => text.split(' ').next().and_then(|number| number.parse::<u32>().ok()),
            _ => None,
        });
        let newest = newest.max().expect("some");
        assert!(newest >= saved, "round {round}: {saved} was acknowledged, {newest} is the newest there");
        store.close().await.expect("closes");
    }
}
