//! 待遇等待期: how many months without benefits follow from being late or from years that were not paid, with the
//! working shown line by line.

use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use super::{Catalogue, Complaints, Place, TomlFile, Window, reading::Filed, regional::Regional};
use crate::{Text, WaitingLine, WaitingPeriod, kinds::date_in_words};

/// The rules that the calculator uses.
const NATIONAL: &str = "national";
/// No file may ask for more; a typing mistake would.
const LONGEST: u32 = 120;
/// Nobody lapsed for longer.
const MOST_YEARS: u32 = 100;

/// What the calculator asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingQuestion {
    /// Where the person is or will be insured: a division's code.
    pub place: Option<String>,
    /// Years that were not paid, in a row.
    pub lapsed_years: u32,
    /// How many of them are paid back.
    pub repaid_years: u32,
    /// Whether they enrol in the central window.
    pub in_window: bool,
}

/// A file of `waiting/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingRules {
    id: String,
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    region: Option<String>,
    /// The window that is meant; whoever enrols in it begins with its insurance year.
    #[serde(default)]
    pub(crate) window: Option<String>,
    /// For whoever was late or lapsed.
    pub(crate) fixed_months: u32,
    months_per_lapsed_year: u32,
    months_per_repaid_year: u32,
    /// From so many lapsed years on …
    floor_lapsed_years: u32,
    /// … no fewer months than these remain, whatever was paid back.
    floor_months: u32,
    /// Who does not wait, for the summary.
    #[serde(default)]
    exempt: Vec<Text>,
    source: Text,
    /// When someone last compared it with the source.
    #[expect(dead_code, reason = "read by people, required of every rule")]
    verified_at: Date,
}

impl Filed for WaitingRules {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Regional for WaitingRules {
    fn of(&self) -> Option<&str> {
        self.of.as_deref()
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

impl WaitingRules {
    pub(super) fn read(file: &TomlFile, complaints: &mut Complaints) -> Option<Self> {
        let rules: Self = file.parse(complaints)?;
        for (key, months) in [
            ("fixed_months", rules.fixed_months),
            ("months_per_lapsed_year", rules.months_per_lapsed_year),
            ("months_per_repaid_year", rules.months_per_repaid_year),
            ("floor_months", rules.floor_months),
        ] {
            if months > LONGEST {
                complaints.at(
                    file,
                    file.line_starting(key),
                    key,
                    Text::new(
                        format!("{months} 个月太长，最多 {LONGEST} 个月"),
                        format!("{months} months are too many, at most {LONGEST}"),
                    ),
                    Text::new("请对照公布的规定", "compare with the published rule"),
                );
            }
        }
        Some(rules)
    }

    /// The steps of the working; they add up to what is waited.
    fn lines(&self, lapsed: u32, repaid: u32, in_window: bool) -> Vec<WaitingLine> {
        let (lapsed, repaid) = (lapsed.min(MOST_YEARS), repaid.min(lapsed).min(MOST_YEARS));
        if lapsed == 0 && in_window {
            return vec![];
        }
        let months = |months: u32| i32::try_from(months).unwrap_or(i32::MAX);
        let fixed = if lapsed == 0 {
            Text::new("没有在集中参保期参保", "Not enrolled in the window")
        } else {
            Text::new("断保后重新参保", "Enrolled again after a gap")
        };
        let mut lines = vec![WaitingLine { label: fixed, months: months(self.fixed_months) }];
        let added = months(lapsed * self.months_per_lapsed_year);
        let repaired = months(repaid * self.months_per_repaid_year).min(added);
        if lapsed > 0 {
            let (each, one) = (self.months_per_lapsed_year, if lapsed == 1 { "year" } else { "years" });
            let label = Text::new(
                format!("断保 {lapsed} 年，每年加 {each} 个月"),
                format!("{lapsed} {one} not paid, {each} for each"),
            );
            lines.push(WaitingLine { label, months: added });
        }
        if repaid > 0 {
            let (each, one) = (self.months_per_repaid_year, if repaid == 1 { "year" } else { "years" });
            let label = Text::new(
                format!("补缴 {repaid} 年，每年减 {each} 个月"),
                format!("{repaid} {one} paid back, {each} less for each"),
            );
            lines.push(WaitingLine { label, months: -repaired });
        }
        let lift = months(self.floor_months) - total(&lines);
        if lapsed >= self.floor_lapsed_years && lift > 0 {
            let (from, least) = (self.floor_lapsed_years, self.floor_months);
            let label = Text::new(
                format!("断保 {from} 年及以上，合计不少于 {least} 个月"),
                format!("After {from} years or more not under {least} in all"),
            );
            lines.push(WaitingLine { label, months: lift });
        }
        lines
    }

    /// What is waited by someone who pays today, or, where the window that is meant is not open today, on the day on
    /// which it opens. Whoever enrols in the window begins with its insurance year.
    pub(crate) fn period(
        &self,
        (lapsed, repaid): (u32, u32),
        in_window: bool,
        window: Option<&Window>,
        today: Date,
    ) -> WaitingPeriod {
        let lines = self.lines(lapsed, repaid, in_window);
        let months = u32::try_from(total(&lines)).unwrap_or(0);
        let paid_on = match window {
            Some(window) if in_window && !window.is_open(today) => window.opens_next(today),
            Some(window) if !in_window && !window.takes_late() => None,
            _ => Some(today),
        };
        let year = paid_on.zip(window.filter(|_| in_window)).and_then(|(day, window)| window.open_year(day));
        let year_begins = year.and_then(|year| Date::new(year, 1, 1).ok());
        let waited = paid_on.and_then(|day| day.checked_add(i64::from(months).months()).ok());
        let from = waited.map(|waited| year_begins.map_or(waited, |begins| begins.max(waited)));
        let paying = match (paid_on, window) {
            (Some(day), _) if day == today => Text::new("今天缴费", "paid today"),
            (Some(day), _) => to_come(day),
            (None, window) => not_now(in_window, window, today),
        };
        let summary = self.summary(months, &paying, from);
        WaitingPeriod { months, lines, paid_on, benefits_from: from, summary, source: self.source.clone() }
    }

    fn summary(&self, months: u32, paying: &Text, from: Option<Date>) -> Text {
        let begin = from.map(date_in_words).map_or_else(Text::default, |day| {
            Text::new(format!("，{}起享受待遇", day.zh), format!(", benefits begin on {}", day.en))
        });
        if months == 0 {
            return Text::new(
                format!("在集中参保期参保，没有断保，不用等待；{}{}。", paying.zh, begin.zh),
                format!("Enrolled in the window and without a gap: no waiting; {}{}.", paying.en, begin.en),
            );
        }
        let (noun, (zh, en)) = (if months == 1 { "month" } else { "months" }, self.except());
        Text::new(
            format!("要等 {months} 个月：{}{}。{zh}各省另有规定的，以参保地公布为准。", paying.zh, begin.zh),
            format!(
                "A waiting period of {months} {noun}: {}{}. {en}Provinces may differ; what the place of enrolment publishes decides.",
                paying.en, begin.en
            ),
        )
    }

    fn except(&self) -> (String, String) {
        if self.exempt.is_empty() {
            return (String::new(), String::new());
        }
        let zh: Vec<&str> = self.exempt.iter().map(|text| text.zh.as_str()).collect();
        let en: Vec<&str> = self.exempt.iter().map(|text| text.en.as_str()).collect();
        (format!("{}不用等。", zh.join("、")), format!("No waiting for {}. ", en.join(", ")))
    }

    /// Someone who does not wait, and why.
    pub(crate) fn exempted(&self, reason: &Text) -> WaitingPeriod {
        let line = WaitingLine { label: reason.clone(), months: 0 };
        let summary = Text::new("不用等待。", "No waiting period.");
        let source = self.source.clone();
        WaitingPeriod { months: 0, lines: vec![line], paid_on: None, benefits_from: None, summary, source }
    }
}

/// The window is not open today; it is paid when it is.
fn to_come(opens: Date) -> Text {
    let day = date_in_words(opens);
    Text::new(
        format!("现在不在集中参保期，下一次从 {}开始，那天缴费", day.zh),
        format!("the enrolment window is not open now; it opens on {}. Paid on that day", day.en),
    )
}

/// No day of payment can be named.
fn not_now(in_window: bool, window: Option<&Window>, today: Date) -> Text {
    if !in_window && window.is_some_and(|window| window.is_open(today)) {
        return Text::new(
            "这里过了集中参保期不能补缴。现在正是集中参保期，请按在集中参保期里办理来算",
            "late payments are not taken there. The enrolment window is open now; ask for enrolling within it",
        );
    }
    let next = window.and_then(|window| window.opens_next(today)).map(date_in_words).map_or_else(
        || Text::new("什么时候再开始，请拨打 12393 询问", "call 12393 to ask when it opens again"),
        |day| Text::new(format!("下一次从 {}开始", day.zh), format!("it opens next on {}", day.en)),
    );
    Text::new(
        format!("现在不在集中参保期，这里也不能补缴；{}", next.zh),
        format!("the enrolment window is not open now and late payments are not taken there; {}", next.en),
    )
}

fn total(lines: &[WaitingLine]) -> i32 {
    lines.iter().map(|line| line.months).sum()
}

impl Catalogue {
    /// The calculator, without an application. `None` where the catalogue has no rules.
    #[must_use]
    pub fn waiting_period(&self, question: &WaitingQuestion, today: Date) -> Option<WaitingPeriod> {
        let place = self.place(question.place.as_deref());
        let rules = self.waiting_rules(NATIONAL, &place)?;
        let window = rules.window.as_ref().and_then(|window| self.window_at(window, &place));
        let years = (question.lapsed_years, question.repaid_years);
        Some(rules.period(years, question.in_window, window, today))
    }

    pub(crate) fn waiting_rules(&self, name: &str, place: &Place<'_>) -> Option<&WaitingRules> {
        super::regional::most_specific_first(&self.waiting, name, place).next()
    }

    /// Months that anyone waits who is late, where the rules are known.
    pub(crate) fn fixed_waiting_months(&self, place: &Place<'_>) -> Option<u32> {
        self.waiting_rules(NATIONAL, place).map(|rules| rules.fixed_months)
    }
}
