//! An office in this process with a clock that tests move, a desk that speaks its protocol, a reviewer.

use std::{
    path::PathBuf,
    sync::{
        Arc, Once,
        atomic::{AtomicI64, Ordering},
    },
};

use forms::{Answer, Answers, Catalogue, Supplied};
use jiff::{SignedDuration, Timestamp, civil::date};
use protocol::{
    AccountId, ApplicationId, ConsentRecord, ContentHash, DocumentKind, Manifest, ManifestDocument,
    OpenedAccount, Problem, Receipt, ReceiptKey, Submission, SubmissionReply,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::{Checker, Config, Running};
use tempfile::TempDir;
use uuid::Uuid;

/// Monday, 23 November 2026, 10:00 in China: within the enrolment window.
pub(crate) const MORNING: &str = "2026-11-23T02:00:00Z";

pub(crate) fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_yiban-server"))
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
        let response = self.login(name, password).await;
        assert_eq!(response.status(), StatusCode::OK);
        Reviewer::from_login(self.client.clone(), self.url(""), response).await
    }

    pub(crate) async fn login(&self, name: &str, password: &str) -> Response {
        self.client
            .post(self.url("/console/api/login"))
            .json(&json!({ "name": name, "password": password }))
            .send()
            .await
            .unwrap()
    }

    /// The chain of the audit log is whole; how many rows it has.
    pub(crate) async fn audited(&self) -> u64 {
        server::verify_audit(self.dir.path()).await.unwrap()
    }
}

fn config(dir: &TempDir, clock: &Arc<AtomicI64>) -> Config {
    let mut config = Config::new(dir.path(), Checker::ChildProcess(binary()));
    config.listen = ([127, 0, 0, 1], 0).into();
    let clock = Arc::clone(clock);
    config.clock = Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap());
    config
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
        SubmissionReply::Missing { missing } => missing,
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
    async fn from_login(client: Client, base: String, response: Response) -> Self {
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/console"] {
            assert!(cookie.contains(part), "{part}");
        }
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let session: Value = response.json().await.unwrap();
        Self { client, base, cookie, csrf: session["csrfToken"].as_str().unwrap().to_owned() }
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

/// A manifest and the bytes it speaks of.
#[derive(Clone)]
pub(crate) struct Papers {
    pub(crate) manifest: Manifest,
    pub(crate) bytes: Vec<Vec<u8>>,
}

impl Papers {
    /// A resident's enrolment that is ready to be handed in.
    pub(crate) fn resident() -> Self {
        let mut this = Self { manifest: empty_manifest(), bytes: Vec::new() };
        let slots =
            ["id_card_front", "id_card_back", "household_head_page", "household_person_page", "portrait"];
        for slot in slots {
            this.attach(slot, 0, photo(), DocumentKind::Jpeg);
        }
        this.settle();
        this
    }

    pub(crate) fn application(&self) -> ApplicationId {
        self.manifest.application
    }

    /// Puts a document into a place, replacing what stands there.
    pub(crate) fn attach(&mut self, slot: &str, index: u32, bytes: Vec<u8>, kind: DocumentKind) {
        self.manifest.documents.retain(|document| (document.slot.as_str(), document.index) != (slot, index));
        self.manifest.documents.push(ManifestDocument {
            slot: slot.into(),
            index,
            sha256: ContentHash::of(&bytes),
            size_bytes: bytes.len().try_into().unwrap(),
            kind,
        });
        self.manifest.documents.sort_by(|a, b| (&a.slot, a.index).cmp(&(&b.slot, b.index)));
        self.bytes.push(bytes);
    }

    pub(crate) fn answer(&mut self, field: &str, value: &str) {
        self.manifest.answers.set(field, Some(Answer::Text(value.into())));
    }

    /// Normalises the answers as a desk does.
    pub(crate) fn settle(&mut self) {
        let catalogue = Catalogue::embedded().unwrap();
        let definition = catalogue.service(&self.manifest.service, None).unwrap();
        let supplied: Vec<Supplied> = self
            .manifest
            .documents
            .iter()
            .map(|document| Supplied { slot: document.slot.clone(), count: 1 })
            .collect();
        let evaluation =
            definition.evaluate(catalogue, &self.manifest.answers, &supplied, date(2026, 11, 23));
        assert!(evaluation.ready, "{:#?}", evaluation.blocking);
        self.manifest.answers = definition.answers_to_submit(&self.manifest.answers, &evaluation);
        let given = |due| ConsentRecord::given(due, MORNING.parse().unwrap());
        self.manifest.consents = definition.consents_due(&evaluation).iter().map(given).collect();
    }

    /// The next revision, with the same papers so far.
    pub(crate) fn supplement(&self) -> Self {
        let mut next = self.clone();
        next.manifest.parent = Some(self.manifest.canonical_hash());
        next.manifest.revision += 1;
        next
    }

    pub(crate) fn bytes_of(&self, hash: ContentHash) -> &[u8] {
        self.bytes.iter().find(|bytes| ContentHash::of(bytes) == hash).unwrap()
    }
}

fn empty_manifest() -> Manifest {
    let catalogue = Catalogue::embedded().unwrap();
    let service = catalogue.service("resident-enrolment", None).unwrap().view();
    let mut answers = Answers::default();
    for (field, value) in [
        ("full_name", "林小满"),
        ("id_number", &id_number("330106", "19900307", "222")),
        ("ethnic_group", "01"),
        ("mobile", "13800138000"),
        ("household_region", "330106"),
        ("residence_region", "330106"),
        ("address", "文三路 1 号 2 单元 301 室"),
        ("category", "ordinary"),
        ("enrolled_elsewhere", "no"),
    ] {
        answers.set(field, Some(Answer::Text(value.to_owned())));
    }
    Manifest {
        application: ApplicationId::new(),
        revision: 1,
        parent: None,
        service: service.id.clone(),
        service_version: service.version,
        answers,
        documents: Vec::new(),
        consents: Vec::new(),
        prepared_at: MORNING.parse().unwrap(),
    }
}

/// A number that belongs to nobody, with its check digit (ISO 7064 MOD 11-2).
pub(crate) fn id_number(region: &str, birth: &str, sequence: &str) -> String {
    let body = format!("{region}{birth}{sequence}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][sum as usize % 11];
    format!("{body}{check}")
}

/// A fit JPEG; no two are the same.
pub(crate) fn photo() -> Vec<u8> {
    let seed = Uuid::new_v4().into_bytes();
    let picture = image::RgbImage::from_fn(240, 160, |x, y| {
        let slope = u8::try_from((x / 15 * 3 + y / 16 * 7) % 256).unwrap();
        let pick = |at: usize| seed[at % 16].wrapping_add(slope);
        image::Rgb([pick(x as usize / 15), pick(y as usize / 10), pick(5)])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let prepared =
        documents::prepare(png.get_ref(), &documents::Edit::default(), &documents::Limits::default(), &());
    prepared.unwrap().bytes
}
