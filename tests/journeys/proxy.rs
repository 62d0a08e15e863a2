//! A network between desk and office that fails on purpose: once for each rule, in the order of the rules.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use futures::stream;
use tokio::{net::TcpListener, task::JoinHandle};

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never reaches the office.
    LoseRequest,
    /// The office commits, and its answer is cut off.
    LoseAnswer,
    /// Something in between answers with this status.
    Answer(u16),
    /// It reaches the office twice; the second answer comes back.
    Twice,
    /// It is lost, and so is everything after it, until [`Proxy::open`].
    Close,
}

/// The network.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    addr: SocketAddr,
    serving: JoinHandle<()>,
}

struct Shared {
    state: Mutex<Network>,
    http: reqwest::Client,
}

#[derive(Default)]
struct Network {
    office: Option<String>,
    rules: Vec<(&'static str, Fault)>,
    said_instead: Vec<(String, Vec<u8>)>,
    seen: Vec<String>,
}

impl Proxy {
    /// A network that leads nowhere yet.
    pub(crate) async fn start() -> Self {
        // An error means that the office or the desk did it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let shared = Arc::new(Shared { state: Mutex::default(), http });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, addr, serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// From now on it leads to this office.
    pub(crate) fn open(&self, office: &str) {
        self.shared.state.lock().unwrap().office = Some(office.to_owned());
    }

    /// The next request that begins like this (`PUT /v1/blobs`) meets this fault.
    pub(crate) fn next(&self, request: &'static str, fault: Fault) {
        self.shared.state.lock().unwrap().rules.push((request, fault));
    }

    /// From now on requests that begin like this are answered with these bytes; the office hears nothing of them.
    pub(crate) fn say_instead(&self, request: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.shared.state.lock().unwrap().said_instead.push((request.into(), bytes.into()));
    }

    /// Nothing is said instead of the office any more.
    pub(crate) fn say_nothing_instead(&self) {
        self.shared.state.lock().unwrap().said_instead.clear();
    }

    /// How many requests began like this.
    pub(crate) fn seen(&self, request: &str) -> usize {
        self.shared.state.lock().unwrap().seen.iter().filter(|seen| seen.starts_with(request)).count()
    }

    /// Whether every rule has had its turn.
    pub(crate) fn is_done(&self) -> bool {
        self.shared.state.lock().unwrap().rules.is_empty()
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
        let mut network = shared.state.lock().unwrap();
        network.seen.push(asked.clone());
        let rule = network.rules.iter().position(|(request, _)| asked.starts_with(request));
        let fault = rule.map(|rule| network.rules.remove(rule).1);
        if fault == Some(Fault::Close) {
            network.office = None;
        }
        let instead = network.said_instead.iter().find(|(request, _)| asked.starts_with(request));
        (network.office.clone(), fault, instead.map(|(_, bytes)| bytes.clone()))
    };
    let Ok(body) = to_bytes(body, 8 << 20).await else { return cut() };
    let Some(office) = office else { return cut() };
    if let Some(bytes) = instead {
        return Response::new(Body::from(bytes));
    }
    let forward = async || {
        let mut headers = head.headers.clone();
        headers.remove("host");
        let request = shared.http.request(head.method.clone(), format!("{office}{}", head.uri));
        request.headers(headers).body(body.clone()).send().await
    };
    match fault {
        Some(Fault::LoseRequest | Fault::Close) => cut(),
        Some(Fault::Answer(status)) => Response::builder().status(status).body(Body::empty()).unwrap(),
        Some(Fault::LoseAnswer) => {
            let answer = forward().await.unwrap();
            assert!(answer.status().is_success(), "{asked} was to succeed: {}", answer.status());
            let _ = answer.bytes().await;
            cut()
        }
        Some(Fault::Twice) => {
            let first = forward().await.unwrap();
            assert!(first.status().is_success(), "{asked} was to succeed: {}", first.status());
            back(forward().await).await
        }
        None => back(forward().await).await,
    }
}

async fn back(answer: reqwest::Result<reqwest::Response>) -> Response {
    let Ok(answer) = answer else { return cut() };
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "transfer-encoding" && name != "connection" {
            response = response.header(name, value);
        }
    }
    match answer.bytes().await {
        Ok(bytes) => response.body(Body::from(bytes)).unwrap(),
        Err(_) => cut(),
    }
}

/// Nothing readable comes back: the connection is torn down in the middle of the answer.
fn cut() -> Response {
    let torn = stream::once(async { Err::<bytes::Bytes, _>(io::Error::other("cut")) });
    Response::builder().header("content-length", "1000").body(Body::from_stream(torn)).unwrap()
}
