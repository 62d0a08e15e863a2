//! How often one peer may ask for what costs the office much: opening accounts, logging in. In memory, by address;
//! a restart forgets. What a known account may do is limited where it is done.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::request::Parts,
};
use tokio::time::Instant;

use super::{
    peer::Peer,
    problem::{Answer, Failure},
};
use crate::office::Office;

/// Requests of one peer to one address within [`WINDOW`].
const MOST: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);
/// Peers that are remembered; beyond that the one seen longest ago is forgotten.
const MOST_PEERS: usize = 10_000;

/// Address of the office and of the peer.
type Key = (String, IpAddr);

/// Who asked how often lately. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Sparing(Arc<Mutex<HashMap<Key, (Instant, u32)>>>);

impl Sparing {
    /// Counts a request; the seconds to wait where it is one too many.
    fn count(&self, key: Key, now: Instant) -> Result<(), u64> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_PEERS && !seen.contains_key(&key) {
            seen.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
            if seen.len() >= MOST_PEERS
                && let Some(oldest) =
                    seen.iter().min_by_key(|(_, (since, _))| *since).map(|(key, _)| key.clone())
            {
                seen.remove(&oldest);
            }
        }
        let (since, count) = seen.entry(key).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        if *count >= MOST {
            return Err((WINDOW.saturating_sub(now.duration_since(*since))).as_secs().max(1));
        }
        *count += 1;
        Ok(())
    }
}

/// A request that is not one too many; asked before its body is read.
pub(crate) struct Admitted;

impl FromRequestParts<Office> for Admitted {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Answer<Self> {
        let Some(Peer(peer)) = parts.extensions.get().copied() else {
            return Err(Failure::internal("a request without a peer"));
        };
        let route = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
        office
            .sparing
            .count((route.unwrap_or_default(), peer), Instant::now())
            .map(|()| Self)
            .map_err(|seconds| Failure::rate_limited("too many requests from one place", seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(peer: &str) -> Key {
        ("/login".into(), peer.parse().expect("an address"))
    }

    #[test]
    fn a_peer_that_asks_too_often_waits_for_the_window_and_others_do_not() {
        let (sparing, start) = (Sparing::default(), Instant::now());
        for _ in 0..MOST {
            assert_eq!(sparing.count(key("192.0.2.1"), start), Ok(()));
        }
        let later = start + Duration::from_secs(20);
        assert_eq!(sparing.count(key("192.0.2.1"), later), Err(40));
        assert_eq!(sparing.count(key("192.0.2.2"), later), Ok(()));
        assert_eq!(sparing.count(("/other".into(), key("192.0.2.1").1), later), Ok(()));
        assert_eq!(sparing.count(key("192.0.2.1"), start + WINDOW), Ok(()));
    }

    #[test]
    fn the_map_stays_small() {
        let (sparing, now) = (Sparing::default(), Instant::now());
        for network in 0..MOST_PEERS + 10 {
            let _ = sparing.count(key(&format!("2001:db8:1:{network:x}::")), now);
        }
        assert!(sparing.0.lock().expect("whole").len() <= MOST_PEERS);
    }
}
