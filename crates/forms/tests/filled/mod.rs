//! Filled forms of the resident enrolment, and an evaluation as a person would read it.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fmt::Write;

use forms::{Answer, Answers, Catalogue, Evaluation, ServiceDefinition, Supplied};
use jiff::civil::Date;

/// The slots of someone who shows the household register.
pub(crate) const SLOTS: &[&str] =
    &["id_card_front", "id_card_back", "household_head_page", "household_person_page", "portrait"];

/// What an adult of the ordinary category must fill.
pub(crate) const REQUIRED: &[&str] = &[
    "full_name",
    "id_number",
    "ethnic_group",
    "mobile",
    "household_region",
    "residence_region",
    "address",
    "category",
    "enrolled_elsewhere",
];

pub(crate) fn catalogue() -> &'static Catalogue {
    Catalogue::embedded().expect("the embedded catalogue is fit")
}

pub(crate) fn service() -> &'static ServiceDefinition {
    catalogue().service("resident-enrolment", None).expect("in the catalogue")
}

pub(crate) fn text(value: &str) -> Answer {
    Answer::Text(value.into())
}

pub(crate) fn answers(pairs: &[(&str, &str)]) -> Answers {
    Answers(pairs.iter().map(|(field, value)| ((*field).to_owned(), text(value))).collect())
}

/// An adult with an untidy hand.
pub(crate) fn ordinary() -> Answers {
    answers(&[
        ("full_name", " 张 三 "),
        ("id_number", "１１０１０１ 1990 0307 8881"),
        ("ethnic_group", "01"),
        ("mobile", "+86 138-0013-8000"),
        ("household_region", "330106"),
        ("residence_region", "330106"),
        ("address", "文三路 100 号 "),
        ("category", "ordinary"),
        ("enrolled_elsewhere", "no"),
    ])
}

/// Much to mend, and something to look at.
pub(crate) fn amiss() -> Answers {
    answers(&[
        ("full_name", "张3"),
        ("id_number", "11010119900307888"),
        ("ethnic_group", "57"),
        ("mobile", "1380013800"),
        ("email", "zhang.example.cn"),
        ("household_region", "330100"),
        ("residence_region", "653200/和安县"),
        ("address", ""),
        ("category", "severe_disability"),
        ("enrolled_elsewhere", "yes"),
    ])
}

pub(crate) fn without(mut answers: Answers, field: &str) -> Answers {
    answers.set(field, None);
    answers
}

pub(crate) fn supplied(slots: &[&str]) -> Vec<Supplied> {
    slots.iter().map(|slot| Supplied { slot: (*slot).into(), count: 1 }).collect()
}

pub(crate) fn evaluate(answers: &Answers, supplied: &[Supplied], today: Date) -> Evaluation {
    service().evaluate(catalogue(), answers, supplied, today)
}

/// Fields, materials, what stands in the way, fee: one line each.
pub(crate) fn as_read(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    for section in &service().view().sections {
        for field in section.fields.iter().filter(|field| evaluation.fields[&field.id].relevant) {
            let state = &evaluation.fields[&field.id];
            let mark = if state.required { "*" } else { "" };
            let _ = writeln!(
                out,
                "{}{mark}: {} | {} | {}",
                field.label.zh, state.display.zh, state.display.en, state.masked.zh
            );
        }
    }
    for material in evaluation.materials.iter().filter(|material| material.relevant) {
        let reason = material.reason.as_ref().map_or("", |reason| &reason.zh);
        let slots: Vec<String> =
            material.slots.iter().map(|slot| format!("{} {}", slot.id, slot.supplied)).collect();
        let _ = writeln!(out, "材料 {} ({reason}): {}", material.chosen, slots.join(", "));
    }
    for finding in evaluation.blocking.iter().chain(&evaluation.warnings) {
        let _ = writeln!(
            out,
            "{:?} {}\n  {}\n  {}",
            finding.severity, finding.code, finding.message.zh, finding.message.en
        );
    }
    for section in &evaluation.sections {
        let _ = writeln!(
            out,
            "{}: {} filled, {} to mend, {} missing",
            section.id, section.filled, section.to_mend, section.missing
        );
    }
    if let Some(fee) = &evaluation.fee {
        let _ = writeln!(
            out,
            "{} 年: {:?} 分\n  {}",
            fee.year,
            fee.personal_fen,
            fee.note.as_ref().map_or("", |note| &note.zh)
        );
        for line in &fee.lines {
            let _ = writeln!(
                out,
                "  {} {} 分{}",
                line.label.zh,
                line.amount_fen,
                if line.included { "（已含）" } else { "" }
            );
        }
    }
    out + if evaluation.ready { "可以提交\n" } else { "还不能提交\n" }
}

/// The number of a girl born on 7 March 2019.
pub(crate) const CHILD: &str = "110101201903070041";
