//! The waiting period: the rule of 2024 case by case, with a working that adds up.

mod edited;
mod place;

use forms::{Catalogue, WaitingPeriod, WaitingQuestion};
use jiff::civil::{Date, date};
use place::{answers, judge};

const IN_WINDOW: Date = date(2026, 11, 22);
const OUTSIDE: Date = date(2026, 5, 31);

fn asked(lapsed_years: u32, repaid_years: u32, in_window: bool, today: Date) -> WaitingPeriod {
    let question = WaitingQuestion { place: Some("330106".into()), lapsed_years, repaid_years, in_window };
    let period = Catalogue::embedded().expect("fit").waiting_period(&question, today).expect("rules exist");
    let sum: i32 = period.lines.iter().map(|line| line.months).sum();
    assert_eq!(i64::from(sum), i64::from(period.months), "the working adds up");
    assert!(!period.source.zh.is_empty() && !period.summary.en.is_empty());
    period
}

#[test]
fn months_by_years_not_paid_and_paid_back() {
    // lapsed, repaid, in the window → months
    let table = [
        (0, 0, true, 0),
        (0, 0, false, 3),
        (0, 3, true, 0),
        (0, 3, false, 3),
        (1, 0, true, 4),
        (1, 0, false, 4),
        (1, 1, true, 3),
        (2, 1, true, 4),
        (3, 0, true, 6),
        (3, 3, true, 3),
        // From four years on not under six months, whatever is paid back.
        (4, 0, true, 7),
        (4, 1, true, 6),
        (4, 2, true, 6),
        (4, 4, true, 6),
        (5, 5, false, 6),
        (10, 0, true, 13),
        (10, 4, true, 9),
        // More paid back than lapsed counts only as far as it lapsed.
        (2, 9, true, 3),
    ];
    for (lapsed, repaid, in_window, months) in table {
        let period = asked(lapsed, repaid, in_window, IN_WINDOW);
        assert_eq!(
            period.months, months,
            "{lapsed} lapsed, {repaid} repaid, {in_window}: {:?}",
            period.lines
        );
    }
    assert!(asked(u32::MAX, 0, false, IN_WINDOW).months > 100);
    assert_eq!(asked(u32::MAX, u32::MAX, false, Date::MAX).months, 6);
}

#[test]
fn the_working_is_shown() {
    let lines = |period: WaitingPeriod| -> Vec<(String, i32)> {
        period.lines.into_iter().map(|line| (line.label.zh, line.months)).collect()
    };
    assert_eq!(lines(asked(0, 0, true, IN_WINDOW)), []);
    assert_eq!(lines(asked(0, 0, false, OUTSIDE)), [("没有在集中参保期参保".into(), 3)]);
    assert_eq!(
        lines(asked(4, 3, true, IN_WINDOW)),
        [
            ("断保后重新参保".into(), 3),
            ("断保 4 年，每年加 1 个月".into(), 4),
            ("补缴 3 年，每年减 1 个月".into(), -3),
            ("断保 4 年及以上，合计不少于 6 个月".into(), 2),
        ]
    );
}

#[test]
fn the_first_day_with_benefits() {
    let from = |lapsed, repaid, in_window, today| asked(lapsed, repaid, in_window, today).benefits_from;
    // Whoever enrols in the window is insured from the new year on.
    assert_eq!(from(0, 0, true, IN_WINDOW), Some(date(2027, 1, 1)));
    assert_eq!(from(1, 1, true, IN_WINDOW), Some(date(2027, 2, 22)));
    assert_eq!(from(1, 1, true, date(2026, 9, 1)), Some(date(2027, 1, 1)));
    assert_eq!(from(0, 0, false, OUTSIDE), Some(date(2026, 8, 31)));
    assert_eq!(from(3, 0, false, OUTSIDE), Some(date(2026, 11, 30)));
    assert_eq!(from(0, 0, false, Date::MAX), None);
    let summary = asked(3, 0, false, OUTSIDE).summary.zh;
    assert!(summary.contains("要等 6 个月") && summary.contains("2026 年 11 月 30 日"), "{summary}");
}

/// A day on which nothing can be paid is not called the day of the payment.
#[test]
fn the_day_of_the_payment_is_one_on_which_it_can_be_paid() {
    // In May the window is closed: who means to enrol in it pays in September.
    let period = asked(0, 0, true, OUTSIDE);
    assert_eq!((period.paid_on, period.benefits_from), (Some(date(2026, 9, 1)), Some(date(2027, 1, 1))));
    let zh = &period.summary.zh;
    assert!(zh.contains("下一次从 2026 年 9 月 1 日"), "{zh}");
    assert!(!zh.contains("今天") && zh.contains("2027 年 1 月 1 日起享受待遇"), "{zh}");
    let period = asked(3, 0, true, OUTSIDE);
    assert_eq!((period.paid_on, period.benefits_from), (Some(date(2026, 9, 1)), Some(date(2027, 3, 1))));
    // Open today, or taken late: today.
    for (in_window, today) in [(true, IN_WINDOW), (false, IN_WINDOW), (false, OUTSIDE)] {
        let period = asked(1, 0, in_window, today);
        assert_eq!(period.paid_on, Some(today));
        assert!(period.summary.zh.contains("今天缴费") && period.summary.en.contains("paid today"));
    }
    // Where late payments are not taken, no day is named.
    let mut files = place::files();
    let window = files.get_mut("windows/resident.toml").expect("there");
    *window = window.replacen("late = true", "late = false", 1);
    let catalogue = Catalogue::read(files).expect("fit");
    let late = |today| {
        let question = WaitingQuestion { place: None, lapsed_years: 1, repaid_years: 0, in_window: false };
        catalogue.waiting_period(&question, today).expect("rules exist")
    };
    let (closed, open) = (late(OUTSIDE), late(IN_WINDOW));
    assert_eq!((closed.paid_on, closed.benefits_from, closed.months), (None, None, 4));
    assert!(closed.summary.zh.contains("不能补缴；下一次从 2026 年 9 月 1 日"), "{}", closed.summary.zh);
    assert_eq!((open.paid_on, open.benefits_from), (None, None));
    assert!(open.summary.zh.contains("现在正是集中参保期"), "{}", open.summary.zh);
}

#[test]
fn an_application_shows_it_once_it_knows_enough() {
    let catalogue = place::catalogue();
    let months = |pairs: &[(&str, &str)], today| judge(&catalogue, &answers(pairs), today).waiting;
    assert_eq!(months(&[], IN_WINDOW), None);
    assert_eq!(months(&[("lapsed", "two")], IN_WINDOW), None);
    let waits = |pairs: &[(&str, &str)], today| months(pairs, today).map(|period| period.months);
    assert_eq!(waits(&[("lapsed", "2")], IN_WINDOW), Some(5));
    assert_eq!(waits(&[("lapsed", "2"), ("repaid", "1")], IN_WINDOW), Some(4));
    assert_eq!(waits(&[("lapsed", "0")], IN_WINDOW), Some(0));
    assert_eq!(waits(&[("lapsed", "0")], OUTSIDE), Some(3));
    // The running year is late even while the window for the next one is open.
    assert_eq!(waits(&[("lapsed", "0"), ("year", "2026")], IN_WINDOW), Some(3));
    assert_eq!(waits(&[("lapsed", "0"), ("year", "2027")], IN_WINDOW), Some(0));
    // At 980100 the window for 2027 stays open until the end of February.
    let february = date(2027, 2, 10);
    assert_eq!(waits(&[("lapsed", "0"), ("where", "980101")], february), Some(0));
    assert_eq!(waits(&[("lapsed", "0"), ("where", "980201")], february), Some(3));

    let exempt = months(&[("category", "baby"), ("lapsed", "5")], IN_WINDOW).expect("told");
    assert_eq!((exempt.months, exempt.lines[0].label.zh.as_str()), (0, "新生儿不用等"));
}

#[test]
fn a_region_may_have_rules_of_its_own() {
    let national = edited::files()["waiting/national.toml"].clone();
    let regional = national
        .replacen("id = \"national\"", "id = \"national-980000\"\nof = \"national\"\nregion = \"980000\"", 1)
        .replacen("fixed_months = 3", "fixed_months = 2", 1);
    let mut files = place::files();
    files.insert("waiting/national-980000.toml".into(), regional);
    let catalogue = Catalogue::read(files.clone()).expect("fit");
    let months = |place: Option<&str>| {
        let place = place.map(str::to_owned);
        let question = WaitingQuestion { place, lapsed_years: 0, repaid_years: 0, in_window: false };
        catalogue.waiting_period(&question, OUTSIDE).map(|period| period.months)
    };
    assert_eq!(months(Some("980101")), Some(2));
    assert_eq!((months(Some("970101")), months(None), months(Some("nowhere"))), (Some(3), Some(3), Some(3)));

    files.insert(
        "waiting/national.toml".into(),
        national.replacen("floor_months = 6", "floor_months = 600", 1),
    );
    let error = Catalogue::read(files).expect_err("refused").to_string();
    assert!(error.contains("waiting/national.toml:") && error.contains("600 months"), "{error}");
}
