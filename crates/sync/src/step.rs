//! One step: what an event changes, then whatever can be begun is begun.

use std::collections::VecDeque;

use protocol::{ContentHash, FeedPage, SubmissionReply};

use crate::{
    Effect, Event, Failure, KeepFailure, Moment, Reason, Refused, State, Task, Ticket,
    state::{Account, Item, Sending, Stage},
    verdict::{Verdict, judge},
};

/// Seconds that the office may hold a poll.
const POLL_SECONDS: u32 = 25;
/// How often to look whether the office is there while nothing is owed and no account is open.
const PROBE_EVERY_MS: u64 = 60_000;
/// An office that does not hold polls is not asked faster than this.
const POLL_AT_MOST_EVERY_MS: u64 = 1_000;
/// Rounds of post, put, post before an office that still wants more is given a rest.
const ROUNDS: u32 = 3;

/// What follows from an event. Total: no event in any state panics or loses anything owed.
#[must_use]
pub fn step(state: State, moment: Moment, event: Event) -> (State, Vec<Effect>) {
    let mut machine = Machine { state, moment, effects: Vec::new() };
    match event {
        Event::Outbox(tasks) => machine.reconcile(&tasks),
        Event::Nudge => machine.hurry(),
        Event::Tick => {}
        Event::Probed { ticket, outcome } => machine.probed(ticket, outcome),
        Event::AccountOpened { ticket, outcome } => machine.opened(ticket, outcome),
        Event::Posted { ticket, outcome } => machine.posted(ticket, outcome),
        Event::BlobPut { ticket, outcome } => machine.put(ticket, outcome),
        Event::ReceiptKept { ticket, outcome } => machine.receipt_kept(ticket, outcome),
        Event::FeedPolled { ticket, outcome } => machine.polled(ticket, outcome),
        Event::FeedKept { ticket, outcome } => machine.feed_kept(ticket, outcome),
    }
    machine.begin_what_can_begin();
    (machine.state, machine.effects)
}

struct Machine {
    state: State,
    moment: Moment,
    effects: Vec<Effect>,
}

impl Machine {
    /// Adds what is new and drops what is no longer owed; what is under way is left alone.
    fn reconcile(&mut self, tasks: &[Task]) {
        self.state.queue.retain(|item| tasks.contains(&item.task));
        let under_way = self.state.sending();
        for task in tasks {
            let known = under_way == Some(*task) || self.state.queue.iter().any(|item| item.task == *task);
            if !known {
                self.state.queue.push_back(Item::new(*task));
            }
        }
    }

    fn hurry(&mut self) {
        self.state.link.not_before_ms = 0;
        self.state.feed.not_before_ms = 0;
        for item in &mut self.state.queue {
            item.not_before_ms = 0;
        }
    }

    fn probed(&mut self, ticket: Ticket, outcome: Result<(), Failure>) {
        if self.take_poll(ticket).is_none() {
            return;
        }
        match outcome.map_err(judge) {
            Ok(()) => {
                self.link_works();
                self.state.feed.not_before_ms = self.moment.now_ms + PROBE_EVERY_MS;
            }
            Err(Verdict::Later { floor_ms, .. }) => self.link_asks_for_patience(floor_ms),
            Err(_) => self.link_fails(),
        }
    }

    fn opened(&mut self, ticket: Ticket, outcome: Result<(), Failure>) {
        if !matches!(self.state.sending, Some(Sending::Opening { ticket: awaited }) if awaited == ticket) {
            return;
        }
        self.state.sending = None;
        match outcome.map_err(judge) {
            Ok(()) => {
                self.link_works();
                self.state.account = Account::Open { proven: false };
            }
            Err(Verdict::Later { floor_ms, .. }) => self.link_asks_for_patience(floor_ms),
            // An office that refuses to open an account is as good as none; it may be mended any time.
            Err(_) => self.link_fails(),
        }
    }

    fn posted(&mut self, ticket: Ticket, outcome: Result<SubmissionReply, Failure>) {
        let Some((item, Stage::Posting, rounds)) = self.take_item(ticket) else { return };
        match outcome {
            Ok(SubmissionReply::Complete { receipt }) => {
                self.answered();
                let ticket = self.state.next_ticket();
                self.effects.push(Effect::KeepReceipt { ticket, task: item.task, receipt });
                self.state.sending = Some(Sending::Item { ticket, item, stage: Stage::Keeping, rounds });
            }
            Ok(SubmissionReply::Missing { missing }) => {
                self.answered();
                self.effects.push(Effect::MarkUploading { task: item.task });
                let mut missing = VecDeque::from(missing);
                match missing.pop_front() {
                    Some(first) if rounds < ROUNDS => self.put_next(item, first, missing, rounds),
                    _ => self.rest(item, None),
                }
            }
            Err(failure) => self.item_failed(item, failure, rounds),
        }
    }

    fn put(&mut self, ticket: Ticket, outcome: Result<(), Failure>) {
        let Some((item, Stage::Putting { sha256, mut then }, rounds)) = self.take_item(ticket) else {
            return;
        };
        match outcome {
            Ok(()) => {
                self.answered();
                match then.pop_front() {
                    Some(next) => self.put_next(item, next, then, rounds),
                    None => self.post(item, rounds + 1),
                }
            }
            Err(failure) => match judge(failure.clone()) {
                Verdict::Resend(_) if !item.resent.contains(&sha256) => {
                    self.answered();
                    let mut item = item;
                    item.resent.insert(sha256);
                    self.put_next(item, sha256, then, rounds);
                }
                _ => self.item_failed(item, failure, rounds),
            },
        }
    }

    fn receipt_kept(&mut self, ticket: Ticket, outcome: Result<(), KeepFailure>) {
        let Some((item, Stage::Keeping, _)) = self.take_item(ticket) else { return };
        match outcome {
            Ok(()) => {}
            Err(KeepFailure::Unproven) => {
                let reason = Reason::Desk(Refused::UnprovenReceipt);
                self.effects.push(Effect::Quarantine { task: item.task, reason });
            }
            // The office has it and answers the same again, once there is room here.
            Err(KeepFailure::Disk) => self.rest(item, None),
        }
    }

    fn polled(&mut self, ticket: Ticket, outcome: Result<FeedPage, Failure>) {
        let Some(asked_ms) = self.take_poll(ticket) else { return };
        let now_ms = self.moment.now_ms;
        match outcome.map_err(judge) {
            Ok(page) => {
                self.answered();
                if page.changes.is_empty() && now_ms.saturating_sub(asked_ms) < POLL_AT_MOST_EVERY_MS {
                    self.state.feed.not_before_ms = now_ms + POLL_AT_MOST_EVERY_MS;
                }
                let ticket = self.state.next_ticket();
                self.state.feed.waiting_for = Some((ticket, now_ms));
                self.effects.push(Effect::KeepFeed { ticket, page: Box::new(page) });
            }
            Err(Verdict::Unreachable) => self.link_fails(),
            Err(Verdict::Later { floor_ms, .. }) => self.link_asks_for_patience(floor_ms),
            Err(Verdict::Reopen) => self.reopen(),
            Err(Verdict::ForgetCursor) => {
                self.answered();
                self.effects.push(Effect::ForgetCursor);
                self.state.feed.not_before_ms = now_ms + POLL_AT_MOST_EVERY_MS;
            }
            // An office that refuses its feed says nothing about sending: the feed alone waits.
            Err(Verdict::StartOver | Verdict::Resend(_) | Verdict::Poison(_)) => {
                self.answered();
                self.state.feed.not_before_ms = now_ms + PROBE_EVERY_MS;
            }
        }
    }

    fn feed_kept(&mut self, ticket: Ticket, outcome: Result<(), KeepFailure>) {
        if self.take_poll(ticket).is_some() && outcome.is_err() {
            // The cursor did not move, so the same page comes again, once there is room here.
            self.state.feed.not_before_ms = self.moment.now_ms + PROBE_EVERY_MS;
        }
    }

    fn item_failed(&mut self, item: Item, failure: Failure, rounds: u32) {
        match judge(failure) {
            Verdict::Unreachable => {
                // To the back: should it be this very item that breaks the office, the next one is the probe.
                self.state.queue.push_back(item);
                self.link_fails();
            }
            Verdict::Later { floor_ms, blames_item: false } => {
                self.state.queue.push_back(item);
                self.link_asks_for_patience(floor_ms);
            }
            Verdict::Later { floor_ms, blames_item: true } => {
                // While nothing else gets through either, it is the office that is ill and not this item.
                if self.state.is_online() {
                    self.rest(item, floor_ms);
                } else {
                    self.state.queue.push_back(item);
                }
                self.link_asks_for_patience(floor_ms);
            }
            Verdict::Reopen => {
                self.state.queue.push_front(item);
                self.reopen();
            }
            Verdict::StartOver if rounds < ROUNDS => {
                self.answered();
                self.post(item, rounds + 1);
            }
            Verdict::StartOver | Verdict::ForgetCursor => {
                self.answered();
                self.rest(item, None);
            }
            Verdict::Resend(problem) => {
                self.answered();
                let reason = Reason::Office(problem);
                self.effects.push(Effect::Quarantine { task: item.task, reason });
            }
            Verdict::Poison(reason) => {
                self.answered();
                self.effects.push(Effect::Quarantine { task: item.task, reason });
            }
        }
    }

    /// One more opening after a 401; where that does not help, the account is at fault and everything waits.
    fn reopen(&mut self) {
        if self.state.account == (Account::Open { proven: true }) {
            self.link_works();
        } else {
            self.link_fails();
        }
        self.state.account = Account::Lost;
    }

    /// This item waits by itself; the others go on.
    fn rest(&mut self, mut item: Item, floor_ms: Option<u64>) {
        item.failures = item.failures.saturating_add(1);
        let pace = self.state.pace;
        let wait = pace.wait(item.failures, pace.cap_ms, floor_ms, self.moment.jitter);
        item.not_before_ms = self.moment.now_ms.saturating_add(wait).max(self.moment.now_ms + 1);
        self.state.queue.push_back(item);
    }

    fn post(&mut self, item: Item, rounds: u32) {
        let ticket = self.state.next_ticket();
        self.effects.push(Effect::PostManifest { ticket, task: item.task });
        self.state.sending = Some(Sending::Item { ticket, item, stage: Stage::Posting, rounds });
    }

    fn put_next(&mut self, item: Item, sha256: ContentHash, then: VecDeque<ContentHash>, rounds: u32) {
        let ticket = self.state.next_ticket();
        self.effects.push(Effect::PutBlob { ticket, task: item.task, sha256 });
        let stage = Stage::Putting { sha256, then };
        self.state.sending = Some(Sending::Item { ticket, item, stage, rounds });
    }

    /// The office answered under this account.
    fn answered(&mut self) {
        self.link_works();
        if let Account::Open { proven } = &mut self.state.account {
            *proven = true;
        }
    }

    fn link_works(&mut self) {
        self.state.link.failures = 0;
        self.state.link.not_before_ms = 0;
    }

    fn link_fails(&mut self) {
        self.block_link(self.state.pace.cap_unreachable_ms, None);
    }

    fn link_asks_for_patience(&mut self, floor_ms: Option<u64>) {
        self.block_link(self.state.pace.cap_ms, floor_ms);
    }

    fn block_link(&mut self, cap_ms: u64, floor_ms: Option<u64>) {
        let link = &mut self.state.link;
        link.failures = link.failures.saturating_add(1);
        let wait = self.state.pace.wait(link.failures, cap_ms, floor_ms, self.moment.jitter);
        link.not_before_ms = self.moment.now_ms.saturating_add(wait);
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

    /// When the awaited poll was asked, where this ticket is its.
    fn take_poll(&mut self, ticket: Ticket) -> Option<u64> {
        match self.state.feed.waiting_for {
            Some((awaited, asked_ms)) if awaited == ticket => {
                self.state.feed.waiting_for = None;
                Some(asked_ms)
            }
            _ => None,
        }
    }

    fn begin_what_can_begin(&mut self) {
        if self.moment.now_ms >= self.state.link.not_before_ms {
            self.begin_sending();
            // While the office is in doubt, one request at a time.
            if self.state.is_online() || self.state.sending.is_none() {
                self.begin_polling();
            }
        }
        self.ask_to_be_woken();
    }

    fn begin_sending(&mut self) {
        if self.state.sending.is_some() {
            return;
        }
        let due = self.state.queue.iter().position(|item| item.not_before_ms <= self.moment.now_ms);
        match (self.state.account, due) {
            (Account::Never, Some(_)) | (Account::Lost, _) => {
                let ticket = self.state.next_ticket();
                self.state.sending = Some(Sending::Opening { ticket });
                self.effects.push(Effect::OpenAccount { ticket });
            }
            (Account::Open { .. }, Some(due)) => {
                if let Some(item) = self.state.queue.remove(due) {
                    self.post(item, 0);
                }
            }
            (Account::Never | Account::Open { .. }, None) => {}
        }
    }

    fn begin_polling(&mut self) {
        if self.state.feed.waiting_for.is_some() || self.moment.now_ms < self.state.feed.not_before_ms {
            return;
        }
        let opening = !matches!(self.state.account, Account::Open { .. }) && self.state.sending.is_some();
        if opening {
            return;
        }
        let ticket = self.state.next_ticket();
        self.state.feed.waiting_for = Some((ticket, self.moment.now_ms));
        self.effects.push(match self.state.account {
            Account::Never | Account::Lost => Effect::Probe { ticket },
            // A poll that is to find out whether the office is there does not wait for a change.
            Account::Open { .. } if self.state.is_online() => {
                Effect::PollFeed { ticket, wait_seconds: POLL_SECONDS }
            }
            Account::Open { .. } => Effect::PollFeed { ticket, wait_seconds: 0 },
        });
    }

    fn ask_to_be_woken(&mut self) {
        let state = &self.state;
        let sending = state.sending.is_none().then(|| match state.account {
            Account::Lost => Some(0),
            _ => state.queue.iter().map(|item| item.not_before_ms).min(),
        });
        let polling = state.feed.waiting_for.is_none().then_some(state.feed.not_before_ms);
        let next = sending.flatten().into_iter().chain(polling).min();
        if let Some(at_ms) = next.map(|at_ms| at_ms.max(state.link.not_before_ms))
            && at_ms > self.moment.now_ms
        {
            self.effects.push(Effect::WakeAt { at_ms });
        }
    }
}
