//! `PUT` and `HEAD /v1/blobs/{sha256}`: the bytes of documents that the caller's own manifests declare.

use std::time::Duration;

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
use tokio::time::{Instant, timeout_at};

use super::{
    problem::{Answer, Failure},
    reading::Caller,
};
use crate::{
    checking::LARGEST_DOCUMENT,
    office::Office,
    store::{Declared, HeldBlob},
};

/// A sender that brings less within the time keeps others from sending. The slowest one brings 2 MB in 15 minutes,
/// which is what the route allows in all.
const PACE: Pace = Pace { least: 64 * 1024, within: Duration::from_secs(30) };

/// How much a sender must bring, and within what time, until the end has come.
#[derive(Clone, Copy)]
struct Pace {
    least: usize,
    within: Duration,
}

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
    let bytes = receive(body, hash, PACE).await?;
    let held = judge(&office, &declared, hash, bytes.clone()).await?;
    office.attachments.put(hash, bytes).await?;
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
    Caller(account, _counted): Caller,
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
async fn receive(body: Body, hash: ContentHash, pace: Pace) -> Answer<Bytes> {
    let mut stream = body.into_data_stream();
    let mut digest = Sha256::new();
    let mut bytes = BytesMut::new();
    let (mut until, mut before) = (Instant::now() + pace.within, 0);
    loop {
        let chunk = match timeout_at(until, stream.next()).await {
            Err(_) if bytes.len() - before < pace.least => {
                return Err(Failure::broken_off("the sender is too slow"));
            }
            Err(_) => {
                (until, before) = (until + pace.within, bytes.len());
                continue;
            }
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(Failure::broken_off("the body broke off")),
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

#[cfg(test)]
mod tests {
    use std::io;

    use axum::response::IntoResponse;
    use futures::stream;

    use super::*;

    const HASTY: Pace = Pace { least: 100, within: Duration::from_millis(200) };

    /// Chunks of a size, each after a wait, then a cut where one is wanted.
    fn sender(chunks: usize, size: usize, wait: Duration, cut: bool) -> (Body, ContentHash) {
        let whole = ContentHash::of(&vec![7; size * chunks]);
        let end = if cut { vec![Err(io::Error::other("gone"))] } else { vec![] };
        let parts = (0..chunks).map(move |_| Ok(Bytes::from(vec![7; size]))).chain(end);
        let slowly = stream::iter(parts).then(move |part| async move {
            tokio::time::sleep(wait).await;
            part
        });
        (Body::from_stream(slowly), whole)
    }

    #[tokio::test]
    async fn who_is_steady_arrives_and_who_trickles_or_breaks_off_may_come_again() {
        let wait = Duration::from_millis(50);
        let (body, hash) = sender(12, 60, wait, false);
        assert_eq!(receive(body, hash, HASTY).await.expect("arrives").len(), 720);
        for (size, cut) in [(10, false), (60, true)] {
            let (body, hash) = sender(12, size, wait, cut);
            let refused = receive(body, hash, HASTY).await.expect_err("does not").into_response();
            assert_eq!(refused.status(), StatusCode::REQUEST_TIMEOUT);
            assert!(refused.headers().contains_key(header::RETRY_AFTER));
            let told = axum::body::to_bytes(refused.into_body(), 10_000).await.expect("reads");
            let told: protocol::Problem = serde_json::from_slice(&told).expect("a problem");
            assert_eq!(told.code, protocol::ProblemCode::Busy);
        }
    }
}
