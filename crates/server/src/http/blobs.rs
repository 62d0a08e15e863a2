//! `PUT` and `HEAD /v1/blobs/{sha256}`: the bytes of documents that the caller's own manifests declare.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use protocol::ContentHash;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use super::{
    problem::{Answer, Failure},
    reading::Caller,
};
use crate::{
    checking::LARGEST_DOCUMENT,
    office::Office,
    store::{Declared, HeldBlob},
};

/// A sender that is silent for this long has gone.
const SILENCE: std::time::Duration = std::time::Duration::from_secs(30);

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
        (status = 413, description = "`too_large`", body = Object, content_type = "application/problem+json"),
        (status = 415, description = "`unfit_document`", body = Object, content_type = "application/problem+json"),
        (status = 422, description = "`hash_mismatch`", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(office): State<Office>,
    Caller(account): Caller,
    Path(hash): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let hash = known_hash(&hash)?;
    let declared = office.store.blob_declared(account, hash).await?.ok_or_else(Failure::not_found)?;
    if declared.held.is_some() {
        return Ok(StatusCode::OK);
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    // Refused before the body is read.
    if announced.is_some_and(|length| length > LARGEST_DOCUMENT) {
        return Err(too_large(hash));
    }
    let place = office.uploads.acquire().await.map_err(|_| Failure::busy())?;
    let bytes = receive(body, hash).await?;
    let held = judge(&office, &declared, hash, bytes.clone()).await?;
    office.attachments.put(hash, bytes).await?;
    drop(place);
    office.store.hold_blob(account, hash, held, office.now()).await?;
    Ok(StatusCode::CREATED)
}

/// How much of a document is there: all of it or nothing.
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
    Caller(account): Caller,
    Path(hash): Path<String>,
) -> Answer<Response> {
    let hash = known_hash(&hash)?;
    let declared = office.store.blob_declared(account, hash).await?.ok_or_else(Failure::not_found)?;
    let (offset, length) = match declared.held {
        Some(held) => (held.size_bytes, held.size_bytes),
        None => (0, declared.declarations.first().map_or(0, |(size, _)| *size)),
    };
    let headers = [
        ("upload-offset", HeaderValue::from(offset)),
        ("upload-length", HeaderValue::from(length)),
        ("cache-control", HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

fn known_hash(text: &str) -> Answer<ContentHash> {
    text.parse().map_err(|_| Failure::not_found())
}

fn too_large(hash: ContentHash) -> Failure {
    Failure::too_large("a document has at most 2 000 000 bytes").about(hash)
}

/// Reads and hashes at once, counting; what is too large is never kept.
async fn receive(body: Body, hash: ContentHash) -> Answer<Bytes> {
    let mut stream = body.into_data_stream();
    let mut digest = Sha256::new();
    let mut bytes = BytesMut::new();
    loop {
        let chunk = match timeout(SILENCE, stream.next()).await {
            Err(_) => {
                return Err(Failure::new(
                    StatusCode::REQUEST_TIMEOUT,
                    protocol::ProblemCode::Busy,
                    "the sender fell silent",
                ));
            }
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(Failure::malformed("the body broke off")),
            Ok(Some(Ok(chunk))) => chunk,
        };
        let length = u64::try_from(bytes.len() + chunk.len()).unwrap_or(u64::MAX);
        if length > LARGEST_DOCUMENT {
            return Err(too_large(hash));
        }
        digest.update(&chunk);
        bytes.extend_from_slice(&chunk);
    }
    if ContentHash::from_digest(digest.finalize().into()) != hash {
        return Err(Failure::hash_mismatch("the bytes do not have the declared hash").about(hash));
    }
    Ok(bytes.freeze())
}

/// Size and kind as declared, and fit by the office's own judgement.
async fn judge(office: &Office, declared: &Declared, hash: ContentHash, bytes: Bytes) -> Answer<HeldBlob> {
    let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if !declared.declarations.iter().any(|(size, _)| *size == size_bytes) {
        return Err(Failure::hash_mismatch("the bytes do not have the declared size").about(hash));
    }
    let fit = office.inspector.check(bytes).await.map_err(|failure| Failure::from(failure).about(hash))?;
    if !declared.declarations.iter().any(|(_, kind)| *kind == fit.kind) {
        return Err(Failure::unfit("the document is not of the kind that the manifest says").about(hash));
    }
    Ok(HeldBlob { size_bytes, kind: fit.kind, pages: fit.pages })
}
