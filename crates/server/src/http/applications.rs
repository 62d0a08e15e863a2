//! `POST /v1/applications`: the manifest first, the receipt when every document is there.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use jiff::Timestamp;
use protocol::{
    AccountId, EARLIER_RECEIPT, EarlierReceipt, Manifest, ProblemCode, ReceiptBody, Submission,
    SubmissionReply,
};
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
    params(
        ("Idempotency-Key" = Uuid, Header, description = "one per revision that is handed in"),
        ("Earlier-Receipt" = Option<String>, Header, description = "what this office's receipt for it said, where the office came back from a backup since"),
    ),
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
    let earlier = earlier_receipt(&headers, &office, &manifest);
    let number = earlier.as_ref().map(|receipt| receipt.number.clone());
    let asked = Asked { account, key, hash, application, revision, earlier: number };
    // Asked again lately: as a rule its documents have come meanwhile.
    if office.underway.has(&asked)
        && let Some(receipt) = complete(&office, &asked, &counted).await?
    {
        return Ok(receipt);
    }
    match standing(&office, &asked, manifest, earlier.as_ref()).await? {
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

/// What the office itself signed for this very manifest before it came back from a backup. Anything else that stands there
/// counts for nothing, and is no reason to refuse what is handed in.
fn earlier_receipt(headers: &HeaderMap, office: &Office, manifest: &Manifest) -> Option<ReceiptBody> {
    let text = headers.get(EARLIER_RECEIPT)?.to_str().ok()?;
    let receipt = serde_json::from_str::<EarlierReceipt>(text).ok()?.of_manifest(manifest);
    match receipt.verify(&office.signer.public(), manifest) {
        Ok(()) => Some(receipt.body),
        Err(error) => {
            tracing::info!(%error, application = %manifest.application, "an earlier receipt proves nothing");
            None
        }
    }
}

/// How far it is; what is new is judged and accepted.
async fn standing(
    office: &Office,
    asked: &Asked,
    manifest: Manifest,
    earlier: Option<&ReceiptBody>,
) -> Answer<Standing> {
    // Nothing stands before a first revision that would count for its judgement. So it is judged before anything is
    // asked; whether it is new, the store finds out where it writes it down.
    let early = if asked.revision == 1 && !office.underway.has(asked) {
        Some(judge(office, &manifest, None, earlier).await)
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
                None => judge(office, &manifest, previous.as_deref(), earlier).await?,
            };
            accept(office, asked, manifest, judged).await
        }
        // What was accepted once stays accepted, whatever is judged today.
        known => Ok(known),
    }
}

/// What comes of judging it, and the moment at which it arrived: the first time, where the office lost it since. What it
/// promised then stays promised.
async fn judge(
    office: &Office,
    manifest: &Manifest,
    previous: Option<&Previous>,
    earlier: Option<&ReceiptBody>,
) -> Answer<(Judgement, Timestamp)> {
    let received_at = earlier.map_or_else(|| office.now(), |receipt| receipt.received_at);
    office.know_service_of(manifest).await?;
    let known = office.editions.now();
    let mut judged = judging::judge(&known.library, manifest, previous, office_day(received_at))?;
    if let Some(receipt) = earlier {
        // It may have been counted when less was known.
        judged.due_estimated &= judged.due_on == receipt.due_on;
        judged.due_on = receipt.due_on;
    }
    Ok((judged, received_at))
}

async fn accept(
    office: &Office,
    asked: &Asked,
    manifest: Manifest,
    (Judgement { applicant, due_on, due_estimated }, received_at): (Judgement, Timestamp),
) -> Answer<Standing> {
    let Asked { account, hash, .. } = *asked;
    let (key, earlier, at) = (asked.key.clone(), asked.earlier.clone(), office.now());
    let new = NewRevision {
        account,
        key,
        manifest,
        hash,
        received_at,
        due_on,
        due_estimated,
        applicant,
        earlier,
        at,
    };
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
