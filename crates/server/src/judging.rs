//! The office judges a manifest by itself, with the very engine the desk used and the day of receipt. Nothing a
//! desk says about its own answers is believed.
//!
//! A form may have been filled, and handed in without a network, before a birthday that lies between that day and its
//! arrival: then it asked for a guardian whom nobody asks for now, or the other way round. So a first revision that the
//! day of its arrival finds wrong is taken, too, where the day of its hand-in finds the whole of it right. That day is
//! the desk's word, and a desk's clock can be set. What it could win: it is believed only backwards and only for
//! [`BELIEVED_DAYS`], and it decides nothing but what the form had to ask for. Deadlines, numbers, the due day, fee,
//! waiting period and insurance year go by the arrival, for the reviewer, too.

use std::collections::{BTreeMap, BTreeSet};

use forms::{
    Catalogue, Evaluation, FieldKind, Finding, Library, ReviewPromise, Service, ServiceDefinition, Severity,
    Supplied, Target, Text, WorkingDay,
};
use jiff::civil::Date;
use protocol::{ContentHash, Manifest, ManifestDocument, Supplement};

use crate::{checking::LARGEST_DOCUMENT, consents, numbering::office_day, store::Previous};

/// For how many days before its arrival a form may say that it was handed in: some time without a network, a holiday
/// within. Who turns the clock back further has the form looked through anew.
const BELIEVED_DAYS: i32 = 15;

/// What the office needs to remember of a manifest that may come in.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// The applicant's name, masked.
    pub(crate) applicant: String,
    /// By when the office answers, where it promises a day.
    pub(crate) due_on: Option<Date>,
    /// The holidays of a year on the way to that day are not published yet.
    pub(crate) due_estimated: bool,
}

/// Why a manifest may not come in.
#[derive(Debug)]
pub(crate) enum Refused {
    UnknownService,
    Malformed(&'static str),
    TooLarge { document: ContentHash },
    NotReady(Vec<Finding>),
    OutOfTurn(&'static str),
    TooLate,
}

/// Judges a manifest that arrived on `today`; `previous` is the revision it replaces.
pub(crate) fn judge(
    library: &Library,
    manifest: &Manifest,
    previous: Option<&Previous>,
    today: Date,
) -> Result<Judgement, Refused> {
    let (catalogue, definition) =
        library.service(&manifest.service, Some(manifest.service_version)).ok_or(Refused::UnknownService)?;
    let service = definition.view();
    well_formed(&manifest.documents)?;
    let unknown = definition.unknown_answers(&manifest.answers);
    if !unknown.is_empty() {
        return Err(Refused::NotReady(unknown.into_iter().map(not_asked).collect()));
    }
    // Later revisions are judged by the day of the first, as on the desk: no age and no insurance year slips.
    let day = previous.map_or(today, |previous| office_day(previous.first_received_at));
    let evaluation = definition.evaluate(&catalogue, &manifest.answers, &manifest.supplied(), day);
    let mut findings = objections(&definition, manifest, &evaluation);
    if !findings.is_empty()
        && previous.is_none()
        && in_order_when_handed_in(&catalogue, &definition, manifest, today).is_some()
    {
        findings.clear();
    }
    if findings.is_empty()
        && let Some(previous) = previous
    {
        findings = supplement(&catalogue, &definition, previous, manifest, day, today)?;
    }
    if !findings.is_empty() {
        return Err(Refused::NotReady(findings));
    }
    let due = match service.review.promise {
        // Holidays are published year by year: the newest edition knows most of them.
        ReviewPromise::WorkingDays { max, .. } => {
            Some(library.current().calendar().add_working_days(today, max))
        }
        ReviewPromise::AtOnce => Some(WorkingDay { date: today, calendar_known: true }),
        ReviewPromise::NotPromised => None,
    };
    Ok(Judgement {
        applicant: applicant(service, &evaluation),
        due_on: due.map(|day| day.date),
        due_estimated: due.is_some_and(|day| !day.calendar_known),
    })
}

/// What stands against taking it, as one day sees it.
fn objections(definition: &ServiceDefinition, manifest: &Manifest, evaluation: &Evaluation) -> Vec<Finding> {
    let service = definition.view();
    let mut findings = evaluation.blocking.clone();
    findings.extend(irrelevant_answers(manifest, evaluation));
    findings.extend(misplaced_documents(service, &manifest.supplied(), evaluation));
    findings.extend(consents::findings(service, &definition.consents_due(evaluation), &manifest.consents));
    findings
}

/// The form as the day of its hand-in saw it, where that day may be believed, is another one than that of the arrival
/// and finds nothing against it.
fn in_order_when_handed_in(
    catalogue: &Catalogue,
    definition: &ServiceDefinition,
    manifest: &Manifest,
    arrived: Date,
) -> Option<Evaluation> {
    let day = office_day(manifest.prepared_at);
    if day >= arrived || (arrived - day).get_days() > BELIEVED_DAYS {
        return None;
    }
    let evaluation = definition.evaluate(catalogue, &manifest.answers, &manifest.supplied(), day);
    objections(definition, manifest, &evaluation).is_empty().then_some(evaluation)
}

/// The form of a first revision as it has to be read: as the day of its hand-in saw it, where it was taken by that day.
/// Otherwise answers that were asked for then would be hidden from the reviewer.
pub(crate) fn as_handed_in(
    catalogue: &Catalogue,
    definition: &ServiceDefinition,
    manifest: &Manifest,
    (arrived, evaluation): (Date, &Evaluation),
) -> Option<Evaluation> {
    if objections(definition, manifest, evaluation).is_empty() {
        return None;
    }
    in_order_when_handed_in(catalogue, definition, manifest, arrived)
}

/// The applicant's name as it may stand in a list.
fn applicant(service: &Service, evaluation: &Evaluation) -> String {
    service
        .sections
        .iter()
        .flat_map(|section| &section.fields)
        .find(|field| field.kind == FieldKind::PersonName)
        .and_then(|field| evaluation.fields.get(&field.id))
        .map(|state| state.masked.zh.clone())
        .unwrap_or_default()
}

fn well_formed(documents: &[ManifestDocument]) -> Result<(), Refused> {
    let mut places = BTreeSet::new();
    for document in documents {
        if document.size_bytes > LARGEST_DOCUMENT {
            return Err(Refused::TooLarge { document: document.sha256 });
        }
        if document.size_bytes == 0 {
            return Err(Refused::Malformed("a document has no bytes"));
        }
        if !places.insert((&document.slot, document.index)) {
            return Err(Refused::Malformed("two documents stand in the same place"));
        }
    }
    Ok(())
}

fn not_asked(field: String) -> Finding {
    Finding {
        code: "answer.not_asked".into(),
        severity: Severity::Wrong,
        target: Target::Field { id: field },
        message: Text::new(
            "本事项现在不需要这一项，经办机构不收取。请打开办件重新核对后再提交；还是这样，请更新程序。",
            "This service does not ask for this now, so the office does not take it. Open the application, check it again and submit; if that does not help, update the program.",
        ),
    }
}

/// The office takes nothing it did not ask for (PIPL article 6).
fn irrelevant_answers<'a>(
    manifest: &'a Manifest,
    evaluation: &'a Evaluation,
) -> impl Iterator<Item = Finding> + 'a {
    manifest
        .answers
        .0
        .keys()
        .filter(|id| evaluation.fields.get(*id).is_some_and(|state| !state.relevant))
        .cloned()
        .map(not_asked)
}

/// Whether a slot belongs to the chosen way of showing something that is asked for.
fn is_asked(evaluation: &Evaluation, slot: &str) -> bool {
    evaluation
        .materials
        .iter()
        .any(|material| material.relevant && material.slots.iter().any(|state| state.id == slot))
}

fn misplaced_documents(service: &Service, supplied: &[Supplied], evaluation: &Evaluation) -> Vec<Finding> {
    let most: BTreeMap<&str, u32> = service
        .materials
        .iter()
        .flat_map(|material| &material.alternatives)
        .flat_map(|alternative| &alternative.slots)
        .map(|slot| (slot.id.as_str(), slot.max))
        .collect();
    let mut findings = Vec::new();
    for Supplied { slot, count } in supplied {
        let (code, message) = if !most.contains_key(slot.as_str()) || !is_asked(evaluation, slot) {
            let message = Text::new(
                "这里不需要材料，请把文件移到清单上的位置。",
                "No document is asked for here. Move it to a place on the list.",
            );
            ("slot.not_asked", message)
        } else if most.get(slot.as_str()).is_some_and(|most| count > most) {
            let message = Text::new(
                "这里的文件超过了数量，请删除多余的文件。",
                "There are more files here than the list allows. Remove those that are not needed.",
            );
            ("slot.too_many", message)
        } else {
            continue;
        };
        let target = Target::Slot { id: slot.clone() };
        findings.push(Finding { code: code.into(), severity: Severity::Wrong, target, message });
    }
    findings
}

/// A supplement comes in turn, in time, and changes what was asked for, what follows from it, and nothing else.
fn supplement(
    catalogue: &Catalogue,
    definition: &ServiceDefinition,
    previous: &Previous,
    manifest: &Manifest,
    day: Date,
    arrived: Date,
) -> Result<Vec<Finding>, Refused> {
    let before = &previous.manifest;
    if manifest.parent != Some(previous.hash) || manifest.revision != previous.revision + 1 {
        return Err(Refused::OutOfTurn("the revision does not name the newest one as its parent"));
    }
    if (&before.service, before.service_version) != (&manifest.service, manifest.service_version) {
        return Err(Refused::OutOfTurn("a supplement keeps the service of its application"));
    }
    // A manifest that replaces one that came in time has come in time.
    let arrived = previous.begun_at.map_or(arrived, office_day);
    if previous.supplement_by.is_some_and(|last_day| arrived > last_day) {
        return Err(Refused::TooLate);
    }
    let supplement = Supplement { catalogue, definition, day, findings: &previous.findings, before };
    Ok(supplement.strays(manifest).into_iter().map(not_opened).collect())
}

fn not_opened(target: Target) -> Finding {
    Finding {
        code: "supplement.not_opened".into(),
        severity: Severity::Wrong,
        target,
        message: Text::new(
            "审核人员没有要求修改这一项，请恢复原来的内容。",
            "The reviewer did not ask for a change here. Put back what was there before.",
        ),
    }
}
