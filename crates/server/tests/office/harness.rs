//! An office in this process with a clock that tests move, a desk that speaks its protocol, a reviewer.

use std::{
    path::PathBuf,
    sync::{
        Arc, Once,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use protocol::{
    AccountId, ApplicationId, ContentHash, Manifest, OpenedAccount, Problem, Receipt, ReceiptKey, Submission,
    SubmissionReply,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::{Checker, Config, Running};
use tempfile::TempDir;
pub(crate) use testkit::handing::{MORNING, Papers, id_number, photo};
use uuid::Uuid;

pub(crate) fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_yiban-server"))
}

pub(crate) fn checker() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_yiban-checker"))
}

pub(crate) fn http() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().no_proxy().build().unwrap()
}

/// An office and the directory it works in.
pub(crate) struct Office {
    running: Option<Running>,
    pub(crate) dir: TempDir,
    clock: Arc<AtomicI64>,
    pub(crate) client: Client,
    pub(crate) password: String,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(AtomicI64::new(MORNING.parse::<Timestamp>().unwrap().as_millisecond()));
        let dir = tempfile::tempdir().unwrap();
        let running = server::start(config(&dir, &clock)).await.unwrap();
        let password = running.reviewer_password.as_ref().map(|p| p.to_string()).unwrap();
        Self { running: Some(running), dir, clock, client: http(), password }
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    pub(crate) async fn restart(&mut self) {
        self.restart_with(|_| {}).await;
    }

    pub(crate) async fn restart_with(&mut self, change: impl FnOnce(&mut Config)) {
        self.stop().await;
        let mut config = config(&self.dir, &self.clock);
        change(&mut config);
        let running = server::start(config).await.unwrap();
        assert!(running.reviewer_password.is_none(), "a second start makes no account");
        self.running = Some(running);
    }

    pub(crate) fn later(&self, by: SignedDuration) {
        self.clock.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.as_ref().unwrap().url)
    }

    pub(crate) async fn desk(&self) -> Desk {
        Desk::open(self.client.clone(), &self.url("")).await
    }

    /// A logged-in reviewer.
    pub(crate) async fn reviewer(&self) -> Reviewer {
        self.reviewer_named("reviewer", &self.password).await
    }

    pub(crate) async fn reviewer_named(&self, name: &str, password: &str) -> Reviewer {
        Reviewer::log_in(self.client.clone(), &self.url(""), name, password).await
    }

    pub(crate) async fn login(&self, name: &str, password: &str) -> Response {
        login(&self.client, &self.url(""), name, password).await
    }

    /// The chain of the audit log is whole; how many rows it has.
    pub(crate) async fn audited(&self) -> u64 {
        server::verify_audit(self.dir.path()).await.unwrap()
    }
}

fn config(dir: &TempDir, clock: &Arc<AtomicI64>) -> Config {
    let mut config = Config::new(dir.path(), Checker::ChildProcess(checker()));
    config.listen = ([127, 0, 0, 1], 0).into();
    let clock = Arc::clone(clock);
    config.clock = Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap());
    config
}

async fn login(client: &Client, base: &str, name: &str, password: &str) -> Response {
    let credentials = json!({ "name": name, "password": password });
    client.post(format!("{base}/console/api/login")).json(&credentials).send().await.unwrap()
}

/// A desk with an account.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) token: String,
    pub(crate) key: ReceiptKey,
}

impl Desk {
    pub(crate) async fn open(client: Client, base: &str) -> Self {
        let id = AccountId::new();
        let secret = ContentHash::of(id.0.as_bytes()).to_string();
        let opened = client
            .post(format!("{base}/v1/accounts"))
            .json(&json!({ "id": id, "secret": secret }))
            .send()
            .await
            .unwrap();
        assert_eq!(opened.status(), StatusCode::CREATED);
        let opened: OpenedAccount = opened.json().await.unwrap();
        Self { client, base: base.to_owned(), token: format!("{id}.{secret}"), key: opened.receipt_key }
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub(crate) async fn submit(&self, key: Uuid, manifest: &Manifest) -> Response {
        self.ask(Method::POST, "/v1/applications")
            .header("Idempotency-Key", key.to_string())
            .json(&Submission { manifest: manifest.clone() })
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn put(&self, bytes: &[u8]) -> Response {
        self.put_as(ContentHash::of(bytes), bytes).await
    }

    pub(crate) async fn put_as(&self, hash: ContentHash, bytes: &[u8]) -> Response {
        self.ask(Method::PUT, &format!("/v1/blobs/{hash}")).body(bytes.to_vec()).send().await.unwrap()
    }

    /// Hands in and sends everything; the verified receipt.
    pub(crate) async fn hand_in(&self, papers: &Papers) -> Receipt {
        let key = Uuid::now_v7();
        let first = self.submit(key, &papers.manifest).await;
        if first.status() == StatusCode::ACCEPTED {
            for hash in missing(first).await {
                assert_eq!(self.put(papers.bytes_of(hash)).await.status(), StatusCode::CREATED);
            }
        } else {
            assert_eq!(first.status(), StatusCode::CREATED, "{}", first.text().await.unwrap());
        }
        let receipt = receipt(self.submit(key, &papers.manifest).await).await;
        receipt.verify(&self.key, &papers.manifest).unwrap();
        receipt
    }

    pub(crate) async fn feed(&self, after: &str, wait: u64) -> protocol::FeedPage {
        let response =
            self.ask(Method::GET, &format!("/v1/feed?after={after}&wait={wait}")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }
}

pub(crate) async fn missing(response: Response) -> Vec<ContentHash> {
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    match response.json().await.unwrap() {
        SubmissionReply::Missing { missing, .. } => missing,
        SubmissionReply::Complete { .. } => panic!("202 says what is missing"),
    }
}

pub(crate) async fn receipt(response: Response) -> Receipt {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{text}");
    match serde_json::from_str(&text).unwrap() {
        SubmissionReply::Complete { receipt } => *receipt,
        SubmissionReply::Missing { .. } => panic!("201 carries the receipt"),
    }
}

/// The problem of an answer that is expected to be one.
pub(crate) async fn problem(response: Response) -> (StatusCode, Problem) {
    let status = response.status();
    let kind = response.headers()["content-type"].clone();
    assert_eq!(kind, "application/problem+json", "{status}");
    assert!(response.headers().contains_key("date"));
    let problem: Problem = response.json().await.unwrap();
    assert_eq!(problem.status, status.as_u16());
    (status, problem)
}

/// A reviewer's browser.
#[derive(Clone)]
pub(crate) struct Reviewer {
    client: Client,
    base: String,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Reviewer {
    pub(crate) async fn log_in(client: Client, base: &str, name: &str, password: &str) -> Self {
        let response = login(&client, base, name, password).await;
        assert_eq!(response.status(), StatusCode::OK);
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/console"] {
            assert!(cookie.contains(part), "{part}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let session: Value = response.json().await.unwrap();
        let csrf = session["csrfToken"].as_str().unwrap().to_owned();
        Self { client, base: base.to_owned(), cookie, csrf }
    }

    /// The same browser, answered by another copy of the office.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/console/api/{path}", self.base))
            .header("cookie", &self.cookie)
            .header("x-csrf-token", &self.csrf)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.ask(Method::POST, path).json(body).send().await.unwrap()
    }

    pub(crate) async fn claim(&self, application: ApplicationId) -> Response {
        self.post(&format!("cases/{application}/claim"), &json!(null)).await
    }

    pub(crate) async fn decide(&self, application: ApplicationId, decision: &Value) -> Response {
        self.post(&format!("cases/{application}/decision"), decision).await
    }
}
