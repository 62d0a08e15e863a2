//! A desk (a durable disk, volatile machines), a network of messages under way and an office that serves in
//! durable steps, in one thread, without a clock. Only the machines are real: they are `sync`.
//!
//! Used by the tests and by the example `histories`.
// Each of its users needs another part of it.
#![allow(dead_code)]

mod acts;
mod desk;
mod healing;
pub(crate) mod history;
mod invariants;
pub(crate) mod mutants;
mod network;
mod office;
mod papers;

use std::{
    collections::{BTreeSet, VecDeque},
    rc::Rc,
};

use protocol::{ContentHash, ProblemCode, Receipt, Status, SubmissionReply};
use sync::{Effect, Event, Failure, Moment, Pace, State, Task, step};

pub(crate) use acts::Act;
pub(crate) use invariants::Violation;
pub(crate) use papers::Nature;

use desk::Desk;
use invariants::Witness;
use mutants::Broken;
use network::{Answer, Ask, Call, Network, refused};
use office::{Job, Office};

/// Longest that a desk waits for an answer.
const PATIENCE_MS: u64 = 60_000;

/// A machine and what it asked its clock for; all of it is gone when it dies.
struct Worker {
    state: State,
    wake_at_ms: Option<u64>,
    /// Dies before it carries out this many more effects.
    dies_after: Option<u8>,
    /// Of sending, not of the feed.
    last_ticket: u64,
    /// Of which documents the office has a beginning, by its last answer.
    begun: BTreeSet<ContentHash>,
}

impl Worker {
    fn new(state: State) -> Self {
        Self { state, wake_at_ms: None, dies_after: None, last_ticket: 0, begun: BTreeSet::new() }
    }
}

/// What came of a history, for the table.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) steps: u64,
    pub(crate) requests: u64,
    pub(crate) puts: u64,
    pub(crate) deaths: u64,
    pub(crate) handed_in: u64,
    pub(crate) set_aside: u64,
    pub(crate) receipted: u64,
    pub(crate) supplements: u64,
}

impl Tally {
    pub(crate) const fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.requests += other.requests;
        self.puts += other.puts;
        self.deaths += other.deaths;
        self.handed_in += other.handed_in;
        self.set_aside += other.set_aside;
        self.receipted += other.receipted;
        self.supplements += other.supplements;
    }
}

pub(crate) struct World {
    now_ms: u64,
    jitter: u32,
    natures: Vec<Nature>,
    desk: Desk,
    workers: Vec<Worker>,
    network: Network,
    office: Office,
    jobs: Vec<Job>,
    next_call: u64,
    witness: Witness,
    pub(crate) tally: Tally,
    /// What happened, where somebody wants to read it.
    pub(crate) diary: Option<Vec<String>>,
}

impl World {
    pub(crate) fn new(natures: &[Nature], jitter: u32, workers: usize, broken: Broken) -> Self {
        let mut world = Self {
            now_ms: 0,
            jitter,
            natures: natures.to_vec(),
            desk: Desk { broken, ..Desk::default() },
            workers: vec![],
            network: Network::default(),
            office: Office { buggy: true, broken, ..Office::default() },
            jobs: vec![],
            next_call: 0,
            witness: Witness::default(),
            tally: Tally::default(),
            diary: None,
        };
        world.witness.two_workers = workers > 1;
        (0..workers).for_each(|_| world.start_worker());
        world
    }

    /// Documents that desks sent.
    pub(crate) fn puts(&self) -> u64 {
        self.tally.puts
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(diary) = &mut self.diary {
            diary.push(what());
        }
    }

    /// Of a machine that starts.
    fn first_state(&self) -> State {
        let state = State::new(Pace::ATTENDED, self.desk.disk.account_open);
        let forgets = self.desk.broken == Broken::DeskForgetsThatItRereads;
        if self.desk.disk.read_to_end || forgets { state } else { state.rereading() }
    }

    fn start_worker(&mut self) {
        let state = self.first_state();
        self.workers.push(Worker::new(state));
        let owed = self.desk.owed();
        self.hear(self.workers.len() - 1, Event::Outbox(owed));
    }

    /// Everything volatile is lost; answers to what it asked reach nobody.
    fn desk_dies(&mut self, worker: usize) {
        self.tally.deaths += 1;
        self.note(|| format!("    desk {worker} dies and starts again"));
        self.network.calls.retain(|call| call.worker != worker);
        let state = self.first_state();
        self.workers[worker] = Worker::new(state);
        let owed = self.desk.owed();
        self.hear(worker, Event::Outbox(owed));
    }

    /// One event, and those that follow from keeping things at once.
    fn hear(&mut self, worker: usize, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let event = self.mistaken(worker, event);
            self.tally.steps += 1;
            self.jitter = self.jitter.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let moment = Moment { now_ms: self.now_ms, jitter: self.jitter };
            let state = std::mem::replace(&mut self.workers[worker].state, State::new(Pace::ATTENDED, false));
            let (state, effects) = step(state, moment, event);
            self.workers[worker].state = state;
            for effect in effects {
                match &mut self.workers[worker].dies_after {
                    Some(0) => return self.desk_dies(worker),
                    Some(left) => *left -= 1,
                    None => {}
                }
                events.extend(self.carry_out(worker, effect));
            }
        }
    }

    fn carry_out(&mut self, worker: usize, effect: Effect) -> Vec<Event> {
        self.note(|| format!("    desk {worker}: {}", in_words(&effect)));
        match effect {
            Effect::WakeAt { at_ms } => self.workers[worker].wake_at_ms = Some(at_ms),
            Effect::MarkUploading { task } => drop(self.desk.mark_uploading(task)),
            Effect::ForgetCursor => {
                self.desk.forget_cursor();
                self.forget_other_polls();
            }
            Effect::KeepReceipt { ticket, task, receipt } => {
                let (_, before) = self.desk.rows();
                let outcome = self.desk.keep_receipt(task, &receipt);
                let more = self.desk.rows().1 != before;
                let owed = more.then(|| Event::Outbox(self.desk.owed()));
                return [Event::ReceiptKept { ticket, outcome }].into_iter().chain(owed).collect();
            }
            Effect::Quarantine { ticket, task, reason } => {
                self.tally.set_aside += 1;
                let outcome = self.desk.quarantine(task, reason);
                return vec![Event::SetAside { ticket, outcome }];
            }
            Effect::KeepFeed { ticket, page, last } => {
                let before = self.desk.rows();
                let outcome = self.desk.keep_feed(&page, last);
                let changed = self.desk.rows() != before;
                let owed = changed.then(|| Event::Outbox(self.desk.owed()));
                return [Event::FeedKept { ticket, outcome }].into_iter().chain(owed).collect();
            }
            asked => return self.ask(worker, asked).into_iter().collect(),
        }
        vec![]
    }

    /// Two programs on one data directory are kept apart by a lock. Whether one of them may keep a page behind a cursor
    /// that the other one has forgotten is not asked here.
    fn forget_other_polls(&mut self) {
        if self.workers.len() > 1 {
            self.jobs.retain(|job| !matches!(job.ask, Ask::Feed { .. }));
            self.network.requests.retain(|(_, ask)| !matches!(ask, Ask::Feed { .. }));
            self.network.answers.retain(|(_, answer)| !matches!(answer, Answer::Feed(_)));
        }
    }

    /// Puts a request on the wire, with what the disk holds now.
    fn ask(&mut self, worker: usize, asked: Effect) -> Option<Event> {
        let (ask, ticket) = match &asked {
            Effect::Probe { ticket } => (Some(Ask::Probe), ticket),
            Effect::OpenAccount { ticket } => (Some(Ask::Open), ticket),
            Effect::PostManifest { ticket, task } => (self.manifest(*task), ticket),
            Effect::PutBlob { ticket, task, sha256 } => {
                let frozen = self.desk.disk.revisions.get(task);
                let blob =
                    frozen.and_then(|frozen| frozen.paper.blobs.iter().find(|(hash, _)| hash == sha256));
                // Once, as the desk's runner does.
                let rest = self.workers[worker].begun.remove(sha256);
                (blob.map(|(hash, bytes)| Ask::Put { sha256: *hash, bytes: Rc::clone(bytes), rest }), ticket)
            }
            Effect::PollFeed { ticket, wait_seconds } => {
                let after = self.desk.disk.cursor.clone();
                (Some(Ask::Feed { after, wait_seconds: *wait_seconds }), ticket)
            }
            _ => return None,
        };
        if matches!(asked, Effect::PostManifest { .. } | Effect::PutBlob { .. }) {
            self.workers[worker].last_ticket = *ticket;
        }
        let id = self.next_call;
        self.next_call += 1;
        // Noted as gone before it goes.
        let leaves = match &asked {
            Effect::PostManifest { task, .. } => self.desk.leave(*task),
            _ => Ok(false),
        };
        let first = leaves == Ok(true);
        let call = Call { id, worker, asked, open: true, first, until_ms: self.now_ms + PATIENCE_MS };
        if leaves.is_err() {
            return call.failed(Failure::NoAnswer);
        }
        let Some(ask) = ask else { return call.failed(Failure::UnreadableHere) };
        self.tally.requests += 1;
        self.tally.puts += u64::from(matches!(ask, Ask::Put { .. }));
        if let (Broken::DeskBelievesOldLeases, Effect::PostManifest { task, .. }) =
            (self.desk.broken, &call.asked)
        {
            self.desk.disk.lease = Some(*task);
        }
        self.network.calls.push(call);
        self.network.requests.push((id, ask));
        None
    }

    fn manifest(&self, task: Task) -> Option<Ask> {
        let (_, row) = self.desk.row(task)?;
        let paper = Rc::clone(&self.desk.disk.revisions.get(&task)?.paper);
        Some(Ask::Post { key: row.key, paper })
    }

    /// The office goes on with a request that reached it.
    fn serve(&mut self, at: usize) {
        let mut job = self.jobs.swap_remove(at);
        match self.office.serve(&mut job) {
            None => self.jobs.push(job),
            Some(answer) => {
                if let Answer::Posted(SubmissionReply::Complete { receipt }) = &answer {
                    self.remember_receipt(receipt);
                }
                self.note(|| format!("    office answers {}", said(&answer)));
                self.network.answers.push((job.call, answer));
            }
        }
    }

    /// What left the office is acknowledged, whether or not anybody hears it.
    fn remember_receipt(&mut self, receipt: &Receipt) {
        let task = Task { application: receipt.body.application, revision: receipt.body.revision };
        self.witness.said.entry(task).or_insert_with(|| Rc::new(receipt.clone()));
    }

    /// An answer reaches the desk: whoever gave up on it hears it, too, and must not mind.
    fn deliver(&mut self, id: u64, answer: Answer) {
        let Some(at) = self.network.calls.iter().position(|call| call.id == id) else { return };
        let call = self.network.calls.swap_remove(at);
        let answer = match answer {
            // The key must be pinned before anything is done with the account.
            Answer::Opened if self.desk.disk_full => Answer::Failed(Failure::NoAnswer),
            Answer::Opened => {
                self.desk.disk.account_open = true;
                Answer::Opened
            }
            answer => answer,
        };
        if let Answer::Posted(SubmissionReply::Missing { arrived, .. }) = &answer {
            self.workers[call.worker].begun = arrived.keys().copied().collect();
        }
        if let Some(event) = call.event(answer) {
            self.hear(call.worker, event);
        }
    }

    /// The desk hears nothing any more, and knows it.
    fn silence(&mut self, id: u64, for_ever: bool) {
        let Some(at) = self.network.calls.iter().position(|call| call.id == id && call.open) else { return };
        let event = self.network.calls[at].failed(Failure::NoAnswer);
        let worker = self.network.calls[at].worker;
        if for_ever {
            self.network.calls.swap_remove(at);
        } else {
            self.network.calls[at].open = false;
        }
        if let Some(event) = event {
            self.hear(worker, event);
        }
    }

    fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        let late = |call: &&Call| call.open && call.until_ms <= self.now_ms;
        let late: Vec<u64> = self.network.calls.iter().filter(late).map(|call| call.id).collect();
        for id in late {
            self.silence(id, false);
        }
        for worker in 0..self.workers.len() {
            let wake = &mut self.workers[worker].wake_at_ms;
            if wake.is_some_and(|at_ms| at_ms <= self.now_ms) {
                *wake = None;
                self.hear(worker, Event::Tick);
            }
        }
    }

    /// What the machine of a desk with one of the mistakes would hear, and what that desk would do on its own.
    fn mistaken(&mut self, worker: usize, event: Event) -> Event {
        let sending = self.workers[worker].state.sending();
        match (self.desk.broken, event) {
            (Broken::DeskForgetsWhenAnswered, Event::Posted { ticket, outcome: Ok(reply) }) => {
                if let (SubmissionReply::Complete { .. }, Some(task)) = (&reply, sending) {
                    self.desk.disk.outbox.retain(|_, row| row.task != task);
                }
                Event::Posted { ticket, outcome: Ok(reply) }
            }
            (
                Broken::DeskSendsAnewAfterSilence,
                Event::Posted { ticket, outcome: Err(Failure::NoAnswer) },
            ) => {
                if let Some(task) = sending {
                    self.desk.freeze_anew(task, true);
                }
                Event::Posted { ticket, outcome: Err(Failure::NoAnswer) }
            }
            (Broken::DeskClaimsTooEarly, Event::BlobPut { ticket, outcome: Ok(()) }) => {
                let own = sending.map(|task| desk::index_of(task.application));
                if let Some(own) = own.and_then(|index| self.desk.disk.applications.get_mut(&index)) {
                    own.status = Status::Submitted;
                }
                Event::BlobPut { ticket, outcome: Ok(()) }
            }
            (
                Broken::DeskAsksAgainForTheBeginning,
                Event::BlobPut { ticket, outcome: Err(Failure::Refused { problem, .. }) },
            ) if problem.code == ProblemCode::OffsetMismatch => {
                Event::BlobPut { ticket, outcome: Err(refused(ProblemCode::NotFound, 404)) }
            }
            (Broken::DeskTakesAnyAnswer, Event::Posted { outcome, .. }) => {
                Event::Posted { ticket: self.workers[worker].last_ticket, outcome }
            }
            (Broken::DeskBelievesOldLeases, event) => {
                if matches!(event, Event::Posted { .. }) {
                    self.desk.disk.lease = None;
                }
                event
            }
            (_, event) => event,
        }
    }
}

fn in_words(effect: &Effect) -> String {
    let name =
        |task: &Task| format!("application {} revision {}", desk::index_of(task.application), task.revision);
    match effect {
        Effect::Probe { .. } => "is the office there?".into(),
        Effect::OpenAccount { .. } => "open the account".into(),
        Effect::PostManifest { task, .. } => format!("post {}", name(task)),
        Effect::PutBlob { task, sha256, .. } => format!("put {} of {}", &sha256.to_string()[..6], name(task)),
        Effect::PollFeed { wait_seconds, .. } => format!("poll the feed, {wait_seconds} s"),
        Effect::MarkUploading { task } => format!("{} is 上传中", name(task)),
        Effect::KeepReceipt { task, .. } => format!("keep the receipt of {}", name(task)),
        Effect::KeepFeed { page, last, .. } => {
            let end = if *last { ", the end" } else { "" };
            format!("keep {} changes up to {}{end}", page.changes.len(), page.cursor)
        }
        Effect::ForgetCursor => "forget the cursor".into(),
        Effect::Quarantine { task, reason, .. } => format!("set {} aside: {reason:?}", name(task)),
        Effect::WakeAt { at_ms } => format!("wake at {at_ms}"),
    }
}

fn said(answer: &Answer) -> String {
    match answer {
        Answer::Posted(SubmissionReply::Complete { receipt }) => format!("receipt {}", receipt.body.number),
        Answer::Posted(SubmissionReply::Missing { missing, .. }) => format!("{} missing", missing.len()),
        Answer::Feed(page) => format!("{} changes up to {}", page.changes.len(), page.cursor),
        Answer::Failed(Failure::Refused { problem, .. }) => format!("{:?}", problem.code),
        other => format!("{other:?}"),
    }
}
