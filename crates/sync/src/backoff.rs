//! How long to wait: full jitter, and what the office asks for as a floor.

/// How far beyond the wait that the office asked for failures stretch the span of the jitter.
const TIMES_TOLD: u64 = 8;
/// A span that is not too long for anybody, however short a wait was asked for.
const CROWD_MS: u64 = 60_000;

/// After so many failures in a row an office is not believed any longer that gives everybody a time of their own.
const TIMES_BELIEVED: u32 = 10;

/// No turn is later than this: a desk that heard of a longer wait waits so long, as do all others.
const LONGEST_TURN_MS: u64 = 3_600_000;
/// Some jitter there always is.
const SHORTEST_SPAN_MS: u64 = 1_000;

/// What an answer asks for, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Asked {
    /// Not before this time is over.
    pub(crate) floor_ms: Option<u64>,
    /// Nor much later: within this time after the floor.
    pub(crate) within_ms: Option<u64>,
}

impl Asked {
    pub(crate) const fn floor(floor_ms: Option<u64>) -> Self {
        Self { floor_ms, within_ms: None }
    }

    /// Whether the office gave everybody a turn of their own: it has a crowd before it.
    pub(crate) const fn is_turn(self) -> bool {
        self.floor_ms.is_some() && self.within_ms.is_some()
    }
}

/// Waits, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The first wait is up to this long.
    pub base_ms: u64,
    /// Longest wait after an answer that asks for patience (5xx, 429).
    pub cap_ms: u64,
    /// Longest wait where there was no answer at all.
    pub cap_unreachable_ms: u64,
}

impl Pace {
    /// Nobody is looking: up to 15 minutes.
    pub const UNATTENDED: Self = Self { base_ms: 2_000, cap_ms: 900_000, cap_unreachable_ms: 900_000 };

    /// A person sits before the window: an office that comes back is noticed within ten seconds. A refused
    /// connection costs the office next to nothing, an answered one does, so the other cap stays.
    pub const ATTENDED: Self = Self { base_ms: 2_000, cap_ms: 900_000, cap_unreachable_ms: 10_000 };

    /// `rand(0, min(cap, base · 2^(failures-1)))`, on top of the floor. Desks that were all told the same floor
    /// would otherwise all come back at once, so on top of a floor the jitter is drawn from a span at least as
    /// long as the floor itself, or the cap where that is shorter: one second after the floor of a minute would
    /// be the same stampede a minute later.
    ///
    /// An office that says when to come knows its crowd, so beside a floor the doubling ends at [`TIMES_TOLD`] times
    /// of it: a desk that was turned away again and again in the first minutes after an outage would otherwise come
    /// back a quarter of an hour after everybody else has been served. Where it also says within what time, it has
    /// spread its crowd itself, and that is the span.
    pub(crate) fn wait(self, failures: u32, cap_ms: u64, asked: Asked, jitter: u32) -> u64 {
        let Asked { floor_ms, within_ms } = asked;
        let told_a_turn = failures <= TIMES_BELIEVED && floor_ms.is_some_and(|floor| floor < LONGEST_TURN_MS);
        let within_ms = within_ms.filter(|_| told_a_turn).map(|within| within.max(SHORTEST_SPAN_MS));
        let told_ms = floor_ms.map_or(cap_ms, |floor| floor.saturating_mul(TIMES_TOLD).max(CROWD_MS));
        let floor_ms = floor_ms.unwrap_or(0);
        let doubled = self.base_ms.saturating_mul(1_u64 << failures.saturating_sub(1).min(20));
        let own = doubled.min(cap_ms).min(told_ms).max(floor_ms.min(cap_ms));
        let spread = within_ms.map_or(own, |within| within.min(cap_ms));
        let drawn = u64::try_from(u128::from(spread) * u128::from(jitter) / u128::from(u32::MAX));
        floor_ms.saturating_add(drawn.unwrap_or(spread))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_double_up_to_the_cap() {
        let pace = Pace::UNATTENDED;
        let longest = |failures| pace.wait(failures, pace.cap_ms, Asked::default(), u32::MAX);
        assert_eq!([longest(1), longest(2), longest(3)], [2_000, 4_000, 8_000]);
        assert_eq!(longest(40), 900_000);
    }

    #[test]
    fn what_the_office_asks_for_is_a_floor_with_jitter_on_top() {
        let pace = Pace::UNATTENDED;
        let wait = |failures, floor_ms, jitter| {
            pace.wait(failures, pace.cap_ms, Asked::floor(Some(floor_ms)), jitter)
        };
        assert_eq!(wait(1, 30_000, 0), 30_000);
        assert_eq!(wait(1, 30_000, u32::MAX), 60_000);
        assert_eq!(wait(1, 3_600_000, u32::MAX), 4_500_000, "the span ends at the cap");
        assert_eq!(wait(4, 3_000, u32::MAX), 19_000, "failures still count");
        assert_eq!(wait(20, 3_000, u32::MAX), 63_000, "but the office is believed");
        assert_eq!(wait(20, 30_000, u32::MAX), 270_000);
    }

    #[test]
    fn an_office_that_gives_everybody_a_time_of_their_own_is_believed_for_a_while() {
        let pace = Pace::UNATTENDED;
        let wait = |failures, within_ms, jitter| {
            pace.wait(failures, pace.cap_ms, Asked { floor_ms: Some(30_000), within_ms }, jitter)
        };
        assert_eq!([wait(1, Some(1_000), 0), wait(5, Some(1_000), u32::MAX)], [30_000, 31_000]);
        assert_eq!(wait(TIMES_BELIEVED + 1, Some(1_000), u32::MAX), wait(TIMES_BELIEVED + 1, None, u32::MAX));
        assert_eq!(wait(1, Some(0), u32::MAX), 31_000, "never all together");
        let without_floor = Asked { floor_ms: None, within_ms: Some(0) };
        assert_eq!(pace.wait(3, pace.cap_ms, without_floor, u32::MAX), 8_000);
    }

    proptest! {
        #[test]
        fn never_below_the_floor_nor_above_floor_and_cap(
            failures: u32, floor in proptest::option::of(0_u64..10_000_000),
            within in proptest::option::of(any::<u64>()), jitter: u32,
        ) {
            let pace = Pace::ATTENDED;
            let wait = pace.wait(failures, pace.cap_unreachable_ms, Asked { floor_ms: floor, within_ms: within }, jitter);
            prop_assert!(wait >= floor.unwrap_or(0));
            prop_assert!(wait <= floor.unwrap_or(0) + pace.cap_unreachable_ms);
        }
    }
}
