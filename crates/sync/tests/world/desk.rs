//! What a desk keeps on its disk, by the rules of `store`: what is frozen never changes, a row of the outbox goes
//! only with a proven receipt, cursor and changes go together. Every write asks for room first.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use protocol::{ApplicationId, CaseState, FeedPage, ProblemCode, Receipt, Status};
use sync::{KeepFailure, Reason, Task};

use super::{
    mutants::Broken,
    papers::{self, Draft, Nature, Paper, id_of},
};

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Owed {
    pub(crate) task: Task,
    pub(crate) key: u128,
    pub(crate) quarantine: Option<Reason>,
    started: bool,
    /// It may have left the desk.
    pub(crate) left: bool,
}

/// A frozen revision.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frozen {
    pub(crate) paper: Rc<Paper>,
    /// Under which it goes for ever.
    key: u128,
    pub(crate) receipt: Option<Rc<Receipt>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Application {
    pub(crate) nature: Nature,
    /// How often it was mended.
    pub(crate) content: u32,
    pub(crate) revision: u32,
    pub(crate) status: Status,
}

/// What is on the disk.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Disk {
    pub(crate) account_open: bool,
    pub(crate) cursor: String,
    pub(crate) cases: BTreeMap<ApplicationId, CaseState>,
    /// Those of them that the office named since its feed was begun from the beginning.
    named: BTreeSet<ApplicationId>,
    /// The feed was read to its end since it was begun from the beginning.
    pub(crate) read_to_end: bool,
    pub(crate) outbox: BTreeMap<u64, Owed>,
    pub(crate) revisions: BTreeMap<Task, Frozen>,
    pub(crate) applications: BTreeMap<u8, Application>,
    /// Rows of the outbox that a person took back.
    pub(crate) taken_back: BTreeSet<u64>,
    /// Nothing of the kind is kept; one of the mistakes keeps it.
    pub(crate) lease: Option<Task>,
    next_row: u64,
    next_key: u128,
}

#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) disk: Disk,
    pub(crate) disk_full: bool,
    /// The disk is full after so many more writes.
    pub(crate) room_for: Option<u32>,
    /// The wall clock, in days.
    pub(crate) day: i64,
    pub(crate) broken: Broken,
}

pub(crate) fn index_of(application: ApplicationId) -> u8 {
    u8::try_from(application.0.as_u128().saturating_sub(1)).unwrap_or(u8::MAX)
}

impl Desk {
    fn write(&mut self) -> Result<(), KeepFailure> {
        self.disk_full |= self.room_for == Some(0);
        self.room_for = self.room_for.map(|left| left.saturating_sub(1));
        if !self.disk_full {
            return Ok(());
        }
        if self.broken == Broken::DeskWritesHalf {
            self.disk.next_row += 1;
        }
        Err(KeepFailure::Disk)
    }

    /// What is owed and not in quarantine, oldest first.
    pub(crate) fn owed(&self) -> Vec<Task> {
        let rows = self.disk.outbox.values().filter(|row| row.quarantine.is_none()).map(|row| row.task);
        match self.broken {
            Broken::DeskQueuesBehindTheFirst => rows.take(1).collect(),
            Broken::DeskBelievesOldLeases => rows.filter(|task| self.disk.lease != Some(*task)).collect(),
            _ => rows.collect(),
        }
    }

    pub(crate) fn row(&self, task: Task) -> Option<(u64, &Owed)> {
        self.disk.outbox.iter().find(|(_, row)| row.task == task).map(|(at, row)| (*at, row))
    }

    /// Changes with what is owed.
    pub(crate) fn rows(&self) -> (Vec<u64>, u64) {
        (self.disk.outbox.keys().copied().collect(), self.disk.next_row)
    }

    fn row_of(&self, index: u8) -> Option<u64> {
        let id = id_of(index);
        self.disk.outbox.iter().find(|(_, row)| row.task.application == id).map(|(at, _)| *at)
    }

    pub(crate) fn may_hand_in(&self, index: u8) -> bool {
        let editable = [Status::Draft, Status::SupplementNeeded, Status::Quarantined];
        self.disk.applications.get(&index).is_none_or(|own| editable.contains(&own.status))
    }

    /// A person hands in what is new, was asked for or stands in quarantine. Refused where something of it is on
    /// its way: what was handed in never changes.
    pub(crate) fn hand_in(&mut self, index: u8, nature: Nature) -> Result<bool, KeepFailure> {
        let new = Application { nature, content: 0, revision: 0, status: Status::Draft };
        let mut application = self.disk.applications.get(&index).cloned().unwrap_or(new);
        if !self.may_hand_in(index) {
            return Ok(false);
        }
        self.write()?;
        let aside = self.row_of(index).and_then(|at| self.disk.outbox.remove(&at));
        if let Some(Owed { task, .. }) = aside {
            // With what was to follow it.
            self.disk.revisions.retain(|known, frozen| {
                known.application != task.application
                    || known.revision < task.revision
                    || frozen.receipt.is_some()
            });
            application.revision = task.revision;
        } else {
            application.revision += 1;
        }
        if application.revision > 1 || application.status == Status::Quarantined {
            application.content += 1;
        }
        application.status = Status::AwaitingUpload;
        let task = Task { application: id_of(index), revision: application.revision };
        self.disk.next_row += 1;
        self.disk.next_key += 1;
        self.freeze(task, &application, index, self.disk.next_key);
        let row = Owed { task, key: self.disk.next_key, quarantine: None, started: false, left: false };
        self.disk.outbox.insert(self.disk.next_row, row);
        self.disk.applications.insert(index, application);
        Ok(true)
    }

    /// Before the first byte of a manifest goes; whether it had not left before.
    pub(crate) fn leave(&mut self, task: Task) -> Result<bool, KeepFailure> {
        let Some((at, row)) = self.row(task) else { return Ok(false) };
        if row.left {
            return Ok(false);
        }
        self.write()?;
        if let Some(row) = self.disk.outbox.get_mut(&at) {
            row.left = true;
        }
        Ok(true)
    }

    /// Nobody was there to connect to.
    pub(crate) fn nothing_left(&mut self, task: Task) {
        let Some((at, _)) = self.row(task) else { return };
        if self.write().is_ok()
            && let Some(row) = self.disk.outbox.get_mut(&at)
        {
            row.left = false;
        }
    }

    /// A person takes back what never left: it is owed no longer, and can be changed.
    pub(crate) fn take_back(&mut self, index: u8) -> Result<bool, KeepFailure> {
        let Some(newest) = self.disk.applications.get(&index).map(|own| own.revision) else {
            return Ok(false);
        };
        let Some(at) = self.row_of(index) else { return Ok(false) };
        let Some(row) = self.disk.outbox.get(&at).cloned() else { return Ok(false) };
        let gone = row.left && self.broken != Broken::DeskTakesBackWhatLeft;
        if gone || row.started || row.quarantine.is_some() || row.task.revision != newest {
            return Ok(false);
        }
        self.write()?;
        self.disk.outbox.remove(&at);
        self.disk.taken_back.insert(at);
        self.disk.revisions.remove(&row.task);
        if let Some(own) = self.disk.applications.get_mut(&index) {
            own.revision -= 1;
            own.content += 1;
        }
        self.settle(id_of(index));
        Ok(true)
    }

    fn freeze(&mut self, task: Task, application: &Application, index: u8, key: u128) {
        let receipted = |frozen: &(&Task, &Frozen)| {
            frozen.0.application == task.application && frozen.1.receipt.is_some()
        };
        let parent = self.disk.revisions.iter().rfind(receipted);
        let paper = papers::paper(Draft {
            application: index,
            nature: application.nature,
            revision: task.revision,
            parent: parent.map(|(_, frozen)| frozen.paper.hash),
            content: application.content,
            day: self.day,
        });
        self.disk.revisions.insert(task, Frozen { paper, key, receipt: None });
    }

    /// One of the mistakes.
    pub(crate) fn freeze_anew(&mut self, task: Task, other_key: bool) {
        let index = index_of(task.application);
        let Some(mut application) = self.disk.applications.get(&index).cloned() else { return };
        let Some((at, row)) = self.row(task) else { return };
        let before = row.key;
        application.content += 1;
        self.disk.next_key += 1;
        let key = if other_key { self.disk.next_key } else { before };
        self.freeze(task, &application, index, key);
        self.disk.applications.insert(index, application);
        if let Some(row) = self.disk.outbox.get_mut(&at) {
            row.key = key;
        }
    }

    /// The way out of quarantine without changing anything.
    pub(crate) fn send_again(&mut self, index: u8) -> Result<bool, KeepFailure> {
        let Some(at) = self.row_of(index) else { return Ok(false) };
        self.write()?;
        let Some(row) = self.disk.outbox.get_mut(&at) else { return Ok(false) };
        let was = row.quarantine.take().is_some();
        self.settle(id_of(index));
        Ok(was)
    }

    pub(crate) fn mark_uploading(&mut self, task: Task) -> Result<(), KeepFailure> {
        self.write()?;
        let mut rows = self.disk.outbox.values_mut();
        let Some(row) = rows.find(|row| row.task == task && row.quarantine.is_none() && !row.started) else {
            return Ok(());
        };
        row.started = true;
        self.settle(task.application);
        Ok(())
    }

    pub(crate) fn quarantine(&mut self, task: Task, reason: Reason) -> Result<(), KeepFailure> {
        if self.broken == Broken::DeskDropsWhatIsRefused {
            return Ok(());
        }
        self.write()?;
        if let Some(row) = self.disk.outbox.values_mut().find(|row| row.task == task) {
            row.quarantine = Some(reason);
            row.started = false;
        }
        self.settle(task.application);
        Ok(())
    }

    pub(crate) fn keep_receipt(&mut self, task: Task, receipt: &Receipt) -> Result<(), KeepFailure> {
        let frozen = self.disk.revisions.get(&task).ok_or(KeepFailure::Unproven)?;
        if self.broken != Broken::DeskBelievesAnyReceipt && !papers::proves(receipt, &frozen.paper) {
            return Err(KeepFailure::Unproven);
        }
        self.write()?;
        if let Some(frozen) = self.disk.revisions.get_mut(&task) {
            frozen.receipt = Some(Rc::new(receipt.clone()));
        }
        self.disk.outbox.retain(|_, row| row.task != task);
        self.bring_in_turn(task.application);
        self.settle(task.application);
        Ok(())
    }

    pub(crate) fn keep_feed(&mut self, page: &FeedPage, last: bool) -> Result<(), KeepFailure> {
        if self.broken == Broken::DeskMovesCursorFirst {
            self.disk.cursor.clone_from(&page.cursor);
        }
        self.write()?;
        for case in &page.changes {
            let known = self.disk.cases.get(&case.application);
            let longer = known.is_some_and(|known| known.timeline.len() > case.timeline.len());
            if longer && self.disk.named.contains(&case.application) {
                continue;
            }
            self.disk.cases.insert(case.application, case.clone());
            self.disk.named.insert(case.application);
            if self.disk.applications.get(&index_of(case.application)).is_some_and(|own| own.revision > 0) {
                self.bring_in_turn(case.application);
                self.settle(case.application);
            }
        }
        self.disk.cursor.clone_from(&page.cursor);
        if (last || self.broken == Broken::DeskComparesTooEarly) && !self.disk.read_to_end {
            self.disk.read_to_end = true;
            if self.broken != Broken::DeskBelievesOldReceipts {
                self.owe_what_was_not_named();
            }
        }
        Ok(())
    }

    /// The feed was read from its beginning to its end: what was receipted and not named there is owed again, unless
    /// it is closed.
    fn owe_what_was_not_named(&mut self) {
        let named = self.disk.named.clone();
        self.disk.cases.retain(|id, case| named.contains(id) || case.status.is_final());
        let ours = self.disk.applications.iter().filter(|(_, own)| own.revision > 0);
        for id in ours.map(|(index, _)| id_of(*index)).collect::<Vec<_>>() {
            let case = self.disk.cases.get(&id);
            if case.is_some_and(|case| case.status.is_final()) {
                continue;
            }
            let known = case.map_or(0, |case| case.revision);
            let of_it = self.disk.revisions.iter_mut().filter(|(task, _)| task.application == id);
            for (_, frozen) in of_it.filter(|(task, _)| task.revision > known) {
                frozen.receipt = None;
            }
            self.bring_in_turn(id);
            self.settle(id);
        }
    }

    /// The first revision without a receipt is what is owed; a supplement only while the office asks for it.
    fn bring_in_turn(&mut self, id: ApplicationId) {
        let case = self.disk.cases.get(&id);
        let (known, status) = (case.map_or(0, |case| case.revision), case.map(|case| case.status));
        let Some(first) = self.first_without_receipt(id).filter(|first| *first <= known + 1) else { return };
        if status.is_some_and(Status::is_final) {
            return;
        }
        let task = Task { application: id, revision: first };
        let row = self.row_of(index_of(id)).and_then(|at| self.disk.outbox.get(&at));
        let out_of_turn = [ProblemCode::StaleRevision, ProblemCode::SupplementExpired];
        let refused = row.and_then(|row| code_of(row.quarantine.as_ref()?));
        let again = refused.is_some_and(|code| out_of_turn.contains(&code));
        let there = first <= known;
        let in_turn = row.is_some_and(|row| row.task == task) && (there || !again);
        let asked = there || first == 1 || status == Some(Status::SupplementNeeded);
        if in_turn && asked {
            return;
        }
        self.disk.outbox.retain(|_, row| row.task.application != id);
        if let Some(frozen) = self.disk.revisions.get(&task).filter(|_| asked) {
            let mut key = frozen.key;
            if self.broken == Broken::DeskResendsUnderAnotherKey {
                self.disk.next_key += 1;
                key = self.disk.next_key;
            }
            self.disk.next_row += 1;
            // Whatever the office lost had left.
            let row = Owed { task, key, quarantine: None, started: false, left: true };
            self.disk.outbox.insert(self.disk.next_row, row);
        }
    }

    fn first_without_receipt(&self, id: ApplicationId) -> Option<u32> {
        let mut of_it = self.disk.revisions.iter().filter(|(task, _)| task.application == id);
        of_it.find(|(_, frozen)| frozen.receipt.is_none()).map(|(task, _)| task.revision)
    }

    /// Whether a supplement of it waits to be asked for again.
    pub(crate) fn waits(&self, index: u8) -> bool {
        self.row_of(index).is_none() && self.first_without_receipt(id_of(index)).is_some()
    }

    pub(crate) fn forget_cursor(&mut self) {
        if self.write().is_ok() {
            self.disk.cursor.clear();
            self.disk.named.clear();
            self.disk.read_to_end = false;
        }
    }

    /// The status that follows from what is owed and what the office said, as `store` derives it.
    fn settle(&mut self, id: ApplicationId) {
        let index = index_of(id);
        let row = self.row_of(index).and_then(|at| self.disk.outbox.get(&at));
        let owed = row.map(|row| (row.started, row.quarantine.is_some()));
        let case = self.disk.cases.get(&id).cloned();
        let newest = match self.first_without_receipt(id) {
            Some(first @ 2..) if owed.is_none() => first - 1,
            _ => self.disk.applications.get(&index).map_or(0, |own| own.revision),
        };
        let status = match (owed, case) {
            (Some((_, true)), Some(case)) if case.status.is_final() => {
                self.disk.outbox.retain(|_, row| row.task.application != id);
                case.status
            }
            (Some((_, true)), _) => Status::Quarantined,
            (Some((true, false)), _) => Status::Uploading,
            (Some((false, false)), _) => Status::AwaitingUpload,
            (None, Some(case)) if case.revision >= newest || case.status.is_final() => case.status,
            (None, _) if newest == 0 => Status::Draft,
            (None, _) => Status::Submitted,
        };
        if let Some(own) = self.disk.applications.get_mut(&index) {
            own.status = status;
        }
    }

    /// The code with which the office refused what stands in quarantine.
    pub(crate) fn refused_with(&self, index: u8) -> Option<&Reason> {
        self.row_of(index).and_then(|at| self.disk.outbox.get(&at)?.quarantine.as_ref())
    }
}

pub(crate) const fn code_of(reason: &Reason) -> Option<ProblemCode> {
    match reason {
        Reason::Office(problem) => Some(problem.code),
        Reason::Desk(_) => None,
    }
}
