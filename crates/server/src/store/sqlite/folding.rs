//! Folding the log into the file. It copies pages and flushes the file, a quarter of all that writing takes, and SQLite by
//! itself lets the commit that makes the log long wait for it. So a thread beside the writer does it, on a connection of
//! its own, while the writer appends.
//!
//! That way alone the log would grow as long as there is something to write: only when all of it is folded in does the
//! next commit begin it anew. So where it has become long, the writer folds what is left before it goes on, which is what
//! came since the other thread last did.
//! <https://sqlite.org/wal.html#checkpointing>

use std::{
    cell::Cell,
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use super::{At, statement};
use crate::store::StoreError;

/// Pages of log, 4 kB each, after which what came is folded in beside the writer.
const BESIDE: u32 = 1_000;
/// Pages of log after which the writer folds the rest.
const BY_THE_WRITER: u32 = 8_000;

/// What readers still need stays in the log; nobody is waited for.
const FOLD: &str = "PRAGMA wal_checkpoint(PASSIVE)";

thread_local! {
    /// Pages in the log after the last commit of this thread.
    static LOG: Cell<u32> = const { Cell::new(0) };
}

/// The writer's half.
pub(super) struct Folding {
    beside: SyncSender<()>,
    thread: JoinHandle<()>,
    /// How long the log was when the other thread was last told.
    told_at: u32,
}

impl Folding {
    /// Starts the other thread, which connects `at` the same place when it is first told.
    pub(super) fn start(at: At) -> io::Result<Self> {
        let (beside, told) = sync_channel(1);
        let thread =
            thread::Builder::new().name("office-folding".to_owned()).spawn(move || work(&at, &told))?;
        Ok(Self { beside, thread, told_at: 0 })
    }

    /// Takes the place of SQLite's own folding on this connection.
    pub(super) fn watches(connection: &Connection) {
        connection.wal_hook(Some(|_, pages| {
            LOG.set(u32::try_from(pages).unwrap_or(0));
            Ok(())
        }));
    }

    /// To be called on the thread that has committed.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        let pages = LOG.get();
        if pages < self.told_at {
            self.told_at = 0;
        }
        if pages >= BY_THE_WRITER {
            // Does nothing while the other thread is at it. What cannot be done now is tried after the next commit, and
            // told again only when the log has grown by as much.
            if let Err(error) = fold_in(connection)
                && pages - self.told_at >= BY_THE_WRITER
            {
                self.told_at = pages;
                tracing::warn!(%error, pages, "the log of the database grows and cannot be folded in");
            }
        } else if pages - self.told_at >= BESIDE {
            self.told_at = pages;
            // One that was told and has not begun will see this, too.
            let _ = self.beside.try_send(());
        }
    }

    /// Ends the other thread.
    pub(super) fn end(self) {
        let Self { beside, thread, .. } = self;
        drop(beside);
        if thread.join().is_err() {
            tracing::error!("the thread that folds the log in fell over");
        }
    }
}

fn work(at: &At, told: &Receiver<()>) {
    let mut open = None;
    while told.recv().is_ok() {
        let connected = open.take().map_or_else(|| at.connect(), Ok);
        match connected.and_then(|connection| fold_in(&connection).map(|()| connection)) {
            Ok(connection) => open = Some(connection),
            Err(error) => tracing::warn!(%error, "the log of the database was not folded in"),
        }
    }
}

fn fold_in(connection: &Connection) -> Result<(), StoreError> {
    // Whether it could, how long the log is, and how much of it is folded in: whatever that is, the rest comes later.
    statement::optional::<(i64, i64, i64)>(connection, FOLD, &[]).map(drop)
}
