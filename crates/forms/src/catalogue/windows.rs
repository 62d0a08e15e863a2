//! When one may enrol or pay for an insurance year.

use jiff::civil::Date;
use serde::Deserialize;

use super::{Complaints, TomlFile, reading::Filed, regional::Regional};
use crate::Text;

/// The central enrolment window: within it one enrols for the next year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    id: String,
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    region: Option<String>,
    opens: MonthDay,
    /// Before `opens`: in the next year, for the year that has begun by then.
    closes: MonthDay,
    #[serde(default)]
    year: Year,
    /// Whether the running year may still be paid outside the window.
    #[serde(default)]
    late: bool,
    /// Where it was published.
    #[expect(dead_code, reason = "read by people, required of every window")]
    source: Text,
}

/// Which year one enrols for within the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Year {
    /// The year after the window opens.
    #[default]
    Next,
    /// The year of the day itself: newborn children.
    Running,
}

/// A day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
struct MonthDay {
    month: i8,
    day: i8,
}

impl MonthDay {
    /// In a year without such a day, the last before it.
    fn of_year(self, year: i16) -> Option<Date> {
        let month = Date::new(year, self.month, 1).ok()?;
        Date::new(year, self.month, self.day.min(month.days_in_month())).ok()
    }

    /// Exists at least in leap years.
    fn exists(self) -> bool {
        Date::new(2024, self.month, self.day).is_ok()
    }
}

impl Filed for Window {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Regional for Window {
    fn of(&self) -> Option<&str> {
        self.of.as_deref()
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

impl Window {
    pub(super) fn read(file: &TomlFile, complaints: &mut Complaints) -> Option<Self> {
        let window: Self = file.parse(complaints)?;
        for (key, day) in [("opens", window.opens), ("closes", window.closes)] {
            if !day.exists() {
                complaints.at(
                    file,
                    file.line_starting(key),
                    key,
                    Text::new(
                        format!("没有 {} 月 {} 日这一天", day.month, day.day),
                        format!("there is no day {}/{}", day.month, day.day),
                    ),
                    Text::new("请写真实的月和日", "write a month and day that exist"),
                );
            }
        }
        Some(window)
    }

    fn crosses_new_year(&self) -> bool {
        self.closes < self.opens
    }

    /// Whether one may enrol today without being late.
    pub(crate) fn is_open(&self, today: Date) -> bool {
        let today = MonthDay { month: today.month(), day: today.day() };
        if self.crosses_new_year() {
            today >= self.opens || today <= self.closes
        } else {
            (self.opens..=self.closes).contains(&today)
        }
    }

    /// Whether the running year may still be paid outside the window.
    pub(crate) fn takes_late(&self) -> bool {
        self.late
    }

    /// The year that the open window is for.
    pub(crate) fn open_year(&self, today: Date) -> Option<i16> {
        let begun =
            self.crosses_new_year() && MonthDay { month: today.month(), day: today.day() } <= self.closes;
        let ahead = self.year == Year::Next && !begun;
        self.is_open(today).then(|| today.year().saturating_add(i16::from(ahead)))
    }

    /// The year that someone who enrols today is insured for.
    pub(crate) fn insurance_year(&self, today: Date) -> i16 {
        self.open_year(today).unwrap_or(today.year())
    }

    /// The years that may be paid today, the open one first.
    pub(crate) fn years(&self, today: Date) -> Vec<i16> {
        let open = self.open_year(today);
        let running = Some(today.year()).filter(|running| self.late && open != Some(*running));
        open.into_iter().chain(running).collect()
    }

    /// The next day on which it opens, today included.
    pub(crate) fn opens_next(&self, today: Date) -> Option<Date> {
        let this_year = self.opens.of_year(today.year()).filter(|opens| *opens >= today);
        this_year.or_else(|| self.opens.of_year(today.year().checked_add(1)?))
    }

    /// From when to when, every year.
    pub(crate) fn span(&self) -> Text {
        let (MonthDay { month: from_month, day: from_day }, MonthDay { month: to_month, day: to_day }) =
            (self.opens, self.closes);
        let next = if self.crosses_new_year() { "次年 " } else { " " };
        Text::new(
            format!("{from_month} 月 {from_day} 日至{next}{to_month} 月 {to_day} 日"),
            format!("{from_month}/{from_day} to {to_month}/{to_day}"),
        )
    }

    /// A sentence about it for someone who pays for `year` today.
    pub(crate) fn note(&self, year: i16, today: Date) -> Text {
        let span = self.span();
        if self.year == Year::Running {
            return Text::new(
                format!("参加的是 {year} 年度的医保。"),
                format!("This is the insurance of {year}."),
            );
        }
        if self.open_year(today) == Some(year) {
            return Text::new(
                format!("现在是 {year} 年度的集中参保期（{}）。", span.zh),
                format!("The enrolment window for {year} is open ({}).", span.en),
            );
        }
        if self.is_open(today) {
            return Text::new(
                format!(
                    "{year} 年度的集中参保期（{}）已经过了，这时参保可能有待遇等待期，请拨打 12393 咨询。",
                    span.zh
                ),
                format!(
                    "The enrolment window for {year} ({}) is over; benefits may start later. Call 12393 to ask.",
                    span.en
                ),
            );
        }
        Text::new(
            format!("现在不在集中参保期（每年 {}），这时参保可能有待遇等待期，请拨打 12393 咨询。", span.zh),
            format!(
                "The enrolment window ({}) is closed; benefits may start later. Call 12393 to ask.",
                span.en
            ),
        )
    }
}
