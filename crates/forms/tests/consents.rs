//! Separate consents, and questions asked only where nothing follows.
#![allow(clippy::panic, reason = "a failed expectation tells what was found")]

mod made_up;

use std::sync::OnceLock;

use forms::{Answer, Answers, Catalogue, ConsentClass, Evaluation, ServiceDefinition};
use jiff::civil::date;
use made_up::answers;

const PERSON: &str = r#"
materials = []

[[sections]]
id = "person"
title = { zh = "参保人", en = "Person" }

[[sections.fields]]
id = "id_number"
kind = "id_number"
label = { zh = "身份证号", en = "ID number" }

[[sections.fields]]
id = "birth_date"
kind = "date"
label = { zh = "出生日期", en = "Birth date" }
calculate = "birth_date_of(id_number)"
otherwise = "ask"
required = true
texts.missing = { zh = "请写出生日期", en = "Write the birth date" }

[[sections.fields]]
id = "guardian_consent"
kind = "consent"
consent = "minor"
label = { zh = "我是监护人，单独同意", en = "I am the guardian and consent" }
relevant = "birth_date != null && age(birth_date, today) < 14"
required = true
texts.missing = { zh = "请由监护人勾选同意", en = "The guardian's consent is needed" }
"#;

/// Someone born on 7 March 2019.
const CHILD: &str = "110101201903070041";

fn catalogue() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| made_up::catalogue(PERSON).unwrap_or_else(|error| panic!("{error}")))
}

fn service() -> &'static ServiceDefinition {
    catalogue().service("made-up", None).expect("made up")
}

fn evaluate(answers: &Answers) -> Evaluation {
    service().evaluate(catalogue(), answers, &[], date(2026, 11, 22))
}

fn codes(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.blocking.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn what_follows_is_not_asked() {
    let followed = answers([("id_number", "110101199003078881")]);
    let evaluation = evaluate(&followed);
    assert!(evaluation.ready && evaluation.fields["birth_date"].derived);
    assert!(!service().view().sections[0].fields[1].calculated, "the window may ask it");

    let typed = answers([("id_number", "110101199003078881"), ("birth_date", "1990/3/7")]);
    let evaluation = evaluate(&typed);
    assert!(evaluation.ready);
    assert_eq!(service().answers_to_submit(&typed, &evaluation), followed);

    let contradicting = answers([("id_number", "110101199003078881"), ("birth_date", "1990-03-08")]);
    let evaluation = evaluate(&contradicting);
    assert_eq!(codes(&evaluation), ["date.contradiction"]);
    assert!(evaluation.blocking[0].message.zh.contains("这里是 1990 年 3 月 8 日"));
}

#[test]
fn what_does_not_follow_is_asked_and_may_be_required() {
    let evaluation = evaluate(&answers([]));
    assert_eq!(codes(&evaluation), ["date.missing"]);
    assert!(!evaluation.fields["birth_date"].derived);
    let typed = answers([("birth_date", "1990-03-07")]);
    let evaluation = evaluate(&typed);
    assert!(evaluation.ready);
    assert_eq!(service().answers_to_submit(&typed, &evaluation), typed);
}

#[test]
fn a_consent_is_owed_by_whom_it_is_shown_to() {
    let mut answers = answers([("id_number", CHILD)]);
    let evaluation = evaluate(&answers);
    assert_eq!(codes(&evaluation), ["consent.missing"]);
    for unticked in [Answer::Bool(false), Answer::Text("no".into()), Answer::Rows(vec![])] {
        answers.set("guardian_consent", Some(unticked));
        assert!(!evaluate(&answers).ready);
    }
    answers.set("guardian_consent", Some(Answer::Bool(true)));
    let evaluation = evaluate(&answers);
    assert!(evaluation.ready);

    let due = service().consents_due(&evaluation);
    let told: Vec<_> = due.iter().map(|due| (due.id.as_str(), due.class, due.version)).collect();
    assert_eq!(
        told,
        [
            ("notice", ConsentClass::Notice, 2),
            ("guardian_consent", ConsentClass::Minor, 3),
            ("declaration", ConsentClass::Declaration, 3),
        ]
    );
    assert!(due.iter().all(|due| due.hash.len() == 64 && !due.text.zh.is_empty()));
    assert_eq!(due[0].hash, service().view().notice.hash);
    assert_ne!(due[1].hash, due[2].hash);

    let adult = evaluate(&made_up::answers([("id_number", "110101199003078881")]));
    assert!(adult.consents.is_empty());
    assert_eq!(service().consents_due(&adult).len(), 2);
}
