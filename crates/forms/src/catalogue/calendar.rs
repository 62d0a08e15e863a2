//! Working days of the mainland. Years without a published calendar know only weekends, and say so.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use super::{Complaints, TomlFile};
use crate::Text;

/// Public holidays, and the weekend days worked for them.
#[derive(Debug, Default)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
}

/// A day reached by counting working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingDay {
    /// The day.
    pub date: Date,
    /// Whether the calendar of every year that was passed is published; otherwise holidays were not counted.
    pub calendar_known: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    years: Vec<Year>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i16,
    /// Free, also on weekdays.
    free: Vec<Date>,
    /// Worked, although at a weekend.
    worked: Vec<Date>,
}

impl Calendar {
    pub(super) fn take(&mut self, file: &TomlFile, complaints: &mut Complaints) {
        let Some(File { years }) = file.parse(complaints) else { return };
        for year in years {
            let stray = year.free.iter().chain(&year.worked).find(|date| date.year() != year.year);
            let twice = year.free.iter().find(|date| year.worked.contains(date));
            if let Some(date) = stray.or(twice) {
                complaints.about(
                    file,
                    &format!("years.{}", year.year),
                    Text::new(
                        format!("{date} 不属于这一年，或者既放假又上班"),
                        format!("{date} is not of this year, or both free and worked"),
                    ),
                    Text::new("请对照国务院办公厅的放假通知", "compare with the published holiday notice"),
                );
            }
            self.years.insert(year.year, year);
        }
    }

    /// Whether `date` is worked.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&date.year()) {
            Some(year) if weekend => year.worked.contains(&date),
            Some(year) => !year.free.contains(&date),
            None => !weekend,
        }
    }

    /// The `n`-th working day after `from`; `from` itself for 0. At the end of time it stays there.
    #[must_use]
    pub fn add_working_days(&self, from: Date, n: u32) -> WorkingDay {
        let mut day = WorkingDay { date: from, calendar_known: true };
        let mut left = n;
        while left > 0 {
            let Ok(next) = day.date.tomorrow() else { break };
            day.date = next;
            day.calendar_known &= self.years.contains_key(&next.year());
            left -= u32::from(self.is_working_day(next));
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::Catalogue;

    #[test]
    fn holidays_and_worked_weekends_count() {
        let calendar = Catalogue::embedded().expect("fit").calendar();
        // National Day 2026: free from Thursday 1 to Wednesday 7 October; Saturday 10 is worked.
        let after = calendar.add_working_days(date(2026, 9, 30), 1);
        assert_eq!((after.date, after.calendar_known), (date(2026, 10, 8), true));
        assert_eq!(calendar.add_working_days(date(2026, 10, 9), 1).date, date(2026, 10, 10));
        assert_eq!(calendar.add_working_days(date(2026, 11, 21), 3).date, date(2026, 11, 25));
    }

    #[test]
    fn a_year_without_calendar_is_flagged() {
        let calendar = Catalogue::embedded().expect("fit").calendar();
        let after = calendar.add_working_days(date(2026, 12, 31), 1);
        assert_eq!((after.date, after.calendar_known), (date(2027, 1, 1), false));
    }

    #[test]
    fn counting_stops_at_the_end_of_time() {
        let calendar = Catalogue::embedded().expect("fit").calendar();
        assert_eq!(calendar.add_working_days(date(9999, 12, 30), u32::MAX).date, date(9999, 12, 31));
    }
}
