//! What this desk keeps: one encrypted SQLite file (SQLCipher) per data directory, one source file per
//! table family, and the key that opens it ([`keys`]).
//!
//! Promises: what a call acknowledged survives a kill and a power cut (WAL, `synchronous=FULL`); each call is
//! one transaction; a full disk is an error that leaves everything as it was; nothing of it is ever plaintext
//! on the disk. Deliberately absent: rules of forms, network, sentences for people.

mod answers;
mod applications;
mod applied;
mod cases;
mod columns;
mod connection;
mod consents;
mod documents;
mod editions;
mod error;
mod instance;
pub mod keys;
mod office;
mod opening;
mod outbox;
mod purging;
mod reminders;
mod restored;
mod revisions;
mod settings;

pub use applications::{ApplicationRow, NewApplication};
pub use applied::AppliedRow;
pub use cases::CaseChange;
pub use documents::{DocumentKey, DocumentRow, NewDocument, UndoToken};
pub use editions::{KeptEdition, NewEdition};
pub use error::StoreError;
pub use keys::DatabaseKey;
pub use office::OfficeAccount;
pub use opening::{DATABASE_FILE, Store};
pub use outbox::{Leaving, OutboxEntry, Quarantine};
