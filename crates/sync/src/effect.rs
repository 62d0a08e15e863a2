//! What is to be done. Store effects are carried out in order, before the network effects that follow them.

use protocol::{ContentHash, FeedPage, Problem, Receipt};

use crate::Task;

/// Ties an answer to its question: an answer with another ticket than the awaited one is ignored.
pub type Ticket = u64;

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask whether the office is there at all; answer with [`crate::Event::Probed`].
    Probe {
        /// For the answer.
        ticket: Ticket,
    },
    /// Open the account, pin the key durably, then answer with [`crate::Event::AccountOpened`].
    OpenAccount {
        /// For the answer.
        ticket: Ticket,
    },
    /// Post the manifest under its idempotency key.
    PostManifest {
        /// For the answer.
        ticket: Ticket,
        /// Which.
        task: Task,
    },
    /// Put one blob: what follows the beginning that the office has of it by the last answer to its manifest, the first
    /// time after that answer; then all of it.
    PutBlob {
        /// For the answer.
        ticket: Ticket,
        /// For which.
        task: Task,
        /// What.
        sha256: ContentHash,
    },
    /// Ask the feed.
    PollFeed {
        /// For the answer.
        ticket: Ticket,
        /// Seconds that the office may wait for a change.
        wait_seconds: u32,
    },
    /// Durable: the office has the manifest and wants files (上传中).
    MarkUploading {
        /// Which.
        task: Task,
    },
    /// Durable: prove and keep the receipt, in one transaction with taking it out of the outbox.
    KeepReceipt {
        /// For the answer.
        ticket: Ticket,
        /// Which.
        task: Task,
        /// The office's word.
        receipt: Box<Receipt>,
    },
    /// Durable: keep changes and cursor in one transaction.
    KeepFeed {
        /// For the answer.
        ticket: Ticket,
        /// What came.
        page: Box<FeedPage>,
        /// With it the feed was read from its beginning to its end: in the same transaction, what the office receipted
        /// and did not name is owed again. [`crate::Event::Outbox`] follows where that changed what is owed.
        last: bool,
    },
    /// Durable: read the feed from its beginning, and compare at its end.
    ForgetCursor,
    /// Durable: out of the queue, with the reason; answer with [`crate::Event::SetAside`].
    Quarantine {
        /// For the answer.
        ticket: Ticket,
        /// Which.
        task: Task,
        /// Why.
        reason: Reason,
    },
    /// Call [`crate::step`] with [`crate::Event::Tick`] at this time; replaces an earlier call.
    WakeAt {
        /// On the clock of [`crate::Moment`].
        at_ms: u64,
    },
}

/// Why something is not sent any more.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The office refused, and would refuse again.
    Office(Box<Problem>),
    /// This desk refuses.
    Desk(Refused),
}

/// Why this desk refuses to go on with an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The receipt does not prove what was sent.
    UnprovenReceipt,
    /// The revision or one of its files cannot be read here.
    UnreadableHere,
}
