//! Documents that break off on their way, against the office alone.

use std::{fs, io, path::PathBuf, time::Duration};

use futures::StreamExt;
use protocol::{ContentHash, DocumentKind, ProblemCode};
use reqwest::{Body, Method, Response, StatusCode};
use testkit::handing::large_photo;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::harness::{Desk, Office, Papers, missing, problem};

/// What the office writes down at once.
pub(crate) const BEGUN: usize = 256 * 1024;

/// A desk whose large photo broke off in the middle.
pub(crate) struct Broken {
    pub(crate) desk: Desk,
    pub(crate) bytes: Vec<u8>,
    hash: ContentHash,
    path: String,
}

impl Broken {
    pub(crate) async fn off(desk: Desk) -> Self {
        Self::off_with(desk, large_photo()).await
    }

    async fn off_with(desk: Desk, bytes: Vec<u8>) -> Self {
        let mut papers = Papers::resident();
        papers.attach("portrait", 0, bytes.clone(), DocumentKind::Jpeg);
        missing(desk.submit(Uuid::now_v7(), &papers.manifest).await).await;
        let hash = ContentHash::of(&bytes);
        let this = Self { desk, bytes, hash, path: format!("/v1/blobs/{hash}") };
        let half = this.bytes[..BEGUN + 50_000].to_vec();
        let (cut, is_cut) = oneshot::channel::<()>();
        let halves = futures::stream::iter([Ok(half)]).chain(futures::stream::once(async move {
            let _ = is_cut.await;
            Err(io::Error::other("cut"))
        }));
        let sending = this.desk.ask(Method::PUT, &this.path).body(Body::wrap_stream(halves)).send();
        let sending = tokio::spawn(sending);
        while this.begun().await < BEGUN {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        cut.send(()).unwrap();
        assert!(sending.await.unwrap().is_err());
        this
    }

    /// How much of it the office has.
    pub(crate) async fn begun(&self) -> usize {
        let head = self.desk.ask(Method::HEAD, &self.path).send().await.unwrap();
        head.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
    }

    pub(crate) async fn rest(&self, offset: usize) -> Response {
        let rest = self.bytes.get(offset..).unwrap_or_default().to_vec();
        let ask = self.desk.ask(Method::PATCH, &self.path).header("upload-offset", offset.to_string());
        ask.body(rest).send().await.unwrap()
    }

    /// The beginning as it lies on the disk.
    fn file(&self, office: &Office) -> PathBuf {
        let files = fs::read_dir(office.dir.path().join("partials")).unwrap();
        let name = self.hash.to_string();
        files.map(|file| file.unwrap().path()).find(|path| path.to_str().unwrap().ends_with(&name)).unwrap()
    }
}

#[tokio::test]
async fn the_rest_is_taken_behind_what_is_here_and_nowhere_else() {
    let office = Office::open().await;
    let broken = Broken::off(office.desk().await).await;
    let nowhere = broken.desk.ask(Method::PATCH, &broken.path).body("x").send().await.unwrap();
    assert_eq!(problem(nowhere).await.1.code, ProblemCode::Malformed);
    for beyond in [1_999_999, 2_000_001] {
        let (status, found) = problem(broken.rest(beyond).await).await;
        let wanted = if beyond > 2_000_000 {
            (StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge)
        } else {
            (StatusCode::CONFLICT, ProblemCode::OffsetMismatch)
        };
        assert_eq!((status, found.code), wanted, "{beyond}");
    }
    assert_eq!(broken.rest(BEGUN).await.status(), StatusCode::CREATED);
    assert_eq!(broken.begun().await, broken.bytes.len());
    assert!(fs::read_dir(office.dir.path().join("partials")).unwrap().next().is_none());
}

/// A power cut leaves what was not flushed as zeros. Nobody is to blame, so the document is asked for once more, whole.
#[tokio::test]
async fn a_damaged_beginning_is_not_the_senders_fault() {
    let office = Office::open().await;
    let broken = Broken::off(office.desk().await).await;
    fs::write(broken.file(&office), vec![0; 400_000]).unwrap();
    let (status, found) = problem(broken.rest(BEGUN).await).await;
    assert_eq!((status, found.code), (StatusCode::CONFLICT, ProblemCode::OffsetMismatch));
    assert_eq!(broken.begun().await, 0);
    assert_eq!(broken.desk.put(&broken.bytes).await.status(), StatusCode::CREATED);
}

/// An office that cannot look into a document keeps what it has of it.
#[cfg(unix)]
#[tokio::test]
async fn what_the_office_could_not_look_into_goes_on_where_it_stood() {
    use std::os::unix::fs::PermissionsExt;
    let mut office = Office::open().await;
    let killed = office.dir.path().join("checker");
    fs::write(&killed, "#!/bin/sh\nkill -KILL $$\n").unwrap();
    fs::set_permissions(&killed, fs::Permissions::from_mode(0o700)).unwrap();
    office.restart_with(|config| config.checker = server::Checker::ChildProcess(killed)).await;
    // With Adobe's segment, which is left to a decoder.
    let mut photo = large_photo();
    photo.splice(2..2, *b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x01");
    let mut broken = Broken::off_with(office.desk().await, photo).await;
    assert_eq!(problem(broken.rest(BEGUN).await).await.1.code, ProblemCode::Busy);
    assert!(broken.begun().await >= BEGUN);
    office.restart().await;
    broken.desk.base = office.url("");
    assert!(broken.begun().await >= BEGUN, "also after a start");
    assert_eq!(broken.rest(BEGUN).await.status(), StatusCode::CREATED);
}
