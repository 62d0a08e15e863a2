//! Everything that can go wrong while keeping things, told apart as far as a person can act on it.
//! The sentences for people stand in `desk`.

use std::io;

use protocol::{ApplicationId, InvalidReceipt, Status};

/// Why the store could not do it. Whatever it is, the call changed nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another program has this data directory open.
    #[error("another instance has this data directory open")]
    InUse,
    /// The key does not open the file, or its first page is damaged: encryption makes the two look alike.
    #[error("the key does not open the database, or the file is damaged at its start")]
    WrongKey,
    /// Pages fail their check.
    #[error("the database file is damaged: {0}")]
    Damaged(String),
    /// There is a database, but it is not encrypted; this program never wrote it.
    #[error("the database file is not encrypted")]
    NotEncrypted,
    /// This build has no SQLCipher and would write plaintext.
    #[error("this build cannot encrypt")]
    NoCipher,
    /// Written by a newer program.
    #[error("the database has schema {found}, this program knows up to {known}")]
    NewerSchema {
        /// The file's version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// No room left on the disk.
    #[error("no room left on the disk")]
    DiskFull,
    /// The disk or the directory refused.
    #[error("the disk refused: {0}")]
    Io(#[source] io::Error),
    /// No such application, document or revision.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// What was handed in is never changed.
    #[error("application {application} cannot do this while it is {status:?}")]
    NotAllowed {
        /// The application.
        application: ApplicationId,
        /// Where it stands.
        status: Status,
    },
    /// The revision does not follow the newest one.
    #[error("the next revision of {application} is {expected}, not {found}")]
    WrongRevision {
        /// The application.
        application: ApplicationId,
        /// What would follow.
        expected: u32,
        /// What was handed over.
        found: u32,
    },
    /// A receipt that does not prove what it should is never kept.
    #[error(transparent)]
    UnprovenReceipt(#[from] InvalidReceipt),
    /// A row holds what this program cannot read.
    #[error("the column {column} cannot be read")]
    Unreadable {
        /// Which column.
        column: &'static str,
    },
    /// Anything else the database says.
    #[error("the database says: {0}")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse => "store_in_use",
            Self::WrongKey => "store_wrong_key",
            Self::Damaged(_) => "store_damaged",
            Self::NotEncrypted => "store_not_encrypted",
            Self::NoCipher => "store_no_cipher",
            Self::NewerSchema { .. } => "store_newer",
            Self::DiskFull => "disk_full",
            Self::Io(_) => "disk_refused",
            Self::NotFound { .. } => "not_found",
            Self::NotAllowed { .. } => "already_handed_in",
            Self::WrongRevision { .. } => "wrong_revision",
            Self::UnprovenReceipt(_) => "receipt_unproven",
            Self::Unreadable { .. } => "store_unreadable_row",
            Self::Database(_) => "store_fault",
        }
    }
}

/// SQLite's primary result codes <https://sqlite.org/rescode.html>.
mod rescode {
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const NOTADB: i32 = 26;
    /// Extended: write, fsync, truncate and growing the shared memory file are what a full disk answers.
    pub(super) const IOERR_NO_ROOM: [i32; 4] = [778, 1034, 1546, 4874];
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(fault) => fault.code().and_then(|code| code.parse::<i32>().ok()),
            sqlx::Error::Io(fault) if fault.kind() == io::ErrorKind::StorageFull => return Self::DiskFull,
            _ => None,
        };
        match code {
            Some(code) if rescode::IOERR_NO_ROOM.contains(&code) => Self::DiskFull,
            Some(code) => match code & 0xff {
                rescode::FULL => Self::DiskFull,
                rescode::NOTADB => Self::WrongKey,
                rescode::CORRUPT => Self::Damaged(error.to_string()),
                rescode::IOERR => Self::Io(io::Error::other(error.to_string())),
                _ => Self::Database(error),
            },
            None => Self::Database(error),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull { Self::DiskFull } else { Self::Io(error) }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}
