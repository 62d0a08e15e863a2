//! How long those stay away who found no place. An office that always says the same is asked by ten thousand desks again
//! and again, and answering them takes it longer than the work; so it says as long as serving those takes whom it sent
//! away lately, at the pace at which it served lately. About as many then come back as there are places for.

use std::{
    mem,
    time::{Duration, Instant},
};

/// What “lately” means: up to twice this.
const LATELY: Duration = Duration::from_secs(5);
/// Longest that anybody is told to stay away, in seconds: an estimate from a few seconds is not to be trusted further.
const LONGEST: u64 = 240;

/// Counts those who were served and those who were sent away.
#[derive(Debug)]
pub(super) struct Crowd {
    since: Instant,
    now: Counts,
    before: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    served: u32,
    refused: u32,
}

impl Crowd {
    pub(super) fn new(at: Instant) -> Self {
        Self { since: at, now: Counts::default(), before: Counts::default() }
    }

    pub(super) fn serves(&mut self, at: Instant) {
        self.turn(at);
        self.now.served += 1;
    }

    /// In how many seconds all who were sent away lately, this one included, would be served. 0 where nobody was served,
    /// so that nothing is known.
    pub(super) fn sends_away(&mut self, at: Instant) -> u64 {
        self.turn(at);
        self.now.refused += 1;
        let mut lately = at.saturating_duration_since(self.since).as_secs_f64();
        if self.before.served + self.before.refused > 0 {
            lately += LATELY.as_secs_f64();
        }
        let served = f64::from(self.now.served + self.before.served);
        let refused = f64::from(self.now.refused + self.before.refused);
        if served == 0.0 {
            return 0;
        }
        Duration::try_from_secs_f64(refused * lately / served)
            .map_or(LONGEST, |wait| wait.as_secs().min(LONGEST))
    }

    fn turn(&mut self, at: Instant) {
        let passed = at.saturating_duration_since(self.since);
        if passed >= LATELY {
            let ended = mem::take(&mut self.now);
            self.before = if passed < LATELY * 2 { ended } else { Counts::default() };
            self.since = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the last of `refused` is told who come evenly within `seconds`, while `served` are served.
    fn told(crowd: &mut Crowd, from: Instant, seconds: u32, served: u32, refused: u32) -> u64 {
        let mut told = 0;
        for tick in 0..seconds * 100 {
            let at = from + Duration::from_millis(10) * tick;
            let due = |all: u32| all * (tick + 1) / (seconds * 100) - all * tick / (seconds * 100);
            (0..due(served)).for_each(|_| crowd.serves(at));
            told = (0..due(refused)).map(|_| crowd.sends_away(at)).last().unwrap_or(told);
        }
        told
    }

    #[test]
    fn who_is_sent_away_stays_as_long_as_serving_all_of_them_takes() {
        let begun = Instant::now();
        let fresh = || Crowd::new(begun);
        // 60 a second are served; 10 000 come within 4 seconds.
        let long = told(&mut fresh(), begun, 4, 240, 9_760);
        assert!((150..=170).contains(&long), "{long}");
        // The same crowd at an office that is ten times as fast; and a few who find no place.
        let swift = told(&mut fresh(), begun, 4, 2_400, 7_600);
        assert!((10..=14).contains(&swift), "{swift}");
        assert_eq!(told(&mut fresh(), begun, 4, 240, 20), 0);
        assert_eq!(told(&mut fresh(), begun, 4, 40, 100_000), LONGEST);
        assert_eq!(told(&mut fresh(), begun, 4, 0, 1_000), 0, "nothing is known");
    }

    #[test]
    fn a_crowd_that_has_gone_is_forgotten() {
        let begun = Instant::now();
        let mut crowd = Crowd::new(begun);
        told(&mut crowd, begun, 4, 240, 9_760);
        let remembered = crowd.sends_away(begun + LATELY + Duration::from_secs(1));
        assert!(remembered > 100, "{remembered}");
        let later = begun + LATELY * 4;
        assert!(told(&mut crowd, later, 2, 120, 60) <= 1);
    }
}
