//! `PUT`, `PATCH` and `HEAD /v1/blobs/{sha256}`: the bytes of documents that the caller's own manifests declare.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use protocol::{AccountId, ContentHash, UPLOAD_LENGTH, UPLOAD_OFFSET};

use super::{
    problem::{Answer, Failure},
    reading::Caller,
    receiving::{Arriving, PACE, too_large},
};
use crate::{
    checking::LARGEST_DOCUMENT,
    office::Office,
    store::{Declared, HeldBlob},
};

/// Stores a document once hash, size and content are what the manifest says.
#[utoipa::path(
    put, path = "/v1/blobs/{sha256}", tag = "desk", security(("account" = [])),
    params(("sha256" = String, Path, description = "64 hexadecimal digits")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "stored, durable"),
        (status = 200, description = "was there already"),
        (status = 401, description = "`unauthorised`", body = Object, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: not declared by this account", body = Object, content_type = "application/problem+json"),
        (status = 408, description = "`busy`: broke off or too slow; send it again", body = Object, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Object, content_type = "application/problem+json"),
        (status = 415, description = "`unfit_document`", body = Object, content_type = "application/problem+json"),
        (status = 422, description = "`hash_mismatch`", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(office): State<Office>,
    Caller(account, _counted): Caller,
    Path(hash): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    take(&office, account, known_hash(&hash)?, &headers, 0, body).await
}

/// Stores a document of which a beginning is here: the body is what follows it. How much is here, the answer to the
/// manifest says.
#[utoipa::path(
    patch, path = "/v1/blobs/{sha256}", tag = "desk", security(("account" = [])),
    params(
        ("sha256" = String, Path, description = "64 hexadecimal digits"),
        ("upload-offset" = u64, Header, description = "bytes that are here; the body follows them"),
    ),
    request_body(content = Vec<u8>, content_type = "application/partial-upload"),
    responses(
        (status = 201, description = "stored whole, durable"),
        (status = 400, description = "`malformed`: no offset", body = Object, content_type = "application/problem+json"),
        (status = 409, description = "`offset_mismatch`: fewer bytes are here, or they and the rest are not the document; send all of it", body = Object, content_type = "application/problem+json"),
        (status = "4XX", description = "as for PUT", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn patch(
    State(office): State<Office>,
    Caller(account, _counted): Caller,
    Path(hash): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let hash = known_hash(&hash)?;
    let offset = headers.get(UPLOAD_OFFSET).and_then(number);
    let offset = offset.ok_or_else(|| Failure::malformed("an upload that goes on says behind which byte"))?;
    take(&office, account, hash, &headers, offset, body).await
}

/// The bytes that follow the first `offset`, judged with them as a whole.
async fn take(
    office: &Office,
    account: AccountId,
    hash: ContentHash,
    headers: &HeaderMap,
    offset: u64,
    body: Body,
) -> Answer<StatusCode> {
    let declared = office.underway.declared(&*office.store, account, hash).await?;
    let declared = declared.ok_or_else(Failure::not_found)?;
    if declared.held.is_some() {
        return Ok(StatusCode::OK);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(number).unwrap_or(0);
    // Refused before the body is read.
    if announced.saturating_add(offset) > LARGEST_DOCUMENT {
        return Err(too_large(hash));
    }
    let beginning = office.partials.beginning(account, hash);
    let arriving = Arriving::behind(offset, Arc::clone(&beginning), hash).await?;
    let bytes = arriving.receive(body, PACE).await?;
    let held = match judge(office, account, declared, hash, bytes.clone()).await {
        Ok(held) => held,
        Err(failure) => {
            // An office that could not look is no reason to send all of it again.
            if failure.blames_document() {
                beginning.forget().await;
            }
            return Err(failure);
        }
    };
    office.attachments.put(hash, bytes).await?;
    office.store.hold_blob(account, hash, held, office.now()).await?;
    office.underway.holds(account, hash);
    beginning.forget().await;
    Ok(StatusCode::CREATED)
}

/// How much of a document is there.
#[utoipa::path(
    head, path = "/v1/blobs/{sha256}", tag = "desk", security(("account" = [])),
    params(("sha256" = String, Path, description = "64 hexadecimal digits")),
    responses(
        (status = 200, description = "`Upload-Offset` of `Upload-Length` bytes are there"),
        (status = 404, description = "not declared by this account"),
    )
)]
pub(crate) async fn head(
    State(office): State<Office>,
    Caller(account, _counted): Caller,
    Path(hash): Path<String>,
) -> Answer<Response> {
    let hash = known_hash(&hash)?;
    let declared = declared(&office, account, hash).await?;
    let (offset, length) = match declared.held {
        Some(held) => (held.size_bytes, held.size_bytes),
        None => (
            office.partials.length(account, hash),
            declared.declarations.first().map_or(0, |(size, _)| *size),
        ),
    };
    let headers = [
        (UPLOAD_OFFSET, HeaderValue::from(offset)),
        (UPLOAD_LENGTH, HeaderValue::from(length)),
        ("cache-control", HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

/// What the store knows of a document of the account.
async fn declared(office: &Office, account: AccountId, hash: ContentHash) -> Answer<Declared> {
    office.store.blob_declared(account, hash).await?.ok_or_else(Failure::not_found)
}

fn number(value: &HeaderValue) -> Option<u64> {
    value.to_str().ok()?.parse().ok()
}

fn known_hash(text: &str) -> Answer<ContentHash> {
    text.parse().map_err(|_| Failure::not_found())
}

/// Size and kind as declared, and fit by the office's own judgement.
async fn judge(
    office: &Office,
    account: AccountId,
    mut declared: Declared,
    hash: ContentHash,
    bytes: Bytes,
) -> Answer<HeldBlob> {
    let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let of_size = |declared: &Declared| declared.declarations.iter().any(|(size, _)| *size == size_bytes);
    if !of_size(&declared) {
        // What is remembered is the newest manifest alone; an older one may have said what is true.
        declared = self::declared(office, account, hash).await?;
        if !of_size(&declared) {
            return Err(Failure::hash_mismatch("the bytes do not have the declared size").about(hash));
        }
    }
    let fit = office.inspector.check(bytes).await.map_err(|failure| Failure::from(failure).about(hash))?;
    let of_kind = |declared: &Declared| declared.declarations.iter().any(|(_, kind)| *kind == fit.kind);
    if !of_kind(&declared) && !of_kind(&self::declared(office, account, hash).await?) {
        return Err(Failure::unfit("the document is not of the kind that the manifest says").about(hash));
    }
    Ok(HeldBlob { size_bytes, kind: fit.kind, pages: fit.pages })
}
