//! What is under way on one connection, and whether whoever is at its other end still does their part: asks, takes
//! the answers, and does not ask only to give up. Noted by the connection itself, judged by the [`door`](super::door)
//! now and then.
//!
//! What an answer owes is told apart from what its reader owes: while the office works at it (a desk that waits for
//! news, a document that comes from a bucket) nobody is slow.

use std::{
    collections::HashMap,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use protocol::AccountId;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::Instant,
};

use super::{admission::Counted, door::Connections};

/// Bytes of an answer that are given to the connection at once: what it has been given counts as taken, and HTTP/2
/// keeps it however small the reader's window is.
const PIECE: usize = 32 * 1024;

/// Why a connection ends before its other end wants it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Nothing is under way, and has not been for long enough: it may be closed in peace.
    Idle,
    /// The reader takes too little.
    Slow,
    /// Asks and gives up, again and again.
    GivingUp,
}

/// One connection. Shared by its stream, its requests and the door.
pub(super) struct Line {
    limits: Connections,
    state: Mutex<State>,
    /// Told when it is not to be waited for the next look.
    pub(super) look: Notify,
}

struct State {
    /// Since when nothing is under way; `None` while something is.
    idle: Option<Instant>,
    /// A first request came.
    asked: bool,
    /// Requests whose answers were not taken whole: `None` while it is the office's turn.
    under_way: HashMap<u64, Option<Moving>>,
    next: u64,
    /// Bytes that the other end does not take from the stream.
    writing: Option<Moving>,
    answered: usize,
    given_up: usize,
}

/// Something that the other end has to take.
#[derive(Clone, Copy)]
struct Moving {
    since: Instant,
    bytes: usize,
}

impl Moving {
    const fn from(now: Instant) -> Self {
        Self { since: now, bytes: 0 }
    }

    fn moved(&mut self, bytes: usize, least: usize, now: Instant) {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes >= least {
            *self = Self::from(now);
        }
    }
}

impl Line {
    pub(super) fn new(limits: Connections, now: Instant) -> Arc<Self> {
        let state = State {
            idle: Some(now),
            asked: false,
            under_way: HashMap::new(),
            next: 0,
            writing: None,
            answered: 0,
            given_up: 0,
        };
        Arc::new(Self { limits, state: Mutex::new(state), look: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When to look again, or why the connection is to end.
    pub(super) fn judge(&self, now: Instant) -> Result<Instant, Ends> {
        let (limits, state) = (&self.limits, self.state());
        if state.given_up > limits.given_up.saturating_add(state.answered) {
            return Err(Ends::GivingUp);
        }
        let slowest =
            state.under_way.values().flatten().chain(&state.writing).map(|moving| moving.since).min();
        let taken_by = slowest.map(|since| since + limits.pace_within);
        if taken_by.is_some_and(|by| by <= now) {
            return Err(Ends::Slow);
        }
        let most = if state.asked { limits.idle } else { limits.header };
        let asks_by = state.idle.map(|since| since + most);
        if asks_by.is_some_and(|by| by <= now) {
            return Err(Ends::Idle);
        }
        // What begins after this look is judged at the next one: never later than twice its time.
        let beat = now + limits.idle.min(limits.pace_within);
        Ok([taken_by, asks_by].into_iter().flatten().fold(beat, Instant::min))
    }

    /// A request came.
    pub(super) fn asked(self: &Arc<Self>) -> Asked {
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        state.under_way.insert(id, None);
        (state.idle, state.asked) = (None, true);
        Asked { line: Arc::clone(self), id, whole: false, account: OnAccount::default() }
    }
}

/// Whom a request is counted for, an extension of it: until its answer was taken, not only made.
#[derive(Clone, Default)]
pub(super) struct OnAccount(Arc<OnceLock<Arc<Counted<AccountId>>>>);

impl OnAccount {
    pub(super) fn of(&self, counted: &Arc<Counted<AccountId>>) {
        let _ = self.0.set(Arc::clone(counted));
    }
}

/// A request under way; ends when dropped.
pub(super) struct Asked {
    line: Arc<Line>,
    id: u64,
    /// It was answered to the end.
    whole: bool,
    account: OnAccount,
}

impl Asked {
    pub(super) fn account(&self) -> OnAccount {
        self.account.clone()
    }

    /// The same with its answer.
    pub(super) fn answer(self, body: Body) -> Answering {
        self.note(|turn| *turn = Some(Moving::from(Instant::now())));
        Answering { asked: self, body, rest: Bytes::new() }
    }

    fn note(&self, change: impl FnOnce(&mut Option<Moving>)) {
        if let Some(turn) = self.line.state().under_way.get_mut(&self.id) {
            change(turn);
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.under_way.remove(&self.id);
        if state.under_way.is_empty() {
            state.idle = Some(Instant::now());
        }
        if self.whole {
            state.answered += 1;
        } else {
            state.given_up += 1;
            self.line.look.notify_one();
        }
    }
}

/// The body of an answer, in pieces, with a note of how they are taken.
pub(super) struct Answering {
    asked: Asked,
    body: Body,
    /// What is left of what the body gave last.
    rest: Bytes,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if this.rest.is_empty() {
            match Pin::new(&mut this.body).poll_frame(context) {
                Poll::Pending => {
                    this.asked.note(|turn| *turn = None);
                    return Poll::Pending;
                }
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                Poll::Ready(end) => {
                    this.asked.whole = end.is_none();
                    return Poll::Ready(end);
                }
            }
        }
        let piece = this.rest.split_to(this.rest.len().min(PIECE));
        let (now, least) = (Instant::now(), this.asked.line.limits.pace_least);
        this.asked.note(|turn| turn.get_or_insert_with(|| Moving::from(now)).moved(piece.len(), least, now));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, hint) = (u64::try_from(self.rest.len()).unwrap_or(u64::MAX), self.body.size_hint());
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower().saturating_add(rest));
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper.saturating_add(rest));
        }
        whole
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.asked.whole |= self.is_end_stream();
    }
}

/// The stream of a connection, with a note of whether what is written to it is taken.
pub(super) struct Watched<S> {
    stream: S,
    line: Arc<Line>,
    /// The last attempt to write did not end.
    stuck: bool,
}

impl<S> Watched<S> {
    pub(super) const fn new(stream: S, line: Arc<Line>) -> Self {
        Self { stream, line, stuck: false }
    }

    fn wrote(&mut self, written: &Poll<io::Result<usize>>) {
        match written {
            Poll::Pending => self.sticks(),
            Poll::Ready(Ok(bytes)) if self.stuck => {
                if let Some(moving) = &mut self.line.state().writing {
                    moving.moved(*bytes, self.line.limits.pace_least, Instant::now());
                }
            }
            Poll::Ready(_) => {}
        }
    }

    fn sticks(&mut self) {
        if !self.stuck {
            self.stuck = true;
            self.line.state().writing = Some(Moving::from(Instant::now()));
        }
    }

    fn flushed(&mut self) {
        if self.stuck {
            self.stuck = false;
            self.line.state().writing = None;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// What was written before is gone from here only now: TLS keeps some of it.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.flushed();
        } else {
            self.sticks();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        if shut.is_pending() {
            self.sticks();
        }
        shut
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use futures::{StreamExt, stream};

    use super::*;

    fn line() -> (Arc<Line>, Instant) {
        let now = Instant::now();
        (Line::new(Connections::default(), now), now)
    }

    async fn piece(body: &mut Answering) -> Option<usize> {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        frame.map(|frame| frame.expect("reads").into_data().expect("data").len())
    }

    fn after(limits: Duration) -> Instant {
        Instant::now() + limits + Duration::from_millis(1)
    }

    #[tokio::test]
    async fn who_asks_nothing_may_go_and_who_waits_for_news_may_stay() {
        let (line, began) = line();
        let limits = Connections::default();
        assert_eq!(line.judge(began), Ok(began + limits.header));
        assert_eq!(line.judge(began + limits.header), Err(Ends::Idle));
        let asked = line.asked();
        assert!(line.judge(after(Duration::from_secs(3600))).is_ok(), "it is the office's turn");
        drop(asked.answer(Body::empty()));
        let idle = Instant::now();
        assert!(line.judge(began + limits.header).is_ok(), "it has asked before");
        assert_eq!(line.judge(idle + limits.idle), Err(Ends::Idle));
    }

    #[tokio::test]
    async fn an_answer_that_is_not_taken_ends_the_connection_whatever_else_is_taken() {
        let (line, _) = line();
        let limits = Connections::default();
        let mut slow = line.asked().answer(Body::from(vec![0; 4 * limits.pace_least]));
        assert_eq!(slow.size_hint().exact(), Some(4 * limits.pace_least as u64));
        for _ in 0..limits.pace_least / PIECE {
            assert_eq!(piece(&mut slow).await, Some(PIECE));
        }
        let enough = Instant::now();
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(line.asked().answer(Body::empty()));
        assert_eq!(piece(&mut slow).await, Some(PIECE), "too little");
        assert!(line.judge(Instant::now()).is_ok());
        assert_eq!(line.judge(enough + limits.pace_within), Err(Ends::Slow));
        while piece(&mut slow).await.is_some() {}
        drop(slow);
        assert!(line.judge(Instant::now() + limits.idle / 2).is_ok());
        let state = line.state();
        assert_eq!((state.answered, state.given_up), (2, 0));
    }

    #[tokio::test]
    async fn while_the_office_looks_for_more_nobody_is_slow() {
        let (line, _) = line();
        let limits = Connections::default();
        let first = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"first"))]);
        let mut body = line.asked().answer(Body::from_stream(first.chain(stream::pending())));
        assert_eq!(piece(&mut body).await, Some(5));
        let nothing =
            poll_fn(|context| Poll::Ready(Pin::new(&mut body).poll_frame(context).is_pending())).await;
        assert!(nothing);
        assert!(line.judge(after(10 * limits.pace_within)).is_ok());
    }

    #[tokio::test]
    async fn who_only_gives_up_is_told_from_who_sometimes_does() {
        let (line, _) = line();
        let limits = Connections::default();
        for _ in 0..=limits.given_up {
            assert!(line.judge(Instant::now()).is_ok());
            drop(line.asked());
        }
        assert_eq!(line.judge(Instant::now()), Err(Ends::GivingUp));
        drop(line.asked().answer(Body::empty()));
        assert!(line.judge(Instant::now()).is_ok());
    }

    #[tokio::test]
    async fn bytes_that_nobody_takes_end_the_connection() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (line, _) = line();
        let limits = Connections::default();
        let (near, mut far) = tokio::io::duplex(1024);
        let mut near = Watched::new(near, Arc::clone(&line));
        let _asked = line.asked();
        let writing = tokio::spawn(async move {
            near.write_all(&[0; 3000]).await.expect("taken");
            near.flush().await.expect("taken");
            near
        });
        while line.state().writing.is_none() {
            tokio::task::yield_now().await;
        }
        let stuck = Instant::now();
        tokio::time::sleep(Duration::from_millis(20)).await;
        far.read_exact(&mut [0; 1]).await.expect("there");
        assert!(line.judge(Instant::now()).is_ok());
        assert_eq!(line.judge(stuck + limits.pace_within), Err(Ends::Slow));
        far.read_exact(&mut [0; 2999]).await.expect("there");
        let _near = writing.await.expect("ends");
        assert!(line.judge(after(limits.pace_within)).is_ok());
    }
}
