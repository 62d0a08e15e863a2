//! When the faults stop: everything owed arrives within a bounded number of steps, without anybody pressing
//! anything, except where something stands in quarantine and says so.

use protocol::{ProblemCode, Status};
use sync::{Event, Network, Reason};

use super::{Nature, World, desk::code_of, invariants::Violation, network::Ask, papers::id_of};

/// Steps within which everything arrives. The longest way is some dozens of requests; a machine that turns in a
/// circle takes for ever.
const STEPS: u32 = 2_000;
/// How often a person tries the way out of quarantine.
const TRIES: u8 = 4;

impl World {
    /// First only the office's own mistakes stay: whatever it breaks over holds up nobody else. Then those are
    /// mended, too.
    pub(crate) fn heal(&mut self) -> Result<(), Violation> {
        self.note(|| "faults stop".into());
        self.desk.disk_full = false;
        self.office.disk_full = false;
        self.office.most_unfinished = None;
        (self.desk.room_for, self.office.room_for) = (None, None);
        let mut tries = vec![0; self.natures.len()];
        for worker in 0..self.workers.len() {
            self.workers[worker].dies_after = None;
            self.hear(worker, Event::Network(Network::Free));
        }
        for mended in [false, true] {
            self.note(|| format!("office mended: {mended}"));
            self.office.buggy = !mended;
            let mut left = STEPS;
            while let Some(waiting) = self.unsettled(mended) {
                if left == 0 {
                    let what = format!("application {waiting} did not arrive in {STEPS} steps");
                    return Err(Violation { invariant: "L", what });
                }
                left -= 1;
                self.reviewer_asks_again();
                if !self.person_helps(&mut tries) {
                    self.go_on();
                }
                self.check()?;
            }
        }
        for (task, _) in self.desk.disk.revisions.iter().filter(|(_, frozen)| frozen.receipt.is_some()) {
            self.tally.receipted += 1;
            self.tally.supplements += u64::from(task.revision > 1);
        }
        Ok(())
    }

    /// The next thing that happens where nothing goes wrong.
    pub(super) fn go_on(&mut self) {
        if !self.network.answers.is_empty() {
            let (id, answer) = self.network.answers.remove(0);
            return self.deliver(id, answer);
        }
        if !self.jobs.is_empty() {
            return self.serve(0);
        }
        let office = &self.office;
        let held = |ask: &Ask| match ask {
            Ask::Feed { after, wait_seconds } => {
                *wait_seconds > 0 && !office.has_news(after) && office.rows.account
            }
            _ => false,
        };
        if let Some(at) = self.network.requests.iter().position(|(_, ask)| !held(ask)) {
            let (id, ask) = self.network.requests.remove(at);
            return self.go(id, ask);
        }
        // Nothing is under way but polls that the office holds: time passes to whatever comes first.
        let wake = self.workers.iter().filter_map(|worker| worker.wake_at_ms).min();
        let timeout = self.network.calls.iter().filter(|call| call.open).map(|call| call.until_ms).min();
        let poll = self.network.requests.iter().map(|(id, ask)| self.network.held_until_ms(*id, ask)).min();
        if let Some(at_ms) = wake.into_iter().chain(timeout).chain(poll).min() {
            self.pass(at_ms.saturating_sub(self.now_ms));
        }
        // One desk that wakes does not end the poll of another.
        let (over, held): (Vec<_>, Vec<_>) = std::mem::take(&mut self.network.requests)
            .into_iter()
            .partition(|(id, ask)| self.network.held_until_ms(*id, ask) <= self.now_ms);
        self.network.requests = held;
        for (id, ask) in over {
            self.go(id, ask);
        }
    }

    /// Whoever came back from a backup and reviews once more finds the same wanting, in the end.
    fn reviewer_asks_again(&mut self) {
        for index in (0..self.natures.len()).filter_map(|at| u8::try_from(at).ok()) {
            if self.desk.waits(index) {
                self.office.review(id_of(index), Status::SupplementNeeded);
            }
        }
    }

    /// Does what the page says beside an application in 需要处理.
    fn person_helps(&mut self, tries: &mut [u8]) -> bool {
        for (at, tries) in tries.iter_mut().enumerate() {
            let index = u8::try_from(at).unwrap_or(0);
            let Some(reason) = self.desk.refused_with(index).cloned() else { continue };
            if *tries == TRIES {
                continue;
            }
            *tries += 1;
            match (code_of(&reason), &reason) {
                (Some(ProblemCode::NotReady | ProblemCode::UnfitDocument), _) => {
                    if self.desk.hand_in(index, self.natures[at]) == Ok(true) {
                        self.nudge(0);
                    }
                }
                (Some(ProblemCode::HashMismatch | ProblemCode::Conflict), _) | (None, Reason::Desk(_)) => {
                    self.send_again(at);
                }
                _ => continue,
            }
            return true;
        }
        false
    }

    /// The first application that is not where it should be in the end.
    fn unsettled(&self, mended: bool) -> Option<usize> {
        let breaks = [Nature::Breaks, Nature::BreaksOverDocument];
        let settled = |at: usize| {
            let id = id_of(u8::try_from(at).unwrap_or(0));
            let Some(row) = self.desk.disk.outbox.values().find(|row| row.task.application == id) else {
                // Not owed. What the office said of it is known here, and what it receipted there: also where it came
                // back from a backup, unless the case was closed. What that office had only begun to receive it never
                // spoke of.
                let received = self.office.rows.cases.get(&id).filter(|case| case.status.is_some());
                let (office, here) = (received, self.desk.disk.cases.get(&id));
                let closed = here.is_some_and(|here| here.status.is_final());
                if closed && office.is_none() {
                    return true;
                }
                let said = office.map_or(&[][..], |case| &case.timeline[..]);
                return said == here.map_or(&[][..], |case| &case.timeline[..])
                    && (closed || self.receipts_are_true(at));
            };
            if !mended && breaks.contains(&self.natures[at]) {
                return true;
            }
            // What the office has under this revision already, in other words, stays aside and says so.
            let office = self.office.rows.revisions.get(&row.task);
            let ours = self.desk.disk.revisions.get(&row.task).map(|frozen| frozen.paper.hash);
            let other =
                office.is_some_and(|office| office.receipt.is_some() && Some(office.paper.hash) != ours);
            row.quarantine.is_some() && other
        };
        (0..self.natures.len()).find(|at| !settled(*at))
    }

    /// The office has everything that was handed in of it, under the receipts that the desk keeps.
    fn receipts_are_true(&self, at: usize) -> bool {
        let id = id_of(u8::try_from(at).unwrap_or(0));
        let mut of_it = self.desk.disk.revisions.iter().filter(|(task, _)| task.application == id);
        of_it.all(|(task, frozen)| {
            let office = self.office.rows.revisions.get(task).and_then(|row| row.receipt.as_ref());
            frozen.receipt.is_some() && frozen.receipt.as_ref() == office
        })
    }
}
