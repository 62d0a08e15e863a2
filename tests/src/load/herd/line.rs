//! A desk's line to the office: its own address, its own connections, and each request of the protocol as a desk makes
//! it. Answers are what `sync` wants to hear.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use anyhow::{Context, Result};
use axum::body::{Body, Bytes, to_bytes};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use protocol::{AccountId, ContentHash, FeedPage, Problem};
use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use serde::de::DeserializeOwned;
use sync::Failure;
use tokio::time::timeout;

/// As a desk waits for an answer (`desk::sending::office`).
const ANSWER: Duration = Duration::from_secs(60);
const LARGEST: usize = 1 << 20;

/// What a request is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Account,
    Probe,
    Manifest,
    Document,
    News,
}

/// What became of a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    Done,
    /// 429 and 503: later.
    Refused,
    /// Nobody there.
    Silence,
    /// Anything else that was no success.
    Other,
}

/// What all lines together heard.
#[derive(Debug, Default)]
pub(super) struct Heard([[AtomicU64; 4]; 5]);

impl Heard {
    const KINDS: [Kind; 5] = [Kind::Account, Kind::Probe, Kind::Manifest, Kind::Document, Kind::News];

    fn hears(&self, kind: Kind, outcome: Outcome) {
        self.0[kind as usize][outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn of(&self, kind: Kind, outcome: Outcome) -> u64 {
        self.0[kind as usize][outcome as usize].load(Ordering::Relaxed)
    }

    pub(super) fn asked(&self) -> u64 {
        self.0.iter().flatten().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Whatever it was for.
    pub(super) fn all(&self, outcome: Outcome) -> u64 {
        Self::KINDS.iter().map(|kind| self.of(*kind, outcome)).sum()
    }
}

/// The line of one desk.
pub(super) struct Line {
    base: String,
    token: String,
    http: Client<HttpConnector, Body>,
}

impl Line {
    /// Of the desk with this number, from an address of its own: what the office limits by address meets each desk by
    /// itself, as in life.
    pub(super) fn new(base: &str, number: u32, account: AccountId) -> Self {
        let [_, high, middle, low] = number.to_be_bytes();
        let mut connector = HttpConnector::new();
        let own = Ipv4Addr::new(127, high.saturating_add(1), middle, low);
        connector.set_local_address(Some(IpAddr::V4(own)));
        connector.set_nodelay(true);
        // A process has so many files, and the office here is one: connections are not kept between requests.
        let http = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        let secret = ContentHash::of(account.0.as_bytes());
        Self { base: base.to_owned(), token: format!("Bearer {account}.{secret}"), http }
    }

    /// One request; what the office said, or why it did not do as asked.
    pub(super) async fn ask(
        &self,
        heard: &Heard,
        kind: Kind,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Bytes, Failure> {
        let answered = timeout(ANSWER, self.send(method, path, headers, body)).await;
        let Ok(Ok((status, headers, bytes))) = answered else {
            heard.hears(kind, Outcome::Silence);
            return Err(Failure::NoAnswer);
        };
        if status.is_success() {
            heard.hears(kind, Outcome::Done);
            return Ok(bytes);
        }
        let later = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        heard.hears(kind, if later { Outcome::Refused } else { Outcome::Other });
        let seconds = headers.get(RETRY_AFTER).and_then(|text| text.to_str().ok()?.parse::<u64>().ok());
        let retry_after_ms = seconds.map(|seconds| seconds * 1000);
        Err(match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) => Failure::Refused { problem: Box::new(problem), retry_after_ms },
            Err(_) => Failure::Unreadable { status: status.as_u16(), retry_after_ms },
        })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<(StatusCode, HeaderMap, Bytes)> {
        let mut request = axum::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(AUTHORIZATION, &self.token);
        if !headers.iter().any(|(name, _)| *name == CONTENT_TYPE.as_str()) {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = self.http.request(request.body(Body::from(body)).context("a request")?).await?;
        let (parts, body) = answer.into_parts();
        Ok((parts.status, parts.headers, to_bytes(Body::new(body), LARGEST).await?))
    }

    /// The same where JSON is expected.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        heard: &Heard,
        kind: Kind,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<T, Failure> {
        let bytes = self.ask(heard, kind, method, path, headers, body).await?;
        serde_json::from_slice(&bytes)
            .map_err(|_| Failure::Unreadable { status: StatusCode::OK.as_u16(), retry_after_ms: None })
    }

    pub(super) async fn poll(&self, heard: &Heard, cursor: &str, wait: u32) -> Result<FeedPage, Failure> {
        let path = format!("/v1/feed?after={cursor}&wait={wait}");
        self.read(heard, Kind::News, Method::GET, &path, &[], Vec::new()).await
    }
}
