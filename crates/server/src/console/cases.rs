//! The queue and one case. Opening a case is written down.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use forms::{Evaluation, Library, Service, Text};
use jiff::civil::Date;
use protocol::{ApplicationId, Manifest, Status};
use serde::Deserialize;

use super::{
    sessions::Reviewer,
    types::{
        CaseAnswer, CaseConsent, CaseDetail, CaseDocument, CaseRevision, QueueItem, QueuePage, QueueView,
    },
};
use crate::{
    consents,
    http::problem::{Answer, Failure},
    judging,
    numbering::office_day,
    office::Office,
    store::{CaseRecord, Listed, Look, QueueAsked, QueuePlace, QueueRecord, RevisionRecord},
};

/// Rows of a page where nobody says how many, and at most.
const USUAL_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;

/// What the page asks for. `number` is the beginning of an application number as somebody typed it; then the view
/// does not count.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    view: Option<QueueView>,
    number: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

pub(super) async fn queue(
    State(office): State<Office>,
    _reviewer: Reviewer,
    Query(wanted): Query<Wanted>,
) -> Answer<Json<QueuePage>> {
    let listed = match (&wanted.number, wanted.view.unwrap_or(QueueView::Open)) {
        (Some(typed), _) => Listed::numbered(typed)
            .ok_or_else(|| Failure::malformed("an application number has 15 digits or begins with some"))?,
        (None, QueueView::Open) => Listed::Open,
        (None, QueueView::Waiting) => Listed::Waiting,
        (None, QueueView::Closed) => Listed::Closed,
        (None, QueueView::All) => Listed::All,
    };
    let place = |text: &String| QueuePlace::read(text).ok_or_else(|| Failure::malformed("no such cursor"));
    let after = wanted.after.as_ref().map(place).transpose()?;
    let limit = wanted.limit.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE);
    let read = office.store.queue(&QueueAsked { listed, after, limit }).await?;
    let (known, today) = (office.editions.now(), office_day(office.now()));
    Ok(Json(QueuePage {
        items: read.rows.into_iter().map(|record| queued(&known.library, record, today)).collect(),
        next: read.next.map(|place| place.text()),
        open: read.open,
        waiting: read.waiting,
    }))
}

fn queued(library: &Library, record: QueueRecord, today: Date) -> QueueItem {
    let service_title = library.service(&record.service, Some(record.service_version)).map_or_else(
        || Text::new(record.service.clone(), record.service.clone()),
        |(_, definition)| definition.view().title.clone(),
    );
    let open = matches!(record.status, Status::Submitted | Status::InReview);
    QueueItem {
        application_id: record.application,
        number: record.number,
        service: record.service,
        service_title,
        status: record.status,
        revision: record.revision,
        applicant: record.applicant,
        received_at: record.received_at,
        due_on: record.due_on,
        overdue: open && record.due_on.is_some_and(|day| today > day),
        claimed_by: record.claimed_by,
    }
}

pub(super) async fn detail(
    State(office): State<Office>,
    reviewer: Reviewer,
    Path(application): Path<String>,
) -> Answer<Json<CaseDetail>> {
    let record = find(&office, &application).await?;
    let revision = format!("revision {}", record.state.revision);
    let look = Look { application: record.state.application, action: "case_opened", detail: &revision };
    office.store.record_look(&reviewer.name, &look, office.now()).await?;
    Ok(Json(describe(&office, record)?))
}

pub(super) fn application_id(text: &str) -> Answer<ApplicationId> {
    text.parse().map_err(|_| Failure::not_found())
}

pub(super) async fn find(office: &Office, application: &str) -> Answer<CaseRecord> {
    let record = office.store.case(application_id(application)?).await?.ok_or_else(Failure::not_found)?;
    for revision in &record.revisions {
        office.know_service_of(&revision.manifest).await?;
    }
    Ok(record)
}

/// A revision as a person reads it.
struct Told {
    /// By the day of the first arrival: what counts.
    evaluation: Evaluation,
    /// What the form asked for when it was handed in.
    form: Evaluation,
    answers: Vec<CaseAnswer>,
    documents: Vec<CaseDocument>,
    consents: Vec<CaseConsent>,
}

pub(super) fn describe(office: &Office, record: CaseRecord) -> Answer<CaseDetail> {
    let known = office.editions.now();
    let mut told = Vec::with_capacity(record.revisions.len());
    let mut service = None;
    // As when they were judged: all by the day of the first.
    let day = record.revisions.first().map(|first| office_day(first.received_at)).unwrap_or_default();
    for (position, revision) in record.revisions.iter().enumerate() {
        let manifest = &revision.manifest;
        let (catalogue, definition) = known
            .library
            .service(&manifest.service, Some(manifest.service_version))
            .ok_or_else(|| Failure::internal("the catalogue no longer holds the service of a case"))?;
        let evaluation = definition.evaluate(&catalogue, &manifest.answers, &manifest.supplied(), day);
        let first = (position == 0).then_some((day, &evaluation));
        let form = first
            .and_then(|first| judging::as_handed_in(&catalogue, &definition, manifest, first))
            .unwrap_or_else(|| evaluation.clone());
        let before = position.checked_sub(1).and_then(|position| record.revisions.get(position));
        let view = definition.view();
        told.push(Told {
            answers: answers(view, &form, told.last()),
            documents: documents(view, revision, before.map(|before| &before.manifest)),
            consents: consents::told(definition.consents_due(&form), &manifest.consents),
            evaluation,
            form,
        });
        service = Some(view.clone());
    }
    let (Some(newest), Some(last), Some(service)) = (told.pop(), record.revisions.last(), service) else {
        return Err(Failure::internal("a case has no revision"));
    };
    let earlier = record
        .revisions
        .iter()
        .zip(told)
        .map(|(revision, told)| CaseRevision {
            revision: revision.manifest.revision,
            received_at: revision.received_at,
            answers: told.answers,
            documents: told.documents,
        })
        .rev()
        .collect();
    let state = record.state;
    Ok(CaseDetail {
        application_id: state.application,
        number: state.number,
        status: state.status,
        revision: state.revision,
        claimed_by: record.claimed_by,
        service,
        evaluation: newest.evaluation,
        answers: newest.answers,
        documents: newest.documents,
        consents: newest.consents,
        findings: state.findings,
        reason: state.reason,
        supplement_by: state.supplement_by,
        supplement_by_estimated: state.supplement_by_estimated,
        due_on: state.due_on,
        due_on_estimated: state.due_on_estimated,
        received_at: last.received_at,
        timeline: state.timeline,
        earlier,
    })
}

fn answers(service: &Service, evaluation: &Evaluation, before: Option<&Told>) -> Vec<CaseAnswer> {
    let mut lines = Vec::new();
    for section in &service.sections {
        for field in &section.fields {
            let Some(state) = evaluation.fields.get(&field.id).filter(|state| state.relevant) else {
                continue;
            };
            let changed = before.is_some_and(|told| {
                told.form.fields.get(&field.id).is_none_or(|then| then.value != state.value)
            });
            lines.push(CaseAnswer {
                section: section.id.clone(),
                field: field.id.clone(),
                label: field.label.clone(),
                display: state.display.clone(),
                masked: state.masked.clone(),
                changed,
            });
        }
    }
    lines
}

fn documents(service: &Service, revision: &RevisionRecord, before: Option<&Manifest>) -> Vec<CaseDocument> {
    let known: BTreeSet<_> = before
        .iter()
        .flat_map(|manifest| &manifest.documents)
        .map(|document| (&document.slot, document.sha256))
        .collect();
    let slots: Vec<_> = service
        .materials
        .iter()
        .flat_map(|material| &material.alternatives)
        .flat_map(|alternative| &alternative.slots)
        .collect();
    let mut lines: Vec<(usize, CaseDocument)> = revision
        .manifest
        .documents
        .iter()
        .zip(&revision.blobs)
        .map(|(document, blob)| {
            let place = slots.iter().position(|slot| slot.id == document.slot);
            let title = place.and_then(|place| slots.get(place)).map(|slot| slot.title.clone());
            let line = CaseDocument {
                slot: document.slot.clone(),
                index: document.index,
                title: title.unwrap_or_else(|| Text::new(document.slot.clone(), document.slot.clone())),
                kind: document.kind,
                pages: blob.pages,
                size_bytes: document.size_bytes,
                sha256: document.sha256,
                changed: before.is_some() && !known.contains(&(&document.slot, document.sha256)),
            };
            (place.unwrap_or(usize::MAX), line)
        })
        .collect();
    lines.sort_by_key(|(place, line)| (*place, line.index));
    lines.into_iter().map(|(_, line)| line).collect()
}
