//! The store in one SQLite file: WAL, `synchronous=FULL`, one writer that commits together what waits together,
//! and a pool of readers.

pub(crate) mod snapshot;
mod writer;

use std::{path::Path, time::Duration};

use futures::FutureExt;
use protocol::AccountId;
use sqlx::{
    ConnectOptions, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
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

/// What else a full disk answers: writing, syncing, truncating, growing the shared memory file
/// <https://sqlite.org/rescode.html>.
const NO_ROOM: [u32; 4] = [778, 1034, 1546, 4874];

/// An open database.
#[derive(Clone)]
pub(crate) struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens or makes the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] for a database of a newer program.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        let mut connection = options(file).create_if_missing(true).connect().await?;
        MIGRATIONS.run(&mut connection).await?;
        Ok(Self { writer: Writer::start(connection, options(file)), readers: readers(file).await? })
    }

    /// Works in a database that a running server has open.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::OlderSchema`] where that server is of another version.
    pub(crate) async fn join(file: &Path) -> Result<Self, StoreError> {
        Self::beside(file, options(file)).await
    }

    /// Reads a database without writing to it; every attempt to write fails.
    ///
    /// # Errors
    /// As for [`SqliteStore::join`].
    pub(crate) async fn look(file: &Path) -> Result<Self, StoreError> {
        Self::beside(file, options(file).read_only(true)).await
    }

    async fn beside(file: &Path, options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let connection = options.connect().await?;
        let this = Self { writer: Writer::start(connection, options), readers: readers(file).await? };
        this.same_schema().await?;
        Ok(this)
    }

    /// A consistent view of everything, for reading.
    pub(super) async fn view(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.readers.begin().await?)
    }

    async fn same_schema(&self) -> Result<(), StoreError> {
        let found =
            sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&self.readers).await?;
        super::same_schema(found, &MIGRATIONS)
    }
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
}

async fn readers(file: &Path) -> Result<SqlitePool, sqlx::Error> {
    let options = options(file).read_only(true);
    SqlitePoolOptions::new().max_connections(4).acquire_timeout(PATIENCE).connect_with(options).await
}

/// What an extended result code means to the office; `None` where it means nothing in particular. The low byte is the
/// primary one.
pub(super) fn meaning(code: &str) -> Option<StoreError> {
    let code: u32 = code.parse().ok()?;
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
        let unit = self
            .writer
            .run(move |connection| async move { work(&given, &mut Tx::Sqlite(connection)).await }.boxed());
        unit.await
    }

    async fn read<A, T>(&self, given: A, work: Work<A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let mut transaction = self.view().await?;
        work(&given, &mut Tx::Sqlite(&mut transaction)).await
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
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::store::{Look, Store};

    async fn limited(store: &SqliteStore, pages: i64) {
        changed(store, format!("PRAGMA max_page_count = {pages}")).await;
    }

    async fn changed(store: &SqliteStore, sql: String) {
        let changing = store.writer.run(move |connection| {
            async move {
                sqlx::raw_sql(AssertSqlSafe(sql))
                    .execute(connection)
                    .await
                    .map(drop)
                    .map_err(StoreError::from)
            }
            .boxed()
        });
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
            let pages: i64 =
                sqlx::query_scalar("PRAGMA page_count").fetch_one(&store.readers).await.expect("counts");
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
}
