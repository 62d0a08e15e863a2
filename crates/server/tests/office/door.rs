//! Connections whose other end does not do its part, over real sockets; and those that are let be.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use server::Connections;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::Office;

/// An office that is quick to judge.
async fn office(change: impl FnOnce(&mut Connections)) -> Office {
    let mut office = Office::open().await;
    let mut connections = Connections {
        header: Duration::from_millis(600),
        idle: Duration::from_millis(600),
        pace_within: Duration::from_millis(600),
        ..Connections::default()
    };
    change(&mut connections);
    office.restart_with(|config| config.connections = connections).await;
    office
}

async fn connect(office: &Office) -> TcpStream {
    let address = office.url("").replace("http://", "");
    TcpStream::connect(address).await.unwrap()
}

/// Reads to the end, however it comes; a connection that stays is ended by the runner of the tests.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
    all
}

#[tokio::test]
async fn who_says_nothing_or_not_enough_is_left() {
    let office = office(|_| {}).await;
    // "P" may still become HTTP/2, "G" will not.
    for said in ["", "P", "PRI * HTTP/2.0\r\n\r\n", "G", "GET /livez HTTP/1.1\r\nHost: off"] {
        let mut stream = connect(&office).await;
        stream.write_all(said.as_bytes()).await.unwrap();
        assert!(!rest(&mut stream).await.starts_with(b"HTTP/1.1 200"), "{said}");
    }
    // A byte now and then does not help.
    let mut stream = connect(&office).await;
    for byte in b"GET /livez HTTP/1.1\r\nX-Long: ".iter().chain(std::iter::repeat(&b'x')) {
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_connection_serves_again_and_ends_when_nothing_more_is_asked() {
    let office = office(|_| {}).await;
    let mut stream = connect(&office).await;
    for _ in 0..2 {
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: office\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nok") {
            answer.push(stream.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"));
    }
    assert!(rest(&mut stream).await.is_empty());
}

/// A long poll differs from an idle connection by the request that is under way.
#[tokio::test]
async fn who_waits_for_news_is_not_cut() {
    let office = office(|_| {}).await;
    let desk = office.desk().await;
    assert!(desk.feed("", 2).await.changes.is_empty());
}

/// A path of an answer that is large enough to be taken slowly.
async fn large(office: &Office) -> String {
    let offer: serde_json::Value =
        office.client.get(office.url("/v1/catalogue")).send().await.unwrap().json().await.unwrap();
    format!("/v1/catalogue/{}", offer["sha256"].as_str().unwrap())
}

#[tokio::test]
async fn answers_that_nobody_takes_are_not_kept_for_ever() {
    let office = office(|_| {}).await;
    let request = format!("GET {} HTTP/1.1\r\nHost: office\r\n\r\n", large(&office).await);
    let whole = office.client.get(office.url(&large(&office).await)).send().await.unwrap();
    let whole = whole.bytes().await.unwrap().len();
    // More than the system takes off the office's hands.
    let asked = 32_000_000 / whole + 1;
    let mut stream = connect(&office).await;
    stream.write_all(request.repeat(asked).as_bytes()).await.unwrap();
    // Told when the other side is gone: what is written then comes back as an error.
    while stream.write_all(b"\n").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(rest(&mut stream).await.len() < asked * whole);
}

#[tokio::test]
async fn a_window_of_a_few_bytes_does_not_hold_an_answer() {
    let office = office(|_| {}).await;
    let client = Client::builder()
        .no_proxy()
        .http2_prior_knowledge()
        .http2_initial_stream_window_size(1_000)
        .build()
        .unwrap();
    let mut answer = client.get(office.url(&large(&office).await)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    // What is read opens the window again: less than the pace asks for, whatever this machine does meanwhile.
    loop {
        match answer.chunk().await {
            Ok(Some(_)) => tokio::time::sleep(Duration::from_millis(300)).await,
            Ok(None) => panic!("taken to the end, a thousand bytes at a time"),
            Err(_) => break,
        }
    }
    // With windows of the usual size the same is there at once.
    let client = Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let answer = client.get(office.url(&large(&office).await)).send().await.unwrap();
    assert!(answer.bytes().await.is_ok());
}

#[tokio::test]
async fn there_are_as_many_connections_as_there_may_be_and_places_are_given_back() {
    let office = office(|connections| {
        connections.most = 2;
        connections.header = Duration::from_secs(600);
    })
    .await;
    let first = connect(&office).await;
    let _second = connect(&office).await;
    let mut third = connect(&office).await;
    assert!(rest(&mut third).await.is_empty());
    drop(first);
    while office.client.get(office.url("/livez")).send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

const SETTINGS: u8 = 4;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const PING: u8 = 6;

async fn begin_http2(office: &Office) -> TcpStream {
    let mut stream = connect(office).await;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
    stream
}

/// The next frame of one kind: its flags and its payload.
async fn next(stream: &mut TcpStream, kind: u8) -> Option<(u8, Vec<u8>)> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; usize::from(head[1]) * 256 + usize::from(head[2])];
        stream.read_exact(&mut payload).await.ok()?;
        if head[3] == kind {
            return Some((head[4], payload));
        }
    }
}

#[tokio::test]
async fn http2_is_told_its_limits_and_is_left_when_it_asks_nothing() {
    let office = office(|_| {}).await;
    let mut stream = begin_http2(&office).await;
    let (_, settings) = next(&mut stream, SETTINGS).await.unwrap();
    let told = |id: u8| {
        let setting = settings.chunks(6).find(|setting| setting[..2] == [0, id]);
        setting.map(|setting| u32::from_be_bytes([setting[2], setting[3], setting[4], setting[5]]))
    };
    assert_eq!((told(3), told(6)), (Some(100), Some(16 * 1024)));
    // Answering whether it is there is not enough to stay.
    while let Some((flags, asked)) = next(&mut stream, PING).await {
        if flags == 0 {
            let _ = stream.write_all(&frame(PING, 1, 0, &asked)).await;
        }
    }
}

#[tokio::test]
async fn who_asks_only_to_give_up_is_cut() {
    let office = office(|connections| {
        connections.given_up = 5;
        connections.header = Duration::from_secs(600);
        connections.idle = Duration::from_secs(600);
    })
    .await;
    let desk = office.desk().await;
    let literal = |name: &str, value: &str| {
        let length = |text: &str| u8::try_from(text.len()).ok().filter(|length| *length < 127).unwrap();
        [&[0, length(name)], name.as_bytes(), &[length(value)], value.as_bytes()].concat()
    };
    let request = [
        literal(":method", "GET"),
        literal(":scheme", "http"),
        literal(":path", "/v1/feed?wait=25"),
        literal(":authority", "office"),
        literal("authorization", &format!("Bearer {}", desk.token)),
    ]
    .concat();
    let mut stream = begin_http2(&office).await;
    let mut given_up = 0;
    loop {
        let id = 1 + 2 * given_up;
        // Asked, and looked at (the ping is answered after it), and given up.
        let asked = [frame(HEADERS, 5, id, &request), frame(PING, 0, 0, &[id; 8])].concat();
        if stream.write_all(&asked).await.is_err() || next(&mut stream, PING).await.is_none() {
            break;
        }
        if stream.write_all(&frame(RESET, 0, id, &[0, 0, 0, 8])).await.is_err() {
            break;
        }
        given_up += 1;
        assert!(given_up < 60, "nobody minds");
    }
    assert!(given_up > 5, "{given_up}");
}
