//! What the machine remembers between steps. All of it may be lost: the outbox is the truth.

use std::collections::{BTreeSet, VecDeque};

use protocol::{ApplicationId, ContentHash};

use crate::{Pace, Ticket};

/// Something owed: a revision of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Task {
    /// The application.
    pub application: ApplicationId,
    /// Its revision.
    pub revision: u32,
}

/// The machine.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub(crate) pace: Pace,
    pub(crate) account: Account,
    pub(crate) queue: VecDeque<Item>,
    pub(crate) sending: Option<Sending>,
    pub(crate) feed: Feed,
    pub(crate) link: Link,
    pub(crate) last_ticket: Ticket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// Never opened: nothing was ever owed, and nobody needs to know that this desk exists.
    Never,
    /// The office does not know it (any more).
    Lost,
    /// `proven` once anything was answered under it, so that one 401 leads to one new opening.
    Open { proven: bool },
}

/// Something in the queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) task: Task,
    pub(crate) failures: u32,
    pub(crate) not_before_ms: u64,
    /// Blobs that arrived damaged and were sent again once.
    pub(crate) resent: BTreeSet<ContentHash>,
}

impl Item {
    pub(crate) fn new(task: Task) -> Self {
        Self { task, failures: 0, not_before_ms: 0, resent: BTreeSet::new() }
    }
}

/// The one request for the outbox that is under way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sending {
    Opening { ticket: Ticket },
    Item { ticket: Ticket, item: Item, stage: Stage, rounds: u32 },
}

/// How far the item under way is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    Posting,
    Putting { sha256: ContentHash, then: VecDeque<ContentHash> },
    Keeping,
}

/// The long poll, or a mere look whether the office is there while there is no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feed {
    pub(crate) waiting_for: Option<(Ticket, u64)>,
    pub(crate) not_before_ms: u64,
}

/// Whether the office answers: a breaker for everything. While it is open, one request at a time is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) failures: u32,
    pub(crate) not_before_ms: u64,
}

impl State {
    /// At a start. `account_open`: the office's key is pinned already.
    #[must_use]
    pub fn new(pace: Pace, account_open: bool) -> Self {
        Self {
            pace,
            account: if account_open { Account::Open { proven: false } } else { Account::Never },
            queue: VecDeque::new(),
            sending: None,
            feed: Feed { waiting_for: None, not_before_ms: 0 },
            link: Link { failures: 0, not_before_ms: 0 },
            last_ticket: 0,
        }
    }

    /// The office answered the last time it was asked.
    #[must_use]
    pub const fn is_online(&self) -> bool {
        self.link.failures == 0
    }

    /// How many applications are still to be sent, the one under way included.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len() + usize::from(self.sending().is_some())
    }

    /// The one under way.
    #[must_use]
    pub const fn sending(&self) -> Option<Task> {
        match &self.sending {
            Some(Sending::Item { item, .. }) => Some(item.task),
            _ => None,
        }
    }

    pub(crate) const fn next_ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        self.last_ticket
    }
}
