//! The intake office (经办机构): takes applications in, keeps them, lets reviewers decide, tells the desks.
//!
//! [`start`] runs it in the calling process; the program `yiban-server` is a thin shell around it.
//! Layers: `http` and `console` speak to the outside, `judging`, `checking` and `passwords` judge, `store` and
//! `attachments` keep. Only `store` says SQL, only `checking` looks into documents.
//!
//! Invariants: documents are durable before the row that names them, rows before the answer; a number, a
//! receipt, a status, its feed position and its audit row are one transaction; a receipt once issued is answered
//! again as it was.

mod attachments;
mod backup;
mod certificate;
mod checking;
pub mod child;
mod config;
mod consents;
pub mod console;
mod disk;
mod editions;
mod file_system;
mod housekeeping;
mod http;
mod judging;
pub mod keeping;
mod keys;
mod known_accounts;
mod lately;
pub mod measuring;
mod migrating;
mod news;
mod numbering;
mod office;
mod partials;
mod passwords;
mod running;
mod store;
mod underway;
mod upkeep;

pub use backup::{BackedUp, BackupError, Soundness, back_up, restore, verify, verify_backup};
pub use checking::Checker;
pub use config::{Config, StartError, Tls};
pub use editions::{CatalogueFault, check_catalogue};
pub use http::door::Connections;
pub use migrating::{MigrateError, Moved, migrate};
pub use office::Clock;
pub use running::{Running, start};
pub use store::MovedTable;
pub use upkeep::{At, UpkeepError, add_reviewer, verify_audit};
