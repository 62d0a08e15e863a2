//! The year that is paid for: those open today at the place, and the running one where latecomers may still pay.
//! A year whose tariff nobody published cannot be handed in: what would be owed is not known.

use jiff::civil::Date;

use super::{fields::finding, local::Local};
use crate::{
    Answer, Catalogue, Choice, FieldState, ServiceDefinition, Severity, Text,
    catalogue::Window,
    definition::FieldRules,
    kinds::{Fault, date_in_words},
};

/// Fills in the choices of the year field and judges the chosen one.
pub(super) fn judge(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    local: &Local<'_>,
    states: &mut [FieldState],
    today: Date,
) {
    let Some(fee) = &definition.fee else { return };
    let Some(window) = catalogue.window_at(&fee.window, &local.place) else { return };
    // Another place may have published what the whole country has not; a place still to be given blocks by itself.
    let place_is_open = definition.place.as_ref().is_some_and(|place| {
        let mut fields = definition.fields.iter().zip(states.iter());
        fields.any(|(field, state)| field.view.id == place.field && state.required && state.value.is_none())
    });
    let is_published =
        |year: i16| place_is_open || catalogue.tariff_year(&fee.tariff, year, &local.place).is_some();
    let is_year = |field: &FieldRules| Some(&field.view.id) == fee.year.as_ref();
    let mut fields = definition.fields.iter().zip(states);
    let Some((field, state)) = fields.find(|(field, state)| is_year(field) && state.relevant) else { return };
    let years = window.years(today);
    let (published, unknown): (Vec<i16>, Vec<i16>) =
        years.iter().copied().partition(|year| is_published(*year));
    let choices = years.iter().map(|year| choice(*year, published.contains(year), window, today));
    state.choices = Some(choices.collect());
    let fault = match chosen(state) {
        Some(year) if !years.contains(&year) => Some(closed(Some(year), &published, window, today)),
        Some(year) if unknown.contains(&year) => Some(unpublished(&[year], &published)),
        Some(year) if window.open_year(today) != Some(year) => {
            Some(late(year, window, catalogue.fixed_waiting_months(&local.place)))
        }
        // Nothing can be chosen: that it is missing would explain nothing.
        None if state.required && years.is_empty() => {
            state.findings.clear();
            Some(closed(None, &[], window, today))
        }
        None if state.required && published.is_empty() => {
            state.findings.clear();
            Some(unpublished(&unknown, &[]))
        }
        _ => None,
    };
    state.findings.extend(fault.map(|fault| finding(field, fault)));
    state.findings.sort_by_key(|finding| finding.severity);
}

/// The year that was chosen.
pub(super) fn chosen(state: &FieldState) -> Option<i16> {
    match state.value.as_ref()? {
        Answer::Text(year) => year.parse().ok(),
        Answer::Bool(_) | Answer::Rows(_) => None,
    }
}

fn choice(year: i16, is_published: bool, window: &Window, today: Date) -> Choice {
    let hint = if !is_published {
        Text::new(
            "缴费标准还没有公布，现在不能提交",
            "its tariff is not published yet; it cannot be submitted now",
        )
    } else if window.open_year(today) == Some(year) {
        Text::new("现在是这一年度的参保期", "its window is open now")
    } else {
        Text::new("参保期已过，一般有待遇等待期", "its window is over; usually with a waiting period")
    };
    Choice {
        value: year.to_string(),
        label: Text::new(format!("{year} 年度"), year.to_string()),
        hint: Some(hint),
        search: String::new(),
    }
}

fn late(year: i16, window: &Window, months: Option<u32>) -> Fault {
    let span = window.span();
    let (zh, en) = months.filter(|months| *months > 0).map_or_else(
        || ("可能有待遇等待期".to_owned(), "there may be a waiting period".to_owned()),
        |months| {
            (
                format!("一般要等 {months} 个月才能享受待遇"),
                format!("benefits usually begin after {months} months"),
            )
        },
    );
    let message = Text::new(
        format!("{year} 年度的集中参保期（{}）已经过了。现在还可以缴，但{zh}，以参保地公布为准", span.zh),
        format!(
            "The enrolment window for {year} ({}) is over. You may still pay, but {en}; local notices decide",
            span.en
        ),
    );
    Fault { code: "late", severity: Severity::Doubtful, message }
}

/// A year that cannot be paid, and those that can be: open, and with a tariff.
fn closed(year: Option<i16>, payable: &[i16], window: &Window, today: Date) -> Fault {
    let span = window.span();
    let next = window.opens_next(today).map(date_in_words).unwrap_or_default();
    let which = year
        .map_or_else(|| Text::new("", "Nothing"), |year| Text::new(format!("{year} 年度"), year.to_string()));
    let instead = if payable.is_empty() {
        Text::new("请到时候再办，或拨打 12393 咨询", "Come back then, or call 12393")
    } else {
        choose(payable)
    };
    let message = Text::new(
        format!(
            "{}现在不能缴：集中参保期是每年 {}，下次从 {}开始。{}",
            which.zh, span.zh, next.zh, instead.zh
        ),
        format!(
            "{} can be paid now: the window is {} of every year and opens next on {}. {}",
            if year.is_some() { format!("{} is not a year that", which.en) } else { which.en },
            span.en,
            next.en,
            instead.en
        ),
    );
    Fault { code: "closed", severity: Severity::Wrong, message }
}

/// Years whose tariff is not known, and those of which it is.
fn unpublished(years: &[i16], published: &[i16]) -> Fault {
    let instead = if published.is_empty() {
        Text::new("公布以后再来提交", "Come back once it is published")
    } else {
        choose(published)
    };
    let message = Text::new(
        format!(
            "{} 年度的缴费标准还没有公布，现在不能提交，本系统不会估算。请咨询参保地医保经办机构或拨打 12393。{}",
            listed(years, "、"),
            instead.zh
        ),
        format!(
            "The tariff of {} is not published yet, so it cannot be submitted now; nothing is estimated. Ask the \
             medical insurance office of the place or call 12393. {}",
            listed(years, " and "),
            instead.en
        ),
    );
    Fault { code: "unpublished", severity: Severity::Wrong, message }
}

fn choose(years: &[i16]) -> Text {
    Text::new(
        format!("现在可以选 {} 年度", listed(years, "、")),
        format!("Choose {} now", listed(years, " or ")),
    )
}

fn listed(years: &[i16], separator: &str) -> String {
    years.iter().map(i16::to_string).collect::<Vec<_>>().join(separator)
}
