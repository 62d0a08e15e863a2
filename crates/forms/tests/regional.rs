//! What regions change: parameters, notes, materials, tariffs and windows; the most specific place decides.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

mod edited;
mod place;

use std::sync::OnceLock;

use forms::{Answer, Answers, Catalogue, Evaluation, Language, Severity};
use jiff::civil::{Date, date};
use place::{answers, changed, judge};
use proptest::prelude::*;

const COUNTY: &str = "980101";
const OTHER_CITY: &str = "980201";
const FAR: &str = "970101";
const NATIONAL: &str = "330106";
const TODAY: Date = date(2026, 11, 22);

fn catalogue() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(place::catalogue)
}

fn at(place: &str, more: &[(&str, &str)], today: Date) -> Evaluation {
    let pairs: Vec<_> =
        [("where", place), ("category", "adult")].into_iter().chain(more.iter().copied()).collect();
    judge(catalogue(), &answers(&pairs), today)
}

/// The words of the finding about a field with this code.
fn finding(evaluation: &Evaluation, code: &str) -> Option<(Severity, String)> {
    let mut all = evaluation.blocking.iter().chain(&evaluation.warnings);
    all.find(|finding| finding.code == code).map(|finding| (finding.severity, finding.message.zh.clone()))
}

#[test]
fn parameters_of_the_most_specific_place_hold_and_stand_in_messages() {
    let told =
        |place, days| finding(&at(place, &[("age_days", days)], TODAY), "age_days.late").map(|(_, zh)| zh);
    assert_eq!(told(NATIONAL, "91").as_deref(), Some("超过 90 天"));
    assert_eq!(told(OTHER_CITY, "91"), None);
    assert_eq!(told(OTHER_CITY, "181").as_deref(), Some("超过 180 天"));
    assert_eq!(told(COUNTY, "61").as_deref(), Some("超过 60 天"));
    assert_eq!(told("", "91").as_deref(), Some("超过 90 天"));
}

#[test]
fn notes_and_the_region_are_told() {
    let note = |place| at(place, &[], TODAY).fields["age_days"].note.clone().map(|note| note.zh);
    assert_eq!(note(NATIONAL), None);
    assert_eq!(note(OTHER_CITY).as_deref(), Some("试省：180 天"));
    // The province's note with the city's number.
    assert_eq!(note(COUNTY).as_deref(), Some("试省：60 天"));
    let region = |place| at(place, &[], TODAY).region.map(|region| (region.code, region.name.zh));
    assert_eq!(region(NATIONAL), None);
    assert_eq!(region(OTHER_CITY), Some(("980000".into(), "试省".into())));
    assert_eq!(region(COUNTY), Some(("980100".into(), "试市".into())));
    // A county younger than the table follows the city it was typed below.
    assert_eq!(region("980100/新县"), Some(("980100".into(), "试市".into())));
}

#[test]
fn materials_come_and_go_with_the_place() {
    let relevant = |place| {
        let evaluation = at(place, &[], TODAY);
        let materials = evaluation.materials.into_iter().filter(|material| material.relevant);
        materials.map(|material| (material.id, material.reason.unwrap_or_default().zh)).collect::<Vec<_>>()
    };
    assert_eq!(relevant(NATIONAL), [("portrait".into(), "90 天内的".into())]);
    assert_eq!(relevant(OTHER_CITY), [("portrait".into(), "180 天内的".into())]);
    assert_eq!(relevant(COUNTY), [("letter".into(), "试市要 60 天内的证明".into())]);
    // The window draws it from the service's view.
    let view = catalogue().service("trial", None).expect("there").view();
    assert!(view.materials.iter().any(|material| material.id == "letter"));
}

#[test]
fn tariffs_of_the_most_specific_place_that_published_the_year() {
    let fee = |place, year| at(place, &[("year", year)], TODAY).fee.and_then(|fee| fee.personal_fen);
    assert_eq!((fee(NATIONAL, "2026"), fee(NATIONAL, "2027")), (Some(40000), Some(41000)));
    assert_eq!((fee(OTHER_CITY, "2026"), fee(OTHER_CITY, "2027")), (Some(40000), Some(50000)));
    assert_eq!((fee(COUNTY, "2026"), fee(COUNTY, "2027")), (Some(60000), Some(50000)));
    assert_eq!(fee(COUNTY, "2031"), None);
    let unchosen = at(COUNTY, &[], TODAY).fee.expect("quoted");
    assert_eq!(
        (unchosen.personal_fen, unchosen.note.map(|note| note.zh)),
        (None, Some("选好年度，就能看到要缴多少。".into()))
    );
}

#[test]
fn years_follow_the_window_of_the_place() {
    let years = |place, today| -> Vec<String> {
        let choices = at(place, &[], today).fields["year"].choices.clone().expect("they depend on the day");
        choices.into_iter().map(|choice| choice.value).collect()
    };
    // (place, day) → years: in the window, before it, after it, across the new year.
    let table: [(&str, Date, &[&str]); 9] = [
        (NATIONAL, date(2026, 9, 1), &["2027", "2026"]),
        (NATIONAL, date(2026, 12, 31), &["2027", "2026"]),
        (NATIONAL, date(2027, 1, 1), &["2027"]),
        (NATIONAL, date(2027, 8, 31), &["2027"]),
        (COUNTY, date(2026, 9, 30), &["2026"]),
        (COUNTY, date(2026, 10, 1), &["2027", "2026"]),
        (COUNTY, date(2027, 2, 28), &["2027"]),
        (FAR, date(2026, 11, 30), &["2027"]),
        (FAR, date(2026, 12, 1), &[]),
    ];
    for (place, today, expected) in table {
        assert_eq!(years(place, today), expected, "{place} on {today}");
    }
}

#[test]
fn a_late_year_is_doubtful_and_a_closed_one_says_when_it_opens() {
    let told = |place, year, today, code| finding(&at(place, &[("year", year)], today), code);
    assert_eq!(told(NATIONAL, "2027", TODAY, "insurance_year.late"), None);
    let (severity, zh) = told(NATIONAL, "2026", TODAY, "insurance_year.late").expect("late");
    assert!(severity == Severity::Doubtful && zh.contains("等 3 个月"), "{zh}");
    // In February the window of 980100 for 2027 is still open; elsewhere 2027 is late.
    let february = date(2027, 2, 10);
    assert_eq!(told(COUNTY, "2027", february, "insurance_year.late"), None);
    assert!(told(NATIONAL, "2027", february, "insurance_year.late").is_some());

    let (severity, zh) = told(FAR, "2026", TODAY, "insurance_year.closed").expect("closed");
    assert!(severity == Severity::Wrong && zh.contains("现在可以选 2027 年度"), "{zh}");
    let december = date(2026, 12, 1);
    let (_, zh) = told(FAR, "2027", december, "insurance_year.closed").expect("closed");
    assert!(zh.contains("下次从 2027 年 9 月 15 日开始"), "{zh}");
    // Where nothing can be chosen, that is said instead of asking for a choice.
    let nothing = at(FAR, &[], december);
    assert_eq!(nothing.blocking.len(), 1);
    assert!(finding(&nothing, "insurance_year.closed").is_some());
    assert_eq!(
        finding(&at(FAR, &[], TODAY), "insurance_year.missing").map(|(_, zh)| zh).as_deref(),
        Some("请选年度")
    );
}

fn told(file: &str, from: &str, to: &str, words: &str) {
    let error = changed(file, from, to).err().unwrap_or_else(|| panic!("{to} was taken"));
    let complaint = error.complaints.iter().find(|complaint| complaint.explain(Language::En).contains(words));
    let complaint = complaint.unwrap_or_else(|| panic!("“{words}” is not in\n{error}"));
    assert_eq!(complaint.file, file, "{error}");
    assert!(!complaint.remedy.zh.is_empty() && !complaint.remedy.en.is_empty());
}

#[test]
fn mistakes_in_regional_rules_are_told() {
    let city = "overlays/980100.toml";
    told(city, "region = \"980100\"", "region = \"980199\"", "no division 980199");
    told(city, "region = \"980100\"", "region = \"980200\"", "rename the file to 980200.toml");
    told(
        city,
        "[services.trial.parameters]\ndays",
        "[services.trial.parameters]\nhours",
        "no parameter hours",
    );
    told(city, "without = [\"portrait\"]", "without = [\"picture\"]", "no material picture");
    told(city, "id = \"letter\"\ntitle", "id = \"portrait\"\ntitle", "used twice");
    told(city, "relevant = \"category == 'adult'\"", "relevant = \"kind == 'adult'\"", "kind in");
    told(
        city,
        "证明\", en = \"Trial City wants a letter not older than {days} days",
        "证明\", en = \"{hours}",
        "{hours} is no parameter",
    );
    told(city, "[services.trial]\n", "[services.trial]\nname = 3\n", "name");
    told("overlays/980000.toml", "age_days = {", "birth_days = {", "no field birth_days");
    told("overlays/980000.toml", "Trial Province: {days} days", "{weeks}", "{weeks} is no parameter");
    told("overlays/980000.toml", "[services.trial.notes]", "[services.trail.notes]", "no service “trail”");
    told("windows/trial-980100.toml", "month = 2, day = 28", "month = 2, day = 30", "no day 2/30");
    told("windows/trial-980100.toml", "of = \"trial\"", "of = \"trail\"", "no national “trail”");
    told("tariffs/trial-980100.toml", "region = \"980100\"", "", "go together");
    told(
        "tariffs/trial-980100.toml",
        "region = \"980100\"",
        "region = \"980200\"",
        "the id of a regional file is trial-980200",
    );
    told("tariffs/trial-980100.toml", "\"adult\", ", "", "adult stands 0 times");
}

#[test]
fn mistakes_in_a_service_with_places_are_told() {
    let service = "services/trial.toml";
    told(service, "place = \"where\"", "place = \"category\"", "no region field");
    told(
        service,
        "relevant = \"elsewhere == null",
        "relevant = \"days > 0 && elsewhere == null",
        "known before days",
    );
    told(service, "year = \"year\"", "year = \"category\"", "no field of years");
    told(service, "year = \"year\"", "", "named by year in [fee]");
    told(service, "rules = \"national\"", "rules = \"nation\"", "no nation in waiting/");
    told(service, "lapsed_years = \"lapsed\"", "lapsed_years = \"category\"", "no number field");
    told(service, "days = { value", "category = { value", "cannot be used");
    told(service, "zh = \"超过 {days} 天\"", "zh = \"超过 {weeks} 周\"", "{weeks} is no parameter");
    told(service, "zh = \"出生天数\"", "zh = \"{days} 天内\"", "not filled in");
    told(service, "category == 'baby'", "kind == 'baby'", "kind in");
}

#[test]
fn the_example_regions_stand_beside_the_real_ones_only_on_demand() {
    let (plain, with) =
        (Catalogue::embedded().expect("fit"), Catalogue::embedded_with_examples().expect("fit"));
    assert!(plain.region_path("990101").is_none());
    assert_eq!(plain.services(), with.services());
    assert_eq!(plain.region_path("330106"), with.region_path("330106"));
}

fn place_code() -> impl Strategy<Value = String> {
    let known = [COUNTY, OTHER_CITY, FAR, NATIONAL, "980100", "980100/新县", "", "990101", "/", "98"];
    prop_oneof![4 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn some_answers() -> impl Strategy<Value = Answers> {
    let value = prop_oneof![
        "[0-9]{0,6}",
        Just("adult".to_owned()),
        Just("baby".to_owned()),
        (2023u16..2030).prop_map(|year| year.to_string()),
        "\\PC{0,8}",
    ];
    let field =
        proptest::sample::select(vec!["age_days", "category", "year", "lapsed", "repaid", "elsewhere"]);
    (place_code(), proptest::collection::btree_map(field, value, 0..6)).prop_map(|(place, more)| {
        let mut answers = answers(&[("where", place.as_str())]);
        more.into_iter().for_each(|(field, value)| answers.set(field, Some(Answer::Text(value))));
        answers
    })
}

fn day() -> impl Strategy<Value = Date> {
    prop_oneof![
        (2020i16..2035, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day)),
        Just(Date::MIN),
        Just(Date::MAX)
    ]
}

/// The trial with overlays that exist but change nothing.
fn unchanged() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| {
        let mut files = place::files();
        for text in [("980000", "试省"), ("980100", "试市")] {
            let path = format!("overlays/{}.toml", text.0);
            let head = files[&path].split("[services").next().expect("a head").to_owned();
            files.insert(path, head + "[services.trial]\n");
        }
        Catalogue::read(files).expect("fit")
    })
}

/// The trial without any overlay.
fn bare() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| {
        let mut files = place::files();
        files.retain(|path, _| !path.starts_with("overlays/98"));
        Catalogue::read(files).expect("fit")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_answered_at_whatever_place(answers in some_answers(), today in day()) {
        let first = judge(catalogue(), &answers, today);
        prop_assert_eq!(&first, &judge(catalogue(), &answers, today));
        prop_assert_eq!(first.ready, first.blocking.is_empty());
        let texts = first.blocking.iter().chain(&first.warnings).map(|finding| &finding.message);
        for text in texts {
            let filled_in = !text.zh.is_empty() && !text.zh.contains("{days}");
            prop_assert!(filled_in, "{}", text.zh);
        }
        if let Some(waiting) = &first.waiting {
            let sum: i32 = waiting.lines.iter().map(|line| line.months).sum();
            prop_assert_eq!(i64::from(sum), i64::from(waiting.months));
        }
        let service = catalogue().service("trial", None).expect("there");
        let handed_in = service.answers_to_submit(&answers, &first);
        let second = judge(catalogue(), &handed_in, today);
        for (field, state) in &first.fields {
            prop_assert_eq!(&state.value, &second.fields[field].value, "{}", field);
        }
    }

    /// An overlay without differences says where one is, and changes nothing else.
    #[test]
    fn an_overlay_without_differences_changes_nothing(answers in some_answers(), today in day()) {
        let with = judge(unchanged(), &answers, today);
        let without = judge(bare(), &answers, today);
        prop_assert_eq!(Evaluation { region: None, ..with }, without);
    }
}
