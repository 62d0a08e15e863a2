//! The feed: what changed at the office, and whether it is there at all.

use protocol::FeedPage;

use super::{Machine, NEWS_AFTER_TURN_MS, NEWS_GIVE_WAY_AT_MOST_MS, POLL_AT_MOST_EVERY_MS, PROBE_EVERY_MS};
use crate::{
    Effect, Failure, KeepFailure, Reason, Ticket,
    backoff::Asked,
    lane::Lane,
    verdict::{Verdict, judge},
};

impl Machine {
    pub(super) fn probed(&mut self, ticket: Ticket, outcome: Result<(), Failure>) {
        if self.take_poll(ticket).is_none() {
            return;
        }
        match outcome.map_err(judge) {
            Ok(()) => {
                self.link_works();
                self.feed_works(PROBE_EVERY_MS);
            }
            Err(Verdict::Unreachable) => self.link_fails(false),
            Err(verdict) => {
                self.link_works();
                self.feed_fails(verdict.asked());
            }
        }
    }

    pub(super) fn polled(&mut self, ticket: Ticket, outcome: Result<FeedPage, Failure>) {
        let Some(asked_ms) = self.take_poll(ticket) else { return };
        let now_ms = self.moment.now_ms;
        match outcome.map_err(judge) {
            Ok(page) => {
                self.link_works();
                // Nothing new, or the same once more: an office that does not hold polls is not asked at once.
                let idle = page.changes.is_empty() || self.state.feed.cursor.as_ref() == Some(&page.cursor);
                let at_once = now_ms.saturating_sub(asked_ms) < POLL_AT_MOST_EVERY_MS;
                self.feed_works(if idle && at_once { POLL_AT_MOST_EVERY_MS } else { 0 });
                let ticket = self.state.next_ticket();
                self.state.feed.waiting_for = Some((ticket, now_ms));
                self.state.feed.cursor = Some(page.cursor.clone());
                // Nothing behind the cursor: that is the end. What was receipted while the page was on its way may be
                // missing from it without being lost; then the next page tells.
                let feed = &mut self.state.feed;
                feed.comparing = feed.rereading && page.changes.is_empty() && !feed.overtaken;
                let last = feed.comparing;
                self.effects.push(Effect::KeepFeed { ticket, page: Box::new(page), last });
            }
            Err(Verdict::Unreachable) => self.link_fails(false),
            Err(Verdict::Later { asked, .. } | Verdict::LaterAlone(asked)) => {
                self.link_works();
                self.feed_fails(asked);
            }
            Err(Verdict::Reopen) => self.reopen(|state| &mut state.feed.lane),
            // Too old, or one that this office cannot read: the beginning is always right.
            Err(Verdict::ForgetCursor) => self.read_from_the_beginning(),
            Err(Verdict::Poison(Reason::Office(problem))) if problem.status == 400 => {
                self.read_from_the_beginning();
            }
            // An office that refuses its feed says nothing about sending: the feed alone waits.
            Err(Verdict::StartOver | Verdict::SendWhole | Verdict::Resend(_) | Verdict::Poison(_)) => {
                self.link_works();
                self.feed_fails(Asked::default());
            }
        }
    }

    pub(super) fn feed_kept(&mut self, ticket: Ticket, outcome: Result<(), KeepFailure>) {
        if self.take_poll(ticket).is_none() {
            return;
        }
        let compared = std::mem::take(&mut self.state.feed.comparing);
        if outcome.is_ok() {
            self.state.feed.rereading &= !compared;
        } else {
            // The cursor did not move, so the same page comes again, once there is room here.
            self.state.feed.cursor = None;
            self.state.feed.lane.not_before_ms = self.moment.now_ms.saturating_add(PROBE_EVERY_MS);
        }
    }

    /// An office with a crowd before it has better to do than to be asked what is new: that waits until the own turn
    /// has come, and for a while after it that is every desk's own. Whoever looks for it asks at once all the same.
    pub(super) fn news_give_way(&mut self) {
        let own_ms = u64::from(self.moment.jitter) % NEWS_AFTER_TURN_MS;
        let latest_ms = self.moment.now_ms.saturating_add(NEWS_GIVE_WAY_AT_MOST_MS);
        let turn_ms = self.state.intake.not_before_ms.min(latest_ms);
        self.state.feed.gives_way_until_ms =
            turn_ms.saturating_add(NEWS_AFTER_TURN_MS).saturating_add(own_ms);
    }

    /// From when on news may be asked for. Where the line is in doubt nothing gives way: a poll is what shows whether it
    /// works.
    pub(super) fn polls_from_ms(&self) -> u64 {
        let feed = &self.state.feed;
        let gives_way_until_ms = if self.state.link.failures > 0 { 0 } else { feed.gives_way_until_ms };
        feed.lane.not_before_ms.max(gives_way_until_ms)
    }

    fn read_from_the_beginning(&mut self) {
        self.link_works();
        self.state.feed.cursor = None;
        self.state.feed.rereading = true;
        self.effects.push(Effect::ForgetCursor);
        self.ask_again_under_way();
        self.feed_fails(Asked::floor(Some(POLL_AT_MOST_EVERY_MS)));
    }

    fn feed_works(&mut self, rest_ms: u64) {
        let not_before_ms = if rest_ms == 0 { 0 } else { self.moment.now_ms.saturating_add(rest_ms) };
        self.state.feed.lane = Lane { failures: 0, not_before_ms };
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
}
