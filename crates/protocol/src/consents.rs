//! Consents on record, and whether they are the ones that are owed. What is owed says `forms`
//! (`ServiceDefinition::consents_due`); desk and office compare with the same two functions.

use forms::ConsentDue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Proof that a person agreed to a text: a consent of the notice, a consent field, or the declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConsentRecord {
    /// The consent of the service.
    pub consent: String,
    /// Version of the notice; of the service for consent fields and the declaration.
    pub notice_version: u32,
    /// Hash of the text that was agreed to.
    pub notice_hash: String,
    /// When, by the desk's clock.
    #[ts(type = "string")]
    pub given_at: Timestamp,
}

impl ConsentRecord {
    /// Somebody agrees now to what is owed.
    #[must_use]
    pub fn given(due: &ConsentDue, given_at: Timestamp) -> Self {
        Self { consent: due.id.clone(), notice_version: due.version, notice_hash: due.hash.clone(), given_at }
    }

    /// Whether it proves what is owed: the same consent under the very same text.
    #[must_use]
    pub fn proves(&self, due: &ConsentDue) -> bool {
        (self.consent.as_str(), self.notice_version, self.notice_hash.as_str())
            == (due.id.as_str(), due.version, due.hash.as_str())
    }
}

/// What is owed and not proven.
#[must_use]
pub fn consents_missing<'a>(due: &'a [ConsentDue], given: &[ConsentRecord]) -> Vec<&'a ConsentDue> {
    due.iter().filter(|due| !given.iter().any(|record| record.proves(due))).collect()
}

/// What nobody asked for: consents that are not owed, and the same consent a second time.
#[must_use]
pub fn consents_not_asked<'a>(due: &[ConsentDue], given: &'a [ConsentRecord]) -> Vec<&'a ConsentRecord> {
    let asked = |record: &ConsentRecord| due.iter().any(|due| due.id == record.consent);
    given
        .iter()
        .enumerate()
        .filter(|(at, record)| {
            !asked(record) || given[..*at].iter().any(|earlier| earlier.consent == record.consent)
        })
        .map(|(_, record)| record)
        .collect()
}

#[cfg(test)]
mod tests {
    use forms::{ConsentClass, Text};

    use super::*;

    fn due(id: &str, hash: &str) -> ConsentDue {
        ConsentDue {
            id: id.into(),
            class: ConsentClass::BankCard,
            version: 1,
            hash: hash.into(),
            text: Text::new("同意", "I agree"),
        }
    }

    fn record(id: &str, hash: &str) -> ConsentRecord {
        ConsentRecord::given(&due(id, hash), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn only_the_very_text_proves_and_only_what_is_owed_is_taken() {
        let owed = [due("notice", "a"), due("bank_card", "b")];
        let given = [record("notice", "a"), record("bank_card", "b")];
        assert!(consents_missing(&owed, &given).is_empty() && consents_not_asked(&owed, &given).is_empty());

        let older = [record("notice", "a"), record("bank_card", "of another text")];
        assert_eq!(consents_missing(&owed, &older), [&owed[1]]);
        let newer = ConsentRecord { notice_version: 2, ..record("notice", "a") };
        assert_eq!(consents_missing(&owed[..1], &[newer]), [&owed[0]]);

        let more = [record("notice", "a"), record("bank_card", "b"), record("minor", "c")];
        assert_eq!(consents_not_asked(&owed, &more), [&more[2]]);
        let twice = [record("notice", "a"), record("bank_card", "b"), record("notice", "a")];
        assert_eq!(consents_not_asked(&owed, &twice), [&twice[2]]);
    }
}
