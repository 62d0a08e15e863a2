//! The store in one SQLite file: WAL, `synchronous=FULL`, one writer that commits together what waits together,
//! and a pool of readers. One file per subject; this one opens the database and delegates.

mod accounts;
mod audit;
mod cases;
mod columns;
mod editions;
mod intake;
mod logins;
mod review;
pub(crate) mod snapshot;
mod writer;

use std::{cmp::Ordering, path::Path, time::Duration};

use async_trait::async_trait;
use futures::{FutureExt, future::BoxFuture};
use jiff::{Timestamp, civil::Date};
use protocol::{AccountId, ApplicationId, ContentHash, Decision, Status};
use sqlx::{
    ConnectOptions, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::MigrateError,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use writer::Writer;

use super::{
    AuditFault, CaseRecord, Completed, DecisionOutcome, Declared, EditionRecord, FeedRead, HeldBlob,
    LoginAttempt, Look, NewRevision, Opened, QueueRecord, Sign, Standing, Store, StoreError,
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

    async fn same_schema(&self) -> Result<(), StoreError> {
        let known = MIGRATIONS.iter().map(|migration| migration.version).max();
        let found: Option<i64> =
            sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&self.readers).await?;
        match found.cmp(&known) {
            Ordering::Greater => Err(StoreError::NewerSchema),
            Ordering::Equal => Ok(()),
            Ordering::Less => Err(StoreError::OlderSchema),
        }
    }

    /// Closes all connections; the write-ahead log is folded in.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// The only way to write: a unit of work whose answer comes when its changes are on the disk. `Err` takes them
    /// back.
    async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// A consistent view of several reads.
    async fn read(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.readers.begin().await?)
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

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        // Extended codes keep the primary one in the low byte.
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok());
        if code.is_some_and(|code| NO_ROOM.contains(&code)) {
            return Self::Full;
        }
        match code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Busy,
            Some(13) => Self::Full,
            Some(11 | 26) => Self::Corrupt(error.to_string()),
            _ => Self::Other(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => Self::NewerSchema,
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Other(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        // Begins and commits as every writing does; there is nothing to keep.
        self.write(|_| async { Ok(()) }.boxed()).await
    }

    async fn open_account(
        &self,
        id: AccountId,
        secret: ContentHash,
        at: Timestamp,
    ) -> Result<Opened, StoreError> {
        self.write(move |tx| accounts::open(tx, id, secret, at).boxed()).await
    }

    async fn knows_account(&self, id: AccountId, secret: ContentHash) -> Result<bool, StoreError> {
        accounts::knows(self, id, secret).await
    }

    async fn standing(
        &self,
        account: AccountId,
        key: &str,
        hash: ContentHash,
        application: ApplicationId,
        revision: u32,
    ) -> Result<Standing, StoreError> {
        let mut tx = self.read().await?;
        intake::standing(&mut tx, account, key, hash, application, revision).await
    }

    async fn accept_manifest(&self, new: &NewRevision) -> Result<Standing, StoreError> {
        let new = new.clone();
        self.write(|tx| async move { intake::accept(tx, &new).await }.boxed()).await
    }

    async fn blob_declared(
        &self,
        account: AccountId,
        hash: ContentHash,
    ) -> Result<Option<Declared>, StoreError> {
        intake::declared(self, account, hash).await
    }

    async fn hold_blob(
        &self,
        account: AccountId,
        hash: ContentHash,
        held: HeldBlob,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |tx| intake::hold(tx, account, hash, held, at).boxed()).await
    }

    async fn complete_revision(
        &self,
        application: ApplicationId,
        revision: u32,
        at: Timestamp,
        sign: Sign,
    ) -> Result<Completed, StoreError> {
        self.write(move |tx| intake::complete(tx, application, revision, at, sign).boxed()).await
    }

    async fn feed_epoch(&self, new: &str, begin: bool, at: Timestamp) -> Result<String, StoreError> {
        let new = new.to_owned();
        self.write(move |tx| async move { cases::epoch(tx, &new, begin, at).await }.boxed()).await
    }

    async fn page_feed(&self, account: AccountId, after: u64, limit: u32) -> Result<FeedRead, StoreError> {
        cases::page_feed(self, account, after, limit).await
    }

    async fn editions(&self) -> Result<Vec<EditionRecord>, StoreError> {
        editions::all(self).await
    }

    async fn edition(&self, sha256: ContentHash) -> Result<Option<EditionRecord>, StoreError> {
        editions::one(self, sha256).await
    }

    async fn serve_edition(&self, edition: &EditionRecord, at: Timestamp) -> Result<(), StoreError> {
        let edition = edition.clone();
        self.write(move |tx| async move { editions::serve(tx, &edition, at).await }.boxed()).await
    }

    async fn queue(&self, status: Option<Status>) -> Result<Vec<QueueRecord>, StoreError> {
        cases::queue(self, status).await
    }

    async fn case(&self, application: ApplicationId) -> Result<Option<CaseRecord>, StoreError> {
        cases::case(self, application).await
    }

    async fn claim(
        &self,
        application: ApplicationId,
        reviewer: &str,
        take_over: bool,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError> {
        let reviewer = reviewer.to_owned();
        self.write(move |tx| {
            async move { review::claim(tx, application, &reviewer, take_over, at).await }.boxed()
        })
        .await
    }

    async fn release(
        &self,
        application: ApplicationId,
        reviewer: &str,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError> {
        let reviewer = reviewer.to_owned();
        self.write(move |tx| async move { review::release(tx, application, &reviewer, at).await }.boxed())
            .await
    }

    async fn decide(
        &self,
        application: ApplicationId,
        reviewer: &str,
        decision: &Decision,
        supplement_by: Option<Date>,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError> {
        let (reviewer, decision) = (reviewer.to_owned(), decision.clone());
        self.write(move |tx| {
            async move { review::decide(tx, application, &reviewer, &decision, supplement_by, at).await }
                .boxed()
        })
        .await
    }

    async fn expire_supplements(&self, today: Date, at: Timestamp) -> Result<Vec<AccountId>, StoreError> {
        self.write(move |tx| review::expire(tx, today, at).boxed()).await
    }

    async fn record_look(&self, reviewer: &str, look: &Look<'_>, at: Timestamp) -> Result<(), StoreError> {
        let (reviewer, subject) = (reviewer.to_owned(), look.application.to_string());
        let (action, detail) = (look.action, look.detail.to_owned());
        self.write(move |tx| {
            async move { audit::append(tx, at, &reviewer, action, &subject, &detail).await }.boxed()
        })
        .await
    }

    async fn has_reviewers(&self) -> Result<bool, StoreError> {
        logins::any(self).await
    }

    async fn add_reviewer(
        &self,
        name: &str,
        password_hash: &str,
        replace: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (name, password_hash) = (name.to_owned(), password_hash.to_owned());
        self.write(move |tx| async move { logins::add(tx, &name, &password_hash, replace, at).await }.boxed())
            .await
    }

    async fn attempt_login(&self, name: &str, at: Timestamp) -> Result<LoginAttempt, StoreError> {
        let name = name.to_owned();
        self.write(move |tx| async move { logins::attempt(tx, &name, at).await }.boxed()).await
    }

    async fn open_session(&self, name: &str, token: ContentHash, at: Timestamp) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.write(move |tx| async move { logins::open_session(tx, &name, token, at).await }.boxed()).await
    }

    async fn session(&self, token: ContentHash, at: Timestamp) -> Result<Option<String>, StoreError> {
        logins::session(self, token, at).await
    }

    async fn end_session(&self, token: ContentHash, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| logins::end_session(tx, token, at).boxed()).await
    }

    async fn verify_audit(&self) -> Result<Result<u64, AuditFault>, StoreError> {
        let mut tx = self.read().await?;
        audit::verify(&mut tx).await
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;

    async fn limited(store: &SqliteStore, pages: i64) {
        let limit = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        let limited = store.write(move |tx| {
            async move { sqlx::query(limit).execute(tx).await.map(drop).map_err(StoreError::from) }.boxed()
        });
        limited.await.expect("limits");
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
