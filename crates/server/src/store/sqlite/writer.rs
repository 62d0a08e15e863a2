//! The one who writes. Units of work that wait together are committed together: each runs in a savepoint of its
//! own, all share one transaction and one flush to the disk, and nobody is answered before that flush.
//!
//! A unit that fails takes back its own changes only. Where SQLite gives up the whole transaction (disk full,
//! input/output error), every unit in it is told so; all of them may be sent again. Work that was handed over runs
//! to its end even where whoever asked has gone. A connection that broke is thrown away and made anew before the
//! next unit.
//!
//! It has a thread of its own, on which statements are spoken to SQLite one after the other: a statement takes it a few
//! microseconds, less than handing it to another thread would.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{At, breaks, statement::command};
use crate::store::StoreError;

/// Units that may wait. More than this is more than the disk can take: whoever comes then is told to come later.
const QUEUE: usize = 1024;
/// Units that share a commit, so that the first of them does not wait for ever.
const TOGETHER: usize = 128;

/// Runs on the connection, or learns why it cannot.
type Unit = Box<dyn FnOnce(Result<&mut Connection, StoreError>) -> Ran + Send>;
/// Tells whoever asked what became of it, once the commit has come or failed.
type Told = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What running a unit came to.
struct Ran {
    /// Why its changes are not to be kept.
    failed: Option<StoreError>,
    /// It failed because of the connection, not because of what it asked.
    broke: bool,
    told: Told,
}

enum Message {
    Unit(Unit),
    Close(oneshot::Sender<()>),
}

/// Hands units of work to the writing connection. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Message>);

impl Writer {
    /// Takes over the connection that writes; where it breaks, the next one is opened `at` the same place.
    pub(super) fn start(connection: Connection, at: At) -> io::Result<Self> {
        let (queue, units) = mpsc::channel(QUEUE);
        let line = Line { open: Some(connection), at };
        thread::Builder::new().name("office-writer".to_owned()).spawn(move || work(line, units))?;
        Ok(Self(queue))
    }

    /// Runs a unit of work; its answer comes when its changes are on the disk.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let unit: Unit = Box::new(move |connection| {
            let outcome = connection.and_then(work);
            let failed = outcome.as_ref().err().map(StoreError::alike);
            let broke = outcome.as_ref().err().is_some_and(breaks);
            let told: Told = Box::new(move |committed| {
                // Whoever asked may have gone.
                let _ = answer.send(outcome.and_then(|value| committed.map(|()| value)));
            });
            Ran { failed, broke, told }
        });
        self.0.try_send(Message::Unit(unit)).map_err(|_| StoreError::Busy)?;
        answered.await.unwrap_or(Err(StoreError::Unfinished))
    }

    /// Ends after what was handed over before; the write-ahead log is folded in.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.send(Message::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

fn work(mut line: Line, mut units: mpsc::Receiver<Message>) {
    let mut closing = None;
    while closing.is_none() {
        let first = match units.blocking_recv() {
            Some(Message::Unit(unit)) => unit,
            Some(Message::Close(done)) => {
                closing = Some(done);
                break;
            }
            None => break,
        };
        let mut together = vec![first];
        while together.len() < TOGETHER {
            match units.try_recv() {
                Ok(Message::Unit(unit)) => together.push(unit),
                Ok(Message::Close(done)) => {
                    closing = Some(done);
                    break;
                }
                Err(_) => break,
            }
        }
        commit_together(&mut line, together);
    }
    // From here on whoever comes is turned away, also before it is told that all is closed.
    drop(units);
    if let Some(connection) = line.open
        && let Err((_, error)) = connection.close()
    {
        tracing::warn!(%error, "the database was not closed cleanly");
    }
    if let Some(done) = closing {
        let _ = done.send(());
    }
}

/// The connection that writes, and where to make another one.
struct Line {
    open: Option<Connection>,
    at: At,
}

impl Line {
    /// Begins a transaction, on a new connection where the old one is gone or turns out to be broken.
    fn begin(&mut self) -> Result<&mut Connection, StoreError> {
        let connection = match self.open.take() {
            Some(connection) => match command(&connection, BEGIN) {
                Ok(()) => return Ok(self.open.insert(connection)),
                Err(error) if breaks(&error) => {
                    throw_away(connection);
                    self.at.connect()?
                }
                Err(error) => {
                    self.open = Some(connection);
                    return Err(error);
                }
            },
            None => self.at.connect()?,
        };
        tracing::warn!("the writing connection was opened anew");
        let begun = command(&connection, BEGIN);
        let connection = self.open.insert(connection);
        begun.map(|()| connection)
    }

    fn give_up(&mut self) {
        if let Some(connection) = self.open.take() {
            throw_away(connection);
        }
    }
}

/// Takes the write lock at once: a transaction that reads first could not have it later.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// What it left undone is taken back by SQLite.
fn throw_away(connection: Connection) {
    if let Err((_, error)) = connection.close() {
        tracing::warn!(%error, "a broken connection was not closed cleanly");
    }
}

fn commit_together(line: &mut Line, units: Vec<Unit>) {
    let mut units = units.into_iter().peekable();
    // Once as a rule; again for those that did not run yet where SQLite gave the transaction up.
    while units.peek().is_some() {
        let connection = match line.begin() {
            Ok(connection) => connection,
            Err(error) => {
                for unit in units.by_ref() {
                    (unit(Err(error.alike())).told)(Ok(()));
                }
                return;
            }
        };
        let mut waiting = Vec::new();
        let mut outcome = Ok(());
        let mut broken = false;
        while outcome.is_ok()
            && !broken
            && let Some(unit) = units.next()
        {
            outcome = in_savepoint(connection, unit, &mut waiting, &mut broken);
        }
        if outcome.is_ok() {
            outcome = command(connection, "COMMIT");
        }
        if let Err(error) = &outcome {
            broken |= breaks(error);
            // Fails where SQLite has done so by itself.
            let _ = command(connection, "ROLLBACK");
        }
        for told in waiting {
            told(outcome.as_ref().copied().map_err(StoreError::alike));
        }
        if broken {
            line.give_up();
        }
    }
}

/// Runs one unit. Those whose changes stand wait for the commit; an error says that the transaction is gone.
fn in_savepoint(
    connection: &mut Connection,
    unit: Unit,
    waiting: &mut Vec<Told>,
    broken: &mut bool,
) -> Result<(), StoreError> {
    command(connection, "SAVEPOINT unit")?;
    match catch_unwind(AssertUnwindSafe(|| unit(Ok(&mut *connection)))) {
        Ok(Ran { failed: None, told, .. }) => {
            waiting.push(told);
            command(connection, "RELEASE unit")
        }
        Ok(Ran { failed: Some(error), broke, told }) => {
            *broken |= broke;
            told(Ok(()));
            take_back(connection).map_err(|_| error)
        }
        Err(_) => {
            tracing::error!("a unit of work panicked; its changes are taken back");
            take_back(connection)
        }
    }
}

fn take_back(connection: &Connection) -> Result<(), StoreError> {
    command(connection, "ROLLBACK TO unit")?;
    command(connection, "RELEASE unit")
}

#[cfg(test)]
mod tests;
