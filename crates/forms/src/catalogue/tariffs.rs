//! What insurance costs in which year, and when one may enrol for it. No year is ever guessed.

use jiff::civil::Date;
use serde::Deserialize;

use super::reading::Filed;
use crate::Text;

/// What one kind of insurance costs, year by year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tariff {
    pub(crate) id: String,
    pub(crate) years: Vec<TariffYear>,
}

/// The published tariff of one insurance year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TariffYear {
    pub(crate) year: i16,
    /// Where it was published.
    pub(crate) source: Text,
    /// When someone last compared it with the source.
    #[expect(dead_code, reason = "read by people, required of every tariff")]
    pub(crate) verified_at: Date,
    /// A sentence for the applicant, for example about the subsidy.
    pub(crate) note: Text,
    pub(crate) rates: Vec<Rate>,
}

/// What some categories pay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    pub(crate) categories: Vec<String>,
    pub(crate) label: Text,
    pub(crate) personal_fen: i64,
    /// What is contained in the amount.
    #[serde(default)]
    pub(crate) included: Vec<Included>,
}

/// A part of the amount above it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Included {
    pub(crate) label: Text,
    pub(crate) amount_fen: i64,
}

impl Filed for Tariff {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Filed for Window {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Tariff {
    pub(crate) fn year(&self, year: i16) -> Option<&TariffYear> {
        self.years.iter().find(|tariff| tariff.year == year)
    }
}

/// The central enrolment window: within it one enrols for the next year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Window {
    pub(crate) id: String,
    pub(crate) opens: MonthDay,
    pub(crate) closes: MonthDay,
    /// Where it was published.
    #[expect(dead_code, reason = "read by people, required of every window")]
    pub(crate) source: Text,
}

/// A day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonthDay {
    pub(crate) month: i8,
    pub(crate) day: i8,
}

impl Window {
    /// Whether `today` lies within it. Windows do not cross the new year.
    pub(crate) fn is_open(&self, today: Date) -> bool {
        let today = MonthDay { month: today.month(), day: today.day() };
        (self.opens..=self.closes).contains(&today)
    }

    /// The year that someone who enrols today is insured for.
    pub(crate) fn insurance_year(&self, today: Date) -> i16 {
        today.year().saturating_add(i16::from(self.is_open(today)))
    }

    /// A sentence about it for someone who enrols today.
    pub(crate) fn note(&self, today: Date) -> Text {
        let MonthDay { month: from_month, day: from_day } = self.opens;
        let MonthDay { month: to_month, day: to_day } = self.closes;
        let span = format!("{from_month} 月 {from_day} 日至 {to_month} 月 {to_day} 日");
        let year = self.insurance_year(today);
        if self.is_open(today) {
            Text::new(
                format!("现在是 {year} 年度的集中参保期（{span}）。"),
                format!(
                    "The enrolment window for {year} is open ({from_month}/{from_day} to {to_month}/{to_day})."
                ),
            )
        } else {
            Text::new(
                format!("现在不在集中参保期（每年 {span}），这时参保可能有待遇等待期，请拨打 12393 咨询。"),
                format!(
                    "The enrolment window ({from_month}/{from_day} to {to_month}/{to_day}) is closed; \
                     benefits may start later. Call 12393 to ask."
                ),
            )
        }
    }
}
