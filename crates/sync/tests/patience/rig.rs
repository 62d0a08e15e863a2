//! One machine with a clock of its own, and somebody who answers.

use std::collections::BTreeMap;

use protocol::{
    ApplicationId, ContentHash, FeedPage, Problem, ProblemCode, Receipt, ReceiptBody, SubmissionReply,
};
use sync::{Effect, Event, Failure, Moment, Pace, State, Task, step};
use uuid::Uuid;

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;

pub(crate) struct Rig {
    pub(crate) state: State,
    pub(crate) now_ms: u64,
    /// Everything that was done, and when.
    pub(crate) done: Vec<(u64, Effect)>,
    wake_at_ms: Option<u64>,
    coming: Vec<(u64, Event)>,
    jitter: u32,
}

/// What comes of an effect, and how long it takes; `None` where there is nothing to say.
pub(crate) type Said = Option<(u64, Event)>;

impl Rig {
    pub(crate) fn new(seed: u32) -> Self {
        let state = State::new(Pace::ATTENDED, true);
        Self { state, now_ms: 0, done: vec![], wake_at_ms: None, coming: vec![], jitter: seed }
    }

    /// So many applications, each a revision 1.
    pub(crate) fn tasks(count: u128) -> Vec<Task> {
        (1..=count).map(|at| Task { application: ApplicationId(Uuid::from_u128(at)), revision: 1 }).collect()
    }

    pub(crate) fn hear(&mut self, event: Event, says: &mut impl FnMut(&Effect) -> Said) {
        self.jitter = self.jitter.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let moment = Moment { now_ms: self.now_ms, jitter: self.jitter };
        let (state, effects) = step(self.state.clone(), moment, event);
        self.state = state;
        for effect in effects {
            if let Effect::WakeAt { at_ms } = effect {
                self.wake_at_ms = Some(at_ms);
                continue;
            }
            if let Some((takes_ms, event)) = says(&effect) {
                self.coming.push((self.now_ms + takes_ms, event));
            }
            self.done.push((self.now_ms, effect));
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, ms: u64, says: &mut impl FnMut(&Effect) -> Said) {
        let end_ms = self.now_ms + ms;
        loop {
            let first = (0..self.coming.len()).min_by_key(|at| self.coming[*at].0);
            let answer = first.map(|at| self.coming[at].0);
            let next = answer.into_iter().chain(self.wake_at_ms).min().filter(|at_ms| *at_ms <= end_ms);
            let Some(at_ms) = next else { break };
            self.now_ms = self.now_ms.max(at_ms);
            match first.filter(|_| answer == next) {
                Some(at) => {
                    let (_, event) = self.coming.remove(at);
                    self.hear(event, says);
                }
                None => {
                    self.wake_at_ms = None;
                    self.hear(Event::Tick, says);
                }
            }
        }
        self.now_ms = end_ms;
    }

    /// Requests to the office since a time.
    pub(crate) fn requests(&self, since_ms: u64) -> Vec<(u64, &Effect)> {
        let since = self.done.iter().filter(|(at_ms, _)| *at_ms >= since_ms);
        since.filter(|(_, effect)| is_request(effect)).map(|(at_ms, effect)| (*at_ms, effect)).collect()
    }

    pub(crate) fn count(&self, what: impl Fn(&Effect) -> bool) -> usize {
        self.done.iter().filter(|(_, effect)| what(effect)).count()
    }
}

pub(crate) fn is_request(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Probe { .. }
            | Effect::OpenAccount { .. }
            | Effect::PostManifest { .. }
            | Effect::PutBlob { .. }
            | Effect::PollFeed { .. }
    )
}

/// An office that does what it is asked: every application has one document, which is missing until it was put.
#[derive(Default)]
pub(crate) struct Good {
    has: std::collections::BTreeSet<ContentHash>,
}

impl Good {
    pub(crate) fn says(&mut self, effect: &Effect) -> Said {
        let (took, event) = match effect {
            Effect::Probe { ticket } => (20, Event::Probed { ticket: *ticket, outcome: Ok(()) }),
            Effect::OpenAccount { ticket } => (20, Event::AccountOpened { ticket: *ticket, outcome: Ok(()) }),
            Effect::PostManifest { ticket, task } => {
                let document = document_of(*task);
                let reply = if self.has.contains(&document) {
                    SubmissionReply::Complete { receipt: Box::new(receipt(*task)) }
                } else {
                    SubmissionReply::Missing { missing: vec![document], arrived: BTreeMap::new() }
                };
                (20, Event::Posted { ticket: *ticket, outcome: Ok(reply) })
            }
            Effect::PutBlob { ticket, sha256, .. } => {
                self.has.insert(*sha256);
                (20, Event::BlobPut { ticket: *ticket, outcome: Ok(()) })
            }
            Effect::PollFeed { ticket, wait_seconds } => {
                let page = FeedPage { changes: vec![], cursor: "1".into() };
                let took = u64::from(*wait_seconds) * SECOND + 20;
                (took, Event::FeedPolled { ticket: *ticket, outcome: Ok(page) })
            }
            other => return kept(other),
        };
        Some((took, event))
    }
}

/// A disk that has room.
pub(crate) fn kept(effect: &Effect) -> Said {
    Some(match effect {
        Effect::KeepReceipt { ticket, .. } => (0, Event::ReceiptKept { ticket: *ticket, outcome: Ok(()) }),
        Effect::KeepFeed { ticket, .. } => (0, Event::FeedKept { ticket: *ticket, outcome: Ok(()) }),
        Effect::Quarantine { ticket, .. } => (0, Event::SetAside { ticket: *ticket, outcome: Ok(()) }),
        _ => return None,
    })
}

/// The same trouble for whoever asks; what is kept here is kept.
pub(crate) fn fails(effect: &Effect, failure: &Failure) -> Said {
    let outcome = || failure.clone();
    let event = match effect {
        Effect::Probe { ticket } => Event::Probed { ticket: *ticket, outcome: Err(outcome()) },
        Effect::OpenAccount { ticket } => Event::AccountOpened { ticket: *ticket, outcome: Err(outcome()) },
        Effect::PostManifest { ticket, .. } => Event::Posted { ticket: *ticket, outcome: Err(outcome()) },
        Effect::PutBlob { ticket, .. } => Event::BlobPut { ticket: *ticket, outcome: Err(outcome()) },
        Effect::PollFeed { ticket, .. } => Event::FeedPolled { ticket: *ticket, outcome: Err(outcome()) },
        other => return kept(other),
    };
    Some((20, event))
}

pub(crate) fn refused(code: ProblemCode, status: u16, retry_after_ms: Option<u64>) -> Failure {
    let title = String::new();
    let problem =
        Problem { code, status, title, findings: vec![], document: None, hashes: vec![], within_ms: None };
    Failure::Refused { problem: Box::new(problem), retry_after_ms }
}

pub(crate) fn broken() -> Failure {
    refused(ProblemCode::Internal, 500, None)
}

pub(crate) fn document_of(task: Task) -> ContentHash {
    ContentHash::of(task.application.0.as_bytes())
}

fn receipt(task: Task) -> Receipt {
    let day = jiff::civil::date(2026, 11, 21);
    let body = ReceiptBody {
        application: task.application,
        revision: task.revision,
        number: protocol::ApplicationNumber::issue(day, 1).expect("fits"),
        manifest: document_of(task),
        documents: vec![],
        received_at: jiff::Timestamp::UNIX_EPOCH,
        due_on: None,
    };
    Receipt { body, key_id: String::new(), signature: String::new() }
}
