//! What an error looks like, whoever notices it.

use reqwest::{Method, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{Office, Papers, missing};

async fn told(response: reqwest::Response) -> Value {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert!(response.headers().contains_key("date"));
    response.json().await.unwrap()
}

#[tokio::test]
async fn every_refusal_is_a_problem() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let get = |path: &str| office.client.get(office.url(path)).send();
    let mut refusals = vec![
        ("unknown address", told(get("/v1/nothing").await.unwrap()).await),
        ("unknown address outside", told(get("/wp-login.php").await.unwrap()).await),
        ("unknown method", told(desk.ask(Method::DELETE, "/v1/feed").send().await.unwrap()).await),
        ("no account", told(get("/v1/feed").await.unwrap()).await),
        ("bad query", told(desk.ask(Method::GET, "/v1/feed?wait=long").send().await.unwrap()).await),
    ];
    let post = || desk.ask(Method::POST, "/v1/applications");
    let mut papers = Papers::resident();
    let submission = protocol::Submission { manifest: papers.manifest.clone() };
    refusals.push(("no key", told(post().json(&submission).send().await.unwrap()).await));
    let keyed = || post().header("Idempotency-Key", Uuid::now_v7().to_string());
    refusals.push(("not JSON", told(keyed().body("{").send().await.unwrap()).await));
    refusals.push(("too long", told(keyed().body(vec![b' '; 1_100_000]).send().await.unwrap()).await));
    papers.answer("mobile", "12345");
    let unready = desk.submit(Uuid::now_v7(), &papers.manifest).await;
    refusals.push(("not ready", told(unready).await));
    insta::assert_json_snapshot!(refusals);
}

/// The next request would go into a connection that the office closes over what is left of this one.
#[tokio::test]
async fn an_answer_that_comes_before_the_body_is_read_ends_the_connection_and_says_so() {
    let office = Office::open().await;
    let desk = office.desk().await;
    let papers = Papers::resident();
    let wanted = missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
    let closes = |response: &reqwest::Response| {
        response.headers().get("connection").is_some_and(|told| told == "close")
    };
    let document = papers.bytes_of(wanted[0]);
    for (status, ends) in [(StatusCode::CREATED, false), (StatusCode::OK, true)] {
        let answered = desk.put(document).await;
        assert_eq!((answered.status(), closes(&answered)), (status, ends));
    }
    // Nobody asked for this one; and it is more than the sockets hold, so that it cannot be read on the side.
    for _ in 0..20 {
        let refused = desk.put(&vec![7; 1_900_000]).await;
        assert_eq!((refused.status(), closes(&refused)), (StatusCode::NOT_FOUND, true));
        let read = desk.submit(Uuid::now_v7(), &papers.manifest).await;
        assert_eq!((read.status(), closes(&read)), (StatusCode::ACCEPTED, false));
    }
}

#[tokio::test]
async fn the_office_says_that_it_is_well_and_what_it_offers() {
    let office = Office::open().await;
    let health = office.client.get(office.url("/healthz")).send().await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
    let described: Value =
        office.client.get(office.url("/v1/openapi.json")).send().await.unwrap().json().await.unwrap();
    let paths: Vec<_> = described["paths"].as_object().unwrap().keys().collect();
    let told = [
        "/v1/accounts",
        "/v1/applications",
        "/v1/blobs/{sha256}",
        "/v1/catalogue",
        "/v1/catalogue/{sha256}",
        "/v1/feed",
    ];
    assert_eq!(paths, told);
}

#[tokio::test]
async fn the_console_page_is_served_with_a_strict_policy() {
    let office = Office::open().await;
    let page = office.client.get(office.url("/console/")).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert_eq!(page.headers()["x-frame-options"], "DENY");
    // Addresses that the page routes by itself show the page; files that are not there do not.
    let inner = office.client.get(office.url("/console/cases/1")).send().await.unwrap();
    assert_eq!(inner.status(), StatusCode::OK);
    let absent = office.client.get(office.url("/console/assets/absent.js")).send().await.unwrap();
    assert_eq!(absent.status(), StatusCode::NOT_FOUND);
    for path in ["/console/../../Cargo.toml", "/console/%2e%2e/%2e%2e/Cargo.toml", "/console/api/absent"] {
        let tried = office.client.get(office.url(path)).send().await.unwrap();
        assert_eq!(tried.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
