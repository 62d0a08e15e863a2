//! The way of one application: manifest, documents, manifest again, receipt; or aside, with the reason.

use std::collections::VecDeque;

use protocol::{ContentHash, SubmissionReply};

use super::{Machine, ROUNDS, SILENCED_CAP_MS};
use crate::{
    Effect, Failure, KeepFailure, Reason, Refused, Ticket,
    backoff::Asked,
    state::{Item, Sending, Stage},
    verdict::{Verdict, judge},
};

impl Machine {
    pub(super) fn posted(&mut self, ticket: Ticket, outcome: Result<SubmissionReply, Failure>) {
        let Some((item, Stage::Posting, rounds)) = self.take_item(ticket) else { return };
        match outcome {
            Ok(SubmissionReply::Complete { receipt }) => {
                self.intake_works();
                let ticket = self.state.next_ticket();
                self.effects.push(Effect::KeepReceipt { ticket, task: item.task, receipt });
                self.state.sending = Some(Sending::Item { ticket, item, stage: Stage::Keeping, rounds });
            }
            Ok(SubmissionReply::Missing { missing, .. }) => {
                self.manifest_was_looked_at();
                self.effects.push(Effect::MarkUploading { task: item.task });
                let mut missing = VecDeque::from(missing);
                match missing.pop_front() {
                    Some(first) if rounds < ROUNDS => self.put_next(item, first, missing, rounds, false),
                    _ => self.rest(item, self.state.pace.cap_ms, Asked::default()),
                }
            }
            Err(failure) => match judge(failure) {
                // The application is not this account's, or nothing is at this address: asking at once again
                // does not change it, a mended address does.
                Verdict::StartOver => {
                    self.link_works();
                    self.rest(item, self.state.pace.cap_ms, Asked::default());
                }
                Verdict::Resend(problem) => {
                    self.link_works();
                    self.set_aside(item, Reason::Office(problem));
                }
                verdict => self.item_failed(item, verdict, false),
            },
        }
    }

    /// The office came back from a backup, perhaps. What it was asked before then it may have answered before then, and
    /// a receipt from that time that is kept after the feed was compared would be missed by nobody. So that answer is not
    /// heard; the same question again does no harm.
    pub(super) fn ask_again_under_way(&mut self) {
        match self.state.sending.take() {
            Some(Sending::Item { item, stage: Stage::Posting, .. }) => self.queue_again_first(item),
            other => self.state.sending = other,
        }
    }

    pub(super) fn put(&mut self, ticket: Ticket, outcome: Result<(), Failure>) {
        let Some((mut item, Stage::Putting { sha256, mut then, whole }, rounds)) = self.take_item(ticket)
        else {
            return;
        };
        match outcome {
            Ok(()) => {
                self.intake_works();
                item.failures = 0;
                match then.pop_front() {
                    Some(next) => self.put_next(item, next, then, rounds, false),
                    None => self.post(item, rounds + 1),
                }
            }
            Err(failure) => match judge(failure) {
                Verdict::Resend(_) if item.resent.insert(sha256) => {
                    self.link_works();
                    self.put_next(item, sha256, then, rounds, whole);
                }
                Verdict::Resend(problem) => {
                    self.link_works();
                    self.set_aside(item, Reason::Office(problem));
                }
                // A beginning stays with the copy of the office that has it, and another one may have answered.
                // Asking for the manifest again would ask the first one again.
                Verdict::SendWhole if !whole => {
                    self.link_works();
                    self.put_next(item, sha256, then, rounds, true);
                }
                // The office forgot the manifest, or wants a beginning of what has none: once more from the start.
                Verdict::StartOver | Verdict::SendWhole if rounds < ROUNDS => {
                    self.link_works();
                    self.post(item, rounds + 1);
                }
                verdict => self.item_failed(item, verdict, true),
            },
        }
    }

    pub(super) fn receipt_kept(&mut self, ticket: Ticket, outcome: Result<(), KeepFailure>) {
        let Some((item, Stage::Keeping, _)) = self.take_item(ticket) else { return };
        match outcome {
            Ok(()) => {
                self.state.room.works();
                self.state.feed.overtaken = true;
            }
            Err(KeepFailure::Unproven) => self.set_aside(item, Reason::Desk(Refused::UnprovenReceipt)),
            // The office has it and answers the same again, once there is room here.
            Err(KeepFailure::Disk) => self.no_room_here(item),
        }
    }

    pub(super) fn was_set_aside(&mut self, ticket: Ticket, outcome: Result<(), KeepFailure>) {
        let Some((item, Stage::SettingAside, _)) = self.take_item(ticket) else { return };
        match outcome {
            Ok(()) => self.state.room.works(),
            Err(_) => self.no_room_here(item),
        }
    }

    /// A disk that refuses one refuses all: everything waits, rather than every application in turn being
    /// answered by the office and not kept.
    fn no_room_here(&mut self, item: Item) {
        self.back_into_the_queue(item);
        self.state.room = self.failed(self.state.room, self.state.pace.cap_ms, Asked::default());
    }

    fn set_aside(&mut self, item: Item, reason: Reason) {
        let ticket = self.state.next_ticket();
        self.effects.push(Effect::Quarantine { ticket, task: item.task, reason });
        self.state.sending = Some(Sending::Item { ticket, item, stage: Stage::SettingAside, rounds: 0 });
    }

    fn item_failed(&mut self, mut item: Item, verdict: Verdict, putting: bool) {
        let pace = self.state.pace;
        match verdict {
            Verdict::Unreachable => {
                // The line worked until now, so it may be this one that silences it: then it waits by itself.
                // Later, it is the line.
                if self.state.link.failures == 0 {
                    let cap_ms = pace.cap_unreachable_ms.max(SILENCED_CAP_MS).min(pace.cap_ms);
                    self.rest(item, cap_ms, Asked::default());
                } else {
                    item.failures = item.failures.saturating_add(1);
                    self.back_into_the_queue(item);
                }
                self.link_fails(true);
            }
            Verdict::Later { asked, blames_item } => {
                self.link_works();
                // The same with an office that stumbles: over the first it may be the application, from the
                // second on it is the office, and the others do not pay for it with waits of their own.
                if blames_item && self.state.intake.failures == 0 {
                    self.rest(item, pace.cap_ms, asked);
                } else {
                    item.failures = item.failures.saturating_add(u32::from(blames_item));
                    self.back_into_the_queue(item);
                }
                self.intake_fails(asked);
                if asked.is_turn() {
                    self.news_give_way();
                }
                self.state.intake_blames_documents = putting;
            }
            // The office has begun what it may of this account's; what is begun, and receipts, are answered meanwhile.
            Verdict::LaterAlone(asked) => {
                self.manifest_was_looked_at();
                self.rest(item, pace.cap_ms, asked);
            }
            Verdict::Reopen => {
                self.queue_again_first(item);
                self.reopen(|state| &mut state.intake);
            }
            Verdict::StartOver | Verdict::SendWhole | Verdict::ForgetCursor => {
                self.link_works();
                self.rest(item, pace.cap_ms, Asked::default());
            }
            Verdict::Resend(problem) => {
                self.link_works();
                self.set_aside(item, Reason::Office(problem));
            }
            Verdict::Poison(reason) => {
                // Where it was this desk that could not read it, nobody was asked.
                if matches!(reason, Reason::Office(_)) {
                    self.intake_works();
                }
                self.set_aside(item, reason);
            }
        }
    }

    /// This item waits by itself; the others go on.
    fn rest(&mut self, mut item: Item, cap_ms: u64, asked: Asked) {
        item.failures = item.failures.saturating_add(1);
        let wait_ms = self.state.pace.wait(item.failures, cap_ms, asked, self.moment.jitter);
        item.not_before_ms = self.moment.now_ms.saturating_add(wait_ms.max(1));
        self.back_into_the_queue(item);
    }

    fn back_into_the_queue(&mut self, item: Item) {
        if item.owed {
            self.state.queue.push_back(item);
        }
    }

    fn queue_again_first(&mut self, item: Item) {
        if item.owed {
            self.state.queue.push_front(item);
        }
    }

    pub(super) fn post(&mut self, item: Item, rounds: u32) {
        let ticket = self.state.next_ticket();
        self.effects.push(Effect::PostManifest { ticket, task: item.task });
        self.state.sending = Some(Sending::Item { ticket, item, stage: Stage::Posting, rounds });
    }

    fn put_next(
        &mut self,
        mut item: Item,
        sha256: ContentHash,
        then: VecDeque<ContentHash>,
        rounds: u32,
        whole: bool,
    ) {
        if self.state.is_sparing() {
            item.held_back = true;
            self.back_into_the_queue(item);
            return;
        }
        let ticket = self.state.next_ticket();
        self.effects.push(Effect::PutBlob { ticket, task: item.task, sha256 });
        let stage = Stage::Putting { sha256, then, whole };
        self.state.sending = Some(Sending::Item { ticket, item, stage, rounds });
    }

    fn intake_works(&mut self) {
        self.link_works();
        self.state.intake.works();
        self.state.intake_blames_documents = false;
    }

    /// While documents are what fails, a manifest that is answered proves nothing: otherwise every application in turn
    /// would have a document refused.
    fn manifest_was_looked_at(&mut self) {
        self.link_works();
        if !self.state.intake_blames_documents {
            self.intake_works();
        }
    }

    /// The item under way, where this ticket is the awaited one. It is out of the state then: whoever takes it
    /// puts it back or lets it go.
    fn take_item(&mut self, ticket: Ticket) -> Option<(Item, Stage, u32)> {
        match self.state.sending.take() {
            Some(Sending::Item { ticket: awaited, item, stage, rounds }) if awaited == ticket => {
                Some((item, stage, rounds))
            }
            other => {
                self.state.sending = other;
                None
            }
        }
    }
}
