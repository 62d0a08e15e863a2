//! The network: requests and answers as a multiset. They are lost, doubled, delayed, swapped and damaged.

use std::rc::Rc;

use protocol::{ContentHash, FeedPage, Problem, ProblemCode, SubmissionReply};
use sync::{Effect, Event, Failure};

use super::{PATIENCE_MS, papers::Paper};

/// A request as it stands on the wire.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Probe,
    Open,
    Post {
        key: u128,
        paper: Rc<Paper>,
    },
    /// `rest`: only what follows the beginning that the office said it has.
    Put {
        sha256: ContentHash,
        bytes: Rc<str>,
        rest: bool,
    },
    Feed {
        after: String,
        wait_seconds: u32,
    },
}

/// An answer as it stands on the wire.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Probed,
    Opened,
    Posted(SubmissionReply),
    Put,
    Feed(FeedPage),
    Failed(Failure),
}

/// A call that a desk made and that was not answered yet, or given up.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: u64,
    pub(crate) worker: usize,
    pub(crate) asked: Effect,
    /// The desk still listens.
    pub(crate) open: bool,
    /// Nothing of what it posts had left the desk before.
    pub(crate) first: bool,
    pub(crate) until_ms: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Network {
    pub(crate) calls: Vec<Call>,
    pub(crate) requests: Vec<(u64, Ask)>,
    pub(crate) answers: Vec<(u64, Answer)>,
}

impl Network {
    /// When the office answers a poll without news; one that nobody waits for any more, at once.
    pub(crate) fn held_until_ms(&self, id: u64, ask: &Ask) -> u64 {
        let Ask::Feed { wait_seconds, .. } = ask else { return 0 };
        let call = self.calls.iter().find(|call| call.id == id && call.open);
        call.map_or(0, |call| call.until_ms - PATIENCE_MS + u64::from(*wait_seconds) * 1_000)
    }
}

impl Call {
    /// What the machine hears of an answer.
    pub(crate) fn event(&self, answer: Answer) -> Option<Event> {
        Some(match (&self.asked, answer) {
            (Effect::Probe { ticket }, Answer::Probed) => Event::Probed { ticket: *ticket, outcome: Ok(()) },
            (Effect::OpenAccount { ticket }, Answer::Opened) => {
                Event::AccountOpened { ticket: *ticket, outcome: Ok(()) }
            }
            (Effect::PostManifest { ticket, .. }, Answer::Posted(reply)) => {
                Event::Posted { ticket: *ticket, outcome: Ok(reply) }
            }
            (Effect::PutBlob { ticket, .. }, Answer::Put) => {
                Event::BlobPut { ticket: *ticket, outcome: Ok(()) }
            }
            (Effect::PollFeed { ticket, .. }, Answer::Feed(page)) => {
                Event::FeedPolled { ticket: *ticket, outcome: Ok(page) }
            }
            (_, Answer::Failed(failure)) => return self.failed(failure),
            _ => return None,
        })
    }

    pub(crate) fn failed(&self, failure: Failure) -> Option<Event> {
        Some(match self.asked {
            Effect::Probe { ticket } => Event::Probed { ticket, outcome: Err(failure) },
            Effect::OpenAccount { ticket } => Event::AccountOpened { ticket, outcome: Err(failure) },
            Effect::PostManifest { ticket, .. } => Event::Posted { ticket, outcome: Err(failure) },
            Effect::PutBlob { ticket, .. } => Event::BlobPut { ticket, outcome: Err(failure) },
            Effect::PollFeed { ticket, .. } => Event::FeedPolled { ticket, outcome: Err(failure) },
            _ => return None,
        })
    }
}

pub(crate) fn refused(code: ProblemCode, status: u16) -> Failure {
    let title = String::new();
    let problem =
        Problem { code, status, title, findings: vec![], document: None, hashes: vec![], within_ms: None };
    let retry_after_ms = match status {
        408 | 503 => Some(3_000),
        429 | 507 => Some(60_000),
        _ => None,
    };
    Failure::Refused { problem: Box::new(problem), retry_after_ms }
}

/// What something in between, or an office in trouble, says instead.
pub(crate) fn trouble(status: u16) -> Failure {
    let code = match status {
        401 => ProblemCode::Unauthorised,
        408 | 503 => ProblemCode::Busy,
        410 => ProblemCode::CursorExpired,
        423 => ProblemCode::Locked,
        426 => ProblemCode::Unknown,
        429 => ProblemCode::RateLimited,
        500 => ProblemCode::Internal,
        507 => ProblemCode::StorageFull,
        // A page without the office's words.
        status => return Failure::Unreadable { status, retry_after_ms: None },
    };
    refused(code, status)
}
