//! What the office keeps: the [`Store`] trait, one coarse unit of work per method, each a transaction of its own.
//!
//! What a unit of work does stands in `units`, once. It speaks to a [`tx::Tx`], which is a transaction of either
//! database; an [`engine::Engine`] runs it: [`sqlite`] for an office of one machine, [`postgres`] for one that has
//! outgrown it. `contract` tries every rule on each. Document bytes are not here, see `attachments`.

#[cfg(test)]
mod contract;
mod engine;
mod moving;
pub(crate) mod postgres;
mod queue;
mod records;
pub(crate) mod sqlite;
mod tx;
mod units;

use std::cmp::Ordering;

use async_trait::async_trait;
use forms::WorkingDay;
use jiff::{Timestamp, civil::Date};
use protocol::{AccountId, ApplicationId, ContentHash, Decision, DocumentKind, Receipt, ReceiptBody};

pub use moving::MovedTable;
pub(crate) use moving::{MoveError, move_rows};
pub(crate) use queue::{Listed, QueueAsked, QueuePlace, QueueRead};
pub(crate) use records::{
    Asked, AuditFault, CaseRecord, Completed, DecisionOutcome, Declared, EditionRecord, FeedRead, HeldBlob,
    HeldFile, IssuedReceipt, LoginAttempt, Look, NewRevision, Opened, Previous, QueueRecord, RevisionRecord,
    Standing,
};

/// Why a unit of work did not happen. What callers must tell apart is in the return types; this is the rest.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// Another writer held the database for too long, or too many wait for it; waiting mends it.
    #[error("the database is busy")]
    Busy,
    /// It cannot be reached, or takes no changes for now; waiting mends it, or a person does.
    #[error("the database cannot be reached, or takes no changes")]
    Away,
    /// Another transaction stood in the way; an engine runs the unit of work again.
    #[error("another transaction stood in the way")]
    Conflict,
    /// No room left on the disk.
    #[error("the disk is full")]
    Full,
    /// Written by a newer version of this program.
    #[error("the database was written by a newer version of this program")]
    NewerSchema,
    /// Written by an older version of this program, which is not the time to change it.
    #[error(
        "the database was written by an older version of this program; start the server of this version first"
    )]
    OlderSchema,
    /// Not the address of a database.
    #[error("the database's address cannot be read; it looks like postgres://user@host:5432/database")]
    Address,
    /// What it acknowledges, it may forget.
    #[error(
        "the database has {setting} = off, so that a power cut takes back what was acknowledged; switch it on"
    )]
    Forgetful {
        /// Its name in `postgresql.conf`.
        setting: &'static str,
    },
    /// What was read is not what was written.
    #[error("a stored value cannot be read: {0}")]
    Corrupt(String),
    /// It fell over, or the office is closing.
    #[error("the work was not finished")]
    Unfinished,
    /// Everything else that PostgreSQL or the schema's migrations answer, a row that had to be there, a thread that
    /// cannot begin.
    #[error(transparent)]
    Other(sqlx::Error),
    /// Everything else that SQLite answers.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// What somebody else was told, whose work it failed with.
    #[error("{0}")]
    Alike(String),
}

impl StoreError {
    /// The same reason for somebody else whose work failed with it.
    pub(crate) fn alike(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::Away => Self::Away,
            Self::Conflict => Self::Conflict,
            Self::Address => Self::Address,
            Self::Forgetful { setting } => Self::Forgetful { setting },
            Self::Full => Self::Full,
            Self::NewerSchema => Self::NewerSchema,
            Self::OlderSchema => Self::OlderSchema,
            Self::Corrupt(what) => Self::Corrupt(what.clone()),
            Self::Unfinished => Self::Unfinished,
            Self::Other(_) | Self::Sqlite(_) | Self::Alike(_) => Self::Alike(self.to_string()),
        }
    }
}

/// Signs the body of a receipt inside the transaction that issues its number; again where that is run again.
pub(crate) type Sign = Box<dyn Fn(ReceiptBody) -> Receipt + Send + Sync>;

/// Units of work of the intake office.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// Answers whether the database can be read and written.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Ends all connections; what was handed over before is done first.
    async fn close(&self);
    /// Whether other copies of the office may write here, too.
    fn shared(&self) -> bool;
    /// Which of these accounts' feeds stand elsewhere now than they stood.
    async fn feeds_changed_since(&self, stood: Vec<(AccountId, u64)>) -> Result<Vec<AccountId>, StoreError>;
    /// Whether this is the public key that the office's receipts are proved by since its first day. The first one asked
    /// about becomes it.
    async fn agree_on_signer(&self, key: &str) -> Result<bool, StoreError>;

    // --- accounts -------------------------------------------------------------------------------------------
    async fn open_account(
        &self,
        id: AccountId,
        secret: ContentHash,
        at: Timestamp,
    ) -> Result<Opened, StoreError>;
    async fn knows_account(&self, id: AccountId, secret: ContentHash) -> Result<bool, StoreError>;

    // --- intake ---------------------------------------------------------------------------------------------
    /// What the office already knows of a submission.
    async fn standing(&self, asked: &Asked) -> Result<Standing, StoreError>;
    /// Stores a judged manifest; answers like [`Store::standing`] afterwards.
    async fn accept_manifest(&self, new: &NewRevision) -> Result<Standing, StoreError>;
    /// Writes into the audit log that a key came with other content than it stands for; once for each key.
    async fn note_reused_key(&self, asked: &Asked, at: Timestamp) -> Result<(), StoreError>;
    /// What an account declared of a document; `None` where it never did.
    async fn blob_declared(
        &self,
        account: AccountId,
        hash: ContentHash,
    ) -> Result<Option<Declared>, StoreError>;
    async fn hold_blob(
        &self,
        account: AccountId,
        hash: ContentHash,
        held: HeldBlob,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Number, receipt, status, timeline, feed and audit in one transaction; the same receipt when repeated.
    async fn complete_revision(
        &self,
        asked: &Asked,
        at: Timestamp,
        sign: Sign,
    ) -> Result<Completed, StoreError>;
    /// The epoch of the feed's cursors; `new` becomes it where there is none yet, or where what was kept since a moment
    /// was lost. Then numbers that may have been given since are not given again.
    async fn feed_epoch(
        &self,
        new: &str,
        lost_since: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<String, StoreError>;
    async fn page_feed(&self, account: AccountId, after: u64, limit: u32) -> Result<FeedRead, StoreError>;

    // --- catalogue ------------------------------------------------------------------------------------------
    /// Every edition that was ever served, the last served first.
    async fn editions(&self) -> Result<Vec<EditionRecord>, StoreError>;
    async fn edition(&self, sha256: ContentHash) -> Result<Option<EditionRecord>, StoreError>;
    /// Which editions were ever served, the last served first.
    async fn served(&self) -> Result<Vec<ContentHash>, StoreError>;
    /// Keeps an edition for ever and notes that it is the one that is served now. `false`, and nothing done, where
    /// another one was served than those it was `compared` with.
    async fn serve_edition(
        &self,
        edition: &EditionRecord,
        compared: &[ContentHash],
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    // --- review ---------------------------------------------------------------------------------------------
    async fn queue(&self, asked: &QueueAsked) -> Result<QueueRead, StoreError>;
    async fn case(&self, application: ApplicationId) -> Result<Option<CaseRecord>, StoreError>;
    /// Takes a case in hand; with `take_over` also one that another reviewer has.
    async fn claim(
        &self,
        application: ApplicationId,
        reviewer: &str,
        take_over: bool,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError>;
    /// Gives one's own case back; its status stays.
    async fn release(
        &self,
        application: ApplicationId,
        reviewer: &str,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError>;
    async fn decide(
        &self,
        application: ApplicationId,
        reviewer: &str,
        decision: &Decision,
        supplement_by: Option<WorkingDay>,
        at: Timestamp,
    ) -> Result<DecisionOutcome, StoreError>;
    /// Ends supplements whose day has passed; answers the accounts that have news.
    async fn expire_supplements(&self, today: Date, at: Timestamp) -> Result<Vec<AccountId>, StoreError>;
    /// Writes down that a reviewer looked.
    async fn record_look(&self, reviewer: &str, look: &Look<'_>, at: Timestamp) -> Result<(), StoreError>;

    // --- reviewers ------------------------------------------------------------------------------------------
    async fn has_reviewers(&self) -> Result<bool, StoreError>;
    /// Adds a reviewer; `false` where the name is taken, unless `replace`: then password and locks are renewed
    /// and every session ends.
    async fn add_reviewer(
        &self,
        name: &str,
        password_hash: &str,
        replace: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Counts the attempt *before* the password is looked at, so that parallel guesses cannot slip through.
    async fn attempt_login(&self, name: &str, at: Timestamp) -> Result<LoginAttempt, StoreError>;
    async fn open_session(&self, name: &str, token: ContentHash, at: Timestamp) -> Result<(), StoreError>;
    /// The reviewer of a living session, and keeps it alive.
    async fn session(&self, token: ContentHash, at: Timestamp) -> Result<Option<String>, StoreError>;
    async fn end_session(&self, token: ContentHash, at: Timestamp) -> Result<(), StoreError>;

    // --- audit ----------------------------------------------------------------------------------------------
    /// Walks the chain; the number of rows, or the first that does not fit.
    async fn verify_audit(&self) -> Result<Result<u64, AuditFault>, StoreError>;
}

/// The kinds of document by their name in the database.
pub(crate) const fn kind_code(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Jpeg => "jpeg",
        DocumentKind::Pdf => "pdf",
    }
}

/// Whether a database has the schema that this program writes; `found` is the newest migration in it.
fn same_schema(found: Option<i64>, migrations: &sqlx::migrate::Migrator) -> Result<(), StoreError> {
    let known = migrations.iter().map(|migration| migration.version).max();
    match found.cmp(&known) {
        Ordering::Greater => Err(StoreError::NewerSchema),
        Ordering::Equal => Ok(()),
        Ordering::Less => Err(StoreError::OlderSchema),
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| {
            let code = error.code()?;
            Some((error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some(), code.into_owned()))
        });
        let meaning = match (&error, code) {
            (_, Some((true, code))) => postgres::meaning(&code),
            (_, Some((false, code))) => code.parse().ok().and_then(sqlite::meaning),
            (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed, None) => Some(Self::Busy),
            _ => None,
        };
        meaning.unwrap_or(Self::Other(error))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => Self::NewerSchema,
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Other(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}
