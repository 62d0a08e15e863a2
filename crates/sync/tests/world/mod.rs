//! A desk (durable outbox, volatile machine), a network of requests under way, and an office that judges.

mod office;

use std::collections::{BTreeMap, BTreeSet};

use protocol::{ApplicationId, ContentHash, Problem, ProblemCode};
use sync::{Effect, Event, Failure, KeepFailure, Moment, Pace, State, Task, step};
use uuid::Uuid;

use office::{Office, Poison};

/// Something the world does to the machine. Indices name a request under way, modulo their number.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Deliver(usize),
    LoseRequest(usize),
    LoseAnswer(usize),
    DeliverTwice(usize),
    /// The desk gives up on it; the answer comes with [`Act::LateAnswersArrive`].
    AnswerLate(usize),
    LateAnswersArrive,
    Fault(usize, u16),
    DamageOnTheWay(usize),
    DeskDies,
    OfficeForgetsAccounts,
    DiskFull,
    Nudge,
    TimePasses(u64),
}

pub(crate) struct World {
    now_ms: u64,
    jitter: u32,
    state: State,
    under_way: Vec<Effect>,
    late: Vec<Event>,
    wake_at_ms: Option<u64>,
    office: Office,
    // What the desk's disk holds.
    outbox: BTreeMap<Task, bool>,
    receipts: BTreeSet<Task>,
    account_open: bool,
    disk_full: bool,
    // What must come of it.
    all: Vec<(Task, Poison)>,
}

impl World {
    pub(crate) fn new(healthy: usize, poisoned: usize, jitter: u32) -> Self {
        let mut world = Self {
            now_ms: 0,
            jitter,
            state: State::new(Pace::ATTENDED, false),
            under_way: vec![],
            late: vec![],
            wake_at_ms: None,
            office: Office::default(),
            outbox: BTreeMap::new(),
            receipts: BTreeSet::new(),
            account_open: false,
            disk_full: false,
            all: vec![],
        };
        // Poison first: were it to block, nobody behind it would ever get through.
        for number in 0..poisoned {
            world.add(if number % 2 == 0 { Poison::Manifest } else { Poison::Document });
        }
        (0..healthy).for_each(|_| world.add(Poison::None));
        world.hear(|world| Event::Outbox(world.owed_tasks()));
        world
    }

    /// One that breaks the office in front of healthy ones.
    pub(crate) fn with_breaking_first(healthy: usize) -> Self {
        let mut world = Self::new(0, 0, u32::MAX);
        world.add(Poison::Breaks);
        (0..healthy).for_each(|_| world.add(Poison::None));
        world.hear(|world| Event::Outbox(world.owed_tasks()));
        world
    }

    fn add(&mut self, poison: Poison) {
        let number = u128::try_from(self.all.len()).expect("few");
        let task = Task { application: ApplicationId(Uuid::from_u128(number)), revision: 1 };
        self.office.expect(task, poison);
        self.outbox.insert(task, false);
        self.all.push((task, poison));
    }

    fn owed_tasks(&self) -> Vec<Task> {
        self.outbox.iter().filter(|(_, quarantined)| !**quarantined).map(|(task, _)| *task).collect()
    }

    fn hear(&mut self, event: impl FnOnce(&Self) -> Event) {
        let mut next = Some(event(self));
        while let Some(event) = next.take() {
            self.jitter = self.jitter.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let moment = Moment { now_ms: self.now_ms, jitter: self.jitter };
            let (state, effects) = step(self.state.clone(), moment, event);
            self.state = state;
            for effect in effects {
                next = self.carry_out(effect).or(next);
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::WakeAt { at_ms } => self.wake_at_ms = Some(at_ms),
            Effect::MarkUploading { .. } | Effect::ForgetCursor => {}
            Effect::KeepReceipt { ticket, task, .. } => {
                let outcome = if std::mem::take(&mut self.disk_full) {
                    Err(KeepFailure::Disk)
                } else {
                    assert_eq!(self.office.numbers_of(task), 1, "a receipt without an application");
                    self.outbox.remove(&task);
                    self.receipts.insert(task);
                    Ok(())
                };
                return Some(Event::ReceiptKept { ticket, outcome });
            }
            Effect::KeepFeed { ticket, .. } => return Some(Event::FeedKept { ticket, outcome: Ok(()) }),
            Effect::Quarantine { task, .. } => {
                self.outbox.insert(task, true);
            }
            asked => self.under_way.push(asked),
        }
        None
    }

    pub(crate) fn act(&mut self, act: &Act) {
        match *act {
            Act::TimePasses(ms) => self.pass(ms),
            Act::Nudge => self.hear(|_| Event::Nudge),
            Act::DiskFull => self.disk_full = true,
            Act::LateAnswersArrive => {
                for late in std::mem::take(&mut self.late) {
                    self.hear(|_| late);
                }
            }
            Act::OfficeForgetsAccounts => self.office.accounts_open = false,
            Act::DeskDies => {
                self.under_way.clear();
                self.late.clear();
                self.wake_at_ms = None;
                self.state = State::new(Pace::ATTENDED, self.account_open);
                self.hear(|world| Event::Outbox(world.owed_tasks()));
            }
            Act::Deliver(at) => self.with_request(at, |world, asked| world.answer(&asked)),
            Act::DeliverTwice(at) => self.with_request(at, |world, asked| {
                let _ = world.answer(&asked);
                world.answer(&asked)
            }),
            Act::LoseRequest(at) => self.with_request(at, |_, asked| fail(&asked, &Failure::NoAnswer)),
            Act::LoseAnswer(at) => self.with_request(at, |world, asked| {
                let _ = world.answer(&asked);
                fail(&asked, &Failure::NoAnswer)
            }),
            Act::AnswerLate(at) => self.with_request(at, |world, asked| {
                let late = world.answer(&asked);
                world.late.push(late);
                fail(&asked, &Failure::NoAnswer)
            }),
            Act::Fault(at, status) => self.with_request(at, |_, asked| fail(&asked, &fault(status))),
            Act::DamageOnTheWay(at) => self.with_request(at, |world, asked| match asked {
                Effect::PutBlob { .. } => fail(&asked, &refused(ProblemCode::HashMismatch, 422)),
                _ => world.answer(&asked),
            }),
        }
    }

    fn with_request(&mut self, at: usize, answer: impl FnOnce(&mut Self, Effect) -> Event) {
        if self.under_way.is_empty() {
            return;
        }
        let asked = self.under_way.remove(at % self.under_way.len());
        let event = answer(self, asked);
        self.hear(|_| event);
    }

    fn answer(&mut self, asked: &Effect) -> Event {
        let event = self.office.answer(asked);
        if matches!(event, Event::AccountOpened { outcome: Ok(()), .. }) {
            self.account_open = true;
        }
        event
    }

    fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        if self.wake_at_ms.is_some_and(|at_ms| at_ms <= self.now_ms) {
            self.wake_at_ms = None;
            self.hear(|_| Event::Tick);
        }
    }

    /// From now on everything works; a day passes.
    pub(crate) fn heal(&mut self) {
        self.disk_full = false;
        for _ in 0..2_000 {
            match self.under_way.iter().position(|asked| !matches!(asked, Effect::PollFeed { .. })) {
                Some(at) => self.act(&Act::Deliver(at)),
                None if !self.under_way.is_empty() && !self.state.is_online() => self.act(&Act::Deliver(0)),
                None => self.act(&Act::TimePasses(45_000)),
            }
        }
    }

    pub(crate) fn check_always(&self) {
        for (task, _) in &self.all {
            let receipted = self.receipts.contains(task);
            assert!(
                receipted != self.outbox.contains_key(task),
                "{task:?} is owed or receipted, never neither"
            );
            assert!(self.office.numbers_of(*task) <= 1, "{task:?} was received twice");
        }
    }

    pub(crate) fn check_in_the_end(&self) {
        for (task, poison) in &self.all {
            match poison {
                Poison::None => {
                    let through = self.receipts.contains(task);
                    // Damaged on the way twice: a reason to stop that a person can lift.
                    let stopped = self.outbox.get(task) == Some(&true);
                    assert!(through || stopped, "{task:?} was left waiting: {:?}", self.state);
                }
                Poison::Breaks => {}
                Poison::Manifest | Poison::Document => {
                    assert_eq!(self.outbox.get(task), Some(&true), "{task:?} is in quarantine");
                }
            }
        }
    }

    pub(crate) fn receipted(&self) -> usize {
        self.receipts.len()
    }

    pub(crate) fn owed(&self) -> usize {
        self.outbox.len()
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way.len()
    }
}

fn fault(status: u16) -> Failure {
    match status {
        401 => refused(ProblemCode::Unauthorised, 401),
        429 => refused(ProblemCode::RateLimited, 429),
        503 => refused(ProblemCode::Busy, 503),
        507 => refused(ProblemCode::StorageFull, 507),
        _ => refused(ProblemCode::Internal, 500),
    }
}

fn refused(code: ProblemCode, status: u16) -> Failure {
    let title = String::new();
    let problem = Problem { code, status, title, findings: vec![], document: None, hashes: vec![] };
    Failure::Refused { problem: Box::new(problem), retry_after_ms: (status == 429).then_some(3_000) }
}

fn fail(asked: &Effect, failure: &Failure) -> Event {
    let failure = failure.clone();
    match asked {
        Effect::Probe { ticket } => Event::Probed { ticket: *ticket, outcome: Err(failure) },
        Effect::OpenAccount { ticket } => Event::AccountOpened { ticket: *ticket, outcome: Err(failure) },
        Effect::PostManifest { ticket, .. } => Event::Posted { ticket: *ticket, outcome: Err(failure) },
        Effect::PutBlob { ticket, .. } => Event::BlobPut { ticket: *ticket, outcome: Err(failure) },
        Effect::PollFeed { ticket, .. } => Event::FeedPolled { ticket: *ticket, outcome: Err(failure) },
        other => panic!("{other:?} is no request"),
    }
}

/// Two documents an application, one of them shared by all.
fn documents_of(task: Task) -> Vec<ContentHash> {
    vec![ContentHash::of(b"shared"), ContentHash::of(task.application.0.as_bytes())]
}
