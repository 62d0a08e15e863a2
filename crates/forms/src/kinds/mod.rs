//! Field kinds: each reads what was typed, judges it, shows it and hides its personal part.
//!
//! One file per kind. A kind knows nothing of other fields; rules between fields are the catalogue's.

mod bank_card;
mod birth_certificate;
mod checkbox;
mod choice;
mod credit_code;
mod date;
mod eighteen;
mod email;
mod home_return_permit;
mod id_number;
mod insurance_year;
mod mobile;
mod money;
mod nationality;
mod number;
mod passport;
mod permanent_residence;
mod person_name;
mod region;
mod taiwan_permit;
mod text;

use jiff::civil::Date;

use crate::{Answer, Catalogue, FieldKind, Severity, Text, definition::FieldRules};

pub(crate) use bank_card::passes_luhn;
pub(crate) use date::{full_years, in_words as date_in_words};
pub(crate) use eighteen::{holder, is_residence_permit as begins_as_residence_permit};
pub(crate) use permanent_residence::birth_date;

/// What a kind may look at besides the typed text.
pub(crate) struct Asked<'a> {
    /// The field's own definition: choices, longest length.
    pub(crate) field: &'a FieldRules,
    /// Code tables and divisions.
    pub(crate) catalogue: &'a Catalogue,
    /// The day of the evaluation.
    pub(crate) today: Date,
}

/// What a kind makes of what was typed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Nothing there.
    Empty,
    /// Readable: the normalised value, and what should be looked at all the same.
    Read {
        /// What is handed in.
        value: String,
        /// Only [`Severity::Doubtful`].
        doubts: Vec<Fault>,
    },
    /// Not yet a value, or a wrong one.
    Faulty(Fault),
}

/// Why a reading is not simply right.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Unique within the kind; with the kind's name it is the finding's code.
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    pub(crate) message: Text,
}

impl Reading {
    fn right(value: impl Into<String>) -> Self {
        Self::Read { value: value.into(), doubts: vec![] }
    }

    fn doubtful(
        value: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let doubt = Fault { code, severity: Severity::Doubtful, message: Text::new(zh, en) };
        Self::Read { value: value.into(), doubts: vec![doubt] }
    }

    fn wrong(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Faulty(Fault { code, severity: Severity::Wrong, message: Text::new(zh, en) })
    }

    fn incomplete(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Faulty(Fault { code, severity: Severity::Missing, message: Text::new(zh, en) })
    }
}

/// Parse → normalise → judge → display → mask. Reading a value that was read before changes nothing.
pub(crate) trait Kind: Sync {
    /// Every fault this kind can find, so that the catalogue may word them for a field.
    fn codes(&self) -> &'static [&'static str];

    /// Parses, normalises and judges.
    fn read(&self, typed: &str, asked: &Asked<'_>) -> Reading;

    /// A normalised value as a person reads it.
    fn display(&self, value: &str, asked: &Asked<'_>) -> Text;

    /// `display` with the personal part hidden.
    fn masked(&self, value: &str, asked: &Asked<'_>) -> Text {
        self.display(value, asked)
    }

    /// What was typed but is not a value yet, or a wrong one.
    fn unread(&self, typed: &str, _: &Asked<'_>) -> Text {
        Text::same(typed.trim())
    }

    /// A normalised value as expressions see it.
    fn operand(&self, value: &str) -> cel::Value {
        value.to_owned().into()
    }

    /// A normalised value as it is handed in.
    fn answer(&self, value: &str) -> Answer {
        Answer::Text(value.to_owned())
    }

    /// Some value this kind reads, for trying out expressions when a catalogue is loaded.
    fn example(&self, asked: &Asked<'_>) -> String;
}

impl FieldKind {
    /// The rules of this kind.
    pub(crate) fn rules(self) -> &'static dyn Kind {
        match self {
            Self::PersonName => &person_name::PersonName,
            Self::IdNumber => &id_number::IdNumber,
            Self::Mobile => &mobile::Mobile,
            Self::Email => &email::Email,
            Self::Date => &date::TypedDate,
            Self::Region => &region::Division,
            Self::Text => &text::OneLine,
            Self::LongText => &text::Lines,
            Self::Money => &money::Money,
            Self::BankCard => &bank_card::BankCard,
            Self::Number => &number::Number,
            Self::Checkbox | Self::Consent => &checkbox::Checkbox,
            Self::PermanentResidence => &permanent_residence::PermanentResidence,
            Self::Passport => &passport::Passport,
            Self::HomeReturnPermit => &home_return_permit::HomeReturnPermit,
            Self::TaiwanPermit => &taiwan_permit::TaiwanPermit,
            Self::BirthCertificate => &birth_certificate::BirthCertificate,
            Self::CreditCode => &credit_code::CreditCode,
            // Rules of their own follow.
            Self::InsuranceYear => &insurance_year::InsuranceYear,
            Self::Rows => &text::OneLine,
            Self::Choice | Self::Sex | Self::EthnicGroup => &choice::OneOf,
        }
    }

    /// The stable name in finding codes, the same as in the catalogue.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PersonName => "person_name",
            Self::IdNumber => "id_number",
            Self::Mobile => "mobile",
            Self::Email => "email",
            Self::Date => "date",
            Self::Sex => "sex",
            Self::EthnicGroup => "ethnic_group",
            Self::Region => "region",
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Money => "money",
            Self::BankCard => "bank_card",
            Self::Choice => "choice",
            Self::Checkbox => "checkbox",
            Self::Consent => "consent",
            Self::Number => "number",
            Self::PermanentResidence => "permanent_residence",
            Self::Passport => "passport",
            Self::HomeReturnPermit => "home_return_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::BirthCertificate => "birth_certificate",
            Self::CreditCode => "credit_code",
            Self::InsuranceYear => "insurance_year",
            Self::Rows => "rows",
        }
    }

    /// The code table of kinds that always use the same one.
    pub(crate) const fn own_table(self) -> Option<&'static str> {
        match self {
            Self::Sex => Some("sex"),
            Self::EthnicGroup => Some("ethnic_group"),
            _ => None,
        }
    }
}

/// 少 n 位 or 多 n 位, with what is there and what is expected.
fn wrong_length(subject: &str, subject_en: &str, unit: &str, now: usize, expected: usize) -> Text {
    let (zh, en, by) =
        if now < expected { ("少", "short", expected - now) } else { ("多", "too many", now - expected) };
    let noun = if by == 1 { "digit" } else { "digits" };
    Text::new(
        format!("{subject}{zh} {by} {unit}：现在 {now} 位，应为 {expected} 位"),
        format!("{subject_en} is {by} {noun} {en}: {now} now, it should have {expected}"),
    )
}

#[cfg(test)]
mod trial;
