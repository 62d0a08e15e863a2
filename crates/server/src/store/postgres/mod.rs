//! The store in PostgreSQL, for several copies of the office at once. A unit of work is a transaction that locks what
//! it reads to write, and is run again where it stood in another's way.
//!
//! The SQL is kept plain enough for engines that speak PostgreSQL's protocol; `docs/store.md` says what was avoided.

mod retrying;

use std::{str::FromStr, time::Duration};

use protocol::AccountId;
use sqlx::{
    ConnectOptions, Connection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    StoreError,
    engine::{Engine, Work},
    tx::Tx,
    units::columns::{count, parsed},
};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// In how many chains the audit log is kept; a row for each stands in `audit_chains`. More than connections would not
/// help, fewer make writers wait.
pub(super) const AUDIT_CHAINS: i64 = 16;
/// Connections of one copy. Three copies fit into the hundred that PostgreSQL allows by default.
const CONNECTIONS: u32 = 24;
/// How long a unit of work waits for a connection before it answers [`StoreError::Busy`].
const PATIENCE: Duration = Duration::from_secs(10);
/// Told to the database, so that what a copy left behind when it died ends by itself: how long one waits for a lock,
/// how long a statement runs, how long a transaction stands still.
const LIMITS: [(&str, &str); 3] =
    [("lock_timeout", "10s"), ("statement_timeout", "60s"), ("idle_in_transaction_session_timeout", "30s")];

/// A database that several copies share.
#[derive(Clone)]
pub(crate) struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects and brings the schema up to date. `url` as for `psql`; what it lacks comes from the `PG…` variables of
    /// the environment.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Forgetful`], [`StoreError::NewerSchema`], and those of connecting.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let this = Self::connect(url).await?;
        this.durable().await?;
        this.migrate().await?;
        Ok(this)
    }

    /// Works in a database that is in use already; its schema stays.
    ///
    /// # Errors
    /// As for [`PostgresStore::open`], and [`StoreError::OlderSchema`].
    pub(crate) async fn join(url: &str) -> Result<Self, StoreError> {
        let this = Self::connect(url).await?;
        let found =
            sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&this.pool).await;
        let found = match found {
            // There is no such table: nobody has worked here yet.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => None,
            found => found?,
        };
        super::same_schema(found, &MIGRATIONS)?;
        Ok(this)
    }

    async fn connect(url: &str) -> Result<Self, StoreError> {
        // What is wrong with it may hold a password.
        let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Address)?.options(LIMITS);
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        Ok(Self { pool: pool.connect_with(options).await? })
    }

    /// A change of the schema takes as long as the office is large, and a copy that starts at the same time waits for it.
    async fn migrate(&self) -> Result<(), StoreError> {
        let unlimited = LIMITS.map(|(name, _)| (name, "0"));
        let options = (*self.pool.connect_options()).clone().options(unlimited);
        let mut connection = options.connect().await?;
        MIGRATIONS.run(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// What is answered must be on the disk.
    async fn durable(&self) -> Result<(), StoreError> {
        for setting in ["fsync", "synchronous_commit"] {
            let stands: Option<String> = sqlx::query_scalar("SELECT current_setting($1, TRUE)")
                .bind(setting)
                .fetch_one(&self.pool)
                .await?;
            if stands.as_deref() == Some("off") {
                return Err(StoreError::Forgetful { setting });
            }
        }
        Ok(())
    }

    /// For work that is no unit of any office: it may take hours, and stand still while the other side is read.
    pub(super) async fn long_transaction(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        for unlimited in
            ["SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"]
        {
            sqlx::query(unlimited).execute(&mut *transaction).await?;
        }
        Ok(transaction)
    }

    async fn once<A, T>(&self, begin: &'static str, given: &A, work: Work<A, T>) -> Result<T, StoreError> {
        let mut transaction = self.pool.begin_with(begin).await.map_err(away)?;
        let outcome = work(given, &mut Tx::Postgres(&mut transaction)).await.map_err(alone_or_away)?;
        transaction.commit().await.map_err(away)?;
        Ok(outcome)
    }
}

impl Engine for PostgresStore {
    /// Rows that are read to be written are locked, so that every statement sees what was committed before; nothing
    /// depends on a snapshot.
    async fn write<A, T>(&self, given: A, work: Work<A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        retrying::until_alone(|| self.once("BEGIN ISOLATION LEVEL READ COMMITTED", &given, work)).await
    }

    async fn read<A, T>(&self, given: A, work: Work<A, T>) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        retrying::until_alone(|| self.once(begin, &given, work)).await
    }

    async fn end(&self) {
        self.pool.close().await;
    }

    fn shared(&self) -> bool {
        true
    }

    async fn feeds_changed_since(&self, stood: Vec<(AccountId, u64)>) -> Result<Vec<AccountId>, StoreError> {
        let ids: Vec<String> = stood.iter().map(|(id, _)| id.to_string()).collect();
        let now: Vec<(String, i64)> =
            sqlx::query_as("SELECT id, feed_seq FROM accounts WHERE id = ANY($1) AND feed_seq > 0")
                .bind(ids)
                .fetch_all(&self.pool)
                .await?;
        let mut changed = Vec::new();
        for (id, seq) in now {
            let (id, seq): (AccountId, u64) = (parsed(&id)?, count(seq)?);
            if stood.iter().any(|(account, stood)| *account == id && *stood != seq) {
                changed.push(id);
            }
        }
        Ok(changed)
    }
}

/// A connection that cannot be had or broke: waiting mends it. What became of the work is not known, so it is not done
/// again here; whoever asked asks again and is answered the same.
fn away(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => StoreError::Away,
        other => other.into(),
    }
}

/// The same where a unit of work has met it.
fn alone_or_away(error: StoreError) -> StoreError {
    if let StoreError::Other(error) = error { away(error) } else { error }
}

/// What a code of PostgreSQL means to the office; `None` where it means nothing in particular
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub(super) fn meaning(code: &str) -> Option<StoreError> {
    match code {
        // Serialization failure, deadlock, and the same of an engine that speaks the protocol.
        "40001" | "40P01" | "YB001" => Some(StoreError::Conflict),
        // Waited too long for a lock or for a statement; too many connections; stood still for too long.
        "55P03" | "57014" | "53300" | "57P05" | "25P03" => Some(StoreError::Busy),
        // Ended by the administrator, starting, in recovery, or read-only because another one leads now.
        "57P01" | "57P02" | "57P03" | "25006" => Some(StoreError::Away),
        "53100" => Some(StoreError::Full),
        // Connection exceptions.
        code if code.starts_with("08") => Some(StoreError::Away),
        // Damaged data or index.
        "XX001" | "XX002" => Some(StoreError::Corrupt(code.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
