//! What is begun, and when the next step is due.

use super::{AHEAD, Machine, POLL_SECONDS};
use crate::{
    Effect,
    state::{Account, Item, Sending},
};

impl Machine {
    pub(super) fn begin_what_can_begin(&mut self) {
        let now_ms = self.moment.now_ms;
        if self.state.link.is_due(now_ms) {
            if self.state.link.failures == 0 {
                self.begin_sending();
                self.begin_polling();
            } else if self.state.link_blames_sending {
                // In doubt, one request at a time, and not the one again that went unanswered: an application
                // that silences the line would otherwise keep the desk from ever hearing that the line works.
                let before = self.state.feed.waiting_for;
                self.begin_polling();
                if self.state.feed.waiting_for == before {
                    self.begin_sending();
                }
            } else {
                self.begin_sending();
                if self.state.sending.is_none() {
                    self.begin_polling();
                }
            }
        }
        self.ask_to_be_woken();
    }

    fn begin_sending(&mut self) {
        let now_ms = self.moment.now_ms;
        let due = self.state.intake.is_due(now_ms) && self.state.room.is_due(now_ms);
        if self.state.sending.is_some() || !due {
            return;
        }
        match self.state.account {
            Account::Lost => self.open_account(),
            Account::Never if self.next_item().is_some() => self.open_account(),
            Account::Never => {}
            Account::Open => {
                if let Some(mut item) = self.next_item().and_then(|at| self.state.queue.remove(at)) {
                    item.held_back = false;
                    self.post(item, 0);
                }
            }
        }
    }

    fn open_account(&mut self) {
        let ticket = self.state.next_ticket();
        self.state.sending = Some(Sending::Opening { ticket });
        self.effects.push(Effect::OpenAccount { ticket });
    }

    /// The one that failed least, the oldest of those: what breaks the office goes behind what was never tried.
    fn next_item(&self) -> Option<usize> {
        let now_ms = self.moment.now_ms;
        let due = self.sendable().filter(|(_, item)| item.not_before_ms <= now_ms);
        due.min_by_key(|(_, item)| item.failures).map(|(at, _)| at)
    }

    /// All but those whose documents wait for another network.
    fn sendable(&self) -> impl Iterator<Item = (usize, &Item)> {
        let sparing = self.state.is_sparing();
        let enough = sparing && self.state.held_back().count() >= AHEAD;
        let queue = self.state.queue.iter().enumerate();
        queue.filter(move |(_, item)| !(sparing && (item.held_back || enough)))
    }

    fn begin_polling(&mut self) {
        let state = &self.state;
        if state.feed.waiting_for.is_some() || self.polls_from_ms() > self.moment.now_ms {
            return;
        }
        let opening = state.account != Account::Open && state.sending.is_some();
        let in_doubt = state.link.failures > 0;
        if opening || (in_doubt && state.sending.is_some()) {
            return;
        }
        let ticket = self.state.next_ticket();
        self.state.feed.waiting_for = Some((ticket, self.moment.now_ms));
        self.state.feed.overtaken = false;
        self.effects.push(match self.state.account {
            Account::Never | Account::Lost => Effect::Probe { ticket },
            // A poll that is to find out whether the office is there, or where its feed ends, does not wait for a
            // change.
            Account::Open => {
                let wait_seconds = if in_doubt || self.state.feed.rereading { 0 } else { POLL_SECONDS };
                Effect::PollFeed { ticket, wait_seconds }
            }
        });
    }

    fn ask_to_be_woken(&mut self) {
        let state = &self.state;
        let due = match state.account {
            _ if state.sending.is_some() => None,
            Account::Lost => Some(0),
            _ => self.sendable().map(|(_, item)| item.not_before_ms).min(),
        };
        let sending = due.map(|at_ms| at_ms.max(state.intake.not_before_ms).max(state.room.not_before_ms));
        let polling = state.feed.waiting_for.is_none().then(|| self.polls_from_ms());
        let next = sending.into_iter().chain(polling).min();
        if let Some(at_ms) = next.map(|at_ms| at_ms.max(state.link.not_before_ms))
            && at_ms > self.moment.now_ms
        {
            self.effects.push(Effect::WakeAt { at_ms });
        }
    }
}
