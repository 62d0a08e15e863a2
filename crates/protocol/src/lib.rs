//! The words that desk and server share on the wire. Serde shapes, hashes and signatures; no I/O.
//!
//! Base path `/v1`. Bodies are JSON, errors `application/problem+json` ([`Problem`]).
//! The endpoints are listed in `docs/sync.md`.

mod account;
mod catalogue;
mod consents;
mod feed;
mod ids;
mod manifest;
mod problem;
mod receipt;
mod review;
mod status;
mod supplement;
mod turn;
mod upload;

pub use account::{NewAccount, OpenedAccount};
pub use catalogue::{CatalogueBundle, CatalogueOffer, InvalidBundle, LARGEST_BUNDLE};
pub use consents::{ConsentRecord, consents_missing, consents_not_asked};
pub use feed::{CaseState, FeedPage, TimelineEntry};
pub use ids::{
    AccountId, ApplicationId, ApplicationNumber, ContentHash, InvalidHash, InvalidNumber, LocalNumber,
};
pub use manifest::{DocumentKind, Manifest, ManifestDocument, Submission, SubmissionReply};
pub use problem::{Problem, ProblemCode};
pub use receipt::{
    EARLIER_RECEIPT, EarlierReceipt, InvalidReceipt, Receipt, ReceiptBody, ReceiptKey, ReceiptSigner,
};
pub use review::{Decision, ReviewFinding, ReviewOutcome};
pub use status::Status;
pub use supplement::{Opened, Supplement};
pub use turn::{Known, KnownApplication, KnownRevision, Turn};
pub use upload::{PARTIAL_UPLOAD, UPLOAD_LENGTH, UPLOAD_OFFSET};
