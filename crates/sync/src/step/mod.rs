//! One step: what an event changes, then whatever can be begun is begun.

mod beginning;
mod following;
mod sending;

use crate::{
    Effect, Event, Moment, Network, State, Task,
    backoff::Asked,
    lane::Lane,
    state::{Account, Item, Sending},
    verdict::Verdict,
};

/// Seconds that the office may hold a poll.
const POLL_SECONDS: u32 = 25;
/// How often to look whether the office is there while nothing is owed and no account is open, and while the
/// system says that there is no network.
const PROBE_EVERY_MS: u64 = 60_000;
/// An office that does not hold polls is not asked faster than this.
const POLL_AT_MOST_EVERY_MS: u64 = 1_000;
/// How long after its turn a desk leaves a crowded office alone with questions, at least; at most twice as long.
const NEWS_AFTER_TURN_MS: u64 = 30_000;
/// Longest turn for which news give way.
const NEWS_GIVE_WAY_AT_MOST_MS: u64 = 300_000;
/// Nudges are not heard more often than this.
const NUDGE_AT_MOST_EVERY_MS: u64 = 1_000;
/// Rounds of post, put, post before an office that still wants more is given a rest.
const ROUNDS: u32 = 3;
/// How long an application waits at most over which the line goes silent, again and again.
const SILENCED_CAP_MS: u64 = 60_000;
/// How many manifests go ahead of their documents over a metered network. The office does not like to have many
/// applications begun and not finished.
const AHEAD: usize = 10;

/// What follows from an event. Total: no event in any state panics or loses anything owed.
#[must_use]
pub fn step(state: State, moment: Moment, event: Event) -> (State, Vec<Effect>) {
    let mut machine = Machine { state, moment, effects: Vec::new() };
    machine.look_at_the_clock();
    match event {
        Event::Outbox(tasks) => machine.reconcile(&tasks),
        Event::Nudge => machine.nudged(),
        Event::Network(network) => machine.network_is(network),
        Event::Tick => {}
        Event::Probed { ticket, outcome } => machine.probed(ticket, outcome),
        Event::AccountOpened { ticket, outcome } => machine.opened(ticket, outcome),
        Event::Posted { ticket, outcome } => machine.posted(ticket, outcome),
        Event::BlobPut { ticket, outcome } => machine.put(ticket, outcome),
        Event::ReceiptKept { ticket, outcome } => machine.receipt_kept(ticket, outcome),
        Event::SetAside { ticket, outcome } => machine.was_set_aside(ticket, outcome),
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
    /// No clock should go back, but one that does must not make a wait of seconds one of days.
    fn look_at_the_clock(&mut self) {
        let by_ms = self.state.clock_ms.saturating_sub(self.moment.now_ms);
        self.state.clock_ms = self.moment.now_ms;
        if by_ms == 0 {
            return;
        }
        for lane in self.state.lanes() {
            lane.set_back(by_ms);
        }
        for item in &mut self.state.queue {
            item.not_before_ms = item.not_before_ms.saturating_sub(by_ms);
        }
        let feed = &mut self.state.feed;
        feed.gives_way_until_ms = feed.gives_way_until_ms.saturating_sub(by_ms);
        self.state.hurried_ms = None;
    }

    /// Adds what is new and drops what is no longer owed; what is under way runs to its end.
    fn reconcile(&mut self, tasks: &[Task]) {
        self.state.queue.retain(|item| tasks.contains(&item.task));
        let mut under_way = None;
        if let Some(Sending::Item { item, .. }) = &mut self.state.sending {
            item.owed = tasks.contains(&item.task);
            under_way = Some(item.task);
        }
        for task in tasks {
            let known = under_way == Some(*task) || self.state.queue.iter().any(|item| item.task == *task);
            if !known {
                self.state.queue.push_back(Item::new(*task));
            }
        }
    }

    fn nudged(&mut self) {
        let now_ms = self.moment.now_ms;
        let too_soon = |at_ms: u64| now_ms.saturating_sub(at_ms) < NUDGE_AT_MOST_EVERY_MS;
        // What failed while nobody hurried goes at once; hammering the button does not hammer the office.
        if self.state.hurried_ms.is_some_and(too_soon) {
            return;
        }
        self.state.hurried_ms = Some(now_ms);
        self.hurry();
    }

    fn hurry(&mut self) {
        for lane in self.state.lanes() {
            lane.not_before_ms = 0;
        }
        for item in &mut self.state.queue {
            item.not_before_ms = 0;
        }
        self.state.feed.gives_way_until_ms = 0;
    }

    fn network_is(&mut self, network: Network) {
        let before = std::mem::replace(&mut self.state.network, network);
        // Where there is said to be none, the next try shows it: a failure then waits its minute. An office in
        // the same building may be there all the same.
        if before != network && network != Network::Absent {
            self.hurry();
        }
    }

    /// Somebody answered.
    fn link_works(&mut self) {
        self.state.link.works();
        // Systems err: what answers is there.
        if self.state.network == Network::Absent {
            self.state.network = Network::Free;
        }
    }

    /// Nobody answered.
    fn link_fails(&mut self, sending: bool) {
        let floor_ms = (self.state.network == Network::Absent).then_some(PROBE_EVERY_MS);
        let cap_ms = self.state.pace.cap_unreachable_ms;
        let link = self.failed(self.state.link, cap_ms, Asked::floor(floor_ms));
        self.state.link = link;
        self.state.link_blames_sending = sending;
    }

    fn intake_fails(&mut self, asked: Asked) {
        self.state.intake = self.failed(self.state.intake, self.state.pace.cap_ms, asked);
    }

    fn feed_fails(&mut self, asked: Asked) {
        self.state.feed.lane = self.failed(self.state.feed.lane, self.state.pace.cap_ms, asked);
    }

    /// The lane after one more failure.
    fn failed(&self, lane: Lane, cap_ms: u64, asked: Asked) -> Lane {
        let failures = lane.failures.saturating_add(1);
        let wait_ms = self.state.pace.wait(failures, cap_ms, asked, self.moment.jitter);
        Lane { failures, not_before_ms: self.moment.now_ms.saturating_add(wait_ms) }
    }

    /// One more opening at once after a 401; where that does not help, the account is at fault and waits.
    fn reopen(&mut self, lane: fn(&mut State) -> &mut Lane) {
        self.link_works();
        self.state.account = Account::Lost;
        let before = *lane(&mut self.state);
        *lane(&mut self.state) = match before.failures {
            0 => Lane { failures: 1, not_before_ms: 0 },
            _ => self.failed(before, self.state.pace.cap_ms, Asked::default()),
        };
    }

    fn opened(&mut self, ticket: crate::Ticket, outcome: Result<(), crate::Failure>) {
        if !matches!(self.state.sending, Some(Sending::Opening { ticket: awaited }) if awaited == ticket) {
            return;
        }
        self.state.sending = None;
        match outcome.map_err(crate::verdict::judge) {
            Ok(()) => {
                self.link_works();
                self.state.account = Account::Open;
                // That the office was there a moment ago says nothing about the feed of a new account.
                self.state.feed.lane = Lane::default();
            }
            Err(Verdict::Unreachable) => self.link_fails(true),
            Err(verdict) => {
                self.link_works();
                // An office that refuses to open an account is as good as none; it may be mended any time.
                self.intake_fails(verdict.asked());
            }
        }
    }
}
