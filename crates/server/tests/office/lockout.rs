//! Guessing a reviewer's password.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use protocol::ProblemCode;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::harness::{Office, problem};

#[tokio::test]
async fn five_wrong_guesses_lock_for_half_an_hour_even_the_right_password() {
    let mut office = Office::open().await;
    for guess in 1..=5 {
        let (status, _) = problem(office.login("reviewer", "wrong").await).await;
        let expected = if guess < 5 { StatusCode::UNAUTHORIZED } else { StatusCode::LOCKED };
        assert_eq!(status, expected, "guess {guess}");
    }
    let password = office.password.clone();
    let refused = office.login("reviewer", &password).await;
    assert_eq!(refused.headers()["retry-after"], "1800");
    let (status, found) = problem(refused).await;
    assert_eq!((status, found.code), (StatusCode::LOCKED, ProblemCode::Locked));

    // Neither a restart nor another spelling of the name opens it.
    office.restart().await;
    assert_eq!(office.login(" Reviewer ", &password).await.status(), StatusCode::LOCKED);
    office.later(SignedDuration::from_secs(29 * 60));
    assert_eq!(office.login("reviewer", &password).await.status(), StatusCode::LOCKED);
    office.later(SignedDuration::from_secs(61));
    assert_eq!(office.login("reviewer", &password).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn parallel_guesses_are_counted_one_by_one() {
    let office = Office::open().await;
    let guesses = (0..28).map(|guess| office.login("reviewer", if guess == 20 { "almost" } else { "wrong" }));
    let mut answers: BTreeMap<u16, u32> = BTreeMap::new();
    for response in futures::future::join_all(guesses).await {
        *answers.entry(response.status().as_u16()).or_default() += 1;
    }
    // Five were looked at: four wrong, the fifth locked.
    assert_eq!(answers, BTreeMap::from([(401, 4), (423, 24)]));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_treated_the_same() {
    let office = Office::open().await;
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for _ in 0..6 {
        known.push(problem(office.login("reviewer", "wrong").await).await);
        unknown.push(problem(office.login("nobody", "wrong").await).await);
    }
    assert_eq!(known, unknown);
}

#[tokio::test]
async fn a_right_password_clears_the_count() {
    let office = Office::open().await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(office.login("reviewer", "wrong").await.status(), StatusCode::UNAUTHORIZED);
        }
        office.reviewer().await;
    }
}

#[tokio::test]
async fn a_session_needs_its_token_ends_by_itself_and_ends_when_told() {
    let office = Office::open().await;
    let reviewer = office.reviewer().await;
    let post = |csrf: &str| {
        office
            .client
            .post(office.url("/console/api/logout"))
            .header("cookie", &reviewer.cookie)
            .header("x-csrf-token", csrf)
    };
    let (status, _) = problem(post("").send().await.unwrap()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let elsewhere = post(&reviewer.csrf).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN);

    // Looking at the page keeps it alive, silence ends it.
    for _ in 0..3 {
        office.later(SignedDuration::from_mins(20));
        assert_eq!(reviewer.get("session").await.status(), StatusCode::OK);
    }
    office.later(SignedDuration::from_mins(31));
    assert_eq!(reviewer.get("session").await.status(), StatusCode::UNAUTHORIZED);

    let reviewer = office.reviewer().await;
    assert_eq!(reviewer.post("logout", &json!(null)).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(reviewer.get("queue").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_renewed_password_lifts_the_lock_and_ends_sessions() {
    let office = Office::open().await;
    let before = office.reviewer().await;
    for _ in 0..5 {
        office.login("reviewer", "wrong").await;
    }
    assert!(server::add_reviewer(office.dir.path(), "reviewer", false).await.is_err(), "the name is taken");
    let renewed = server::add_reviewer(office.dir.path(), "reviewer", true).await.unwrap();
    let gone = before.ask(Method::GET, "session").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(office.login("reviewer", &office.password).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(office.login("reviewer", &renewed).await.status(), StatusCode::OK);
    let second = server::add_reviewer(office.dir.path(), "Wang", false).await.unwrap();
    assert_eq!(office.login("wang", &second).await.status(), StatusCode::OK);
}
