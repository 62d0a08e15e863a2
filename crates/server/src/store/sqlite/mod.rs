//! The store in one SQLite file: WAL, `synchronous=FULL`, one writer that commits together what waits together,
//! and a pool of readers.

mod folding;
mod readers;
pub(crate) mod snapshot;
pub(super) mod statement;
mod writer;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use futures::FutureExt;
use protocol::AccountId;
use readers::Readers;
use rusqlite::{Connection, OpenFlags};
use sqlx::{
    ConnectOptions, Connection as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use writer::Writer;

use super::{
    StoreError,
    engine::{Engine, Work},
    tx::Tx,
};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a reader or the writer waits for a lock before it answers [`StoreError::Busy`].
const PATIENCE: Duration = Duration::from_secs(10);
/// Pages that the writer keeps in memory, in KiB: ids and hashes fall anywhere in their indexes, and with SQLite's own 2 MB
/// it spent a twelfth of its time reading pages again.
const CACHE_KIB: i64 = 65_536;
/// Statements that a connection keeps prepared: more than all units of work together have.
const PREPARED: usize = 128;

/// What else a full disk answers: writing, syncing, truncating, growing the shared memory file
/// <https://sqlite.org/rescode.html>.
const NO_ROOM: [i32; 4] = [778, 1034, 1546, 4874];

/// What SQLite answers when the connection is at fault: internal, read-only, input/output, file gone, locking
/// protocol, misuse <https://sqlite.org/rescode.html>.
const BROKEN: [i32; 6] = [2, 8, 10, 14, 15, 21];

/// An open database.
#[derive(Clone)]
pub(crate) struct SqliteStore {
    writer: Writer,
    readers: Readers,
}

impl SqliteStore {
    /// Opens or makes the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for a database of a newer program.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        let mut connection = options.create_if_missing(true).connect().await?;
        MIGRATIONS.run(&mut connection).await?;
        connection.close().await?;
        Self::at(At { file: file.to_owned(), writes: true })
    }

    /// Works in a database that a running server has open.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::OlderSchema`] where that server is of another version.
    pub(crate) fn join(file: &Path) -> Result<Self, StoreError> {
        Self::beside(At { file: file.to_owned(), writes: true })
    }

    /// Reads a database without writing to it; every attempt to write fails.
    ///
    /// # Errors
    /// As for [`SqliteStore::join`].
    pub(crate) fn look(file: &Path) -> Result<Self, StoreError> {
        Self::beside(At::reading(file))
    }

    fn at(at: At) -> Result<Self, StoreError> {
        let readers = Readers::new(At::reading(&at.file));
        Ok(Self { writer: Writer::start(at.connect()?, at).map_err(sqlx::Error::Io)?, readers })
    }

    fn beside(at: At) -> Result<Self, StoreError> {
        let connection = at.connect()?;
        let found: Option<(Option<i64>,)> =
            statement::optional(&connection, "SELECT MAX(version) FROM _sqlx_migrations", &[])?;
        super::same_schema(found.and_then(|(version,)| version), &MIGRATIONS)?;
        Self::at(at)
    }

    /// A consistent view of everything, for reading.
    pub(super) fn view(&self) -> Result<Connection, StoreError> {
        self.readers.at().view()
    }
}

/// Where a connection is made.
#[derive(Debug, Clone)]
struct At {
    file: PathBuf,
    writes: bool,
}

impl At {
    fn reading(file: &Path) -> Self {
        Self { file: file.to_owned(), writes: false }
    }

    /// A consistent view of everything, on a connection of its own.
    fn view(&self) -> Result<Connection, StoreError> {
        let connection = self.connect()?;
        statement::command(&connection, "BEGIN")?;
        Ok(connection)
    }

    /// The file must be there.
    fn connect(&self) -> Result<Connection, StoreError> {
        let way =
            if self.writes { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
        let connection = Connection::open_with_flags(&self.file, way | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        if self.writes {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        }
        Ok(connection)
    }
}

/// The outcome of a unit of work, or of a part of one: on SQLite it waits for nothing, and is done when it is first
/// polled.
fn at_once<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    work.now_or_never().unwrap_or(Err(StoreError::Unfinished))
}

/// Whether another connection might do what this one could not. A full disk and a busy database are no such case,
/// nor is what a unit did wrong.
fn breaks(error: &StoreError) -> bool {
    let StoreError::Sqlite(rusqlite::Error::SqliteFailure(refused, _)) = error else { return false };
    BROKEN.contains(&(refused.extended_code & 0xff))
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error().map(|refused| refused.extended_code);
        code.and_then(meaning).unwrap_or(Self::Sqlite(error))
    }
}

/// What an extended result code means to the office; `None` where it means nothing in particular. The low byte is the
/// primary one.
pub(super) fn meaning(code: i32) -> Option<StoreError> {
    if NO_ROOM.contains(&code) {
        return Some(StoreError::Full);
    }
    match code & 0xff {
        5 | 6 => Some(StoreError::Busy),
        13 => Some(StoreError::Full),
        11 | 26 => Some(StoreError::Corrupt(format!("SQLite answers {code}"))),
        _ => None,
    }
}

impl Engine for SqliteStore {
    /// The only way to write.
    async fn write<A, T>(&self, given: A, work: Work<A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.writer.run(move |connection| at_once(work(&given, &mut Tx::Sqlite(connection)))).await
    }

    async fn read<A, T>(&self, given: A, work: Work<A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.readers.run(move |connection| at_once(work(&given, &mut Tx::Sqlite(connection)))).await
    }

    async fn end(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// One process has the directory.
    fn shared(&self) -> bool {
        false
    }

    async fn feeds_changed_since(&self, _: Vec<(AccountId, u64)>) -> Result<Vec<AccountId>, StoreError> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use protocol::ApplicationId;

    use super::*;
    use crate::store::{Listed, Look, Store, units::queue};

    async fn limited(store: &SqliteStore, pages: i64) {
        changed(store, format!("PRAGMA max_page_count = {pages}")).await;
    }

    async fn changed(store: &SqliteStore, sql: String) {
        let changing = store.writer.run(move |connection| Ok(connection.execute_batch(&sql)?));
        changing.await.expect("changes");
    }

    /// What a damaged disk leaves behind: an account and an application that cannot be read.
    #[tokio::test]
    async fn a_row_that_cannot_be_read_keeps_no_other_deadline_from_being_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(&dir.path().join("office.sqlite")).await.expect("opens");
        let accounts = [AccountId::new().to_string(), "damaged".to_owned(), AccountId::new().to_string()];
        for (at, account) in accounts.iter().enumerate() {
            let application = if at == 2 { "damaged".to_owned() } else { ApplicationId::new().to_string() };
            changed(
                &store,
                format!(
                    "INSERT INTO accounts (id, secret_sha256, opened_at) VALUES ('{account}', '', 0); \
                     INSERT INTO applications (id, account_id, service, service_version, applicant, status, \
                     supplement_by) VALUES ('{application}', '{account}', '', 1, '', 'supplement_needed', '2026-11-01')"
                ),
            )
            .await;
        }
        for told in [1, 0] {
            let ended = store.expire_supplements(jiff::civil::date(2026, 11, 20), Timestamp::UNIX_EPOCH);
            let ended: Vec<_> = ended.await.expect("looks").iter().map(AccountId::to_string).collect();
            assert_eq!(ended, accounts[..told], "who can be told is told, once");
        }
        store.end().await;
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_the_writer_lives_on() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(&dir.path().join("office.sqlite")).await.expect("opens");
        let (application, at) = (ApplicationId::new(), Timestamp::UNIX_EPOCH);
        let detail = "x".repeat(50_000);
        let look = Look { application, action: "page_seen", detail: &detail };
        for round in 0..3 {
            let counted = store
                .readers
                .run(|connection| Ok(connection.pragma_query_value(None, "page_count", |row| row.get(0))?));
            let pages: i64 = counted.await.expect("counts");
            limited(&store, pages).await;
            let refused = store.record_look("reviewer", &look, at).await;
            assert!(matches!(refused, Err(StoreError::Full)), "{round}: {refused:?}");
            // Whoever asks next, be it only whether all is well, finds a writer that works.
            store.ping().await.expect("works");
            limited(&store, 1_000_000).await;
            store.record_look("reviewer", &look, at).await.expect("there is room again");
        }
        assert_eq!(store.verify_audit().await.expect("reads"), Ok(3));
    }

    /// Everything that ever came is too much to be sorted whenever somebody looks.
    #[tokio::test]
    async fn long_lists_are_read_along_an_index() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(&dir.path().join("office.sqlite")).await.expect("opens");
        let number = Listed::numbered("2026").expect("the beginning of one");
        for (listed, index) in [
            (Listed::Closed, "applications_by_arrival"),
            (Listed::All, "applications_by_arrival"),
            (number, "(number>"),
        ] {
            let sql = format!("EXPLAIN QUERY PLAN {}", queue::sql(&listed));
            let plan = store.readers.run(move |connection| {
                let mut explained = connection.prepare(&sql)?;
                let (mut rows, mut steps) = (explained.raw_query(), Vec::new());
                while let Some(row) = rows.next()? {
                    steps.push(row.get::<_, String>("detail")?);
                }
                Ok(steps)
            });
            let plan = plan.await.expect("explains").join("; ");
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{listed:?}: {plan}");
        }
        store.end().await;
    }

    /// As an office of the version before leaves it: what is not finished yet must count.
    #[tokio::test]
    async fn what_was_begun_before_the_schema_changed_counts() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("office.sqlite");
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut before = options.connect().await.expect("opens");
        MIGRATIONS.run_to(7, &mut before).await.expect("the schema of before");
        before.close().await.expect("closes");
        let before = Connection::open(&file).expect("opens");
        before
            .execute_batch(
                "INSERT INTO accounts (id, secret_sha256, opened_at) VALUES ('owner', '', 0); \
                 INSERT INTO applications (id, account_id, service, service_version, applicant) \
                 VALUES ('begun', 'owner', '', 1, ''), ('done', 'owner', '', 1, ''); \
                 INSERT INTO revisions (application_id, revision, manifest_hash, manifest, applicant, received_at, begun_at, \
                 receipt) VALUES ('begun', 1, '', '', '', 1, 1, NULL), ('done', 1, '', '', '', 1, 1, '{}')",
            )
            .expect("inserts");
        drop(before);
        let store = SqliteStore::open(&file).await.expect("the schema of now");
        let whose = store.readers.run(|connection| {
            statement::all(connection, "SELECT application_id, account_id FROM revisions ORDER BY 1", &[])
        });
        let whose: Vec<(String, String)> = whose.await.expect("reads");
        assert_eq!(whose, [("begun".to_owned(), "owner".to_owned()), ("done".to_owned(), String::new())]);
        store.end().await;
    }
}
