//! The resident enrolment as an applicant meets it: what is asked, what is wrong, what it costs.

mod filled;

use filled::{answers, evaluate, supplied, text, without};
use forms::{Catalogue, Evaluation, Severity, Target};
use jiff::civil::date;

const TODAY: jiff::civil::Date = date(2026, 11, 21);

fn codes(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.blocking.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn nothing_filled_is_all_missing_and_nothing_wrong() {
    let evaluation = evaluate(&answers(&[]), &[], TODAY);
    assert!(!evaluation.ready);
    assert!(evaluation.blocking.iter().all(|finding| finding.severity == Severity::Missing));
    assert!(evaluation.warnings.is_empty());
}

#[test]
fn everything_filled_is_ready() {
    let evaluation = evaluate(&filled::ordinary(), &supplied(filled::SLOTS), TODAY);
    assert_eq!(codes(&evaluation), Vec::<&str>::new());
    assert!(evaluation.ready);
    assert_eq!(evaluation.fields["birth_date"].display.zh, "1990 年 3 月 7 日");
    assert_eq!(evaluation.fields["sex"].display.zh, "女");
    assert!(!evaluation.fields["guardian_name"].relevant);
}

#[test]
fn each_required_field_missing_is_told_by_its_own_name() {
    for field in filled::REQUIRED {
        let evaluation = evaluate(&without(filled::ordinary(), field), &supplied(filled::SLOTS), TODAY);
        let [finding] = &evaluation.blocking[..] else { panic!("{field}: {:?}", evaluation.blocking) };
        assert_eq!(finding.target, Target::Field { id: (*field).into() });
        assert_eq!(finding.severity, Severity::Missing);
    }
}

#[test]
fn the_missions_sample_number_is_refused() {
    let mut answers = filled::ordinary();
    answers.set("id_number", Some(text("110101199003078888")));
    let evaluation = evaluate(&answers, &supplied(filled::SLOTS), TODAY);
    assert_eq!(codes(&evaluation), ["id_number.checksum"]);
    assert_eq!(evaluation.fields["birth_date"].value, None);
}

#[test]
fn a_birth_date_that_contradicts_the_number_is_refused() {
    let mut answers = filled::ordinary();
    answers.set("birth_date", Some(text("1990-03-08")));
    assert_eq!(codes(&evaluate(&answers, &supplied(filled::SLOTS), TODAY)), ["date.contradiction"]);
    answers.set("birth_date", Some(text("1990-03-07")));
    assert!(evaluate(&answers, &supplied(filled::SLOTS), TODAY).ready);
}

#[test]
fn a_category_brings_its_proof_with_a_reason() {
    let mut answers = filled::ordinary();
    answers.set("category", Some(text("minimum_living")));
    let evaluation = evaluate(&answers, &supplied(filled::SLOTS), TODAY);
    assert_eq!(codes(&evaluation), ["consent.missing", "material.missing"]);
    let proof =
        evaluation.materials.iter().find(|material| material.id == "category_proof").expect("declared");
    assert_eq!(
        proof.reason.as_ref().map(|reason| reason.zh.as_str()),
        Some("因为您选择了低保对象，请提供低保证")
    );
}

#[test]
fn a_residence_permit_does_instead_of_the_household_register() {
    let mut answers = filled::ordinary();
    answers.set("material.residence_proof", Some(text("residence_permit")));
    let slots = ["id_card_front", "id_card_back", "portrait", "residence_permit"];
    let evaluation = evaluate(&answers, &supplied(&slots), TODAY);
    assert!(evaluation.ready, "{:?}", evaluation.blocking);
    let submitted = filled::service().answers_to_submit(&answers, &evaluation);
    assert_eq!(submitted.text("material.residence_proof"), Some("residence_permit"));
}

#[test]
fn a_child_needs_a_guardian_and_consent() {
    let mut answers = filled::ordinary();
    answers.set("id_number", Some(text(filled::CHILD)));
    let evaluation = evaluate(&answers, &supplied(filled::SLOTS), TODAY);
    let missing: Vec<_> = evaluation.blocking.iter().map(|finding| &finding.target).collect();
    assert_eq!(missing.len(), 6, "{missing:?}");
    assert!(
        evaluation
            .sections
            .iter()
            .any(|section| section.id == "guardian" && section.relevant && section.missing == 4)
    );
}

#[test]
fn the_fee_of_every_category_of_2025() {
    let expected = [
        ("ordinary", 40_000),
        ("student", 40_000),
        ("minimum_living", 12_000),
        ("relapse_risk", 12_000),
        ("marginal_poverty", 12_000),
        ("sudden_hardship", 12_000),
        ("out_of_poverty", 20_000),
        ("severe_disability", 20_000),
        ("extreme_poverty", 0),
        ("orphan", 0),
        ("unattended_child", 0),
        ("veteran_party_member", 0),
    ];
    for (category, fen) in expected {
        let mut answers = filled::ordinary();
        answers.set("category", Some(text(category)));
        let fee = evaluate(&answers, &[], date(2024, 10, 1)).fee.expect("costs something");
        assert_eq!((fee.year, fee.personal_fen), (2025, Some(fen)), "{category}");
        let owed: i64 = fee.lines.iter().filter(|line| !line.included).map(|line| line.amount_fen).sum();
        assert_eq!(owed, fen, "long-term care is contained, not added");
    }
}

#[test]
fn an_unpublished_year_is_never_guessed() {
    let fee = evaluate(&filled::ordinary(), &[], TODAY).fee.expect("costs something");
    assert_eq!((fee.year, fee.personal_fen), (2027, None));
    assert!(fee.lines.is_empty());
    assert!(fee.note.expect("explained").zh.contains("2027 年度缴费标准未公布"));
}

#[test]
fn the_window_decides_the_year() {
    let year = |today| evaluate(&answers(&[]), &[], today).fee.expect("costs something").year;
    assert_eq!(year(date(2024, 8, 31)), 2024);
    assert_eq!(year(date(2024, 9, 1)), 2025);
    assert_eq!(year(date(2024, 12, 31)), 2025);
    assert_eq!(year(date(2025, 1, 1)), 2025);
}

#[test]
fn only_asked_answers_are_known() {
    let mut answers = filled::ordinary();
    answers.set("bank_card", Some(text("1")));
    answers.set("material.nothing", Some(text("1")));
    answers.set("material.residence_proof", Some(text("residence_permit")));
    assert_eq!(filled::service().unknown_answers(&answers), ["bank_card", "material.nothing"]);
}

#[test]
fn services_are_found_by_what_people_type() {
    let catalogue = Catalogue::embedded().expect("fit");
    for query in
        ["居民医保", "新农合", "xnh", "chengxiangjumin", "cxjm", "resident", "Health", "参保", " 城乡 居民 "]
    {
        let found = catalogue.search(query);
        assert!(found.iter().any(|service| service.id == "resident-enrolment"), "{query}");
    }
    assert!(catalogue.search("签证").is_empty());
    assert_eq!(catalogue.search(""), catalogue.services());
    let offered: Vec<_> = catalogue.services().into_iter().map(|service| service.id).collect();
    assert_eq!(
        offered[..2],
        ["resident-enrolment", "newborn-enrolment"],
        "what most people come for stands first"
    );
}

#[test]
fn what_a_person_reads() {
    insta::assert_snapshot!("nothing_filled", filled::as_read(&evaluate(&answers(&[]), &[], TODAY)));
    insta::assert_snapshot!(
        "ordinary_ready",
        filled::as_read(&evaluate(&filled::ordinary(), &supplied(filled::SLOTS), date(2024, 10, 1)))
    );
    insta::assert_snapshot!(
        "much_amiss",
        filled::as_read(&evaluate(&filled::amiss(), &supplied(&["portrait", "portrait"]), TODAY))
    );
}
