//! A document on its way in: counted, hashed, held to a pace, and written down as it comes, so that one that breaks
//! off can go on.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use protocol::{AccountId, ContentHash};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout_at};

use super::problem::{Answer, Failure};
use crate::{
    checking::LARGEST_DOCUMENT,
    partials::{GRAIN, Partials},
};

/// A sender that brings less within the time keeps others from sending. The slowest one brings 2 MB in 15 minutes,
/// which is what the route allows in all.
pub(super) const PACE: Pace = Pace { least: 64 * 1024, within: Duration::from_secs(30) };

/// How much a sender must bring, and within what time, until the end has come.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    least: usize,
    within: Duration,
}

/// What has come so far. Dropped before its end (the line was cut, the sender is too slow), it is written down.
pub(super) struct Arriving {
    partials: Partials,
    account: AccountId,
    hash: ContentHash,
    bytes: BytesMut,
    digest: Sha256,
    /// How many of the bytes are written down.
    kept: usize,
}

impl Arriving {
    /// Goes on behind the first `offset` bytes, which must be here.
    pub(super) async fn behind(
        offset: u64,
        partials: &Partials,
        account: AccountId,
        hash: ContentHash,
    ) -> Answer<Self> {
        let mut bytes = BytesMut::new();
        if offset > 0 {
            let known = partials.read(account, hash).await.unwrap_or_default();
            let beginning = usize::try_from(offset).ok().and_then(|offset| known.get(..offset));
            bytes.extend_from_slice(beginning.ok_or_else(|| {
                Failure::offset_mismatch("fewer bytes of this document are here").about(hash)
            })?);
        }
        let digest = Sha256::new_with_prefix(&bytes);
        let kept = bytes.len();
        Ok(Self { partials: partials.clone(), account, hash, bytes, digest, kept })
    }

    /// Reads to the end and proves the whole; what is too large is never kept.
    pub(super) async fn receive(mut self, body: Body, pace: Pace) -> Answer<Bytes> {
        let mut stream = body.into_data_stream();
        let (mut until, mut before) = (Instant::now() + pace.within, self.bytes.len());
        loop {
            let chunk = match timeout_at(until, stream.next()).await {
                Err(_) if self.bytes.len() - before < pace.least => {
                    return Err(Failure::broken_off("the sender is too slow"));
                }
                Err(_) => {
                    (until, before) = (until + pace.within, self.bytes.len());
                    continue;
                }
                Ok(None) => break,
                Ok(Some(Err(_))) => return Err(Failure::broken_off("the body broke off")),
                Ok(Some(Ok(chunk))) => chunk,
            };
            let length = u64::try_from(self.bytes.len() + chunk.len()).unwrap_or(u64::MAX);
            if length > LARGEST_DOCUMENT {
                self.partials.forget(self.account, self.hash).await;
                self.kept = self.bytes.len();
                return Err(too_large(self.hash));
            }
            self.digest.update(&chunk);
            self.bytes.extend_from_slice(&chunk);
            if self.bytes.len() - self.kept >= GRAIN {
                self.write_down().await;
            }
        }
        self.kept = self.bytes.len();
        let digest = std::mem::take(&mut self.digest).finalize();
        if ContentHash::from_digest(digest.into()) != self.hash {
            self.partials.forget(self.account, self.hash).await;
            return Err(Failure::hash_mismatch("the bytes do not have the declared hash").about(self.hash));
        }
        Ok(std::mem::take(&mut self.bytes).freeze())
    }

    /// Where that fails, nothing is lost but the comfort of going on.
    async fn write_down(&mut self) {
        let at = u64::try_from(self.kept).unwrap_or(u64::MAX);
        let new = self.bytes.get(self.kept..).unwrap_or_default();
        if let Err(error) = self.partials.write(self.account, self.hash, at, new).await {
            tracing::warn!(%error, "the beginning of a document was not written down");
        } else {
            self.kept = self.bytes.len();
        }
    }
}

impl Drop for Arriving {
    /// A line that is cut ends the request wherever it is.
    fn drop(&mut self) {
        let new = self.bytes.get(self.kept..).unwrap_or_default();
        if new.is_empty() {
            return;
        }
        let (new, at) = (Bytes::copy_from_slice(new), u64::try_from(self.kept).unwrap_or(u64::MAX));
        let (partials, account, hash) = (self.partials.clone(), self.account, self.hash);
        tokio::spawn(async move {
            if let Err(error) = partials.write(account, hash, at, &new).await {
                tracing::warn!(%error, "the beginning of a document was not written down");
            }
        });
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

    use super::*;

    const ACCOUNT: AccountId = AccountId(uuid::Uuid::nil());
    const HASTY: Pace = Pace { least: 100, within: Duration::from_millis(200) };

    /// Chunks of a size, each after a wait, then a cut where one is wanted.
    fn sender(chunks: usize, size: usize, wait: Duration, cut: bool) -> (Body, ContentHash) {
        let whole = ContentHash::of(&vec![7; size * chunks]);
        let end = if cut { vec![Err(io::Error::other("gone"))] } else { vec![] };
        let parts = (0..chunks).map(move |_| Ok(Bytes::from(vec![7; size]))).chain(end);
        let slowly = stream::iter(parts).then(move |part| async move {
            tokio::time::sleep(wait).await;
            part
        });
        (Body::from_stream(slowly), whole)
    }

    async fn arriving(partials: &Partials, hash: ContentHash) -> Arriving {
        Arriving::behind(0, partials, ACCOUNT, hash).await.expect("from the beginning")
    }

    #[tokio::test]
    async fn who_is_steady_arrives_and_who_trickles_or_breaks_off_may_come_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let partials = Partials::open(folder.path()).expect("opens");
        let wait = Duration::from_millis(50);
        let (body, hash) = sender(12, 60, wait, false);
        let arrived = arriving(&partials, hash).await.receive(body, HASTY).await;
        assert_eq!(arrived.expect("arrives").len(), 720);
        for (size, cut) in [(10, false), (60, true)] {
            let (body, hash) = sender(12, size, wait, cut);
            let refused = arriving(&partials, hash).await.receive(body, HASTY).await;
            let refused = refused.expect_err("does not").into_response();
            assert_eq!(refused.status(), StatusCode::REQUEST_TIMEOUT);
            assert!(refused.headers().contains_key(header::RETRY_AFTER));
            let told = axum::body::to_bytes(refused.into_body(), 10_000).await.expect("reads");
            let told: protocol::Problem = serde_json::from_slice(&told).expect("a problem");
            assert_eq!(told.code, protocol::ProblemCode::Busy);
        }
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
        for _ in 0..100 {
            if partials.length(ACCOUNT, hash).await == 1_000_000 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(partials.length(ACCOUNT, hash).await, 1_000_000);

        let rest = |from: usize| Body::from(whole[from..].to_vec());
        let going_on = Arriving::behind(1_000_000, &partials, ACCOUNT, hash).await.expect("goes on");
        assert_eq!(going_on.receive(rest(1_000_000), PACE).await.expect("whole"), whole);
        let other = AccountId(uuid::Uuid::from_u128(1));
        for (account, offset) in [(ACCOUNT, 1_500_001), (ACCOUNT, u64::MAX), (other, 1)] {
            let refused = Arriving::behind(offset, &partials, account, hash).await.map(drop);
            let refused = refused.expect_err("not here").into_response();
            assert_eq!(refused.status(), StatusCode::CONFLICT, "{offset}");
        }
        // A rest that does not fit makes the whole wrong, and the beginning is not tried again.
        let going_on = Arriving::behind(1_000_000, &partials, ACCOUNT, hash).await.expect("goes on");
        assert!(going_on.receive(rest(1_000_001), PACE).await.is_err());
        assert_eq!(partials.length(ACCOUNT, hash).await, 0);
    }
}
