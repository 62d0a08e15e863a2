//! Errors on the wire: `application/problem+json` (RFC 9457) with a stable code.

use serde::{Deserialize, Serialize};

use crate::ContentHash;

/// Stable codes; the desk decides by them and never by the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// 400: the request cannot be read.
    Malformed,
    /// 401: no account, or a wrong secret.
    Unauthorised,
    /// 403: not yours.
    Forbidden,
    /// 404.
    NotFound,
    /// 409: the same idempotency key or account with other content.
    Conflict,
    /// 409: the revision does not follow the newest one at the office.
    StaleRevision,
    /// 409: the supplement came after the day by which the office wanted it.
    SupplementExpired,
    /// 409: the office has another number of bytes of this document than the rest was to follow; the answer to
    /// the manifest says how many.
    OffsetMismatch,
    /// 410: the cursor is too old; start from the beginning.
    CursorExpired,
    /// 412: the reviewer looked at an older revision.
    PreconditionFailed,
    /// 413: larger than allowed.
    TooLarge,
    /// 415: the bytes are neither JPG nor PDF, or not what the manifest says.
    UnfitDocument,
    /// 422: the bytes do not have the declared hash or size.
    HashMismatch,
    /// 422: the form engine finds faults; `findings` lists them.
    NotReady,
    /// 422: this office does not know the service or its version.
    UnknownService,
    /// 423: too many failed logins.
    Locked,
    /// 429: too many requests of this account or address; see `Retry-After`.
    RateLimited,
    /// 429: the account left so many applications unfinished, or replaced so many manifests, that this one is not begun
    /// before `Retry-After`. What is begun goes on.
    TooManyUnfinished,
    /// 500: a fault of the office.
    Internal,
    /// 503: busy; see `Retry-After`.
    Busy,
    /// 507: no room left.
    StorageFull,
    /// Anything a newer server may say.
    #[serde(other)]
    Unknown,
}

/// The body of an error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code.
    pub code: ProblemCode,
    /// HTTP status.
    pub status: u16,
    /// One sentence for an operator.
    pub title: String,
    /// What the form engine found, for [`ProblemCode::NotReady`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<forms::Finding>,
    /// The document it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<ContentHash>,
    /// Both hashes of a [`ProblemCode::Conflict`]: the stored one and the one just sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<ContentHash>,
    /// Milliseconds after `Retry-After` within which the sender is to come back: the office told each of a crowd a time
    /// of its own, and whoever came much later would find it idle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_ms: Option<u64>,
}
