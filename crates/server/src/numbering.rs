//! The office's day: which calendar day a moment belongs to. Numbers and deadlines are counted in it.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

/// The calendar day in China, which keeps UTC+8 the whole year and has had no summer time since 1991.
pub(crate) fn office_day(at: Timestamp) -> Date {
    TimeZone::fixed(Offset::constant(8)).to_datetime(at).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_day_turns_at_sixteen_hours_utc() {
        let before: Timestamp = "2026-12-31T15:59:59Z".parse().expect("a time");
        let after: Timestamp = "2026-12-31T16:00:00Z".parse().expect("a time");
        assert_eq!(office_day(before), date(2026, 12, 31));
        assert_eq!(office_day(after), date(2027, 1, 1));
    }
}
