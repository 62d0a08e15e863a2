//! The one who writes. Units of work that wait together are committed together: all share one transaction and one flush
//! to the disk, and nobody is answered before that flush.
//!
//! As a rule every unit is kept, so they run one after the other with nothing between them. Where one is not, all is taken
//! back and they run again, each in a savepoint of its own, so that a unit that fails takes back its own changes only:
//! savepoints for all cost a seventh of the writer's time. Where SQLite gives up the whole transaction (disk full,
//! input/output error), every unit in it is told so; all of them may be sent again. Work that was handed over runs
//! to its end even where whoever asked has gone. A connection that broke is thrown away and made anew before the
//! next unit.
//!
//! It has a thread of its own, on which statements are spoken to SQLite one after the other: a statement takes it a few
//! microseconds, less than handing it to another thread would. What need not be done by it is done elsewhere: telling
//! whoever asked, and folding the log into the file ([`super::folding`]).

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use rusqlite::Connection;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::{At, breaks, folding::Folding, statement::command};
use crate::store::StoreError;

/// Units that may wait. More than this is more than the disk can take: whoever comes then is told to come later.
const QUEUE: usize = 1024;
/// Units that share a commit, so that the first of them does not wait for ever.
const TOGETHER: usize = 128;

/// A unit of work and whoever waits for it.
trait Unit: Send {
    /// Runs it, again where what it did was taken back: only the last time counts.
    fn run(&mut self, connection: &mut Connection) -> Result<(), &StoreError>;

    /// Tells whoever asked, once its changes are on the disk or cannot be.
    fn tell(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Asked<T, W> {
    work: W,
    /// `None` before it ran, and where it fell over.
    outcome: Option<Result<T, StoreError>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Unit for Asked<T, W>
where
    T: Send,
    W: FnMut(&mut Connection) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, connection: &mut Connection) -> Result<(), &StoreError> {
        self.outcome = None;
        self.outcome.insert((self.work)(connection)).as_ref().map(drop)
    }

    fn tell(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match self.outcome {
            Some(Ok(value)) => committed.map(|()| value),
            Some(Err(error)) => Err(error),
            None => Err(committed.err().unwrap_or(StoreError::Unfinished)),
        };
        // Whoever asked may have gone.
        let _ = self.answer.send(outcome);
    }
}

enum Message {
    Unit(Box<dyn Unit>),
    Close(oneshot::Sender<()>),
}

/// Hands units of work to the writing connection. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::Sender<Message>);

impl Writer {
    /// Takes over the connection that writes; where it breaks, the next one is opened `at` the same place.
    pub(super) fn start(connection: Connection, at: At) -> io::Result<Self> {
        let (queue, units) = mpsc::channel(QUEUE);
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        let folding = Folding::start(at.clone())?;
        Folding::watches(&connection);
        let line = Line { open: Some(connection), at, folding, runtime };
        thread::Builder::new().name("office-writer".to_owned()).spawn(move || work(line, units))?;
        Ok(Self(queue))
    }

    /// Runs a unit of work; its answer comes when its changes are on the disk.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnMut(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let unit = Box::new(Asked { work, outcome: None, answer });
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
    // The last one to close folds in what is left.
    line.folding.end();
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
    folding: Folding,
    runtime: Handle,
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
        Folding::watches(&connection);
        let begun = command(&connection, BEGIN);
        let connection = self.open.insert(connection);
        begun.map(|()| connection)
    }

    /// Commits what ran, where it went well up to here, and tells.
    fn end(&mut self, units: Vec<Box<dyn Unit>>, outcome: Result<(), StoreError>) {
        let Some(connection) = &self.open else {
            return self.tell(units, outcome.and(Err(StoreError::Unfinished)));
        };
        let outcome = outcome.and_then(|()| command(connection, "COMMIT"));
        if let Err(error) = &outcome {
            // Fails where SQLite has done so by itself.
            let _ = command(connection, "ROLLBACK");
            if breaks(error) || !connection.is_autocommit() {
                self.give_up();
            }
        } else {
            self.folding.after_commit(connection);
        }
        self.tell(units, outcome);
    }

    /// Elsewhere: waking whoever waits takes as long as a small unit does.
    fn tell(&self, units: Vec<Box<dyn Unit>>, committed: Result<(), StoreError>) {
        self.runtime.spawn(async move {
            for unit in units {
                unit.tell(committed.as_ref().copied().map_err(StoreError::alike));
            }
        });
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

fn commit_together(line: &mut Line, mut units: Vec<Box<dyn Unit>>) {
    let connection = match line.begin() {
        Ok(connection) => connection,
        Err(error) => return line.tell(units, Err(error)),
    };
    let all_kept = units.iter_mut().all(|unit| matches!(run(connection, unit), Ran::Kept));
    if all_kept {
        line.end(units, Ok(()));
    } else {
        // Fails where SQLite has done so by itself.
        let _ = command(connection, "ROLLBACK");
        if !connection.is_autocommit() {
            line.give_up();
        }
        each_by_itself(line, units);
    }
}

/// Those of which one failed when they ran one after the other.
fn each_by_itself(line: &mut Line, units: Vec<Box<dyn Unit>>) {
    let mut units = units.into_iter().peekable();
    // Once as a rule; again for those that did not run yet where SQLite gave the transaction up.
    while units.peek().is_some() {
        let connection = match line.begin() {
            Ok(connection) => connection,
            Err(error) => return line.tell(units.collect(), Err(error)),
        };
        let (mut ran, mut outcome, mut broke) = (Vec::new(), Ok(()), false);
        while outcome.is_ok()
            && !broke
            && let Some(mut unit) = units.next()
        {
            outcome = command(connection, "SAVEPOINT unit").and_then(|()| match run(connection, &mut unit) {
                Ran::Kept => command(connection, "RELEASE unit"),
                Ran::Failed { error, by_connection } => {
                    broke = by_connection;
                    take_back(connection).map_err(|_| error)
                }
            });
            ran.push(unit);
        }
        line.end(ran, outcome);
        if broke {
            line.give_up();
        }
    }
}

/// What running a unit came to.
enum Ran {
    Kept,
    Failed {
        error: StoreError,
        /// It failed because of the connection, not because of what it asked.
        by_connection: bool,
    },
}

fn run(connection: &mut Connection, unit: &mut Box<dyn Unit>) -> Ran {
    match catch_unwind(AssertUnwindSafe(|| {
        unit.run(connection).map_err(|error| (error.alike(), breaks(error)))
    })) {
        Ok(Ok(())) if !connection.is_autocommit() => Ran::Kept,
        Ok(Err((error, by_connection))) => Ran::Failed { error, by_connection },
        // A statement can end the transaction as it fails, whatever the unit made of that.
        Ok(Ok(())) => Ran::Failed { error: StoreError::Unfinished, by_connection: false },
        Err(_) => {
            tracing::error!("a unit of work panicked; its changes are taken back");
            Ran::Failed { error: StoreError::Unfinished, by_connection: false }
        }
    }
}

fn take_back(connection: &Connection) -> Result<(), StoreError> {
    command(connection, "ROLLBACK TO unit")?;
    command(connection, "RELEASE unit")
}

#[cfg(test)]
mod tests;
