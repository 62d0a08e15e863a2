//! I1 to I8, Q (what is set aside has a cause) and R (only what the office lost goes again), checked against everything that is durable, after every act.

use std::{collections::BTreeMap, rc::Rc};

use protocol::{ApplicationId, ContentHash, ProblemCode, Receipt, Status, TimelineEntry};
use sync::{Reason, Refused, Task};

use super::{
    World,
    desk::{Disk, Owed, code_of, index_of},
    office::{Rows, place},
    papers::{self, Nature},
};

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// `I1` to `I8`; `Q` where something stands in quarantine without a cause, `L` where something owed does not
    /// arrive although nothing stands in its way, `R` where something goes again that the office has, `panic`.
    pub(crate) invariant: &'static str,
    pub(crate) what: String,
}

/// What was seen so far, to compare with.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    /// Every receipt that left the office.
    pub(crate) said: BTreeMap<Task, Rc<Receipt>>,
    /// Damaged requests and forged answers, so that what follows from them has a cause.
    pub(crate) damaged: u32,
    pub(crate) forged: u32,
    pub(crate) two_workers: bool,
    /// How often the office came back from a backup.
    restores: u32,
    /// What had happened to each application at the offices that were lost.
    happened: BTreeMap<ApplicationId, Vec<Vec<TimelineEntry>>>,
    /// The key of every hand-in.
    keys: BTreeMap<(Task, u32), u128>,
    /// Every receipt that is kept at the desk.
    kept: BTreeMap<Task, Rc<Receipt>>,
    keys_at_office: BTreeMap<u128, ContentHash>,
    complete: BTreeMap<Task, ContentHash>,
    handed_in: BTreeMap<u64, (u128, ContentHash)>,
    timelines: BTreeMap<ApplicationId, Vec<TimelineEntry>>,
    heard: BTreeMap<ApplicationId, Vec<TimelineEntry>>,
    outbox: BTreeMap<u64, Owed>,
}

type Checked = Result<(), Violation>;

fn broken(invariant: &'static str, what: impl Into<String>) -> Checked {
    Err(Violation { invariant, what: what.into() })
}

impl Witness {
    /// What was acknowledged since the backup is lost with the disk; from here on the restored office is held to its
    /// word, and the desk to what it has receipts for.
    pub(super) fn office_came_back(&mut self, lost: &Rows, rows: &Rows) {
        self.restores += 1;
        for (id, case) in &lost.cases {
            self.happened.entry(*id).or_default().push(case.timeline.clone());
        }
        let receipt = |task: &Task| rows.revisions.get(task)?.receipt.as_ref();
        self.said.retain(|task, said| receipt(task) == Some(&*said));
        self.complete.retain(|task, _| receipt(task).is_some());
        self.timelines = rows.cases.iter().map(|(id, case)| (*id, case.timeline.clone())).collect();
    }

    fn may_step_aside(&self, task: Task, disk: &Disk) -> bool {
        (self.restores > 0 || self.two_workers) && task.revision > 1 && disk.revisions.contains_key(&task)
    }
}

impl World {
    pub(super) fn check(&mut self) -> Checked {
        let (rows, disk) = (&self.office.rows, &self.desk.disk);
        acknowledged_is_there(rows, &self.witness)?;
        one_key_one_application(rows, disk, &mut self.witness)?;
        complete_means_complete(rows)?;
        cursor_covers_what_is_kept(self.office.epoch, rows, disk)?;
        status_moves_forward(rows, disk, &mut self.witness)?;
        outbox_shrinks_for_receipts_only(rows, disk, &mut self.witness)?;
        quarantine_has_a_cause(rows, disk, &self.witness)?;
        only_what_is_lost_goes_again(rows, disk, &mut self.witness)
    }
}

/// I1.
fn acknowledged_is_there(rows: &Rows, witness: &Witness) -> Checked {
    for (task, said) in &witness.said {
        match rows.revisions.get(task).and_then(|row| row.receipt.as_ref()) {
            Some(kept) if kept == said => {}
            Some(_) => return broken("I2", format!("{task:?} was receipted twice, differently")),
            None => return broken("I1", format!("{task:?} was acknowledged and is not there")),
        }
    }
    Ok(())
}

/// I2, at both ends: a key stands for one content, a hand-in goes under one key, what is complete never changes,
/// an application has one number.
fn one_key_one_application(rows: &Rows, disk: &Disk, witness: &mut Witness) -> Checked {
    for (key, hash) in &rows.keys {
        if witness.keys_at_office.entry(*key).or_insert(*hash) != hash {
            return broken("I2", format!("key {key} stands for two contents at the office"));
        }
    }
    for (task, row) in rows.revisions.iter().filter(|(_, row)| row.receipt.is_some()) {
        if *witness.complete.entry(*task).or_insert(row.paper.hash) != row.paper.hash {
            return broken("I2", format!("{task:?} was complete and changed"));
        }
    }
    let mut numbers: Vec<_> = rows.cases.values().filter_map(|case| case.number.as_ref()).collect();
    let issued = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() != issued {
        return broken("I2", "two applications have one number");
    }
    if let Some(id) = rows.cases.keys().find(|id| !disk.applications.contains_key(&index_of(**id))) {
        return broken("I2", format!("the office has {id}, which nobody handed in"));
    }
    for (at, row) in &disk.outbox {
        let Some(frozen) = disk.revisions.get(&row.task) else {
            return broken("I7", format!("{:?} is owed and not there", row.task));
        };
        let now = (row.key, frozen.paper.hash);
        if *witness.handed_in.entry(*at).or_insert(now) != now {
            return broken("I2", format!("{:?} goes under another key or content than before", row.task));
        }
    }
    Ok(())
}

/// I3.
fn complete_means_complete(rows: &Rows) -> Checked {
    for (task, row) in rows.revisions.iter().filter(|(_, row)| row.receipt.is_some()) {
        for (hash, bytes) in &row.paper.blobs {
            if !rows.held.contains_key(hash) || rows.blobs.get(hash) != Some(bytes) {
                return broken("I3", format!("{task:?} counts as complete without {hash}"));
            }
        }
    }
    Ok(())
}

/// I4.
fn cursor_covers_what_is_kept(epoch: u32, rows: &Rows, disk: &Disk) -> Checked {
    // One of another epoch covers nothing here.
    let cursor = place(&disk.cursor).filter(|(of, _)| *of == epoch).map_or(0, |(_, position)| position);
    for (id, case) in rows.cases.iter().filter(|(_, case)| case.feed_seq <= cursor && case.feed_seq > 0) {
        let kept = disk.cases.get(id).map_or(0, |kept| kept.timeline.len());
        if kept < case.timeline.len() {
            return broken(
                "I4",
                format!("the cursor is at {cursor}, and {id} is not kept as of {}", case.feed_seq),
            );
        }
    }
    Ok(())
}

/// I5, at the office and as the desk shows it.
fn status_moves_forward(rows: &Rows, disk: &Disk, witness: &mut Witness) -> Checked {
    for (id, case) in &rows.cases {
        let before = witness.timelines.entry(*id).or_default();
        if before.len() == case.timeline.len() {
            continue;
        }
        let mut last = before.last().map(|entry| entry.status);
        for entry in case.timeline.iter().skip(before.len()) {
            let allowed = match last {
                None => entry.status == Status::Submitted,
                Some(last) => last.may_become(entry.status),
            };
            if !allowed {
                return broken("I5", format!("{id} went from {last:?} to {:?}", entry.status));
            }
            last = Some(entry.status);
        }
        before.clone_from(&case.timeline);
    }
    for (id, case) in &disk.cases {
        let before = witness.heard.entry(*id).or_default();
        if before.len() != case.timeline.len() {
            // An office that came back from a backup takes its word back, and the desk shows that.
            let at_office = rows.cases.get(id).map(|case| &case.timeline);
            let mut offices = at_office.into_iter().chain(witness.happened.get(id).into_iter().flatten());
            let true_once = witness.restores > 0 && offices.any(|known| known.starts_with(&case.timeline));
            if !case.timeline.starts_with(before) && !true_once {
                return broken("I5", format!("the desk shows {id} as it was before"));
            }
            before.clone_from(&case.timeline);
        }
    }
    Ok(())
}

/// I7, and that nothing is called 已提交 without a receipt.
fn outbox_shrinks_for_receipts_only(rows: &Rows, disk: &Disk, witness: &mut Witness) -> Checked {
    let before = std::mem::take(&mut witness.outbox);
    for (at, row) in before.iter().filter(|(at, _)| !disk.outbox.contains_key(at)) {
        let task = row.task;
        let receipted = disk.revisions.get(&task).is_some_and(|frozen| {
            let proven =
                frozen.receipt.as_ref().is_some_and(|receipt| papers::proves(receipt, &frozen.paper));
            let there = rows.revisions.get(&task).is_some_and(|row| row.paper.hash == frozen.paper.hash);
            proven && (there || witness.restores > 0)
        });
        let replaced =
            row.quarantine.is_some() && disk.outbox.iter().any(|(then, row)| then > at && row.task == task);
        let closed = disk.cases.get(&task.application).is_some_and(|case| case.status.is_final());
        // What comes before it goes first, or it waits to be asked for again.
        let steps_aside = witness.may_step_aside(task, disk);
        let taken_back = !row.left && disk.taken_back.contains(at);
        if !(receipted || replaced || closed || steps_aside || taken_back) {
            return broken("I7", format!("{task:?} left the outbox without a receipt that proves it"));
        }
    }
    if before != disk.outbox {
        witness.outbox.clone_from(&disk.outbox);
    } else {
        witness.outbox = before;
    }
    for (index, own) in disk.applications.iter().filter(|(_, own)| own.revision > 0) {
        let task = Task { application: papers::id_of(*index), revision: own.revision };
        let owed = disk.outbox.values().any(|row| row.task == task);
        let receipted = disk.revisions.get(&task).is_some_and(|frozen| frozen.receipt.is_some());
        let closed = disk.cases.get(&task.application).is_some_and(|case| case.status.is_final());
        if !owed && !receipted && !closed && !witness.may_step_aside(task, disk) {
            return broken("I7", format!("{task:?} is neither owed nor receipted"));
        }
        let on_its_way = [Status::AwaitingUpload, Status::Uploading, Status::Quarantined];
        if owed && !on_its_way.contains(&own.status) {
            return broken("I7", format!("{task:?} is called {:?} before its receipt", own.status));
        }
    }
    Ok(())
}

/// Q.
fn quarantine_has_a_cause(rows: &Rows, disk: &Disk, witness: &Witness) -> Checked {
    for row in disk.outbox.values() {
        let (Some(reason), Some(frozen)) = (&row.quarantine, disk.revisions.get(&row.task)) else { continue };
        let own = disk.applications.get(&index_of(row.task.application));
        let unmended = own.filter(|own| own.content == 0 || witness.two_workers).map(|own| own.nature);
        let office = rows.revisions.get(&row.task);
        let other = office.is_some_and(|office| office.paper.hash != frozen.paper.hash);
        let case = rows.cases.get(&row.task.application);
        // What the office of before refused for a reason of its own.
        let restored = witness.restores > 0;
        let cause = match (code_of(reason), reason) {
            (Some(ProblemCode::NotReady), _) => unmended == Some(Nature::Faulty),
            (Some(ProblemCode::UnfitDocument), _) => unmended == Some(Nature::Unfit),
            (Some(ProblemCode::HashMismatch), _) => witness.damaged > 1,
            // Two programs: one hears late what became of content that was mended since and that the other one sends.
            (Some(ProblemCode::Conflict), _) => other || witness.two_workers || restored,
            (Some(ProblemCode::SupplementExpired), _) => {
                restored || case.is_some_and(|case| case.status == Some(Status::SupplementExpired))
            }
            (Some(ProblemCode::StaleRevision), _) => {
                restored || case.is_some_and(|case| case.newest >= row.task.revision)
            }
            // A replaced revision may be completed by its own key, which comes late: then the receipt is true,
            // but of other content.
            (None, Reason::Desk(Refused::UnprovenReceipt)) => witness.forged > 0 || other || restored,
            // One program looks for a file of what the other one has put aside and a person has mended since.
            (None, Reason::Desk(Refused::UnreadableHere)) => witness.two_workers,
            _ => false,
        };
        if !cause {
            return broken("Q", format!("{:?} stands aside without a cause: {reason:?}", row.task));
        }
    }
    Ok(())
}

/// R, and I2 of what goes again: under the key under which it went before.
fn only_what_is_lost_goes_again(rows: &Rows, disk: &Disk, witness: &mut Witness) -> Checked {
    let receipt = |task: &Task| disk.revisions.get(task)?.receipt.as_ref();
    for (task, before) in witness.kept.iter().filter(|(task, _)| receipt(task).is_none()) {
        let there = rows.revisions.get(task).and_then(|row| row.receipt.as_ref());
        if there == Some(before) && !witness.two_workers {
            return broken("R", format!("{task:?} goes again, and the office has it"));
        }
    }
    let kept =
        disk.revisions.iter().filter_map(|(task, frozen)| Some((*task, Rc::clone(frozen.receipt.as_ref()?))));
    witness.kept = kept.collect();
    for row in disk.outbox.values() {
        // Whatever a person mends is another hand-in.
        let content = disk.applications.get(&index_of(row.task.application)).map_or(0, |own| own.content);
        if *witness.keys.entry((row.task, content)).or_insert(row.key) != row.key {
            return broken("I2", format!("{:?} goes under another key than before", row.task));
        }
    }
    Ok(())
}
