//! When those come back who found no place. An office that always says the same is asked by ten thousand desks again and
//! again, and answering them takes it longer than the work; so everybody who is sent away is told a turn, at the pace at
//! which the office served lately. A turn is no promise: who finds no place again is told another one.

use std::{
    mem,
    time::{Duration, Instant},
};

/// What “lately” means: up to twice this.
const LATELY: Duration = Duration::from_secs(5);
/// The pace of less than this is chance.
const LEAST: Duration = Duration::from_secs(1);
/// Longest that anybody is told to stay away, in seconds: an estimate from a few seconds is not to be trusted further.
const LONGEST: u64 = 240;

/// When to come back, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// Nothing is known: the crowd has only just come, or nobody was served lately.
    Unknown,
    /// One's own time.
    In(u64),
    /// Some time after this, at the earliest.
    Beyond(u64),
}

/// What sending one away costs of serving one. While a crowd comes this is most of what the office does, and it has
/// that time for serving once everybody has a turn: turns at the pace of the first seconds would leave it idle.
const SENDING_AWAY: f64 = 0.25;
/// How many times faster than it served the office is believed to be: it may be its disk that takes the time.
const AT_MOST: f64 = 2.0;

/// What was done in a time.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    served: u32,
    sent_away: u32,
}

impl Done {
    /// How many could have been served had nobody been sent away; none where nobody was served.
    fn could(self, before: Self) -> f64 {
        // A time in which nobody was served counts for nothing.
        let sent_away = self.sent_away + if before.served > 0 { before.sent_away } else { 0 };
        let served = f64::from(self.served + before.served);
        (served + SENDING_AWAY * f64::from(sent_away)).min(AT_MOST * served)
    }
}

/// Counts those who were served, and those who were sent away and whose turn has not come.
#[derive(Debug)]
pub(super) struct Crowd {
    since: Instant,
    /// Since then, and in the time before that.
    now: Done,
    before: Done,
    away: f64,
    /// Last somebody was sent away.
    refused: Instant,
    /// At what pace turns come, a second: the last that was known.
    turns: f64,
    /// Up to when they have come.
    counted: Instant,
}

impl Crowd {
    pub(super) fn new(at: Instant) -> Self {
        let (now, before) = Default::default();
        Self { since: at, now, before, away: 0.0, refused: at, turns: 0.0, counted: at }
    }

    pub(super) fn serves(&mut self, at: Instant) {
        self.look(at);
        self.now.served += 1;
    }

    /// When this one's turn comes.
    pub(super) fn sends_away(&mut self, at: Instant) -> Turn {
        let mut pace = self.look(at);
        // What was served while there was room for everybody says nothing about what can be.
        if at.saturating_duration_since(mem::replace(&mut self.refused, at)) >= LATELY {
            (self.since, self.now, self.before) = (at, Done::default(), Done::default());
        }
        self.now.sent_away += 1;
        if self.before.served == 0 && at.saturating_duration_since(self.since) < LEAST {
            pace = 0.0;
        }
        match Duration::try_from_secs_f64((self.away + 1.0) / pace) {
            Err(_) => Turn::Unknown,
            // Not one of the line: they are too many for a turn each.
            Ok(wait) if wait.as_secs() > LONGEST => Turn::Beyond(LONGEST),
            Ok(wait) => {
                self.away += 1.0;
                Turn::In(wait.as_secs())
            }
        }
    }

    /// Lets those go whose turn came; how many can be served in a second.
    fn look(&mut self, at: Instant) -> f64 {
        let passed = at.saturating_duration_since(self.since);
        if passed >= LATELY {
            let ended = mem::take(&mut self.now);
            self.before = if passed < LATELY * 2 { ended } else { Done::default() };
            self.since = at;
        }
        let mut lately = at.saturating_duration_since(self.since).as_secs_f64();
        if self.before.served > 0 {
            lately += LATELY.as_secs_f64();
        }
        let pace = self.now.could(self.before) / lately.max(LEAST.as_secs_f64());
        if pace > 0.0 {
            self.turns = pace;
        }
        let came = self.turns * at.saturating_duration_since(self.counted).as_secs_f64();
        self.away = (self.away - came).max(0.0);
        self.counted = at;
        pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the last of `refused` is told who come evenly within `seconds`, while `served` are served.
    fn told(crowd: &mut Crowd, from: Instant, seconds: u32, served: u32, refused: u32) -> Turn {
        let mut told = Turn::Unknown;
        for tick in 0..seconds * 100 {
            let at = from + Duration::from_millis(10) * tick;
            let due = |all: u32| all * (tick + 1) / (seconds * 100) - all * tick / (seconds * 100);
            (0..due(served)).for_each(|_| crowd.serves(at));
            told = (0..due(refused)).map(|_| crowd.sends_away(at)).last().unwrap_or(told);
        }
        told
    }

    #[test]
    fn the_last_of_a_crowd_has_its_turn_when_all_before_it_were_served() {
        let begun = Instant::now();
        let last = |served, refused| told(&mut Crowd::new(begun), begun, 4, served, refused);
        // 60 a second are served, and twice as many once nobody has to be sent away; 10 000 come within 4 seconds, of
        // whom those of the first are told no turn.
        let long = last(240, 9_760);
        assert!((Turn::In(54)..=Turn::In(62)).contains(&long), "{long:?}");
        // The same crowd at an office that is ten times as fast; and a few who find no place.
        let swift = last(2_400, 7_600);
        assert!((Turn::In(1)..=Turn::In(4)).contains(&swift), "{swift:?}");
        assert_eq!(last(240, 20), Turn::In(0));
        assert_eq!(last(40, 100_000), Turn::Beyond(LONGEST));
        assert_eq!(last(0, 1_000), Turn::Unknown);
    }

    #[test]
    fn turns_are_as_far_apart_as_the_office_serves() {
        let begun = Instant::now();
        let mut crowd = Crowd::new(begun);
        // 100 a second, and twice as many are possible once nobody is sent away any more.
        told(&mut crowd, begun, 4, 400, 4_000);
        let at = begun + Duration::from_secs(4);
        let turns: Vec<_> = (0..2_000).map(|_| crowd.sends_away(at)).collect();
        assert!(turns.is_sorted());
        let seconds: Vec<_> = turns.chunk_by(|one, next| one == next).map(<[Turn]>::len).collect();
        let whole = &seconds[1..seconds.len() - 1];
        assert!(whole.len() > 7 && whole.iter().all(|same| (190..=210).contains(same)), "{seconds:?}");
    }

    #[test]
    fn a_quiet_time_before_says_nothing_about_what_can_be_served() {
        let begun = Instant::now();
        let mut crowd = Crowd::new(begun);
        told(&mut crowd, begun, 9, 9, 0);
        // Then 600 a second are served, and 10 000 come within two seconds.
        let last = told(&mut crowd, begun + Duration::from_secs(9), 2, 1_200, 8_800);
        assert!((Turn::In(1)..=Turn::In(4)).contains(&last), "{last:?}");
    }

    #[test]
    fn a_crowd_that_has_gone_is_forgotten() {
        let begun = Instant::now();
        let mut crowd = Crowd::new(begun);
        told(&mut crowd, begun, 4, 240, 9_760);
        let remembered = crowd.sends_away(begun + LATELY + Duration::from_secs(1));
        assert!(remembered > Turn::In(50), "{remembered:?}");
        let later = begun + Duration::from_secs(300);
        assert!(told(&mut crowd, later, 2, 120, 60) <= Turn::In(1));
    }
}
