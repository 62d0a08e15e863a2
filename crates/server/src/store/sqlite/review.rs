//! Claiming, giving back and deciding: status, timeline, feed and audit in one transaction.

use jiff::{SignedDuration, Timestamp, civil::Date};
use protocol::{AccountId, ApplicationId, Decision, ReviewFinding, ReviewOutcome, Status};
use sqlx::SqliteConnection;

use super::{
    audit, cases,
    columns::{code, count, from_code, json, parsed},
};
use crate::store::{DecisionOutcome, StoreError};

/// How long after its day a supplement may stay unfinished whose manifest came in time.
const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);

struct Standing {
    status: Status,
    revision: u32,
    claimed_by: Option<String>,
}

async fn standing(
    tx: &mut SqliteConnection,
    application: ApplicationId,
) -> Result<Option<Standing>, StoreError> {
    let row: Option<(String, i64, Option<String>)> = sqlx::query_as(
        "SELECT status, revision, claimed_by FROM applications WHERE id = ? AND number IS NOT NULL",
    )
    .bind(application.to_string())
    .fetch_optional(&mut *tx)
    .await?;
    row.map(|(status, revision, claimed_by)| {
        Ok(Standing { status: from_code(status)?, revision: count(revision)?, claimed_by })
    })
    .transpose()
}

pub(super) async fn claim(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    reviewer: &str,
    take_over: bool,
    at: Timestamp,
) -> Result<DecisionOutcome, StoreError> {
    let Some(now) = standing(tx, application).await? else {
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
    let account = match now.status {
        Status::Submitted => cases::move_to(tx, application, Status::InReview, None, at).await?,
        _ => account_of(tx, application).await?,
    };
    audit::append(tx, at, reviewer, action, &application.to_string(), &detail).await?;
    Ok(DecisionOutcome::Done { account })
}

pub(super) async fn release(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    reviewer: &str,
    at: Timestamp,
) -> Result<DecisionOutcome, StoreError> {
    let Some(now) = standing(tx, application).await? else {
        return Ok(DecisionOutcome::NotFound);
    };
    match (now.status, now.claimed_by) {
        (Status::InReview, Some(owner)) if owner == reviewer => {}
        (Status::InReview, Some(_)) => return Ok(DecisionOutcome::ClaimedByOther),
        (status, _) => return Ok(DecisionOutcome::NotNow { status }),
    }
    hold(tx, application, None).await?;
    let account = account_of(tx, application).await?;
    audit::append(tx, at, reviewer, "case_released", &application.to_string(), "").await?;
    Ok(DecisionOutcome::Done { account })
}

async fn hold(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    reviewer: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE applications SET claimed_by = ? WHERE id = ?")
        .bind(reviewer)
        .bind(application.to_string())
        .execute(&mut *tx)
        .await?;
    Ok(())
}

async fn account_of(tx: &mut SqliteConnection, application: ApplicationId) -> Result<AccountId, StoreError> {
    let (account,): (String,) = sqlx::query_as("SELECT account_id FROM applications WHERE id = ?")
        .bind(application.to_string())
        .fetch_one(&mut *tx)
        .await?;
    parsed(&account)
}

pub(super) async fn decide(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    reviewer: &str,
    decision: &Decision,
    supplement_by: Option<Date>,
    at: Timestamp,
) -> Result<DecisionOutcome, StoreError> {
    let Some(now) = standing(tx, application).await? else {
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
    sqlx::query("UPDATE applications SET findings = ?, reason = ?, supplement_by = ? WHERE id = ?")
        .bind(json(&findings)?)
        .bind(&decision.reason)
        .bind(supplement_by.map(|day| day.to_string()))
        .bind(application.to_string())
        .execute(&mut *tx)
        .await?;
    let account = cases::move_to(tx, application, next, None, at).await?;
    let detail = format!("revision {}, {}", decision.revision, code(&next)?);
    audit::append(tx, at, reviewer, "case_decided", &application.to_string(), &detail).await?;
    Ok(DecisionOutcome::Done { account })
}

pub(super) async fn expire(
    tx: &mut SqliteConnection,
    today: Date,
    at: Timestamp,
) -> Result<Vec<AccountId>, StoreError> {
    // A supplement whose manifest arrived in time keeps its place while its documents come, but not for ever.
    let last_day = today.saturating_sub(GRACE);
    let due: Vec<(String,)> = sqlx::query_as(
        "SELECT id FROM applications a WHERE status = 'supplement_needed' AND supplement_by < ? \
         AND (supplement_by < ? OR NOT EXISTS \
         (SELECT 1 FROM revisions r WHERE r.application_id = a.id AND r.revision = a.revision + 1))",
    )
    .bind(today.to_string())
    .bind(last_day.to_string())
    .fetch_all(&mut *tx)
    .await?;
    let mut accounts = Vec::with_capacity(due.len());
    for (id,) in due {
        let application = parsed(&id)?;
        accounts.push(cases::move_to(tx, application, Status::SupplementExpired, None, at).await?);
        audit::append(tx, at, "office", "supplement_expired", &id, "").await?;
    }
    Ok(accounts)
}
