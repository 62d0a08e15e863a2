//! What time it is, handed in, so that tests can stand on any day.

use std::fmt::Debug;

use jiff::{Timestamp, civil::Date, tz};

/// A clock. Rules judge by the civil date at the office (UTC+8 all year), wherever the computer stands.
pub trait Clock: Debug + Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;

    /// The day at the office.
    fn today(&self) -> Date {
        office_day(self.now())
    }
}

/// The day at the office that a moment belongs to.
pub(crate) fn office_day(at: Timestamp) -> Date {
    tz::offset(8).to_datetime(at).date()
}

/// The computer's.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct At(&'static str);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            self.0.parse().expect("a timestamp")
        }
    }

    #[test]
    fn the_day_is_the_offices() {
        assert_eq!(At("2025-12-31T15:59:59Z").today(), jiff::civil::date(2025, 12, 31));
        assert_eq!(At("2025-12-31T16:00:00Z").today(), jiff::civil::date(2026, 1, 1));
    }
}
