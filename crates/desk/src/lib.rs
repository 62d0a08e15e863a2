//! The desk's use cases, without a window: opening, filling, attaching, submitting, following, settings and
//! unlocking, one file each. The shell in `src-tauri` puts a thin command before each of them.
//!
//! Rules live in `forms`, pixels in `documents`, rows in `store`, the order of sending in `sync`. What is here
//! decides *when* they are asked, what a person may change now, and how a failure is told ([`Explained`]).

mod again;
mod asking;
mod calculating;
mod case;
mod clock;
mod consenting;
mod editing;
mod events;
mod explained;
mod opening;
mod reminding;
mod restored;
mod settings;
mod shelf;
mod submitting;
mod urging;
mod views;

pub mod attaching;
pub mod filling;
pub mod following;
pub mod sending;
pub mod unlocking;

pub use again::EarlierApplication;
pub use attaching::{
    AttachOutcome, AttachingProgress, AttachingStage, BindingOffer, Changed, OriginalPage, Place,
    RefusedFile, Removed, Replaced,
};
pub use calculating::WaitingCalculation;
pub use clock::{Clock, SystemClock};
pub use documents::{Area, Edit, PageEdit, Point, Quad};
pub use events::{DeskEvent, Events};
pub use explained::Explained;
pub use filling::Filled;
pub use following::CaseSummary;
pub use opening::{Configuration, Desk};
pub use sending::{Connection, ServerAddress};
pub use settings::{Settings, Size, Theme};
pub use sync::Network;
pub use unlocking::{RecoveryCode, Vault, VaultState};
pub use views::{ApplicationView, DocumentChange, DocumentFinding, DocumentView, Editable, HandedIn};
