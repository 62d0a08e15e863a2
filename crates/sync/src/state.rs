//! What the machine remembers between steps. All of it may be lost: the outbox is the truth.

use std::collections::{BTreeSet, VecDeque};

use protocol::{ApplicationId, ContentHash};

use crate::{Pace, Ticket, lane::Lane};

/// Something owed: a revision of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Task {
    /// The application.
    pub application: ApplicationId,
    /// Its revision.
    pub revision: u32,
}

/// What the system says of the network. Where the person allows sending over one that is metered, it is
/// [`Network::Free`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Nothing speaks against sending.
    Free,
    /// Every megabyte costs the person money: manifests go, for their arrival decides deadlines; documents wait.
    Metered,
    /// There is none. Systems err about that, so the office is looked for once a minute all the same.
    Absent,
}

/// The machine.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub(crate) pace: Pace,
    pub(crate) account: Account,
    pub(crate) network: Network,
    pub(crate) queue: VecDeque<Item>,
    pub(crate) sending: Option<Sending>,
    pub(crate) feed: Feed,
    /// Whether anything is answered at all. While in doubt, one request at a time.
    pub(crate) link: Lane,
    /// It was sending that met silence last, so that the next try is something else.
    pub(crate) link_blames_sending: bool,
    /// Whether the office takes what is sent.
    pub(crate) intake: Lane,
    /// It was a document that the office stumbled over last: a manifest that it takes proves nothing then.
    pub(crate) intake_blames_documents: bool,
    /// Whether there is room here for what the office says.
    pub(crate) room: Lane,
    pub(crate) last_ticket: Ticket,
    pub(crate) clock_ms: u64,
    pub(crate) hurried_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// Never opened: nothing was ever owed, and nobody needs to know that this desk exists.
    Never,
    /// The office does not know it (any more).
    Lost,
    Open,
}

/// Something in the queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) task: Task,
    /// Since a document of it last arrived.
    pub(crate) failures: u32,
    pub(crate) not_before_ms: u64,
    /// Blobs that arrived damaged and were sent again once.
    pub(crate) resent: BTreeSet<ContentHash>,
    /// The office has its manifest; its documents wait for a network that costs nothing.
    pub(crate) held_back: bool,
    /// `false` where the outbox lost it while it was under way.
    pub(crate) owed: bool,
}

impl Item {
    pub(crate) fn new(task: Task) -> Self {
        Self { task, failures: 0, not_before_ms: 0, resent: BTreeSet::new(), held_back: false, owed: true }
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
    /// `whole`: the office has just said that it has no beginning of it.
    Putting {
        sha256: ContentHash,
        then: VecDeque<ContentHash>,
        whole: bool,
    },
    Keeping,
    SettingAside,
}

/// The long poll, or a mere look whether the office is there while there is no account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Feed {
    pub(crate) waiting_for: Option<(Ticket, u64)>,
    pub(crate) lane: Lane,
    /// Until then nothing is asked: the office has a crowd before it.
    pub(crate) gives_way_until_ms: u64,
    /// Of the page kept last.
    pub(crate) cursor: Option<String>,
    /// It is being read from its beginning, and what the office names is compared at its end.
    pub(crate) rereading: bool,
    /// A receipt was kept since the page was asked for, which may not know of it.
    pub(crate) overtaken: bool,
    /// The page that is being kept is the last one of a rereading.
    pub(crate) comparing: bool,
}

impl State {
    /// At a start. `account_open`: the office's key is pinned already. Whatever was under way when the program
    /// ended is not: nothing of it was written down, so nothing stale can hold anything up.
    #[must_use]
    pub fn new(pace: Pace, account_open: bool) -> Self {
        Self {
            pace,
            account: if account_open { Account::Open } else { Account::Never },
            network: Network::Free,
            queue: VecDeque::new(),
            sending: None,
            feed: Feed::default(),
            link: Lane::default(),
            link_blames_sending: false,
            intake: Lane::default(),
            intake_blames_documents: false,
            room: Lane::default(),
            last_ticket: 0,
            clock_ms: 0,
            hurried_ms: None,
        }
    }

    /// At a start where the feed was not read to its end since it was begun from its beginning.
    #[must_use]
    pub const fn rereading(mut self) -> Self {
        self.feed.rereading = true;
        self
    }

    /// The office did something that it was asked for, the last time it was asked. One application that it
    /// stumbles over does not make it absent.
    #[must_use]
    pub const fn is_online(&self) -> bool {
        let answers = self.link.failures == 0 && !matches!(self.network, Network::Absent);
        answers && (self.intake.failures == 0 || self.feed.lane.failures == 0)
    }

    /// How many applications are still to be sent, the one under way included.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len() + usize::from(self.sending().is_some())
    }

    /// Those of them that wait only for a network that costs nothing.
    pub fn held_back(&self) -> impl Iterator<Item = Task> {
        self.queue.iter().filter(|item| item.held_back).map(|item| item.task)
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

    pub(crate) const fn lanes(&mut self) -> [&mut Lane; 4] {
        [&mut self.link, &mut self.intake, &mut self.room, &mut self.feed.lane]
    }

    pub(crate) const fn is_sparing(&self) -> bool {
        matches!(self.network, Network::Metered)
    }
}
