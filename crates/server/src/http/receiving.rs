//! A document on its way in: counted, hashed, held to a pace, and written down as it comes, so that one that breaks
//! off can go on.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use protocol::ContentHash;
use sha2::{Digest, Sha256};
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout_at},
};

use super::problem::{Answer, Failure};
use crate::{
    checking::LARGEST_DOCUMENT,
    partials::{Beginning, GRAIN},
};

/// A sender that brings less within the time keeps others from sending.
pub(super) const PACE: Pace = Pace { least: 64 * 1024, within: Duration::from_secs(30) };
/// How long the slowest sender takes that [`PACE`] allows, and a little more for the document to be looked into.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * (LARGEST_DOCUMENT / (64 * 1024) + 1) + 60);

/// How much a sender must bring, and within what time, until the end has come.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    least: usize,
    within: Duration,
}

/// Whether a sender keeps its pace.
struct Watch {
    pace: Pace,
    until: Instant,
    before: usize,
}

impl Watch {
    fn from(now: Instant, arrived: usize, pace: Pace) -> Self {
        Self { pace, until: now + pace.within, before: arrived }
    }

    /// The time is over: begins the next one, or says that too little came.
    fn is_too_slow(&mut self, arrived: usize) -> bool {
        let slow = arrived - self.before < self.pace.least;
        (self.until, self.before) = (self.until + self.pace.within, arrived);
        slow
    }
}

/// What has come so far. Dropped before its end (the line was cut, the sender is too slow), it is written down.
pub(super) struct Arriving {
    beginning: Arc<Beginning>,
    hash: ContentHash,
    bytes: BytesMut,
    digest: Sha256,
    /// How many of the bytes came with an earlier request.
    offset: usize,
    /// How many of them need not be written down (any more).
    kept: usize,
}

impl Arriving {
    /// Goes on behind the first `offset` bytes, which must be here.
    pub(super) async fn behind(offset: u64, beginning: Arc<Beginning>, hash: ContentHash) -> Answer<Self> {
        let mut bytes = BytesMut::new();
        if offset > 0 {
            let known = beginning.read(offset).await;
            bytes.extend_from_slice(&known.ok_or_else(|| {
                Failure::offset_mismatch("fewer bytes of this document are here").about(hash)
            })?);
        }
        let digest = Sha256::new_with_prefix(&bytes);
        let (offset, kept) = (bytes.len(), bytes.len());
        Ok(Self { beginning, hash, bytes, digest, offset, kept })
    }

    /// Reads to the end and proves the whole; what is too large is never kept.
    pub(super) async fn receive(mut self, body: Body, pace: Pace) -> Answer<Bytes> {
        let mut stream = body.into_data_stream();
        let mut watch = Watch::from(Instant::now(), self.bytes.len(), pace);
        loop {
            let chunk = match timeout_at(watch.until, stream.next()).await {
                Err(_) if watch.is_too_slow(self.bytes.len()) => {
                    return Err(Failure::broken_off("the sender is too slow"));
                }
                Err(_) => continue,
                Ok(None) => break,
                Ok(Some(Err(_))) => return Err(Failure::broken_off("the body broke off")),
                Ok(Some(Ok(chunk))) => chunk,
            };
            let length = u64::try_from(self.bytes.len() + chunk.len()).unwrap_or(u64::MAX);
            if length > LARGEST_DOCUMENT {
                self.forget().await;
                return Err(too_large(self.hash));
            }
            self.digest.update(&chunk);
            self.bytes.extend_from_slice(&chunk);
            if self.bytes.len() - self.kept >= GRAIN {
                self.write_down().await;
            }
        }
        // From here on nothing is written down, wherever the request may end.
        self.kept = self.bytes.len();
        let digest = std::mem::take(&mut self.digest).finalize();
        if ContentHash::from_digest(digest.into()) != self.hash {
            self.forget().await;
            // It may be the beginning that is damaged, by a power cut for one: then the sender is not to blame, and
            // sends all of it.
            return Err(if self.offset > 0 {
                Failure::offset_mismatch("what is here and the rest are not this document").about(self.hash)
            } else {
                Failure::hash_mismatch("the bytes do not have the declared hash").about(self.hash)
            });
        }
        Ok(std::mem::take(&mut self.bytes).freeze())
    }

    async fn forget(&mut self) {
        self.kept = self.bytes.len();
        self.beginning.forget().await;
    }

    /// Where that is not done, nothing is lost but the comfort of going on. It is not tried again: what follows would
    /// stand behind a hole.
    async fn write_down(&mut self) {
        let _ = self.new_ones().await;
        self.kept = self.bytes.len();
    }

    /// Has what is new written down.
    fn new_ones(&self) -> JoinHandle<bool> {
        let new = self.bytes.get(self.kept..).unwrap_or_default();
        let at = u64::try_from(self.kept).unwrap_or(u64::MAX);
        self.beginning.write(at, Bytes::copy_from_slice(new))
    }
}

impl Drop for Arriving {
    /// A line that is cut ends the request wherever it is.
    fn drop(&mut self) {
        if self.kept < self.bytes.len() {
            self.new_ones();
        }
    }
}

pub(super) fn too_large(hash: ContentHash) -> Failure {
    Failure::too_large("a document has at most 2 000 000 bytes").about(hash)
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::{
        http::{StatusCode, header},
        response::IntoResponse,
    };
    use futures::stream;
    use protocol::AccountId;

    use super::*;
    use crate::partials::Partials;

    const ACCOUNT: AccountId = AccountId(uuid::Uuid::nil());

    async fn arriving(partials: &Partials, hash: ContentHash) -> Arriving {
        let beginning = partials.beginning(ACCOUNT, hash);
        Arriving::behind(0, beginning, hash).await.expect("from the beginning")
    }

    async fn is_told_to_come_again(refused: Answer<Bytes>) {
        let refused = refused.expect_err("does not arrive").into_response();
        assert_eq!(refused.status(), StatusCode::REQUEST_TIMEOUT);
        assert!(refused.headers().contains_key(header::RETRY_AFTER));
        let told = axum::body::to_bytes(refused.into_body(), 10_000).await.expect("reads");
        let told: protocol::Problem = serde_json::from_slice(&told).expect("a problem");
        assert_eq!(told.code, protocol::ProblemCode::Busy);
    }

    #[test]
    fn the_slowest_sender_that_keeps_the_pace_is_done_before_the_route_ends() {
        let began = Instant::now();
        let (mut watch, mut arrived) = (Watch::from(began, 0, PACE), 0);
        let whole = usize::try_from(LARGEST_DOCUMENT).expect("fits");
        while arrived + PACE.least < whole {
            arrived += PACE.least;
            assert!(!watch.is_too_slow(arrived), "{arrived}");
        }
        assert!(watch.until + Duration::from_secs(30) <= began + LONGEST, "{LONGEST:?}");
        assert!(watch.is_too_slow(arrived + PACE.least - 1), "what came before does not count twice");
    }

    #[tokio::test]
    async fn who_is_steady_arrives_and_who_stands_still_or_breaks_off_may_come_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let partials = Partials::open(folder.path()).expect("opens");
        let (part, hash) = (vec![7; 50], ContentHash::of(&[7; 100]));
        let part = move || Ok(Bytes::from(part.clone()));
        let sent = Body::from_stream(stream::iter([part(), part()]));
        let arrived = arriving(&partials, hash).await.receive(sent, PACE).await;
        assert_eq!(arrived.expect("arrives").len(), 100);
        let cut = Body::from_stream(stream::iter([part(), Err(io::Error::other("gone"))]));
        is_told_to_come_again(arriving(&partials, hash).await.receive(cut, PACE).await).await;
        // However slow this machine is: what never comes is too late.
        let still = Body::from_stream(stream::iter([part()]).chain(stream::pending()));
        let hasty = Pace { least: 51, within: Duration::from_millis(50) };
        is_told_to_come_again(arriving(&partials, hash).await.receive(still, hasty).await).await;
    }

    /// Whole pieces of a megabyte, cut in the middle; the rest goes on behind what was written down.
    #[tokio::test]
    async fn what_broke_off_goes_on_where_it_stood_and_only_with_its_own_beginning() {
        let folder = tempfile::tempdir().expect("a folder");
        let partials = Partials::open(folder.path()).expect("opens");
        let whole: Vec<u8> = (0..1_500_000_u32).map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[1]).collect();
        let hash = ContentHash::of(&whole);
        let pieces = whole[..1_000_000].chunks(50_000).map(|piece| Ok(Bytes::copy_from_slice(piece)));
        let cut = pieces.chain([Err(io::Error::other("gone"))]).collect::<Vec<_>>();
        let broken =
            arriving(&partials, hash).await.receive(Body::from_stream(stream::iter(cut)), PACE).await;
        assert!(broken.is_err());
        // The last piece is written by a task of its own: nobody waits for it who is gone.
        while partials.length(ACCOUNT, hash) < 1_000_000 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(partials.length(ACCOUNT, hash), 1_000_000);

        let behind = |account, offset| Arriving::behind(offset, partials.beginning(account, hash), hash);
        let rest = |from: usize| Body::from(whole[from..].to_vec());
        let going_on = behind(ACCOUNT, 1_000_000).await.expect("goes on");
        assert_eq!(going_on.receive(rest(1_000_000), PACE).await.expect("whole"), whole);
        let other = AccountId(uuid::Uuid::from_u128(1));
        for (account, offset) in [(ACCOUNT, 1_500_001), (ACCOUNT, u64::MAX), (other, 1)] {
            assert_eq!(refused(behind(account, offset).await.map(drop)), StatusCode::CONFLICT, "{offset}");
        }
        // A rest that does not fit makes the whole wrong. Whose fault that is nobody knows, so all of it comes again,
        // and only then the sender is to blame.
        let going_on = behind(ACCOUNT, 1_000_000).await.expect("goes on");
        assert_eq!(refused(going_on.receive(rest(1_000_001), PACE).await.map(drop)), StatusCode::CONFLICT);
        assert_eq!(partials.length(ACCOUNT, hash), 0);
        let anew = behind(ACCOUNT, 0).await.expect("begins");
        let wrong = anew.receive(rest(1), PACE).await.map(drop);
        assert_eq!(refused(wrong), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(partials.length(ACCOUNT, hash), 0, "what was written down on the way is gone, too");
    }

    fn refused(answer: Answer<()>) -> StatusCode {
        answer.expect_err("is refused").into_response().status()
    }
}
