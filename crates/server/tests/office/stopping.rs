//! How the office says that it is well, and how it closes.

use std::{io, time::Duration};

use futures::StreamExt;
use protocol::ContentHash;
use reqwest::{Body, Method, StatusCode};
use sqlx::ConnectOptions;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::harness::{Desk, Office, Papers, missing};

#[tokio::test]
async fn an_office_whose_database_is_held_lives_but_is_not_ready_until_it_is_free() {
    let office = Office::open().await;
    let ask = |path: &'static str| office.client.get(office.url(path)).send();
    assert_eq!(ask("/readyz").await.unwrap().status(), StatusCode::OK);
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(office.dir.path().join("office.sqlite"));
    let mut other = file.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    // What was found a moment ago holds for a second.
    until(&ask, StatusCode::SERVICE_UNAVAILABLE).await;
    // Whoever waited for the lock would find it busy, not away: nobody does.
    let (live, ready, health) = tokio::join!(ask("/livez"), ask("/readyz"), ask("/healthz"));
    assert_eq!(live.unwrap().status(), StatusCode::OK);
    for response in [ready.unwrap(), health.unwrap()] {
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key("retry-after"));
    }
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    until(&ask, StatusCode::OK).await;
}

#[tokio::test]
async fn an_office_whose_disk_is_full_lives_but_is_not_ready() {
    let mut office = Office::open().await;
    office.restart_with(|config| config.least_free = u64::MAX).await;
    let ask = |path: &'static str| office.client.get(office.url(path)).send();
    for path in ["/readyz", "/healthz"] {
        let refused = ask(path).await.unwrap();
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(ask("/livez").await.unwrap().status(), StatusCode::OK);
    // Who asks for what needs no room is served.
    assert_eq!(ask("/v1/catalogue").await.unwrap().status(), StatusCode::OK);
    office.restart().await;
    assert_eq!(office.client.get(office.url("/readyz")).send().await.unwrap().status(), StatusCode::OK);
}

/// Waits until the office says that it is well, or that it is not; a test that waits for ever is ended by its runner.
async fn until<A: Future<Output = reqwest::Result<reqwest::Response>>>(
    ask: &impl Fn(&'static str) -> A,
    wanted: StatusCode,
) {
    while ask("/readyz").await.unwrap().status() != wanted {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A document on its way whose second half is sent on a word.
async fn half_sent(
    desk: &Desk,
    papers: &Papers,
) -> (oneshot::Sender<()>, tokio::task::JoinHandle<Option<StatusCode>>) {
    let hash = missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await[0];
    let bytes = papers.bytes_of(hash).to_vec();
    assert_eq!(ContentHash::of(&bytes), hash);
    let (go, wait) = oneshot::channel();
    let (begun, has_begun) = oneshot::channel();
    let rest = bytes[bytes.len() / 2..].to_vec();
    let first = bytes[..bytes.len() / 2].to_vec();
    let halves = futures::stream::once(async move { Ok::<_, io::Error>(first) }).chain(
        futures::stream::once(async move {
            let _ = begun.send(());
            let _ = wait.await;
            Ok(rest)
        }),
    );
    let request = desk.ask(Method::PUT, &format!("/v1/blobs/{hash}")).body(Body::wrap_stream(halves));
    let sending = tokio::spawn(async move { request.send().await.ok().map(|response| response.status()) });
    has_begun.await.unwrap();
    // The server is to have begun reading, not only the client to send.
    tokio::time::sleep(Duration::from_millis(300)).await;
    (go, sending)
}

#[tokio::test]
async fn what_is_under_way_is_finished_and_nothing_new_is_taken() {
    let mut office = Office::open().await;
    let (desk, url) = (office.desk().await, office.url("/livez"));
    let (go, sending) = half_sent(&desk, &Papers::resident()).await;
    let new = crate::harness::http();
    let during = async {
        // Were they taken until the end, the document would be cut off with everything else.
        while new.get(&url).header("connection", "close").send().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        go.send(()).unwrap();
        sending.await.unwrap()
    };
    let ((), answered) = tokio::join!(office.stop(), during);
    assert_eq!(answered, Some(StatusCode::CREATED));
}

#[tokio::test]
async fn who_sends_for_ever_does_not_keep_the_office_open_for_ever() {
    let mut office = Office::open().await;
    let desk = office.desk().await;
    let (_go, sending) = half_sent(&desk, &Papers::resident()).await;
    office.stop().await;
    assert_ne!(sending.await.unwrap(), Some(StatusCode::CREATED));
}
