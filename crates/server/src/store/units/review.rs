//! Claiming, giving back and deciding: status, timeline, feed and audit in one transaction.

use forms::WorkingDay;
use jiff::{SignedDuration, Timestamp, civil::Date};
use protocol::{AccountId, ApplicationId, Decision, ReviewFinding, ReviewOutcome, Status};

use super::{
    audit, cases,
    columns::{code, count, from_code, json, parsed},
};
use crate::store::{
    DecisionOutcome, StoreError,
    tx::{Tx, values},
};

/// How long after its day a supplement may stay unfinished whose manifest came in time.
const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);

struct Case {
    account: AccountId,
    status: Status,
    revision: u32,
    claimed_by: Option<String>,
}

/// The case as it stands, and the right to change it.
async fn take(tx: &mut Tx<'_>, application: ApplicationId) -> Result<Option<Case>, StoreError> {
    let numbered: Option<(String,)> = tx
        .optional("SELECT id FROM applications WHERE id = $1 AND number IS NOT NULL", values![application])
        .await?;
    if numbered.is_none() {
        return Ok(None);
    }
    let account = cases::lock_account_of(tx, application).await?;
    let (status, revision, claimed_by): (String, i64, Option<String>) = tx
        .one("SELECT status, revision, claimed_by FROM applications WHERE id = $1", values![application])
        .await?;
    Ok(Some(Case { account, status: from_code(status)?, revision: count(revision)?, claimed_by }))
}

pub(in crate::store) async fn claim(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    reviewer: &str,
    take_over: bool,
    at: Timestamp,
) -> Result<DecisionOutcome, StoreError> {
    let Some(now) = take(tx, application).await? else {
        return Ok(DecisionOutcome::NotFound);
    };
    let (action, detail) = match (now.status, now.claimed_by) {
        // Claiming one's own case again changes nothing, but it was looked at.
        (Status::InReview, Some(owner)) if owner == reviewer => {
            ("case_opened", format!("revision {}", now.revision))
        }
        (Status::InReview, Some(owner)) if take_over => ("case_taken_over", format!("from {owner}")),
        (Status::InReview, Some(_)) => return Ok(DecisionOutcome::ClaimedByOther),
        (Status::InReview, None) | (Status::Submitted, _) => ("case_claimed", String::new()),
        (status, _) => return Ok(DecisionOutcome::NotNow { status }),
    };
    hold(tx, application, Some(reviewer)).await?;
    if now.status == Status::Submitted {
        cases::move_to(tx, now.account, application, Status::InReview, at).await?;
    }
    audit::append(tx, at, reviewer, action, &application.to_string(), &detail).await?;
    Ok(DecisionOutcome::Done { account: now.account })
}

pub(in crate::store) async fn release(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    reviewer: &str,
    at: Timestamp,
) -> Result<DecisionOutcome, StoreError> {
    let Some(now) = take(tx, application).await? else {
        return Ok(DecisionOutcome::NotFound);
    };
    match (now.status, now.claimed_by) {
        (Status::InReview, Some(owner)) if owner == reviewer => {}
        (Status::InReview, Some(_)) => return Ok(DecisionOutcome::ClaimedByOther),
        (status, _) => return Ok(DecisionOutcome::NotNow { status }),
    }
    hold(tx, application, None).await?;
    audit::append(tx, at, reviewer, "case_released", &application.to_string(), "").await?;
    Ok(DecisionOutcome::Done { account: now.account })
}

async fn hold(tx: &mut Tx<'_>, application: ApplicationId, reviewer: Option<&str>) -> Result<(), StoreError> {
    tx.execute("UPDATE applications SET claimed_by = $1 WHERE id = $2", values![reviewer, application])
        .await?;
    Ok(())
}

pub(in crate::store) async fn decide(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    reviewer: &str,
    decision: &Decision,
    supplement_by: Option<WorkingDay>,
    at: Timestamp,
) -> Result<DecisionOutcome, StoreError> {
    let Some(now) = take(tx, application).await? else {
        return Ok(DecisionOutcome::NotFound);
    };
    if now.revision != decision.revision {
        return Ok(DecisionOutcome::StaleRevision { newest: now.revision });
    }
    let (next, findings): (Status, &[ReviewFinding]) = match decision.outcome {
        ReviewOutcome::Approve => (Status::Approved, &[]),
        ReviewOutcome::RequestSupplement => (Status::SupplementNeeded, &decision.findings),
        ReviewOutcome::Reject => (Status::Rejected, &decision.findings),
    };
    if !now.status.may_become(next) {
        return Ok(DecisionOutcome::NotNow { status: now.status });
    }
    if now.claimed_by.as_deref() != Some(reviewer) {
        return Ok(DecisionOutcome::ClaimedByOther);
    }
    tx.execute(
        "UPDATE applications SET findings = $1, reason = $2, supplement_by = $3, supplement_estimated = $4 WHERE id = $5",
        values![
            json(&findings)?,
            decision.reason.as_deref(),
            supplement_by.map(|day| day.date),
            supplement_by.is_some_and(|day| !day.calendar_known),
            application
        ],
    )
    .await?;
    cases::move_to(tx, now.account, application, next, at).await?;
    let detail = format!("revision {}, {}", decision.revision, code(&next)?);
    audit::append(tx, at, reviewer, "case_decided", &application.to_string(), &detail).await?;
    Ok(DecisionOutcome::Done { account: now.account })
}

/// The supplements whose day has passed: `$1` is today, `$2` the last day of those that were begun in time, which
/// keep their place while their documents come, but not for ever.
macro_rules! overdue {
    ($($which:literal)?) => {
        concat!(
            "SELECT id FROM applications a WHERE status = 'supplement_needed' AND supplement_by < $1 \
             AND (supplement_by < $2 OR NOT EXISTS (SELECT 1 FROM revisions r \
             WHERE r.application_id = a.id AND r.revision = a.revision + 1))",
            $($which)?
        )
    };
}

pub(in crate::store) async fn overdue(
    tx: &mut Tx<'_>,
    today: Date,
) -> Result<Vec<ApplicationId>, StoreError> {
    let due: Vec<(String,)> = tx.all(overdue!(), values![today, today.saturating_sub(GRACE)]).await?;
    let readable = due.iter().filter_map(|(id,)| {
        parsed(id)
            .inspect_err(|error| tracing::warn!(%error, "a supplement whose day has passed is damaged"))
            .ok()
    });
    Ok(readable.collect())
}

/// Ends a supplement whose day has passed, unless it came or ended meanwhile; whom it concerns.
pub(in crate::store) async fn expire(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    today: Date,
    at: Timestamp,
) -> Result<Option<AccountId>, StoreError> {
    let account = cases::lock_account_of(tx, application).await?;
    let still: Option<(String,)> = tx
        .optional(overdue!(" AND id = $3"), values![today, today.saturating_sub(GRACE), application])
        .await?;
    if still.is_none() {
        return Ok(None);
    }
    cases::move_to(tx, account, application, Status::SupplementExpired, at).await?;
    audit::append(tx, at, "office", "supplement_expired", &application.to_string(), "").await?;
    Ok(Some(account))
}
