//! Looking at documents: pages as pictures drawn in the child process, originals as downloads only. Every look
//! is written down before anything is shown.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use protocol::{ApplicationNumber, DocumentKind, ManifestDocument};
use serde::Deserialize;

use super::{cases::find, sessions::Reviewer};
use crate::{
    http::problem::{Answer, Failure},
    office::Office,
    store::Look,
};

/// Longer side of a page where nothing else is asked for, in pixels.
const EDGE: u32 = 1600;
const SMALLEST_EDGE: u32 = 64;
const LARGEST_EDGE: u32 = 4000;

#[derive(Debug, Deserialize)]
pub(super) struct Place {
    application: String,
    revision: String,
    slot: String,
    index: String,
    page: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Size {
    edge: Option<u32>,
}

struct Found {
    number: ApplicationNumber,
    document: ManifestDocument,
    bytes: Bytes,
}

pub(super) async fn page(
    State(office): State<Office>,
    reviewer: Reviewer,
    Path(place): Path<Place>,
    Query(size): Query<Size>,
) -> Answer<Response> {
    let page: u32 = place
        .page
        .as_deref()
        .and_then(|page| page.strip_suffix(".png"))
        .and_then(|page| page.parse().ok())
        .ok_or_else(Failure::not_found)?;
    let found = look(&office, &reviewer, &place, "page_seen").await?;
    let edge = size.edge.unwrap_or(EDGE).clamp(SMALLEST_EDGE, LARGEST_EDGE);
    let png = office
        .inspector
        .render(found.bytes, page, edge)
        .await
        .map_err(|failure| Failure::from(failure).about(found.document.sha256))?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

pub(super) async fn original(
    State(office): State<Office>,
    reviewer: Reviewer,
    Path(place): Path<Place>,
) -> Answer<Response> {
    let Found { number, document, bytes } = look(&office, &reviewer, &place, "original_taken").await?;
    let extension = match document.kind {
        DocumentKind::Jpeg => "jpg",
        DocumentKind::Pdf => "pdf",
    };
    // Number, slot and index come from the office's own records and are plain ASCII.
    let name = format!("attachment; filename=\"{number}-{}-{}.{extension}\"", document.slot, document.index);
    let disposition = HeaderValue::from_str(&name).map_err(Failure::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(document.kind.media_type())),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

async fn look(office: &Office, reviewer: &Reviewer, place: &Place, action: &'static str) -> Answer<Found> {
    let (revision, index): (u32, u32) = match (place.revision.parse(), place.index.parse()) {
        (Ok(revision), Ok(index)) => (revision, index),
        _ => return Err(Failure::not_found()),
    };
    let record = find(office, &place.application).await?;
    let document = record
        .revisions
        .iter()
        .find(|record| record.manifest.revision == revision)
        .and_then(|record| {
            record.manifest.documents.iter().find(|d| d.slot == place.slot && d.index == index)
        })
        .cloned()
        .ok_or_else(Failure::not_found)?;
    let page = place.page.as_deref().map(|page| format!(", page {page}")).unwrap_or_default();
    let detail = format!("revision {revision}, {} {index}{page}", document.slot);
    let look = Look { application: record.state.application, action, detail: &detail };
    office.store.record_look(&reviewer.name, &look, office.now()).await?;
    let bytes = office.attachments.get(document.sha256).await?;
    Ok(Found { number: record.state.number, document, bytes })
}
