//! What goes into the store and comes out of it. Plain values; no SQL.

use jiff::{Timestamp, civil::Date};
use protocol::{
    AccountId, ApplicationId, ApplicationNumber, CaseState, ContentHash, DocumentKind, FeedPage, Manifest,
    Receipt, ReviewFinding, Status,
};

/// How opening an account went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opened {
    New,
    /// The same id with the same secret, asked again.
    Again,
    /// The id is taken by another secret.
    OtherSecret,
}

/// A submission that is asked about: whose, under which key, which content as which revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) account: AccountId,
    pub(crate) key: String,
    pub(crate) hash: ContentHash,
    pub(crate) application: ApplicationId,
    pub(crate) revision: u32,
    /// The number that the office itself gave it, by its own signature, before it came back from a backup.
    pub(crate) earlier: Option<ApplicationNumber>,
}

/// What the office knows of a submission.
#[derive(Debug, Clone)]
pub(crate) enum Standing {
    /// Not accepted yet. `previous` is the newest complete revision; `begun` where this one replaces a manifest of its
    /// own revision.
    New { previous: Option<Box<Previous>>, begun: bool },
    /// Accepted; these hashes are still to come, each once, possibly none.
    Accepted { missing: Vec<ContentHash> },
    /// Done.
    Complete(Box<Receipt>),
    /// The key or the revision already stands for other content.
    OtherContent {
        stored: ContentHash,
        /// It is the key, for the first time: to be written down ([`Store::note_reused_key`](super::Store)).
        unheard: bool,
    },
    /// The revision does not follow the newest one, or nothing was asked for.
    OutOfTurn,
    /// A supplement after its time.
    TooLate,
    /// The account has begun too many that it did not finish.
    TooMany,
    /// The application belongs to another account.
    Foreign,
}

/// The revision that a supplement replaces.
#[derive(Debug, Clone)]
pub(crate) struct Previous {
    pub(crate) revision: u32,
    pub(crate) hash: ContentHash,
    pub(crate) manifest: Manifest,
    /// When the first revision of the application arrived.
    pub(crate) first_received_at: Timestamp,
    pub(crate) findings: Vec<ReviewFinding>,
    pub(crate) supplement_by: Option<Date>,
    /// When the first manifest of the supplement arrived, where another one replaces it.
    pub(crate) begun_at: Option<Timestamp>,
}

/// A judged manifest on its way in.
#[derive(Debug, Clone)]
pub(crate) struct NewRevision {
    pub(crate) account: AccountId,
    pub(crate) key: String,
    pub(crate) manifest: Manifest,
    pub(crate) hash: ContentHash,
    pub(crate) received_at: Timestamp,
    pub(crate) due_on: Option<Date>,
    /// That day was counted without the holidays of a year.
    pub(crate) due_estimated: bool,
    /// The applicant's name as the queue shows it: masked.
    pub(crate) applicant: String,
    /// Where the office had it before it came back from a backup, the number that it gave it: then `received_at` is of
    /// that time, too.
    pub(crate) earlier: Option<ApplicationNumber>,
    /// When it comes, by the office's clock.
    pub(crate) at: Timestamp,
}

impl NewRevision {
    /// What it is asked about by.
    pub(crate) fn asked(&self) -> Asked {
        let Self { account, key, hash, manifest, .. } = self;
        let (application, revision) = (manifest.application, manifest.revision);
        Asked {
            account: *account,
            key: key.clone(),
            hash: *hash,
            application,
            revision,
            earlier: self.earlier.clone(),
        }
    }
}

/// What an account said of a document before sending it.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    /// Sizes and kinds it was declared with; more than one only where a manifest is wrong.
    pub(crate) declarations: Vec<(u64, DocumentKind)>,
    pub(crate) held: Option<HeldBlob>,
}

/// A document that is stored, durable and fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldBlob {
    pub(crate) size_bytes: u64,
    pub(crate) kind: DocumentKind,
    pub(crate) pages: u32,
}

/// A stored file that rows name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldFile {
    pub(crate) sha256: ContentHash,
    pub(crate) size_bytes: u64,
}

/// A receipt as it was issued, with the manifest that it speaks of.
#[derive(Debug, Clone)]
pub(crate) struct IssuedReceipt {
    pub(crate) manifest: Manifest,
    pub(crate) receipt: Receipt,
    /// A document of it that the account does not hold.
    pub(crate) without: Option<ContentHash>,
}

/// How completing a revision went.
#[derive(Debug)]
pub(crate) enum Completed {
    Receipt(Box<Receipt>),
    /// Something is still missing.
    Incomplete,
    /// Nothing of it stands here (any more): it was never accepted, or another content took its place.
    OtherContent,
    /// The stored bytes have another size or kind than the manifest says.
    Mismatch {
        document: ContentHash,
    },
    /// Meanwhile the office closed the case.
    TooLate,
    /// More applications than a day has numbers.
    NumbersExhausted,
}

/// A page of the feed, and how far the account's counter is.
#[derive(Debug)]
pub(crate) struct FeedRead {
    pub(crate) page: FeedPage,
    pub(crate) newest: u64,
}

/// An edition of the catalogue.
#[derive(Debug, Clone)]
pub(crate) struct EditionRecord {
    /// Of `bundle`.
    pub(crate) sha256: ContentHash,
    pub(crate) edition: u32,
    /// Canonical JSON.
    pub(crate) bundle: String,
}

/// A row of the reviewers' queue.
#[derive(Debug, Clone)]
pub(crate) struct QueueRecord {
    pub(crate) application: ApplicationId,
    pub(crate) number: ApplicationNumber,
    pub(crate) service: String,
    pub(crate) service_version: u32,
    pub(crate) status: Status,
    pub(crate) revision: u32,
    pub(crate) applicant: String,
    pub(crate) received_at: Timestamp,
    pub(crate) due_on: Option<Date>,
    pub(crate) claimed_by: Option<String>,
}

/// A case with all complete revisions, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct CaseRecord {
    pub(crate) state: CaseState,
    pub(crate) claimed_by: Option<String>,
    pub(crate) revisions: Vec<RevisionRecord>,
}

/// A complete revision.
#[derive(Debug, Clone)]
pub(crate) struct RevisionRecord {
    pub(crate) manifest: Manifest,
    pub(crate) received_at: Timestamp,
    pub(crate) blobs: Vec<HeldBlob>,
}

/// How a claim or a decision went.
#[derive(Debug)]
pub(crate) enum DecisionOutcome {
    Done {
        account: AccountId,
    },
    NotFound,
    /// The reviewer looked at an older revision.
    StaleRevision {
        newest: u32,
    },
    /// The status does not allow it.
    NotNow {
        status: Status,
    },
    /// Another reviewer has it.
    ClaimedByOther,
}

/// A look at something personal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) application: ApplicationId,
    pub(crate) action: &'static str,
    /// Revision, slot, page; never content.
    pub(crate) detail: &'a str,
}

/// How a login may go on.
#[derive(Debug)]
pub(crate) enum LoginAttempt {
    /// Compare with this hash; `None` where nobody has that name. `locks_until`: a wrong password locks until then.
    Proceed {
        password_hash: Option<String>,
        locks_until: Option<Timestamp>,
    },
    Locked {
        until: Timestamp,
    },
}

/// The first audit row that does not continue the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("audit row {seq} of chain {chain} does not continue it")]
pub(crate) struct AuditFault {
    pub(crate) chain: i64,
    pub(crate) seq: i64,
}
