//! From the manifest to the receipt. Accepting and completing are one transaction each.

use jiff::{SignedDuration, Timestamp};
use protocol::{
    AccountId, ApplicationId, ApplicationNumber, ContentHash, DocumentKind, Known, KnownApplication,
    KnownRevision, Manifest, Receipt, ReceiptBody, Status, Turn,
};
use sqlx::SqliteConnection;

use super::{
    SqliteStore, audit, cases,
    columns::{code, count, from_code, from_json, json, parsed, signed, time},
};
use crate::{
    numbering,
    store::{Completed, Declared, HeldBlob, NewRevision, Previous, Sign, Standing, StoreError, kind_code},
};

/// How many revisions an account may have begun within [`UNFINISHED_WITHIN`] without finishing them: a desk sends
/// one after the other, so only one that floods has more.
const MOST_UNFINISHED: i64 = 20;
/// Older ones do not count: what was given up must not shut an account out for ever.
const UNFINISHED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is known of (key, application, revision); what that makes of the submission is `protocol`'s rule.
pub(super) async fn standing(
    tx: &mut SqliteConnection,
    account: AccountId,
    key: &str,
    hash: ContentHash,
    application: ApplicationId,
    revision: u32,
) -> Result<Standing, StoreError> {
    let owner: Option<(String, i64, Option<String>)> =
        sqlx::query_as("SELECT account_id, revision, status FROM applications WHERE id = ?")
            .bind(application.to_string())
            .fetch_optional(&mut *tx)
            .await?;
    let used: Option<(String,)> =
        sqlx::query_as("SELECT manifest_hash FROM submissions WHERE account_id = ? AND idempotency_key = ?")
            .bind(account.to_string())
            .bind(key)
            .fetch_optional(&mut *tx)
            .await?;
    let row: Option<(String, Option<String>, i64)> = sqlx::query_as(
        "SELECT manifest_hash, receipt, begun_at FROM revisions WHERE application_id = ? AND revision = ?",
    )
    .bind(application.to_string())
    .bind(i64::from(revision))
    .fetch_optional(&mut *tx)
    .await?;
    let known = Known {
        application: owner
            .map(|(owner, newest, status)| {
                Ok::<_, StoreError>(KnownApplication {
                    own: owner == account.to_string(),
                    newest: count(newest)?,
                    status: status.map(from_code).transpose()?,
                })
            })
            .transpose()?,
        key: used.map(|(stored,)| parsed(&stored)).transpose()?,
        revision: row
            .as_ref()
            .map(|(stored, receipt, _)| {
                Ok::<_, StoreError>(KnownRevision { manifest: parsed(stored)?, complete: receipt.is_some() })
            })
            .transpose()?,
    };
    Ok(match known.turn(revision, hash) {
        Turn::New => {
            let newest = known.application.map_or(0, |application| application.newest);
            let begun_at = row.map(|(_, _, begun_at)| begun_at);
            Standing::New { previous: previous(tx, application, newest, begun_at).await? }
        }
        Turn::Accepted => Standing::Accepted { missing: missing(tx, account, application, revision).await? },
        Turn::Complete => {
            let receipt = row.and_then(|(_, receipt, _)| receipt).unwrap_or_default();
            Standing::Complete(Box::new(from_json(&receipt)?))
        }
        Turn::OtherContent { stored } => Standing::OtherContent { stored },
        Turn::OutOfTurn => Standing::OutOfTurn,
        Turn::TooLate => Standing::TooLate,
        Turn::Foreign => Standing::Foreign,
    })
}

/// The complete revision that the next one replaces; `None` before the first.
async fn previous(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    newest: u32,
    begun_at: Option<i64>,
) -> Result<Option<Box<Previous>>, StoreError> {
    let row: Option<(String, String, i64, String, Option<String>)> = sqlx::query_as(
        "SELECT r.manifest_hash, r.manifest, COALESCE(a.received_at, r.received_at), a.findings, a.supplement_by \
         FROM revisions r JOIN applications a ON a.id = r.application_id \
         WHERE r.application_id = ? AND r.revision = ? AND r.receipt IS NOT NULL",
    )
    .bind(application.to_string())
    .bind(i64::from(newest))
    .fetch_optional(&mut *tx)
    .await?;
    let Some((hash, manifest, first_received_at, findings, supplement_by)) = row else { return Ok(None) };
    Ok(Some(Box::new(Previous {
        revision: newest,
        hash: parsed(&hash)?,
        manifest: from_json(&manifest)?,
        first_received_at: time(first_received_at)?,
        findings: from_json(&findings)?,
        supplement_by: supplement_by.as_deref().map(parsed).transpose()?,
        begun_at: begun_at.map(time).transpose()?,
    })))
}

/// Hashes of the manifest that the account has not handed over, each once, in the order of the manifest.
async fn missing(
    tx: &mut SqliteConnection,
    account: AccountId,
    application: ApplicationId,
    revision: u32,
) -> Result<Vec<ContentHash>, StoreError> {
    let manifest = manifest(tx, application, revision).await?;
    let mut missing = Vec::new();
    for document in &manifest.documents {
        if !missing.contains(&document.sha256) && held(tx, account, document.sha256).await?.is_none() {
            missing.push(document.sha256);
        }
    }
    Ok(missing)
}

async fn manifest(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    revision: u32,
) -> Result<Manifest, StoreError> {
    let (manifest,): (String,) =
        sqlx::query_as("SELECT manifest FROM revisions WHERE application_id = ? AND revision = ?")
            .bind(application.to_string())
            .bind(i64::from(revision))
            .fetch_one(&mut *tx)
            .await?;
    from_json(&manifest)
}

pub(super) async fn held(
    tx: &mut SqliteConnection,
    account: AccountId,
    hash: ContentHash,
) -> Result<Option<HeldBlob>, StoreError> {
    let row: Option<(i64, String, i64)> =
        sqlx::query_as("SELECT size_bytes, kind, pages FROM held_blobs WHERE account_id = ? AND sha256 = ?")
            .bind(account.to_string())
            .bind(hash.to_string())
            .fetch_optional(&mut *tx)
            .await?;
    row.map(|(size, kind, pages)| {
        Ok(HeldBlob { size_bytes: count(size)?, kind: from_code(kind)?, pages: count(pages)? })
    })
    .transpose()
}

pub(super) async fn accept(tx: &mut SqliteConnection, new: &NewRevision) -> Result<Standing, StoreError> {
    let NewRevision { account, manifest, hash, .. } = new;
    let (application, revision) = (manifest.application, manifest.revision);
    let before = standing(tx, *account, &new.key, *hash, application, revision).await?;
    match before {
        Standing::New { previous } => {
            if previous.map(|previous| previous.hash) != manifest.parent {
                return Ok(Standing::OutOfTurn);
            }
            if unfinished_besides(tx, new).await? >= MOST_UNFINISHED {
                return Ok(Standing::TooMany);
            }
            insert_revision(tx, new).await?;
        }
        // The same content under a key of its own is the same submission.
        Standing::Accepted { .. } | Standing::Complete(_) => {}
        refused => return Ok(refused),
    }
    sqlx::query(
        "INSERT INTO submissions (account_id, idempotency_key, application_id, revision, manifest_hash) \
         VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(account.to_string())
    .bind(&new.key)
    .bind(application.to_string())
    .bind(i64::from(revision))
    .bind(hash.to_string())
    .execute(&mut *tx)
    .await?;
    let after = standing(tx, *account, &new.key, *hash, application, revision).await?;
    Ok(after)
}

/// What the account began lately and did not finish, the revision that is to be stored aside.
async fn unfinished_besides(tx: &mut SqliteConnection, new: &NewRevision) -> Result<i64, StoreError> {
    let (unfinished,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM revisions r JOIN applications a ON a.id = r.application_id \
         WHERE a.account_id = ? AND r.receipt IS NULL AND r.received_at > ? \
         AND NOT (r.application_id = ? AND r.revision = ?)",
    )
    .bind(new.account.to_string())
    .bind((new.received_at - UNFINISHED_WITHIN).as_millisecond())
    .bind(new.manifest.application.to_string())
    .bind(i64::from(new.manifest.revision))
    .fetch_one(&mut *tx)
    .await?;
    Ok(unfinished)
}

async fn insert_revision(tx: &mut SqliteConnection, new: &NewRevision) -> Result<(), StoreError> {
    let manifest = &new.manifest;
    let application = manifest.application.to_string();
    let account = new.account.to_string();
    sqlx::query(
        "INSERT INTO applications (id, account_id, service, service_version, applicant) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(&application)
    .bind(&account)
    .bind(&manifest.service)
    .bind(i64::from(manifest.service_version))
    .bind(&new.applicant)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO revisions (application_id, revision, manifest_hash, manifest, applicant, received_at, begun_at, \
         due_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (application_id, revision) DO UPDATE SET manifest_hash = excluded.manifest_hash, \
         manifest = excluded.manifest, applicant = excluded.applicant, received_at = excluded.received_at, \
         due_on = excluded.due_on",
    )
    .bind(&application)
    .bind(i64::from(manifest.revision))
    .bind(new.hash.to_string())
    .bind(json(manifest)?)
    .bind(&new.applicant)
    .bind(new.received_at.as_millisecond())
    .bind(new.received_at.as_millisecond())
    .bind(new.due_on.map(|day| day.to_string()))
    .execute(&mut *tx)
    .await?;
    for document in &manifest.documents {
        sqlx::query(
            "INSERT INTO declared_blobs (account_id, sha256, size_bytes, kind) VALUES (?, ?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&account)
        .bind(document.sha256.to_string())
        .bind(signed(document.size_bytes))
        .bind(kind_code(document.kind))
        .execute(&mut *tx)
        .await?;
    }
    let detail = format!("revision {}", manifest.revision);
    audit::append(tx, new.received_at, &account, "manifest_accepted", &application, &detail).await
}

pub(super) async fn declared(
    store: &SqliteStore,
    account: AccountId,
    hash: ContentHash,
) -> Result<Option<Declared>, StoreError> {
    let mut tx = store.read().await?;
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT size_bytes, kind FROM declared_blobs WHERE account_id = ? AND sha256 = ?")
            .bind(account.to_string())
            .bind(hash.to_string())
            .fetch_all(&mut *tx)
            .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let declarations = rows
        .into_iter()
        .map(|(size, kind)| Ok((count(size)?, from_code::<DocumentKind>(kind)?)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Some(Declared { declarations, held: held(&mut tx, account, hash).await? }))
}

pub(super) async fn hold(
    tx: &mut SqliteConnection,
    account: AccountId,
    hash: ContentHash,
    held: HeldBlob,
    at: Timestamp,
) -> Result<(), StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO held_blobs (account_id, sha256, size_bytes, kind, pages, stored_at) VALUES (?, ?, ?, ?, ?, ?) \
         ON CONFLICT DO NOTHING",
    )
    .bind(account.to_string())
    .bind(hash.to_string())
    .bind(signed(held.size_bytes))
    .bind(kind_code(held.kind))
    .bind(i64::from(held.pages))
    .bind(at.as_millisecond())
    .execute(&mut *tx)
    .await?;
    if inserted.rows_affected() > 0 {
        audit::append(tx, at, &account.to_string(), "document_stored", &hash.to_string(), "").await?;
    }
    Ok(())
}

pub(super) async fn complete(
    tx: &mut SqliteConnection,
    application: ApplicationId,
    revision: u32,
    at: Timestamp,
    sign: Sign,
) -> Result<Completed, StoreError> {
    let (account, number, now): (String, Option<String>, Option<String>) =
        sqlx::query_as("SELECT account_id, number, status FROM applications WHERE id = ?")
            .bind(application.to_string())
            .fetch_one(&mut *tx)
            .await?;
    let account: AccountId = parsed(&account)?;
    let (hash, manifest, received_at, due_on, receipt): (
        String,
        String,
        i64,
        Option<String>,
        Option<String>,
    ) = sqlx::query_as(
        "SELECT manifest_hash, manifest, received_at, due_on, receipt FROM revisions \
             WHERE application_id = ? AND revision = ?",
    )
    .bind(application.to_string())
    .bind(i64::from(revision))
    .fetch_one(&mut *tx)
    .await?;
    if let Some(receipt) = receipt {
        let receipt: Receipt = from_json(&receipt)?;
        return Ok(Completed::Receipt { receipt: Box::new(receipt), account });
    }
    let status = if revision == 1 { Status::Submitted } else { Status::InReview };
    if let Some(now) = now
        && !from_code::<Status>(now)?.may_become(status)
    {
        return Ok(Completed::TooLate);
    }
    let manifest: Manifest = from_json(&manifest)?;
    for document in &manifest.documents {
        let Some(held) = held(tx, account, document.sha256).await? else {
            return Ok(Completed::Incomplete);
        };
        if held.size_bytes != document.size_bytes || held.kind != document.kind {
            return Ok(Completed::Mismatch { document: document.sha256 });
        }
    }
    let received_at = time(received_at)?;
    let number = match number {
        Some(number) => parsed::<ApplicationNumber>(&number)?,
        None => match next_number(tx, received_at).await? {
            Some(number) => number,
            None => return Ok(Completed::NumbersExhausted),
        },
    };
    let receipt = sign(ReceiptBody {
        application,
        revision,
        number: number.clone(),
        manifest: parsed(&hash)?,
        documents: manifest.documents,
        received_at,
        due_on: due_on.as_deref().map(parsed).transpose()?,
    });
    sqlx::query(
        "UPDATE revisions SET completed_at = ?, receipt = ? WHERE application_id = ? AND revision = ?",
    )
    .bind(at.as_millisecond())
    .bind(json(&receipt)?)
    .bind(application.to_string())
    .bind(i64::from(revision))
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE applications SET revision = ?, number = ?, due_on = ?, findings = '[]', reason = NULL, \
         supplement_by = NULL, received_at = COALESCE(received_at, ?), \
         applicant = (SELECT r.applicant FROM revisions r WHERE r.application_id = applications.id AND r.revision = ?) \
         WHERE id = ?",
    )
    .bind(i64::from(revision))
    .bind(number.as_str())
    .bind(&due_on)
    .bind(received_at.as_millisecond())
    .bind(i64::from(revision))
    .bind(application.to_string())
    .execute(&mut *tx)
    .await?;
    cases::move_to(tx, application, status, None, at).await?;
    let detail = format!("revision {revision}, {}", code(&status)?);
    audit::append(tx, at, &account.to_string(), "revision_complete", &application.to_string(), &detail)
        .await?;
    Ok(Completed::Receipt { receipt: Box::new(receipt), account })
}

/// The next number of the day on which the manifest arrived; `None` when the day has no more.
async fn next_number(
    tx: &mut SqliteConnection,
    received_at: Timestamp,
) -> Result<Option<ApplicationNumber>, StoreError> {
    let day = numbering::office_day(received_at);
    let (sequence,): (i64,) = sqlx::query_as(
        "INSERT INTO day_counters (day, last) VALUES (?, 1) \
         ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last",
    )
    .bind(day.to_string())
    .fetch_one(&mut *tx)
    .await?;
    Ok(u32::try_from(sequence).ok().and_then(|sequence| ApplicationNumber::issue(day, sequence).ok()))
}
