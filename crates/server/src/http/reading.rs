//! Reading requests: JSON bodies, and who is asking.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
};
use protocol::{AccountId, ContentHash};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{
    admission::Counted,
    answering::OnAccount,
    problem::{Answer, Failure},
};
use crate::office::Office;

/// Longest for a body of some kilobytes over a poor line: it holds a place meanwhile.
const LONGEST_BODY: Duration = Duration::from_secs(20);

/// A JSON body; the route's body limit applies.
pub(crate) struct Read<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Read<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let read = timeout(LONGEST_BODY, Bytes::from_request(request, state)).await;
        let read = read.map_err(|_| Failure::broken_off("the body did not come in time"))?;
        let bytes = read.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Failure::too_large("the request is too large")
            } else {
                Failure::broken_off("the body broke off")
            }
        })?;
        // No body says as much as `null`.
        let bytes = if bytes.is_empty() { Bytes::from_static(b"null") } else { bytes };
        // Position and kind of the fault, without repeating what was sent.
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Failure::malformed(format!(
                "the body is not what this address reads (line {}, column {})",
                error.line(),
                error.column()
            ))
        })
    }
}

/// The account that asks, proven by its secret, and counted as long as something works for it and its answer is not
/// taken.
pub(crate) struct Caller(pub(crate) AccountId, pub(crate) Arc<Counted<AccountId>>);

impl FromRequestParts<Office> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Answer<Self> {
        let refused = || Failure::unauthorised("no account, or another secret than it was opened with");
        let bearer = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, token)| token.trim().split_once('.'));
        let Some((id, secret)) = bearer else { return Err(refused()) };
        let (Ok(id), Some(secret)) = (id.parse(), secret_hash(secret)) else { return Err(refused()) };
        if !office.known_accounts.knows(&*office.store, id, secret).await? {
            return Err(refused());
        }
        let counted = Arc::new(office.rooms.account(id)?);
        if let Some(on_account) = parts.extensions.get::<OnAccount>() {
            on_account.of(&counted);
        }
        Ok(Self(id, counted))
    }
}

/// The hash of an account's secret; `None` where it is not 32 bytes in hexadecimal.
pub(crate) fn secret_hash(secret: &str) -> Option<ContentHash> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    hex::decode_to_slice(secret, bytes.as_mut_slice()).ok()?;
    Some(ContentHash::of(bytes.as_slice()))
}
