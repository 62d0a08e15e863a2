//! Consents of a manifest: exactly those that its answers owe, each under the very text; and by class for reviewers.

use forms::{ConsentClass, ConsentDue, FieldKind, Finding, Service, Severity, Target, Text};
use protocol::{ConsentRecord, consents_missing, consents_not_asked};

use crate::console::CaseConsent;

/// What is wrong with the consents that came, given those that are due.
pub(crate) fn findings(service: &Service, due: &[ConsentDue], given: &[ConsentRecord]) -> Vec<Finding> {
    let missing = consents_missing(due, given).into_iter().map(|due| missing(service, due));
    missing.chain(consents_not_asked(due, given).into_iter().map(not_asked)).collect()
}

/// By class, in the order of the form; the words are those that were agreed to.
pub(crate) fn told(due: Vec<ConsentDue>, given: &[ConsentRecord]) -> Vec<CaseConsent> {
    due.into_iter()
        .filter_map(|due| {
            let record = given.iter().find(|record| record.consent == due.id)?;
            Some(CaseConsent {
                consent: due.id,
                class: due.class,
                text: due.text,
                version: record.notice_version,
                given_at: record.given_at,
            })
        })
        .collect()
}

fn missing(service: &Service, due: &ConsentDue) -> Finding {
    let ConsentDue { id, class, text, .. } = due;
    let mut fields = service.sections.iter().flat_map(|section| &section.fields);
    let stands_in_the_form = fields.any(|field| field.id == *id && field.kind == FieldKind::Consent);
    let (target, message) = match class {
        ConsentClass::Declaration => (
            Target::Whole,
            Text::new(
                "提交时没有勾选声明。请在核对页看过声明，勾选后再提交。",
                "The declaration was not given. Read it on the check page, tick it, then submit again.",
            ),
        ),
        _ if stands_in_the_form => (
            Target::Field { id: id.clone() },
            Text::new(
                format!("请单独勾选同意：{}", text.zh),
                format!("Agree to this separately: {}", text.en),
            ),
        ),
        _ => (
            Target::Whole,
            Text::new(
                format!("请先阅读办理须知并同意：{}", text.zh),
                format!("Read the notice first and agree: {}", text.en),
            ),
        ),
    };
    Finding { code: "consent.missing".into(), severity: Severity::Missing, target, message }
}

fn not_asked(record: &ConsentRecord) -> Finding {
    Finding {
        code: "consent.not_asked".into(),
        severity: Severity::Wrong,
        target: Target::Whole,
        message: Text::new(
            format!(
                "本事项现在不需要这一项同意（{}），经办机构不收取。请打开办件重新核对后再提交；还是这样，请更新程序。",
                record.consent
            ),
            format!(
                "This service does not ask for this consent now ({}), so the office does not take it. Open the application, check it again and submit; if that does not help, update the program.",
                record.consent
            ),
        ),
    }
}
