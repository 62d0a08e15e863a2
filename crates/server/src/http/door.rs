//! Who may hold a connection, and for how long: before anything of a request is known, and beside what `admission`
//! says of requests. Everybody else's connections are what one caller takes who opens them and says nothing, asks a
//! byte at a time, or does not take the answers.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{
    Request,
    body::Incoming,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    select,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    admission::{Count, Counted},
    answering::{Ends, Line, Watched},
    peer::{Proxies, neighbourhood},
};

/// Requests on one HTTP/2 connection at the same time; fewer than 100 the standard advises against.
const STREAMS: u32 = 100;
/// Bytes of a request's header: HTTP/2's as a list, HTTP/1's with what is read ahead of a body.
const HEADER_LIST: u32 = 16 * 1024;
const READ_AHEAD: usize = 64 * 1024;
/// HTTP/2 requests that were reset before anybody looked at them, or for an error of the other end.
const RESETS: usize = 20;
const ERRORS: usize = 100;
/// How often the other end of an HTTP/2 connection is asked whether it is there, and how long it may take to say so.
const ASK_AFTER: Duration = Duration::from_secs(20);
const ALIVE_WITHIN: Duration = Duration::from_secs(20);
/// Where no connection can be taken (no file is left), the next one is tried after this.
const PAUSE: Duration = Duration::from_millis(50);
/// Refused connections are told of in the log this often at most.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// How many connections an office takes, and what they have to do to stay.
#[derive(Debug, Clone, Copy)]
pub struct Connections {
    /// In all; each holds about 50 KB. Fewer where the system allows fewer open files.
    pub most: usize,
    /// Of one address (IPv6: one /64), this machine and trusted proxies aside.
    pub most_of_address: usize,
    /// Longest for the TLS handshake.
    pub handshake: Duration,
    /// Longest for the first request to come, and for the header of each to arrive. HTTP/1 connections wait as long
    /// for the next request.
    pub header: Duration,
    /// Longest that an HTTP/2 connection may wait for the next request.
    pub idle: Duration,
    /// Bytes of an answer that have to be taken within [`Connections::pace_within`], or all that is left of it.
    pub pace_least: usize,
    /// See [`Connections::pace_least`].
    pub pace_within: Duration,
    /// Requests on one connection that may be given up beyond as many as were answered.
    pub given_up: usize,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            // 20 000 desks that wait for news, some of them sending on a second one.
            most: 30_000,
            most_of_address: 10_000,
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(15),
            idle: Duration::from_secs(60),
            pace_least: 64 * 1024,
            pace_within: Duration::from_secs(60),
            given_up: 100,
        }
    }
}

/// What every connection goes through. Clones share it.
#[derive(Clone)]
pub(crate) struct Door(Arc<Inside>);

struct Inside {
    limits: Connections,
    proxies: Proxies,
    places: Arc<Semaphore>,
    addresses: Count<IpAddr>,
    builder: Builder<TokioExecutor>,
    tls: Option<TlsAcceptor>,
    router: Router,
    /// No new connections and requests; those under way are finished.
    stopping: CancellationToken,
    /// Nothing goes on.
    cut: CancellationToken,
}

/// A connection's place; given back when dropped.
struct Place {
    _place: OwnedSemaphorePermit,
    _address: Option<Counted<IpAddr>>,
}

/// What a door is made of.
pub(crate) struct Parts {
    pub(crate) limits: Connections,
    pub(crate) proxies: Proxies,
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) router: Router,
    pub(crate) stopping: CancellationToken,
    pub(crate) cut: CancellationToken,
}

impl Door {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(Inside {
            places: Arc::new(Semaphore::new(parts.limits.most.min(Semaphore::MAX_PERMITS))),
            addresses: Count::default(),
            builder: builder(&parts.limits),
            limits: parts.limits,
            proxies: parts.proxies,
            tls: parts.tls.map(TlsAcceptor::from),
            router: parts.router,
            stopping: parts.stopping,
            cut: parts.cut,
        }))
    }

    /// Takes connections until the word to stop, then waits for those that are open until they are to be cut.
    pub(crate) async fn serve(self, listener: TcpListener) {
        let open = TaskTracker::new();
        let mut told: Option<Instant> = None;
        loop {
            let taken = select! {
                biased;
                () = self.0.stopping.cancelled() => break,
                () = self.0.cut.cancelled() => break,
                taken = listener.accept() => taken,
            };
            let Ok((stream, from)) = taken else {
                sleep(PAUSE).await;
                continue;
            };
            if let Some(place) = self.place(from.ip()) {
                open.spawn(self.clone().hold(stream, from, place));
            } else if told.is_none_or(|told| told.elapsed() >= TELL_AGAIN) {
                told = Some(Instant::now());
                tracing::warn!("connections are refused: there are as many as there may be");
            }
        }
        // Refused from now on, rather than left hanging.
        drop(listener);
        open.close();
        open.wait().await;
    }

    fn place(&self, from: IpAddr) -> Option<Place> {
        let (inside, counted_as) = (&self.0, neighbourhood(from));
        // Whoever is on this machine can do worse; and through a proxy come all.
        let counted = if counted_as.is_loopback() || inside.proxies.speaks_for_others(from) {
            None
        } else {
            Some(inside.addresses.take(counted_as, inside.limits.most_of_address)?)
        };
        let place = Arc::clone(&inside.places).try_acquire_owned().ok()?;
        Some(Place { _place: place, _address: counted })
    }

    /// A connection from beginning to end.
    async fn hold(self, stream: TcpStream, from: SocketAddr, _place: Place) {
        let inside = &self.0;
        let held = async {
            match &inside.tls {
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(inside.limits.handshake, tls.accept(stream)).await {
                        self.talk(stream, from).await;
                    }
                }
                None => self.talk(stream, from).await,
            }
        };
        select! {
            biased;
            () = inside.cut.cancelled() => {}
            () = held => {}
        }
    }

    async fn talk<S>(&self, stream: S, from: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let inside = &self.0;
        let line = Line::new(inside.limits, Instant::now());
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(&line)));
        let (router, asking) = (TowerToHyperService::new(inside.router.clone()), Arc::clone(&line));
        let answers = service_fn(move |request: Request<Incoming>| {
            let asked = asking.asked();
            let mut request = request.map(Body::new);
            // Who asks is counted by where they ask from.
            request.extensions_mut().insert(ConnectInfo(from));
            request.extensions_mut().insert(asked.account());
            let answered = router.call(request);
            async move { answered.await.map(|answer| answer.map(|body| asked.answer(body))) }
        });
        let mut connection = pin!(inside.builder.serve_connection(stream, answers));
        // Once: then it ends by itself, or is cut when it had the time of an answer for that.
        let mut closing = false;
        let mut look_at = Instant::now();
        loop {
            select! {
                biased;
                _ = &mut connection => return,
                () = inside.stopping.cancelled(), if !closing => {
                    closing = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = sleep_until(look_at) => {}
                () = line.look.notified() => {}
            }
            match line.judge(Instant::now()) {
                Ok(next) => look_at = next,
                Err(Ends::Idle) if !closing => {
                    closing = true;
                    connection.as_mut().graceful_shutdown();
                    look_at = Instant::now() + inside.limits.pace_within;
                }
                Err(why) => {
                    tracing::debug!(?why, "a connection is cut");
                    return;
                }
            }
        }
    }
}

fn builder(limits: &Connections) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_buf_size(READ_AHEAD)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(ASK_AFTER)
        .keep_alive_timeout(ALIVE_WITHIN)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADER_LIST)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(ERRORS);
    builder
}

/// The same, where the system gives fewer files than there could be connections; each needs one, and so does every
/// document that is looked into.
pub(crate) fn within_open_files(mut limits: Connections, files: Option<u64>) -> Connections {
    if let Some(files) = files.and_then(|files| usize::try_from(files).ok()) {
        limits.most = limits.most.min(files - files.min(1024).min(files / 2));
    }
    limits
}

/// Listens; refuses what cannot be had.
pub(crate) fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(at)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(limits: Connections, proxies: Proxies) -> Door {
        Door::new(Parts {
            limits,
            proxies,
            tls: None,
            router: Router::new(),
            stopping: CancellationToken::new(),
            cut: CancellationToken::new(),
        })
    }

    fn at(address: &str) -> IpAddr {
        address.parse().expect("an address")
    }

    #[test]
    fn one_address_leaves_places_to_others_and_all_of_them_have_an_end() {
        let door =
            door(Connections { most: 3, most_of_address: 2, ..Connections::default() }, Proxies::default());
        let held = [door.place(at("2001:db8::1")), door.place(at("2001:db8::2"))];
        assert!(held.iter().all(Option::is_some));
        assert!(door.place(at("2001:db8::3")).is_none(), "one subscriber");
        let other = door.place(at("192.0.2.1"));
        assert!(other.is_some());
        assert!(door.place(at("192.0.2.2")).is_none(), "none is left");
        drop(held);
        assert!(door.place(at("2001:db8::3")).is_some());
    }

    #[test]
    fn a_trusted_proxy_and_this_machine_speak_for_many() {
        let limits = Connections { most: 10, most_of_address: 1, ..Connections::default() };
        let trusted = vec!["10.0.0.0/8".parse().expect("a network")];
        let door = door(limits, Proxies { in_front: true, trusted });
        for from in ["10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1", "::1"] {
            let held = [door.place(at(from)), door.place(at(from))];
            assert!(held.iter().all(Option::is_some), "{from}");
        }
        let held = [door.place(at("192.0.2.1")), door.place(at("192.0.2.1"))];
        assert_eq!(held.iter().filter(|place| place.is_some()).count(), 1);
    }

    #[test]
    fn connections_leave_files_for_documents() {
        let most = |files| within_open_files(Connections::default(), files).most;
        assert_eq!((most(None), most(Some(1_000_000))), (30_000, 30_000));
        assert_eq!((most(Some(4096)), most(Some(1000))), (3072, 500));
    }
}
