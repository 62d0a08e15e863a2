//! Trying a kind out in its tests: one field of that kind, the embedded catalogue, a fixed day.

use jiff::civil::date;

use super::{Asked, Reading};
use crate::{
    Catalogue, Choice, Field, FieldKind, Text,
    catalogue::UNWELCOME,
    definition::{FieldRules, Rule},
};

fn with_field<T>(kind: FieldKind, look: impl FnOnce(&Asked<'_>) -> T) -> T {
    with_bounds(kind, None, None, look)
}

fn with_bounds<T>(
    kind: FieldKind,
    min: Option<i64>,
    max: Option<i64>,
    look: impl FnOnce(&Asked<'_>) -> T,
) -> T {
    let choice = |value: &str| Choice {
        value: value.into(),
        label: Text::same(value),
        hint: None,
        search: String::new(),
    };
    let view = Field {
        id: "field".into(),
        label: Text::new("栏目", "Field"),
        hint: None,
        kind,
        choices: if kind == FieldKind::Choice { vec![choice("yes"), choice("no")] } else { vec![] },
        table: kind.own_table().map(str::to_owned),
        assumed: None,
        calculated: false,
        consent: None,
        rows: None,
    };
    let field = FieldRules {
        path: view.id.clone(),
        view,
        section: 0,
        relevant: Rule::Fixed(true),
        required: Rule::Fixed(false),
        calculate: None,
        constraints: vec![],
        texts: [].into(),
        max_chars: None,
        min,
        max,
        personal: true,
        document_number: false,
        example: None,
        consent_hash: None,
        rows: None,
    };
    let catalogue = Catalogue::embedded().expect("the embedded catalogue is fit");
    look(&Asked { field: &field, catalogue, today: date(2026, 11, 21) })
}

/// What the kind makes of what was typed.
pub(super) fn read(kind: FieldKind, typed: &str) -> Reading {
    with_field(kind, |asked| kind.rules().read(typed, asked))
}

/// The value, or the fault's code.
pub(super) fn value(kind: FieldKind, typed: &str) -> Result<String, &'static str> {
    value_between(kind, None, None, typed)
}

/// As [`value`], in a field with a smallest and a largest value.
pub(super) fn value_between(
    kind: FieldKind,
    min: Option<i64>,
    max: Option<i64>,
    typed: &str,
) -> Result<String, &'static str> {
    match with_bounds(kind, min, max, |asked| kind.rules().read(typed, asked)) {
        Reading::Read { value, .. } => Ok(value),
        Reading::Faulty(fault) => Err(fault.code),
        Reading::Empty => Err("empty"),
    }
}

/// The codes of the doubts; none where it cannot be read.
pub(super) fn doubts(kind: FieldKind, typed: &str) -> Vec<&'static str> {
    match read(kind, typed) {
        Reading::Read { doubts, .. } => doubts.iter().map(|doubt| doubt.code).collect(),
        _ => vec![],
    }
}

/// The Chinese message of the fault or doubt; empty where there is none.
pub(super) fn message(kind: FieldKind, typed: &str) -> String {
    match read(kind, typed) {
        Reading::Faulty(fault) => fault.message.zh,
        Reading::Read { doubts, .. } => doubts.into_iter().map(|doubt| doubt.message.zh).collect(),
        Reading::Empty => String::new(),
    }
}

/// Display and mask of what was typed.
pub(super) fn shown(kind: FieldKind, typed: &str) -> (String, String) {
    let value = value(kind, typed).expect("readable");
    with_field(kind, |asked| (kind.rules().display(&value, asked).zh, kind.rules().masked(&value, asked).zh))
}

const ALL: [FieldKind; 21] = [
    FieldKind::PersonName,
    FieldKind::IdNumber,
    FieldKind::Mobile,
    FieldKind::Email,
    FieldKind::Date,
    FieldKind::Sex,
    FieldKind::EthnicGroup,
    FieldKind::Region,
    FieldKind::Text,
    FieldKind::LongText,
    FieldKind::Money,
    FieldKind::BankCard,
    FieldKind::Choice,
    FieldKind::Checkbox,
    FieldKind::Number,
    FieldKind::PermanentResidence,
    FieldKind::Passport,
    FieldKind::HomeReturnPermit,
    FieldKind::TaiwanPermit,
    FieldKind::BirthCertificate,
    FieldKind::CreditCode,
];

#[test]
fn every_kind_reads_its_own_example() {
    for kind in ALL {
        let example = with_field(kind, |asked| kind.rules().example(asked));
        assert_eq!(value(kind, &example), Ok(example), "{kind:?}");
    }
}

#[test]
fn every_name_is_the_catalogues() {
    for kind in ALL {
        assert_eq!(serde_json::to_value(kind).expect("serialises"), kind.name());
    }
}

proptest::proptest! {
    /// Whatever is typed: no panic, a value that reads back as itself without fault, and only declared codes.
    #[test]
    fn reading_twice_is_reading_once(typed in "[0-9xXＸ一张·\\-/年@. ,+元\u{200B}]{0,20}|\\PC{0,30}|[1-9][0-9]{5}(19|20)[0-9]{9}[0-9X]|[A-Z]{0,3}[0-9]{7,16}[A-Z]?") {
        for kind in ALL {
            match read(kind, &typed) {
                Reading::Read { value: once, doubts } => {
                    assert_eq!(value(kind, &once), Ok(once.clone()), "{kind:?} {typed:?}");
                    with_field(kind, |asked| (kind.rules().display(&once, asked), kind.rules().masked(&once, asked)));
                    assert!(doubts.iter().all(|doubt| kind.rules().codes().contains(&doubt.code)));
                }
                Reading::Faulty(fault) => {
                    assert!(kind.rules().codes().contains(&fault.code), "{kind:?} {}", fault.code);
                    assert!(!fault.message.zh.is_empty() && !fault.message.en.is_empty());
                    assert!(UNWELCOME.iter().all(|word| typed.contains(word) || !fault.message.zh.contains(word)));
                }
                Reading::Empty => {}
            }
        }
    }
}
