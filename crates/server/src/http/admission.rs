//! Who comes in: requests of each class have places of their own and a short line before them, and neither one
//! address nor one account may take them all. Asked before a body is read, so that refusing costs nothing. Who is sent
//! away is told when its turn is, see [`Crowd`].

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::AccountId;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    crowd::{Crowd, Turn},
    peer::Peer,
    problem::{Answer, Failure},
};

/// Requests of one account that are answered at the same time. A desk has two: one on its way, and the feed.
const MOST_OF_ACCOUNT: usize = 32;

/// The rooms, one for each class of request, and how many requests each account has inside. Clones share them.
#[derive(Clone)]
pub(crate) struct Rooms {
    /// Accounts and manifests.
    pub(crate) manifests: Room,
    /// Documents; each on its way holds at most 2 MB in memory.
    pub(crate) blobs: Room,
    /// Desks that wait for news; they cost little.
    pub(crate) feed: Room,
    /// What is public.
    pub(crate) public: Room,
    /// Reviewers.
    pub(crate) console: Room,
    accounts: Count<AccountId>,
}

impl Default for Rooms {
    fn default() -> Self {
        let swift = Duration::from_secs(5);
        Self {
            manifests: Room::new(64, 256, swift),
            blobs: Room::new(64, 192, Duration::from_secs(20)),
            feed: Room::new(20_000, 0, Duration::ZERO),
            public: Room::new(64, 256, swift),
            console: Room::new(64, 64, swift),
            accounts: Count::default(),
        }
    }
}

impl Rooms {
    /// Counts a request of an account until the guard is dropped.
    pub(crate) fn account(&self, account: AccountId) -> Answer<Counted<AccountId>> {
        self.accounts.take(account, MOST_OF_ACCOUNT).ok_or_else(|| Failure::crowding("one account"))
    }
}

/// Places for one class of request. Clones share them.
#[derive(Clone)]
pub(crate) struct Room(Arc<Inside>);

struct Inside {
    places: Arc<Semaphore>,
    /// Those inside and those in the line.
    admitted: Arc<Semaphore>,
    patience: Duration,
    most_of_peer: usize,
    peers: Count<IpAddr>,
    crowd: Mutex<Crowd>,
}

/// A place; given back when dropped.
pub(crate) struct Place {
    room: Room,
    _place: OwnedSemaphorePermit,
    _admitted: OwnedSemaphorePermit,
    _peer: Option<Counted<IpAddr>>,
}

impl Room {
    fn new(places: usize, line: usize, patience: Duration) -> Self {
        Self(Arc::new(Inside {
            places: Arc::new(Semaphore::new(places)),
            admitted: Arc::new(Semaphore::new(places + line)),
            patience,
            // Of the places, not of the line too: else one address that sends its bodies slowly holds every place.
            most_of_peer: (places / 2).max(1),
            peers: Count::default(),
            crowd: Mutex::new(Crowd::new(Instant::now())),
        }))
    }

    fn crowd(&self) -> MutexGuard<'_, Crowd> {
        self.0.crowd.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn full(&self) -> Failure {
        match self.crowd().sends_away(Instant::now()) {
            Turn::Unknown => Failure::busy(),
            Turn::In(seconds) => Failure::busy_until_turn(seconds),
            Turn::Beyond(seconds) => Failure::busy().retry_after(seconds),
        }
    }

    async fn enter(&self, peer: IpAddr) -> Answer<Place> {
        let inside = &self.0;
        // Whoever is on this machine can do worse; and behind a proxy that nobody told of, all would be one.
        let counted = if peer.is_loopback() {
            None
        } else {
            let counted = inside.peers.take(peer, inside.most_of_peer);
            Some(counted.ok_or_else(|| Failure::crowding("one address"))?)
        };
        let admitted = Arc::clone(&inside.admitted).try_acquire_owned().map_err(|_| self.full())?;
        let place = match Arc::clone(&inside.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => timeout(inside.patience, Arc::clone(&inside.places).acquire_owned())
                .await
                .ok()
                .and_then(Result::ok)
                .ok_or_else(|| self.full())?,
        };
        Ok(Place { room: self.clone(), _place: place, _admitted: admitted, _peer: counted })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.crowd().serves(Instant::now());
    }
}

/// Lets a request into its room or refuses it; nothing of its body has been read then.
pub(crate) async fn admit(State(room): State<Room>, request: Request, next: Next) -> Response {
    let Some(Peer(peer)) = request.extensions().get().copied() else {
        return Failure::internal("a request without a peer").into_response();
    };
    match room.enter(peer).await {
        Ok(_place) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// How many of each are inside. Holds those that are inside and nobody else.
pub(super) struct Count<K>(Arc<Mutex<HashMap<K, usize>>>);

impl<K> Clone for Count<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for Count<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Copy + Eq + Hash> Count<K> {
    pub(super) fn take(&self, key: K, most: usize) -> Option<Counted<K>> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.entry(key).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Counted { count: self.clone(), key })
    }
}

/// One that is inside; counted until dropped.
pub(crate) struct Counted<K: Copy + Eq + Hash> {
    count: Count<K>,
    key: K,
}

impl<K: Copy + Eq + Hash> Drop for Counted<K> {
    fn drop(&mut self) {
        let mut inside = self.count.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{Extension, Router, http::StatusCode, middleware, routing::put};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::Notify,
    };

    use super::*;

    fn peer(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[tokio::test]
    async fn places_then_a_line_then_a_refusal() {
        let room = Room::new(1, 1, Duration::from_secs(10));
        let first = room.enter(peer(1)).await.ok();
        assert!(first.is_some());
        let waiting = tokio::spawn({
            let room = room.clone();
            async move { room.enter(peer(2)).await.is_ok() }
        });
        while room.0.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(room.enter(peer(3)).await.is_err(), "the line is bounded");
        drop(first);
        assert!(waiting.await.expect("ends"), "who waited gets the place");
        let hasty = Room::new(1, 1, Duration::from_millis(10));
        let _first = hasty.enter(peer(1)).await.ok();
        assert!(hasty.enter(peer(2)).await.is_err(), "nobody waits for ever");
    }

    #[tokio::test]
    async fn one_address_leaves_half_to_others_and_is_forgotten_when_it_goes() {
        let room = Room::new(4, 8, Duration::ZERO);
        let inside = [room.enter(peer(1)).await.ok(), room.enter(peer(1)).await.ok()];
        assert!(inside.iter().all(Option::is_some));
        assert!(room.enter(peer(1)).await.is_err());
        assert!(room.enter(peer(2)).await.is_ok());
        drop(inside);
        assert!(room.0.peers.0.lock().expect("whole").is_empty());
        assert!(room.enter(peer(1)).await.is_ok());
    }

    #[test]
    fn one_account_leaves_places_to_others() {
        let rooms = Rooms::default();
        let account = AccountId::new();
        let inside: Vec<_> = (0..MOST_OF_ACCOUNT).map(|_| rooms.account(account).ok()).collect();
        assert!(inside.iter().all(Option::is_some));
        assert!(rooms.account(account).is_err());
        assert!(rooms.account(AccountId::new()).is_ok());
        drop(inside);
        assert!(rooms.account(account).is_ok());
    }

    /// Sends a header that promises a body, and no body; what comes back.
    async fn promise_a_body(addr: SocketAddr) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(addr).await.expect("connects");
        let head = "PUT / HTTP/1.1\r\nHost: office\r\nContent-Length: 2000000\r\n\r\n";
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = vec![0; 4096];
        let read = timeout(Duration::from_secs(5), stream.read(&mut answer)).await;
        let length = read.map_or(0, |read| read.expect("reads"));
        (stream, String::from_utf8_lossy(&answer[..length]).into_owned())
    }

    #[tokio::test]
    async fn a_refusal_comes_before_the_body() {
        let room = Room::new(1, 0, Duration::ZERO);
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let handler = {
            let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
            async move || {
                begun.notify_one();
                go.notified().await;
                StatusCode::NO_CONTENT
            }
        };
        let router = Router::new()
            .route("/", put(handler))
            .layer(middleware::from_fn_with_state(room, admit))
            .layer(Extension(Peer([127, 0, 0, 1].into())));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let addr = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let served = tokio::spawn(promise_a_body(addr));
        begun.notified().await;
        let (_refused, answer) = promise_a_body(addr).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.to_lowercase().contains("retry-after: "), "{answer}");
        go.notify_one();
        let (_served, answer) = served.await.expect("ends");
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    }
}
