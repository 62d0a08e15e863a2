//! Consents: what a person agreed to is kept with version, hash and time, the consents of the notice as a whole,
//! those of the form with the answer that gives them; the declaration is given with each handing in.

use forms::{Answer, ConsentClass, ConsentDue, FieldKind};
use jiff::Timestamp;
use protocol::{ApplicationId, ConsentRecord, consents_missing};
use serde_json::json;

use crate::{ApplicationView, Desk, Explained, case::Case, explained::already_handed_in};

impl Desk {
    /// Records exactly these consents of the notice; one that stands already under the same text keeps its time.
    /// Those of the form come and go with their answers and are passed over here.
    ///
    /// # Errors
    /// `already_handed_in`, `consent_unknown`, the store's.
    pub async fn agree(&self, id: ApplicationId, consents: &[String]) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        if case.editable.is_some() {
            return Err(already_handed_in());
        }
        let notice = &case.definition.view().notice;
        let now = self.0.clock.now();
        let mut records: Vec<ConsentRecord> =
            case.row.consents.iter().filter(|record| is_consent(&case, &record.consent)).cloned().collect();
        for consent in consents.iter().filter(|consent| !is_consent(&case, consent)) {
            if !notice.consents.iter().any(|known| known.id == *consent) {
                return Err(consent_unknown(consent));
            }
            let given = ConsentRecord {
                consent: consent.clone(),
                notice_version: notice.version,
                notice_hash: notice.hash.clone(),
                given_at: now,
            };
            records.push(standing(&case, &given).unwrap_or(given));
        }
        opened.store.save_consents(id, &records, now).await?;
        Ok(self.case(&opened, id).await?.view())
    }

    /// What proves the answer of a consent field; `None` where it is no consent, or is not asked for now.
    pub(crate) fn proof_of(
        &self,
        case: &Case,
        field: &str,
        answer: Option<&Answer>,
    ) -> Option<ConsentRecord> {
        if answer != Some(&Answer::Bool(true)) {
            return None;
        }
        let evaluation = case.evaluation_with(field, answer);
        let due = case.definition.consents_due(&evaluation).into_iter().find(|due| due.id == field)?;
        let given = ConsentRecord::given(&due, self.0.clock.now());
        Some(standing(case, &given).unwrap_or(given))
    }
}

/// The record of the same consent under the same text, with its own time.
fn standing(case: &Case, given: &ConsentRecord) -> Option<ConsentRecord> {
    let same =
        |record: &&ConsentRecord| ConsentRecord { given_at: given.given_at, ..(*record).clone() } == *given;
    case.row.consents.iter().find(same).cloned()
}

/// Whether a field gives a consent.
pub(crate) fn is_consent(case: &Case, field: &str) -> bool {
    let mut fields = case.definition.view().sections.iter().flat_map(|section| &section.fields);
    fields.any(|one| one.id == field && one.kind == FieldKind::Consent)
}

/// Exactly the consents that are owed, the declaration among them as of `now`.
pub(crate) fn consents_to_submit(
    case: &Case,
    declared: bool,
    now: Timestamp,
) -> Result<Vec<ConsentRecord>, Explained> {
    let due = case.definition.consents_due(&case.evaluation);
    let is_declaration = |due: &ConsentDue| due.class == ConsentClass::Declaration;
    let mut missing = consents_missing(&due, &case.row.consents);
    missing.retain(|due| !is_declaration(due));
    if !missing.is_empty() {
        return Err(consent_missing(case, &missing));
    }
    if !declared && due.iter().any(is_declaration) {
        return Err(declaration_missing());
    }
    let record = |due: &ConsentDue| {
        let given = case.row.consents.iter().find(|record| record.proves(due) && !is_declaration(due));
        given.cloned().unwrap_or_else(|| ConsentRecord::given(due, now))
    };
    Ok(due.iter().map(record).collect())
}

fn consent_unknown(consent: &str) -> Explained {
    Explained::new(
        "consent_unknown",
        "办理须知里没有这一项同意。",
        "The notice does not ask for this consent.",
    )
    .hint("请回到须知页再勾选一次。", "Please go back to the notice and tick again.")
    .details(json!({ "consent": consent }))
}

fn consent_missing(case: &Case, missing: &[&ConsentDue]) -> Explained {
    let ids: Vec<&str> = missing.iter().map(|due| due.id.as_str()).collect();
    let details = json!({ "consents": ids });
    if missing.iter().any(|due| !is_consent(case, &due.id)) {
        return Explained::new(
            "consent_missing",
            "办理须知里还有没勾选的同意项，没有提交。您填的都还在。",
            "Not every consent of the notice is given, so nothing was handed in. What you filled in is still here.",
        )
        .hint(
            "请回到“办理须知”，看过以后勾选，再点“提交申请”。",
            "Please go back to the notice, read and tick it, then press Submit.",
        )
        .details(details);
    }
    Explained::new(
        "consent_missing",
        "表里有一项单独同意没有留下记录，没有提交。您填的都还在。",
        "A separate consent in the form is not on record, so nothing was handed in. What you filled in is still here.",
    )
    .hint(
        format!("请在表里把“{}”取消勾选，再勾选一次，然后提交。", missing[0].text.zh),
        format!("Please untick “{}” in the form, tick it again, then submit.", missing[0].text.en),
    )
    .details(details)
}

fn declaration_missing() -> Explained {
    Explained::new(
        "declaration_missing",
        "“我声明”这一项还没有勾选，没有提交。您填的都还在。",
        "The declaration is not ticked yet, so nothing was handed in. What you filled in is still here.",
    )
    .hint(
        "请看一遍核对页下方的声明，同意就勾选，再点“提交申请”。",
        "Please read the declaration at the foot of the check page; if it is true, tick it, then press Submit.",
    )
}
