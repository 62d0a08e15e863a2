//! `GET /v1/catalogue` and `GET /v1/catalogue/{sha256}`: what can be applied for here. Public, like the policy in it.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
};
use bytes::Bytes;
use protocol::CatalogueOffer;

use super::problem::{Answer, Failure};
use crate::office::Office;

type Headers = [(HeaderName, HeaderValue); 2];

/// What the office offers now, signed with the key that signs receipts.
#[utoipa::path(
    get, path = "/v1/catalogue", tag = "desk",
    responses((status = 200, description = "format, edition, sha256, sizeBytes, signature", body = Object))
)]
pub(crate) async fn offer(
    State(office): State<Office>,
) -> ([(HeaderName, HeaderValue); 1], Json<CatalogueOffer>) {
    let fresh = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    ([fresh], Json(office.editions.now().offer.clone()))
}

/// An edition that was ever offered; its bytes never change.
#[utoipa::path(
    get, path = "/v1/catalogue/{sha256}", tag = "desk",
    params(("sha256" = String, Path, description = "64 hexadecimal digits, from the offer")),
    responses(
        (status = 200, description = "format, edition, files: path → text; canonical JSON of exactly this hash", body = Object),
        (status = 404, description = "`not_found`: never offered here", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn bundle(
    State(office): State<Office>,
    Path(sha256): Path<String>,
) -> Answer<(Headers, Bytes)> {
    let sha256 = sha256.parse().map_err(|_| Failure::not_found())?;
    let bundle = office.editions.bundle(&*office.store, sha256).await?;
    let bytes = bundle.ok_or_else(Failure::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, bytes))
}
