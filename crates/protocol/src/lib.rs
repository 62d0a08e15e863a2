//! The words that desk and server share on the wire. Serde shapes, hashes and signatures; no I/O.
//!
//! Base path `/v1`. Bodies are JSON, errors `application/problem+json` ([`Problem`]).
//! The endpoints are listed in `docs/sync.md`.

mod account;
mod feed;
mod ids;
mod manifest;
mod problem;
mod receipt;
mod review;
mod status;
mod supplement;

pub use account::{NewAccount, OpenedAccount};
pub use feed::{CaseState, FeedPage, TimelineEntry};
pub use ids::{
    AccountId, ApplicationId, ApplicationNumber, ContentHash, InvalidHash, InvalidNumber, LocalNumber,
};
pub use manifest::{ConsentRecord, DocumentKind, Manifest, ManifestDocument, Submission, SubmissionReply};
pub use problem::{Problem, ProblemCode};
pub use receipt::{InvalidReceipt, Receipt, ReceiptBody, ReceiptKey, ReceiptSigner};
pub use review::{Decision, ReviewFinding, ReviewOutcome};
pub use status::Status;
pub use supplement::{Opened, Supplement};
