//! What happened.

use protocol::{FeedPage, Problem, SubmissionReply};

use crate::{Network, Task, Ticket};

/// When it happened, and a random number for this step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds of a monotonic clock, from any origin. The wall clock has no say in anything.
    pub now_ms: u64,
    /// Uniform over all of `u32`.
    pub jitter: u32,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// What the outbox holds and is not in quarantine, oldest first: at the start and whenever it changed.
    Outbox(Vec<Task>),
    /// A person asked for it, or handed something in: do not wait any longer. It cuts short what the office
    /// asked for, too, but the office is then asked by one request and not faster than once a second.
    Nudge,
    /// What the system says of the network, whenever that changes; [`Network::Free`] until it is said.
    Network(Network),
    /// The time asked for with [`crate::Effect::WakeAt`] came.
    Tick,
    /// Of [`crate::Effect::Probe`].
    Probed {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<(), Failure>,
    },
    /// Of [`crate::Effect::OpenAccount`].
    AccountOpened {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<(), Failure>,
    },
    /// Of [`crate::Effect::PostManifest`].
    Posted {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<SubmissionReply, Failure>,
    },
    /// Of [`crate::Effect::PutBlob`].
    BlobPut {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<(), Failure>,
    },
    /// Of [`crate::Effect::KeepReceipt`].
    ReceiptKept {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<(), KeepFailure>,
    },
    /// Of [`crate::Effect::Quarantine`].
    SetAside {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<(), KeepFailure>,
    },
    /// Of [`crate::Effect::PollFeed`].
    FeedPolled {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<FeedPage, Failure>,
    },
    /// Of [`crate::Effect::KeepFeed`].
    FeedKept {
        /// Of the question.
        ticket: Ticket,
        /// What came of it.
        outcome: Result<(), KeepFailure>,
    },
}

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// No answer: no network, refused, cut, timed out, wrong certificate.
    NoAnswer,
    /// An answer that is not the office's: a proxy's page, a captive portal, broken JSON.
    Unreadable {
        /// HTTP status.
        status: u16,
        /// What it asked for.
        retry_after_ms: Option<u64>,
    },
    /// The office said why.
    Refused {
        /// What it said.
        problem: Box<Problem>,
        /// What it asked for.
        retry_after_ms: Option<u64>,
    },
    /// Another office than the one whose key is pinned.
    OtherOffice,
    /// What was to be sent cannot be read here.
    UnreadableHere,
}

/// Why something could not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepFailure {
    /// It does not prove what it should; keeping it would be a lie.
    Unproven,
    /// The disk is full or refuses; later.
    Disk,
}
