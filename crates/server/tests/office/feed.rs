//! The status feed: nothing skipped, nothing early, awake at once.

use std::time::{Duration, Instant};

use protocol::{ProblemCode, Status};
use reqwest::{Method, StatusCode};

use crate::harness::{Office, Papers, problem};

#[tokio::test]
async fn a_reader_who_polls_while_others_write_misses_nothing() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let writers: Vec<_> = (0..6)
        .map(|_| {
            let desk = desk.clone();
            tokio::spawn(async move { desk.hand_in(&Papers::resident()).await.body.application })
        })
        .collect();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    while seen.len() < writers.len() {
        let page = desk.feed(&cursor, 10).await;
        seen.extend(page.changes.iter().map(|change| change.application));
        cursor = page.cursor;
    }
    let mut written = Vec::new();
    for writer in writers {
        written.push(writer.await.unwrap());
    }
    written.sort();
    seen.sort();
    assert_eq!(seen, written);
}

#[tokio::test]
async fn a_waiting_desk_hears_of_a_decision_at_once() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let reviewer = office.reviewer().await;
    let application = desk.hand_in(&Papers::resident()).await.body.application;
    let cursor = desk.feed("", 0).await.cursor;
    let waiting = tokio::spawn({
        let (desk, cursor) = (desk.clone(), cursor.clone());
        async move { (desk.feed(&cursor, 20).await, Instant::now()) }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(reviewer.claim(application).await.status(), StatusCode::OK);
    let decided = Instant::now();
    let (page, heard) = waiting.await.unwrap();
    assert_eq!(page.changes[0].status, Status::InReview);
    assert!(heard.duration_since(decided) < Duration::from_secs(2));
}

#[tokio::test]
async fn an_idle_wait_ends_when_its_time_is_over_or_the_office_stops() {
    let mut office = Office::open().await;
    let desk = office.desk().await;
    let began = Instant::now();
    assert!(desk.feed("", 1).await.changes.is_empty());
    assert!(began.elapsed() >= Duration::from_secs(1));
    let waiting = tokio::spawn({
        let desk = desk.clone();
        async move { desk.feed("", 25).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    office.stop().await;
    assert!(waiting.await.unwrap().changes.is_empty());
    assert!(began.elapsed() < Duration::from_secs(8), "the stop does not wait for the poll");
}

#[tokio::test]
async fn cursors_that_were_never_issued_are_refused() {
    let office = Office::open().await;
    let desk = office.desk().await;
    for (cursor, status, code) in [
        ("soon", StatusCode::BAD_REQUEST, ProblemCode::Malformed),
        ("999", StatusCode::GONE, ProblemCode::CursorExpired),
    ] {
        let asked = desk.ask(Method::GET, &format!("/v1/feed?after={cursor}")).send().await.unwrap();
        let (found, problem) = problem(asked).await;
        assert_eq!((found, problem.code), (status, code));
    }
}
