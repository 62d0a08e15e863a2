//! `POST /v1/applications`: the manifest first, the receipt when every document is there.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use jiff::Timestamp;
use protocol::{AccountId, Manifest, ProblemCode, Submission, SubmissionReply};
use uuid::Uuid;

use super::{
    admission::Counted,
    problem::{Answer, Failure},
    reading::{Caller, Read},
};
use crate::{
    judging::{self, Judgement},
    numbering::office_day,
    office::Office,
    store::{Asked, Completed, NewRevision, Previous, Standing},
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
        (status = 429, description = "`too_many_unfinished`: this one waits, what is begun goes on; or `rate_limited`", body = Object, content_type = "application/problem+json"),
        (status = 422, description = "`not_ready` with findings, or `unknown_service`", body = Object, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn submit(
    State(office): State<Office>,
    Caller(account, counted): Caller,
    headers: HeaderMap,
    Read(submission): Read<Submission>,
) -> Answer<(StatusCode, Json<SubmissionReply>)> {
    let (key, manifest) = (idempotency_key(&headers)?, submission.manifest);
    let hash = manifest.canonical_hash();
    let (application, revision) = (manifest.application, manifest.revision);
    let asked = Asked { account, key, hash, application, revision };
    // Asked again lately: as a rule its documents have come meanwhile.
    if office.underway.has(&asked)
        && let Some(receipt) = complete(&office, &asked, &counted).await?
    {
        return Ok(receipt);
    }
    match standing(&office, &asked, manifest).await? {
        Standing::Complete(receipt) => Ok((StatusCode::CREATED, Json(SubmissionReply::Complete { receipt }))),
        Standing::Accepted { missing } if !missing.is_empty() => {
            let arrived = office.partials.lengths(account, &missing);
            Ok((StatusCode::ACCEPTED, Json(SubmissionReply::Missing { missing, arrived })))
        }
        Standing::Accepted { .. } => complete(&office, &asked, &counted)
            .await?
            .ok_or_else(|| Failure::internal("a document vanished, or the manifest was replaced meanwhile")),
        Standing::OtherContent { stored, unheard } => {
            if unheard {
                office.store.note_reused_key(&asked, office.now()).await?;
            }
            Err(Failure::conflict("the key or the revision stands for other content", vec![stored, hash]))
        }
        Standing::OutOfTurn | Standing::New { .. } => {
            Err(Failure::out_of_turn("the revision does not follow the newest one at the office"))
        }
        Standing::TooLate => Err(Failure::too_late()),
        Standing::TooMany => Err(Failure::too_many_unfinished()),
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

/// How far it is; what is new is judged and accepted.
async fn standing(office: &Office, asked: &Asked, manifest: Manifest) -> Answer<Standing> {
    // Nothing stands before a first revision that would count for its judgement. So it is judged before anything is
    // asked; whether it is new, the store finds out where it writes it down.
    let early = if asked.revision == 1 && !office.underway.has(asked) {
        Some(judge(office, &manifest, None).await)
    } else {
        None
    };
    if let Some(Ok(judged)) = early {
        return accept(office, asked, manifest, judged).await;
    }
    match office.store.standing(asked).await? {
        Standing::New { previous, .. } => {
            let judged = match early {
                Some(refused) => refused?,
                None => judge(office, &manifest, previous.as_deref()).await?,
            };
            accept(office, asked, manifest, judged).await
        }
        // What was accepted once stays accepted, whatever is judged today.
        known => Ok(known),
    }
}

/// What comes of judging it, and the moment at which it arrived.
async fn judge(
    office: &Office,
    manifest: &Manifest,
    previous: Option<&Previous>,
) -> Answer<(Judgement, Timestamp)> {
    let received_at = office.now();
    office.know_service_of(manifest).await?;
    let known = office.editions.now();
    Ok((judging::judge(&known.library, manifest, previous, office_day(received_at))?, received_at))
}

async fn accept(
    office: &Office,
    asked: &Asked,
    manifest: Manifest,
    (Judgement { applicant, due_on }, received_at): (Judgement, Timestamp),
) -> Answer<Standing> {
    let Asked { account, hash, .. } = *asked;
    let new = NewRevision { account, key: asked.key.clone(), manifest, hash, received_at, due_on, applicant };
    let standing = office.store.accept_manifest(&new).await?;
    if let Standing::Accepted { missing } = &standing {
        office.underway.begins(asked, &new.manifest, missing);
    }
    Ok(standing)
}

/// The receipt; `None` where a document is still to come, or something else stands there.
async fn complete(
    office: &Office,
    asked: &Asked,
    counted: &Arc<Counted<AccountId>>,
) -> Answer<Option<(StatusCode, Json<SubmissionReply>)>> {
    let (store, signer, at) = (office.store.clone(), office.signer.clone(), office.now());
    // It goes on where the line is cut, and counts until it is done: otherwise one account could have any number of them.
    let (account, of, counted) = (asked.account, asked.clone(), Arc::clone(counted));
    let sign = Box::new(move |body| signer.sign(body));
    let whose = move |completed: &Completed| matches!(completed, Completed::Receipt(_)).then_some(account);
    let completing = async move {
        let _counted = counted;
        store.complete_revision(&of, at, sign).await
    };
    let completed = office.announcing(whose, completing).await?;
    if !matches!(completed, Completed::Incomplete) {
        office.underway.ends(asked);
    }
    match completed {
        Completed::Receipt(receipt) => {
            Ok(Some((StatusCode::CREATED, Json(SubmissionReply::Complete { receipt }))))
        }
        Completed::Incomplete | Completed::OtherContent => Ok(None),
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
