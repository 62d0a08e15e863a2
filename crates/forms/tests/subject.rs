//! Whom an application is about, whose names are printed, what is hidden: in the catalogue as it is.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

use forms::{Answer, Answers, Catalogue, Evaluation, FieldKind, ServiceDefinition, Subject};
use jiff::civil::date;

fn service(id: &str) -> &'static ServiceDefinition {
    let catalogue = Catalogue::embedded().expect("the catalogue reads");
    catalogue.service(id, None).unwrap_or_else(|| panic!("no {id}"))
}

fn evaluation(id: &str, answers: &[(&str, &str)]) -> Evaluation {
    let answers = answers.iter().map(|(field, text)| ((*field).to_owned(), Answer::Text((*text).to_owned())));
    let catalogue = Catalogue::embedded().expect("the catalogue reads");
    service(id).evaluate(catalogue, &Answers(answers.collect()), &[], date(2026, 11, 22))
}

fn subject(id: &str, answers: &[(&str, &str)]) -> Option<Subject> {
    service(id).subject(&evaluation(id, answers))
}

const ADULT: &str = "110101199003078881";
/// Born on 1 June 2020.
const CHILD: &str = "110101202006010019";

#[test]
fn the_person_is_known_by_the_number_however_it_is_typed_and_the_year_by_the_service() {
    let one = subject("resident-enrolment", &[("id_number", ADULT)]).expect("somebody");
    let spaced = subject("resident-enrolment", &[("id_number", "110101 1990 0307 8881")]).expect("somebody");
    assert!(one.is_person_of(&spaced) && one.year == Some(2027), "{one:?}");
    let other = subject("resident-enrolment", &[("document_type", "08"), ("passport", "E12345678")]);
    assert!(!one.is_person_of(&other.expect("by the passport")));
    let claim = subject("reimbursement", &[("id_number", ADULT)]).expect("somebody");
    assert!(one.is_person_of(&claim) && claim.year.is_none(), "a claim has no year: {claim:?}");
    assert_eq!(subject("resident-enrolment", &[("id_number", "1101011990")]), None, "half a number");
    assert_eq!(subject("consultation", &[("full_name", "林小满")]), None, "asks for no number");
}

#[test]
fn of_a_binding_the_relative_is_the_person_and_both_are_named() {
    let answers = [
        ("full_name", "林大满"),
        ("id_number", ADULT),
        ("member_name", "林小满"),
        ("binding_method", "id_number"),
        ("member_id_number", CHILD),
    ];
    let judged = evaluation("family-binding", &answers);
    let about = service("family-binding").subject(&judged).map(|subject| subject.number().to_owned());
    let value = judged.fields["member_id_number"].value.clone();
    assert_eq!(about.map(Answer::Text), value, "whatever is read of it");
    assert_eq!(service("family-binding").names(&judged), ["member_name", "full_name"]);
}

#[test]
fn one_name_where_one_person_applies_and_two_where_it_is_for_another() {
    let enrolment = service("resident-enrolment");
    let alone = evaluation("resident-enrolment", &[("full_name", "林小满"), ("id_number", ADULT)]);
    assert_eq!(enrolment.names(&alone), ["full_name"]);
    let payment = service("premium-payment");
    let answers = [("full_name", "林小满"), ("paying_for", "other"), ("payer_name", "陈立")];
    assert_eq!(payment.names(&evaluation("premium-payment", &answers)), ["full_name", "payer_name"]);
    let same = [("full_name", "林小满"), ("paying_for", "other"), ("payer_name", "林小满")];
    assert_eq!(payment.names(&evaluation("premium-payment", &same)), ["full_name"]);
    let newborn = [("full_name", "林小满"), ("guardian_name", "林大满")];
    let judged = evaluation("newborn-enrolment", &newborn);
    assert_eq!(service("newborn-enrolment").names(&judged), ["full_name", "guardian_name"]);
}

#[test]
fn every_number_of_a_document_a_card_or_a_phone_is_hidden_and_no_name() {
    let catalogue = Catalogue::embedded().expect("the catalogue reads");
    for summary in catalogue.services() {
        let definition = service(&summary.id);
        let hidden = definition.hidden();
        for field in definition.view().sections.iter().flat_map(|section| &section.fields) {
            let is_number = matches!(
                field.kind,
                FieldKind::IdNumber
                    | FieldKind::PermanentResidence
                    | FieldKind::Passport
                    | FieldKind::HomeReturnPermit
                    | FieldKind::TaiwanPermit
                    | FieldKind::BirthCertificate
                    | FieldKind::BankCard
                    | FieldKind::Mobile
            );
            let is_hidden = hidden.contains(&field.id);
            assert!(!is_number || is_hidden, "{}: {}", summary.id, field.id);
            assert!(field.kind != FieldKind::PersonName || !is_hidden, "{}: {}", summary.id, field.id);
        }
    }
    assert!(service("resident-enrolment").hidden().contains(&"guardian_other_document".to_owned()));
}
