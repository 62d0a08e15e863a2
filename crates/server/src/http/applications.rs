//! `POST /v1/applications`: the manifest first, the receipt when every document is there.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use protocol::{AccountId, ContentHash, Manifest, ProblemCode, Submission, SubmissionReply};
use uuid::Uuid;

use super::{
    problem::{Answer, Failure},
    reading::{Caller, Read},
};
use crate::{
    judging,
    numbering::office_day,
    office::Office,
    store::{Completed, NewRevision, Previous, Standing},
};

/// Hands in a revision, or asks how far it is; any number of times.
#[utoipa::path(
    post, path = "/v1/applications", tag = "desk", request_body = Object, security(("account" = [])),
    params(("Idempotency-Key" = Uuid, Header, description = "one per revision that is handed in")),
    responses(
        (status = 201, description = "complete: the signed receipt, the same whenever it is asked for", body = Object),
        (status = 202, description = "accepted: `missing` lists the hashes to send, `arrived` how much is here of those that broke off", body = Object),
        (status = 400, description = "`malformed`", body = Object, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorised`", body = Object, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with both hashes, `stale_revision`, or `supplement_expired`", body = Object, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Object, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: too many unfinished", body = Object, content_type = "application/problem+json"),
        (status = 422, description = "`not_ready` with findings, or `unknown_service`", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn submit(
    State(office): State<Office>,
    Caller(account, _counted): Caller,
    headers: HeaderMap,
    Read(submission): Read<Submission>,
) -> Answer<(StatusCode, Json<SubmissionReply>)> {
    let key = idempotency_key(&headers)?;
    let manifest = submission.manifest;
    let hash = manifest.canonical_hash();
    let (application, revision) = (manifest.application, manifest.revision);
    let mut standing = office.store.standing(account, &key, hash, application, revision).await?;
    if let Standing::New { previous } = standing {
        standing = accept(&office, account, key, manifest, hash, previous.as_deref()).await?;
    }
    match standing {
        Standing::Complete(receipt) => Ok((StatusCode::CREATED, Json(SubmissionReply::Complete { receipt }))),
        Standing::Accepted { missing } if !missing.is_empty() => {
            let arrived = office.partials.lengths(account, &missing);
            Ok((StatusCode::ACCEPTED, Json(SubmissionReply::Missing { missing, arrived })))
        }
        Standing::Accepted { .. } => complete(&office, application, revision).await,
        Standing::OtherContent { stored } => {
            Err(Failure::conflict("the key or the revision stands for other content", vec![stored, hash]))
        }
        Standing::OutOfTurn | Standing::New { .. } => {
            Err(Failure::out_of_turn("the revision does not follow the newest one at the office"))
        }
        Standing::TooLate => Err(Failure::too_late()),
        Standing::TooMany => Err(Failure::rate_limited(
            "too many applications were begun and not finished; finish them first",
            3600,
        )),
        // Whose it is, and whether it exists, is nobody else's business.
        Standing::Foreign => Err(Failure::not_found()),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Answer<String> {
    headers
        .get("Idempotency-Key")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim_matches('"').parse::<Uuid>().ok())
        .map(|key| key.to_string())
        .ok_or_else(|| Failure::malformed("the header Idempotency-Key is not a UUID"))
}

async fn accept(
    office: &Office,
    account: AccountId,
    key: String,
    manifest: Manifest,
    hash: ContentHash,
    previous: Option<&Previous>,
) -> Answer<Standing> {
    let received_at = office.now();
    office.know_service_of(&manifest).await?;
    let known = office.editions.now();
    let judgement = judging::judge(&known.library, &manifest, previous, office_day(received_at))?;
    let new = NewRevision {
        account,
        key,
        manifest,
        hash,
        received_at,
        due_on: judgement.due_on,
        applicant: judgement.applicant,
    };
    Ok(office.store.accept_manifest(&new).await?)
}

async fn complete(
    office: &Office,
    application: protocol::ApplicationId,
    revision: u32,
) -> Answer<(StatusCode, Json<SubmissionReply>)> {
    let signer = office.signer.clone();
    let sign = Box::new(move |body| signer.sign(body));
    match office.store.complete_revision(application, revision, office.now(), sign).await? {
        Completed::Receipt { receipt, account } => {
            office.announce(account);
            Ok((StatusCode::CREATED, Json(SubmissionReply::Complete { receipt })))
        }
        Completed::Incomplete => Err(Failure::internal("a held document vanished")),
        Completed::Mismatch { document } => {
            Err(Failure::unfit("the document is not what the manifest says").about(document))
        }
        Completed::TooLate => Err(Failure::too_late()),
        Completed::NumbersExhausted => Err(Failure::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ProblemCode::Busy,
            "the day has no more application numbers",
        )
        .retry_after(3600)),
    }
}
