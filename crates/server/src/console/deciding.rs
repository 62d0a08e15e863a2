//! Claiming a case, giving it back, deciding it.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use forms::{Service, Target};
use protocol::{Decision, Manifest, ProblemCode, ReviewOutcome};
use serde::Deserialize;

use super::{
    cases::{application_id, describe, find},
    sessions::Reviewer,
    types::CaseDetail,
};
use crate::{
    http::{
        problem::{Answer, Failure},
        reading::Read,
    },
    numbering::office_day,
    office::Office,
    store::{DecisionOutcome, StoreError},
};

/// Longest reason or message, in characters.
const LONGEST_REASON: usize = 2000;
/// Most findings of one decision.
const MOST_FINDINGS: usize = 100;

/// The body of a claim; may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Claim {
    /// Also where another reviewer has the case: people fall ill.
    take_over: bool,
}

pub(super) async fn claim(
    State(office): State<Office>,
    reviewer: Reviewer,
    Path(application): Path<String>,
    Read(claim): Read<Option<Claim>>,
) -> Answer<Json<CaseDetail>> {
    let id = application_id(&application)?;
    let take_over = claim.unwrap_or_default().take_over;
    let (store, at) = (office.store.clone(), office.now());
    conclude(&office, &application, async move { store.claim(id, &reviewer.name, take_over, at).await }).await
}

pub(super) async fn release(
    State(office): State<Office>,
    reviewer: Reviewer,
    Path(application): Path<String>,
) -> Answer<Json<CaseDetail>> {
    let id = application_id(&application)?;
    let (store, at) = (office.store.clone(), office.now());
    conclude(&office, &application, async move { store.release(id, &reviewer.name, at).await }).await
}

pub(super) async fn decide(
    State(office): State<Office>,
    reviewer: Reviewer,
    Path(application): Path<String>,
    Read(mut decision): Read<Decision>,
) -> Answer<Json<CaseDetail>> {
    let record = find(&office, &application).await?;
    let newest = record.revisions.last().map(|revision| &revision.manifest);
    let newest = newest.ok_or_else(|| Failure::internal("a case has no revision"))?;
    let known = office.editions.now();
    let (_, definition) = known
        .library
        .service(&newest.service, Some(newest.service_version))
        .ok_or_else(|| Failure::internal("the catalogue no longer holds the service of a case"))?;
    let service = definition.view();
    complete_texts(&mut decision);
    sound(service, newest, &decision).map_err(Failure::malformed)?;
    let supplement_by = (decision.outcome == ReviewOutcome::RequestSupplement).then(|| {
        let days = service.review.supplement_working_days;
        known.library.current().calendar().add_working_days(office_day(office.now()), days)
    });
    let id = record.state.application;
    let (store, at) = (office.store.clone(), office.now());
    let deciding = async move { store.decide(id, &reviewer.name, &decision, supplement_by, at).await };
    conclude(&office, &application, deciding).await
}

/// Does it, tells the applicant, and shows the case as it stands then.
async fn conclude(
    office: &Office,
    application: &str,
    change: impl Future<Output = Result<DecisionOutcome, StoreError>> + Send + 'static,
) -> Answer<Json<CaseDetail>> {
    let applicant = |outcome: &DecisionOutcome| match outcome {
        DecisionOutcome::Done { account } => Some(*account),
        _ => None,
    };
    match office.announcing(applicant, change).await? {
        DecisionOutcome::Done { .. } => Ok(Json(describe(office, find(office, application).await?)?)),
        DecisionOutcome::NotFound => Err(Failure::not_found()),
        DecisionOutcome::StaleRevision { newest } => Err(Failure::new(
            StatusCode::PRECONDITION_FAILED,
            ProblemCode::PreconditionFailed,
            format!("the newest revision is {newest}; look at it first"),
        )),
        DecisionOutcome::NotNow { status } => {
            Err(Failure::conflict(&format!("the case does not allow this now: {status:?}"), Vec::new()))
        }
        DecisionOutcome::ClaimedByOther => {
            Err(Failure::conflict("another reviewer is looking at the case", Vec::new()))
        }
    }
}

/// A reviewer writes one language; the other repeats it.
fn complete_texts(decision: &mut Decision) {
    for finding in &mut decision.findings {
        let message = &mut finding.message;
        if message.en.trim().is_empty() {
            message.en.clone_from(&message.zh);
        }
        if message.zh.trim().is_empty() {
            message.zh.clone_from(&message.en);
        }
    }
    decision.reason =
        decision.reason.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
}

/// What a decision must say, and that it points at things that exist.
fn sound(service: &Service, newest: &Manifest, decision: &Decision) -> Result<(), &'static str> {
    let exists = |target: &Target| match target {
        Target::Whole => true,
        Target::Field { id } => {
            service.sections.iter().flat_map(|section| &section.fields).any(|field| field.id == *id)
        }
        Target::Cell { id, row, column } => {
            let given = match newest.answers.0.get(id) {
                Some(forms::Answer::Rows(rows)) => rows.len(),
                _ => 0,
            };
            let fields = service.sections.iter().flat_map(|section| &section.fields);
            let mut groups = fields.filter(|field| field.id == *id).filter_map(|field| field.rows.as_ref());
            usize::try_from(*row).is_ok_and(|row| row < given)
                && groups.any(|rows| rows.columns.iter().any(|field| field.id == *column))
        }
        Target::Slot { id } => service
            .materials
            .iter()
            .flat_map(|material| &material.alternatives)
            .flat_map(|alternative| &alternative.slots)
            .any(|slot| slot.id == *id),
    };
    let findings = &decision.findings;
    if findings.len() > MOST_FINDINGS {
        return Err("there are too many findings");
    }
    if !findings.iter().all(|finding| exists(&finding.target)) {
        return Err("a finding points at a field, row or slot that the application does not have");
    }
    if findings.iter().any(|finding| finding.message.zh.trim().is_empty()) {
        return Err("a finding does not say what to mend");
    }
    let longest = findings
        .iter()
        .flat_map(|finding| [&finding.message.zh, &finding.message.en])
        .chain(&decision.reason)
        .map(|text| text.chars().count())
        .max();
    if longest > Some(LONGEST_REASON) {
        return Err("a text is longer than 2000 characters");
    }
    match decision.outcome {
        ReviewOutcome::Approve if !findings.is_empty() => Err("an approval has no findings"),
        ReviewOutcome::Approve if service.review.written_answer && decision.reason.is_none() => {
            Err("this service is answered in writing; an approval carries the answer")
        }
        ReviewOutcome::RequestSupplement if findings.is_empty() => Err("a supplement names what to mend"),
        ReviewOutcome::RequestSupplement
            if findings.iter().any(|finding| finding.target == Target::Whole) =>
        {
            Err("a supplement names fields and slots")
        }
        ReviewOutcome::Reject if decision.reason.is_none() => Err("a rejection has a reason"),
        _ => Ok(()),
    }
}
