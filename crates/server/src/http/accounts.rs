//! `POST /v1/accounts`.

use axum::{Json, extract::State, http::StatusCode};
use protocol::{NewAccount, OpenedAccount};

use super::{
    problem::{Answer, Failure},
    reading::{Read, secret_hash},
    sparing::Admitted,
};
use crate::{office::Office, store::Opened};

/// Opens an account; the same id and secret may be sent again.
#[utoipa::path(
    post, path = "/v1/accounts", tag = "desk", request_body = Object,
    responses(
        (status = 201, description = "opened", body = Object),
        (status = 200, description = "already open with the same secret", body = Object),
        (status = 400, description = "`malformed`", body = Object, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Object, content_type = "application/problem+json"),
        (status = 409, description = "`conflict`: the id has another secret", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn open(
    State(office): State<Office>,
    _: Admitted,
    Read(new): Read<NewAccount>,
) -> Answer<(StatusCode, Json<OpenedAccount>)> {
    let secret = secret_hash(&new.secret)
        .ok_or_else(|| Failure::malformed("the secret is not 32 bytes in hexadecimal"))?;
    let status = match office.store.open_account(new.id, secret, office.now()).await? {
        Opened::New => StatusCode::CREATED,
        Opened::Again => StatusCode::OK,
        Opened::OtherSecret => return Err(Failure::conflict("the account has another secret", Vec::new())),
    };
    Ok((status, Json(OpenedAccount { id: new.id, receipt_key: office.signer.public() })))
}
