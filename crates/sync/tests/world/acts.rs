//! What may happen, one act at a time. Indices are taken modulo what is there, so every part of a history is a
//! history, and shrinking can leave out whatever it likes.

use protocol::Status;
use sync::{Effect, Event, Failure, Network, Task};

use super::{
    Nature, World,
    invariants::Violation,
    network::{Answer, Ask, trouble},
    office::Job,
    papers::{self, id_of},
};

/// How many applications a history may have.
pub(crate) const MOST: usize = 5;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    // People.
    HandIn(usize),
    SendAgain(usize),
    /// A person takes back what waits to be sent.
    TakeBack(usize),
    EditDuringSend(usize),
    Nudge(usize),
    Review(usize, Status),
    // Messages.
    /// Nothing goes wrong for so many steps.
    Calm(u8),
    Go(usize),
    Arrive(usize),
    Serve(usize),
    Return(usize),
    LoseRequest(usize),
    /// There is nobody to connect to: the desk knows that nothing left.
    NoConnection(usize),
    LoseAnswer(usize),
    GiveUp(usize),
    Reset(usize),
    Double(usize),
    Damage(usize),
    /// A document breaks off on its way.
    Cut(usize),
    Garble(usize),
    Forge(usize),
    AnswerInstead(usize, u16),
    AnswerInsteadAfterwards(usize, u16),
    // Deaths.
    DeskDies(usize),
    DeskDiesAfter(usize, u8),
    OfficeDies,
    // Disks.
    DeskDisk(bool),
    OfficeDisk(bool),
    DeskDiskAfter(u32),
    OfficeDiskAfter(u32),
    OfficeLosesFiles,
    /// A backup of everything is made, in place of the one before.
    OfficeIsCopied,
    /// The office loses its disk and comes back from the backup.
    OfficeComesBack,
    /// What documents began with is damaged by a power cut.
    BeginningsRot,
    /// Which copy of the office manifests come to from now on, and which one documents.
    Balance(usize, usize),
    // The world.
    OfficeForgetsAccount,
    /// So many may be begun and not finished from now on.
    OfficeAllows(Option<usize>),
    NetworkIs(usize, Network),
    TimePasses(u64),
    WallClockJumps(i8),
    Sleep,
}

impl World {
    /// An act, and whether every promise still holds.
    pub(crate) fn act(&mut self, act: &Act) -> Result<(), Violation> {
        self.note(|| format!("{act:?}"));
        let desk_before = self.desk.disk_full.then(|| self.desk.disk.clone());
        let office_before = self.office.disk_full.then(|| self.office.rows.clone());
        let times = if let Act::Calm(steps) = act { *steps } else { 1 };
        for _ in 0..times {
            self.happen(act);
            self.check()?;
        }
        // I8: a full disk refuses and changes nothing.
        let half = |whose: &str| Violation { invariant: "I8", what: format!("{whose} left a half behind") };
        if self.desk.disk_full && desk_before.is_some_and(|before| before != self.desk.disk) {
            return Err(half("the desk's full disk"));
        }
        if self.office.disk_full && office_before.is_some_and(|before| before != self.office.rows) {
            return Err(half("the office's full disk"));
        }
        Ok(())
    }

    fn happen(&mut self, act: &Act) {
        match *act {
            Act::HandIn(at) => self.hand_in(at),
            Act::SendAgain(at) => self.send_again(at),
            Act::TakeBack(at) => self.take_back(at),
            Act::EditDuringSend(at) => self.edit_during_send(at),
            Act::Nudge(at) => self.nudge(at),
            Act::Review(at, next) => {
                let at = at % self.natures.len();
                self.office.review(id_of(u8::try_from(at).unwrap_or(0)), next);
            }
            Act::Calm(_) => self.go_on(),
            Act::Go(at) => {
                if let Some((id, ask)) = take(&mut self.network.requests, at) {
                    self.go(id, ask);
                }
            }
            Act::Arrive(at) => {
                if let Some((id, ask)) = take(&mut self.network.requests, at) {
                    self.jobs.push(Job::new(id, ask));
                }
            }
            Act::Serve(at) if !self.jobs.is_empty() => self.serve(at % self.jobs.len()),
            Act::Return(at) => {
                if let Some((id, answer)) = take(&mut self.network.answers, at) {
                    self.deliver(id, answer);
                }
            }
            Act::LoseRequest(at) => drop(take(&mut self.network.requests, at)),
            Act::NoConnection(at) => self.no_connection(at),
            Act::LoseAnswer(at) => drop(take(&mut self.network.answers, at)),
            Act::GiveUp(at) => self.end_call(at, false),
            Act::Reset(at) => self.end_call(at, true),
            Act::Double(at) if !self.network.requests.is_empty() => {
                let again = self.network.requests[at % self.network.requests.len()].clone();
                self.network.requests.push(again);
            }
            Act::Damage(at) => self.damage(at),
            Act::Cut(at) => {
                if let Some((id, ask)) = take(&mut self.network.requests, at) {
                    if let Ask::Put { sha256, .. } = ask {
                        self.office.keep_beginning(sha256);
                    }
                    self.silence(id, true);
                }
            }
            Act::Garble(at) => {
                if let Some((id, _)) = take(&mut self.network.answers, at) {
                    let failure = Failure::Unreadable { status: 200, retry_after_ms: None };
                    self.deliver(id, Answer::Failed(failure));
                }
            }
            Act::Forge(at) => self.forge(at),
            Act::AnswerInstead(at, status) => {
                if let Some((id, ask)) = take(&mut self.network.requests, at) {
                    self.answer_instead(id, &ask, status);
                }
            }
            Act::AnswerInsteadAfterwards(at, status) => {
                if let Some((id, ask)) = take(&mut self.network.requests, at) {
                    let mut job = Job::new(id, ask.clone());
                    while self.office.serve(&mut job).is_none() {}
                    self.answer_instead(id, &ask, status);
                }
            }
            Act::DeskDies(at) => self.desk_dies(at % self.workers.len()),
            Act::DeskDiesAfter(at, effects) => {
                let at = at % self.workers.len();
                self.workers[at].dies_after = Some(effects);
            }
            Act::OfficeDies => {
                self.tally.deaths += 1;
                self.jobs.clear();
            }
            Act::DeskDisk(full) => self.desk.disk_full = full,
            Act::OfficeDisk(full) => self.office.disk_full = full,
            Act::DeskDiskAfter(writes) => self.desk.room_for = Some(writes),
            Act::OfficeDiskAfter(writes) => self.office.room_for = Some(writes),
            Act::OfficeLosesFiles => self.office.loses_files(),
            Act::OfficeIsCopied => self.office.back_up(),
            Act::OfficeComesBack => self.office_comes_back(),
            Act::BeginningsRot => self.office.beginnings_rot(),
            Act::Balance(manifests, documents) => self.office.balance(manifests, documents),
            Act::OfficeForgetsAccount => self.office.rows.account &= self.office.disk_full,
            Act::OfficeAllows(most) => self.office.most_unfinished = most,
            Act::NetworkIs(at, network) => {
                let at = at % self.workers.len();
                self.hear(at, Event::Network(network));
            }
            Act::TimePasses(ms) => self.pass(ms),
            Act::WallClockJumps(days) => {
                self.desk.day += i64::from(days);
                self.office.day += i64::from(days % 2);
            }
            Act::Sleep => self.pass(24 * 3_600_000),
            Act::Serve(_) | Act::Double(_) => {}
        }
    }

    /// Two programs on one data directory are kept apart by a lock; what one of them still hears of an office that is
    /// lost, after the other one has read everything anew, is not asked here.
    fn office_comes_back(&mut self) {
        if self.office.disk_full || self.workers.len() > 1 {
            return;
        }
        // Connections end with it. An answer that had left may still be read.
        self.jobs.clear();
        self.network.requests.clear();
        let lost = self.office.come_back();
        self.witness.office_came_back(&lost, &self.office.rows);
    }

    pub(super) fn nudge(&mut self, at: usize) {
        let at = at % self.workers.len();
        // As the desk does: a look into the outbox first.
        let owed = self.desk.owed();
        self.hear(at, Event::Outbox(owed));
        self.hear(at, Event::Nudge);
    }

    /// Something new, a supplement, or what stands in quarantine, mended.
    fn hand_in(&mut self, at: usize) {
        let may = |at: &usize| self.desk.may_hand_in(u8::try_from(*at).unwrap_or(0));
        let open: Vec<usize> = (0..self.natures.len()).filter(may).collect();
        if open.is_empty() {
            return;
        }
        let at = open[at % open.len()];
        let nature = self.natures[at];
        if self.desk.hand_in(u8::try_from(at).unwrap_or(0), nature) == Ok(true) {
            self.tally.handed_in += 1;
            self.nudge(0);
        }
    }

    pub(super) fn send_again(&mut self, at: usize) {
        let at = u8::try_from(at % self.natures.len()).unwrap_or(0);
        if self.desk.send_again(at) == Ok(true) {
            self.nudge(0);
        }
    }

    fn take_back(&mut self, at: usize) {
        let at = u8::try_from(at % self.natures.len()).unwrap_or(0);
        if self.desk.take_back(at) == Ok(true) {
            self.nudge(0);
        }
    }

    /// A manifest does not get as far as the line. A program that shares its directory with another one does not know
    /// what that one sent.
    fn no_connection(&mut self, at: usize) {
        let alone = self.workers.len() == 1;
        let once = |id: u64| self.network.requests.iter().filter(|(other, _)| *other == id).count() == 1;
        let untouched = |id: u64| !self.jobs.iter().any(|job| job.call == id) && once(id);
        let calls = self.network.calls.iter().filter(|call| call.open && alone && untouched(call.id));
        let calls: Vec<(u64, Option<Task>)> = calls
            .filter_map(|call| match call.asked {
                Effect::PostManifest { task, .. } => Some((call.id, call.first.then_some(task))),
                _ => None,
            })
            .collect();
        let Some((id, first)) = calls.get(at % calls.len().max(1)).copied() else { return };
        self.network.requests.retain(|(other, _)| *other != id);
        if let Some(task) = first {
            self.desk.nothing_left(task);
        }
        self.silence(id, true);
    }

    /// A person changes an application whose revision is on its way. The store refuses.
    fn edit_during_send(&mut self, at: usize) {
        let at = u8::try_from(at % self.natures.len()).unwrap_or(0);
        let task = self.desk.disk.outbox.values().find(|row| row.task.application == id_of(at));
        if let Some(task) = task.filter(|row| row.quarantine.is_none()).map(|row| row.task) {
            if self.desk.broken == super::Broken::DeskEditsDuringSend {
                self.desk.freeze_anew(task, false);
            } else {
                let refused = self.desk.hand_in(at, Nature::Fine);
                assert_eq!(refused, Ok(false), "what is on its way can be changed");
            }
        }
    }

    /// A request goes all the way and its answer back.
    pub(super) fn go(&mut self, id: u64, ask: Ask) {
        let mut job = Job::new(id, ask);
        let answer = loop {
            if let Some(answer) = self.office.serve(&mut job) {
                break answer;
            }
        };
        if let Answer::Posted(protocol::SubmissionReply::Complete { receipt }) = &answer {
            self.remember_receipt(receipt);
        }
        self.note(|| format!("    office answers {}", super::said(&answer)));
        self.deliver(id, answer);
    }

    fn end_call(&mut self, at: usize, for_ever: bool) {
        let open: Vec<u64> = self.network.calls.iter().filter(|call| call.open).map(|call| call.id).collect();
        if !open.is_empty() {
            self.silence(open[at % open.len()], for_ever);
        }
    }

    /// A byte is turned. Of a document the office notices; anything else does not survive TLS or JSON.
    fn damage(&mut self, at: usize) {
        let Some((id, ask)) = take(&mut self.network.requests, at) else { return };
        if let Ask::Put { sha256, bytes, rest } = ask {
            self.witness.damaged += 1;
            let bytes = bytes.replacen(' ', "\0", 1).into();
            self.network.requests.push((id, Ask::Put { sha256, bytes, rest }));
        } else {
            self.silence(id, true);
        }
    }

    fn forge(&mut self, at: usize) {
        let Some((id, ask)) = take(&mut self.network.requests, at) else { return };
        let mut job = Job::new(id, ask);
        let answer = loop {
            if let Some(answer) = self.office.serve(&mut job) {
                break answer;
            }
        };
        let Answer::Posted(protocol::SubmissionReply::Complete { receipt }) = answer else {
            return self.deliver(id, answer);
        };
        self.remember_receipt(&receipt);
        self.witness.forged += 1;
        let receipt = Box::new(papers::forged(&receipt));
        self.deliver(id, Answer::Posted(protocol::SubmissionReply::Complete { receipt }));
    }

    fn answer_instead(&mut self, id: u64, ask: &Ask, status: u16) {
        // The office speaks of cursors to those alone who ask the feed.
        let status = if status == 410 && !matches!(ask, Ask::Feed { .. }) { 500 } else { status };
        self.deliver(id, Answer::Failed(trouble(status)));
    }
}

fn take<T>(from: &mut Vec<T>, at: usize) -> Option<T> {
    if from.is_empty() { None } else { Some(from.remove(at % from.len())) }
}
