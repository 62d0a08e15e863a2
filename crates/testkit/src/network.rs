//! A network between desk and office that fails on purpose: once for each rule, in the order of the rules.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::request::Parts,
    response::Response,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle, time::sleep};

/// Pieces in which a slow line brings what is sent over it.
const PIECE: usize = 1024;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It never reaches the office.
    LoseRequest,
    /// The office commits, and its answer is cut off.
    LoseAnswer,
    /// The office commits, and its answer waits for [`Proxy::let_go`].
    HoldAnswer,
    /// Something in between answers with this status.
    Answer(u16),
    /// It reaches the office twice; the second answer comes back.
    Twice,
    /// It is lost, and so is everything after it, until [`Proxy::open`].
    Close,
    /// It and its answer take this long, each.
    Delay(Duration),
    /// So many bytes of it reach the office, then the line is cut on both sides.
    CutRequest(usize),
    /// The office commits; so many bytes of its answer come back, then the line is cut.
    CutAnswer(usize),
    /// This byte of it (of so many, counted around) arrives with one bit changed.
    DamageRequest(usize),
    /// The office commits; this byte of its answer, counted around, comes back with one bit changed.
    DamageAnswer(usize),
    /// The line stays open for so long and nothing comes back; the office hears nothing.
    HalfOpen(Duration),
    /// So many bytes a second, towards the office and back.
    Slow(u32),
}

/// The network.
pub struct Proxy {
    shared: Arc<Shared>,
    addr: SocketAddr,
    serving: JoinHandle<()>,
}

struct Shared {
    state: Mutex<Network>,
    let_go: Notify,
    http: reqwest::Client,
}

#[derive(Default)]
struct Network {
    office: Option<String>,
    rules: Vec<(&'static str, Fault)>,
    said_instead: Vec<(String, Vec<u8>)>,
    seen: Vec<String>,
    /// Requests whose body came from the desk, and how long it was.
    brought: Vec<(String, u64)>,
}

impl Shared {
    fn network(&self) -> MutexGuard<'_, Network> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Proxy {
    /// A network that leads nowhere yet.
    pub async fn start() -> Self {
        // An error means that the office or the desk did it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let shared = Arc::new(Shared { state: Mutex::default(), let_go: Notify::new(), http });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { shared, addr, serving }
    }

    /// Where desks reach it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// From now on it leads to this office.
    pub fn open(&self, office: &str) {
        self.shared.network().office = Some(office.to_owned());
    }

    /// The next request that begins like this (`PUT /v1/blobs`) meets this fault.
    pub fn next(&self, request: &'static str, fault: Fault) {
        self.shared.network().rules.push((request, fault));
    }

    /// From now on requests that begin like this are answered with these bytes; the office hears nothing of them.
    pub fn say_instead(&self, request: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.shared.network().said_instead.push((request.into(), bytes.into()));
    }

    /// Nothing is said instead of the office any more.
    pub fn say_nothing_instead(&self) {
        self.shared.network().said_instead.clear();
    }

    /// The answer that is held goes on its way; where none is, the next one that would be.
    pub fn let_go(&self) {
        self.shared.let_go.notify_one();
    }

    /// How many requests began like this.
    #[must_use]
    pub fn seen(&self, request: &str) -> usize {
        self.shared.network().seen.iter().filter(|seen| seen.starts_with(request)).count()
    }

    /// How many bytes desks sent with requests that began like this.
    #[must_use]
    pub fn brought(&self, request: &str) -> u64 {
        let network = self.shared.network();
        network.brought.iter().filter(|(asked, _)| asked.starts_with(request)).map(|(_, bytes)| bytes).sum()
    }

    /// Whether every rule has had its turn.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.shared.network().rules.is_empty()
    }

    /// Rules that had no turn have none any more; which requests those were for.
    pub fn heal(&self) -> Vec<&'static str> {
        let left = std::mem::take(&mut self.shared.network().rules);
        left.into_iter().map(|(request, _)| request).collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let asked = format!("{} {}", head.method, head.uri);
    let (office, fault, instead) = {
        let mut network = shared.network();
        network.seen.push(asked.clone());
        let rule = network.rules.iter().position(|(request, _)| asked.starts_with(request));
        let fault = rule.map(|rule| network.rules.remove(rule).1);
        if fault == Some(Fault::Close) {
            network.office = None;
        }
        let instead = network.said_instead.iter().find(|(request, _)| asked.starts_with(request));
        (network.office.clone(), fault, instead.map(|(_, bytes)| bytes.clone()))
    };
    let Ok(body) = to_bytes(body, 8 << 20).await else { return cut(Bytes::new()) };
    shared.network().brought.push((asked.clone(), u64::try_from(body.len()).unwrap_or(u64::MAX)));
    let Some(office) = office else { return cut(Bytes::new()) };
    if let Some(bytes) = instead {
        return Response::new(Body::from(bytes));
    }
    let line = Line { http: &shared.http, office, head, body };
    match fault {
        None => line.back(line.forward().await).await,
        Some(fault) => fail(fault, line, &asked, &shared.let_go).await,
    }
}

async fn fail(fault: Fault, mut line: Line<'_>, asked: &str, let_go: &Notify) -> Response {
    match fault {
        Fault::LoseRequest | Fault::Close => cut(Bytes::new()),
        Fault::Answer(status) => {
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = status.try_into().expect("a status");
            answer
        }
        Fault::LoseAnswer => {
            line.commit(asked).await;
            cut(Bytes::new())
        }
        Fault::HoldAnswer => {
            let answer = line.back(line.forward().await).await;
            let_go.notified().await;
            answer
        }
        Fault::Twice => {
            line.commit(asked).await;
            line.back(line.forward().await).await
        }
        Fault::Delay(time) => {
            sleep(time).await;
            let answer = line.back(line.forward().await).await;
            sleep(time).await;
            answer
        }
        Fault::CutRequest(at) => {
            let begun = line.body.slice(..at.min(line.body.len()));
            let torn = stream::iter([Ok(begun), Err(io::Error::other("cut"))]);
            let _ = line.request(reqwest::Body::wrap_stream(torn)).send().await;
            cut(Bytes::new())
        }
        Fault::CutAnswer(at) => match line.forward().await {
            Ok(answer) => {
                let whole = answer.bytes().await.unwrap_or_default();
                cut(whole.slice(..at.min(whole.len())))
            }
            Err(_) => cut(Bytes::new()),
        },
        Fault::DamageRequest(at) => {
            line.body = damaged(&line.body, at);
            line.back(line.forward().await).await
        }
        Fault::DamageAnswer(at) => {
            let (head, body) = line.back(line.forward().await).await.into_parts();
            match to_bytes(body, 8 << 20).await {
                Ok(bytes) => Response::from_parts(head, Body::from(damaged(&bytes, at))),
                Err(_) => cut(Bytes::new()),
            }
        }
        Fault::HalfOpen(time) => {
            sleep(time).await;
            cut(Bytes::new())
        }
        Fault::Slow(rate) => {
            let length = line.body.len();
            let slowly = line.request(reqwest::Body::wrap_stream(trickle(&line.body, rate)));
            let answer = line.back(slowly.header("content-length", length).send().await).await;
            let (head, body) = answer.into_parts();
            match to_bytes(body, 8 << 20).await {
                Ok(bytes) => Response::from_parts(head, Body::from_stream(trickle(&bytes, rate))),
                Err(_) => cut(Bytes::new()),
            }
        }
    }
}

/// A request on its way to the office.
struct Line<'a> {
    http: &'a reqwest::Client,
    office: String,
    head: Parts,
    body: Bytes,
}

impl Line<'_> {
    fn request(&self, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        let mut headers = self.head.headers.clone();
        headers.remove("host");
        let to = format!("{}{}", self.office, self.head.uri);
        self.http.request(self.head.method.clone(), to).headers(headers).body(body)
    }

    async fn forward(&self) -> reqwest::Result<reqwest::Response> {
        self.request(self.body.clone()).send().await
    }

    /// Sent, and done at the office.
    async fn commit(&self, asked: &str) {
        if let Ok(answer) = self.forward().await {
            assert!(answer.status().is_success(), "{asked} was to succeed: {}", answer.status());
            let _ = answer.bytes().await;
        }
    }

    async fn back(&self, answer: reqwest::Result<reqwest::Response>) -> Response {
        let Ok(answer) = answer else { return cut(Bytes::new()) };
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            if name != "transfer-encoding" && name != "connection" {
                response = response.header(name, value);
            }
        }
        match answer.bytes().await {
            Ok(bytes) => response.body(Body::from(bytes)).expect("a response"),
            Err(_) => cut(Bytes::new()),
        }
    }
}

/// The connection is torn down in the middle of an answer of which only this came.
fn cut(begun: Bytes) -> Response {
    let length = begun.len() + 1000;
    let torn = stream::iter([Ok(begun), Err(io::Error::other("cut"))]);
    let response = Response::builder().header("content-length", length);
    response.body(Body::from_stream(torn)).expect("a response")
}

/// One bit is another.
fn damaged(bytes: &Bytes, at: usize) -> Bytes {
    let mut bytes = bytes.to_vec();
    let length = bytes.len();
    if let Some(byte) = bytes.get_mut(at % length.max(1)) {
        *byte ^= 0x10;
    }
    bytes.into()
}

/// Piece by piece, so many bytes a second.
fn trickle(bytes: &Bytes, rate: u32) -> impl futures::Stream<Item = io::Result<Bytes>> + use<> {
    let pieces: Vec<Bytes> = bytes.chunks(PIECE).map(Bytes::copy_from_slice).collect();
    stream::iter(pieces).then(move |piece| async move {
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        sleep(Duration::from_secs_f64(f64::from(length) / f64::from(rate.max(1)))).await;
        Ok(piece)
    })
}
