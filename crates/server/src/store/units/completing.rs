//! From the last document to the receipt: number, receipt, status, timeline, feed and audit in one transaction.

use jiff::Timestamp;
use protocol::{AccountId, ApplicationNumber, ManifestDocument, Receipt, ReceiptBody, Status};

use super::{
    audit, cases,
    columns::{code, from_code, from_json, json, parsed, time},
    intake::held,
    numbers,
    standing::listed,
};
use crate::store::{
    Asked, Completed, Sign, StoreError,
    tx::{Lock, Tx, record, values},
};

record! {
    /// A revision and the application it belongs to.
    struct Row {
        number: Option<String>,
        status: Option<String>,
        manifest_hash: String,
        manifest: String,
        received_at: i64,
        due_on: Option<String>,
        due_estimated: i64,
        receipt: Option<String>,
    }
}

pub(in crate::store) async fn complete(
    tx: &mut Tx<'_>,
    asked: &Asked,
    at: Timestamp,
    sign: &Sign,
) -> Result<Completed, StoreError> {
    let Asked { account, application, revision, hash, .. } = *asked;
    tx.lock(Lock::Account(&account.to_string())).await?;
    let row: Option<Row> = tx
        .optional(
            "SELECT a.number, a.status, r.manifest_hash, r.manifest, r.received_at, r.due_on, \
             r.due_estimated, r.receipt \
             FROM revisions r JOIN applications a ON a.id = r.application_id \
             WHERE r.application_id = $1 AND r.revision = $2 AND a.account_id = $3",
            values![application, revision, account],
        )
        .await?;
    // Since it was asked about, another manifest may have taken its place.
    let Some(row) = row.filter(|row| row.manifest_hash == hash.to_string()) else {
        return Ok(Completed::OtherContent);
    };
    if let Some(receipt) = row.receipt {
        return Ok(Completed::Receipt(Box::new(from_json(&receipt)?)));
    }
    let status = if revision == 1 { Status::Submitted } else { Status::InReview };
    if let Some(now) = row.status
        && !from_code::<Status>(now)?.may_become(status)
    {
        return Ok(Completed::TooLate);
    }
    let documents = listed(&row.manifest)?;
    if let Some(refused) = lacking(tx, account, &documents).await? {
        return Ok(refused);
    }
    let received_at = time(row.received_at)?;
    let number = match row.number {
        Some(number) => parsed::<ApplicationNumber>(&number)?,
        None => match number_for(tx, asked, received_at).await? {
            Some(number) => number,
            None => return Ok(Completed::NumbersExhausted),
        },
    };
    let receipt = sign(ReceiptBody {
        application,
        revision,
        number,
        manifest: hash,
        documents,
        received_at,
        due_on: row.due_on.as_deref().map(parsed).transpose()?,
    });
    store(tx, account, &receipt, row.due_estimated, status, at).await?;
    let detail = format!("revision {revision}, {}", code(&status)?);
    audit::append(tx, at, &account.to_string(), "revision_complete", &application.to_string(), &detail)
        .await?;
    Ok(Completed::Receipt(Box::new(receipt)))
}

/// The one that the office gave it before it came back from a backup, where nobody else has that; else the next one.
async fn number_for(
    tx: &mut Tx<'_>,
    asked: &Asked,
    received_at: Timestamp,
) -> Result<Option<ApplicationNumber>, StoreError> {
    match &asked.earlier {
        Some(number) if numbers::give_again(tx, number).await? => Ok(Some(number.clone())),
        _ => numbers::next(tx, received_at).await,
    }
}

/// The first document that is not there or is something else.
async fn lacking(
    tx: &mut Tx<'_>,
    account: AccountId,
    documents: &[ManifestDocument],
) -> Result<Option<Completed>, StoreError> {
    let held = held(tx, account, documents).await?;
    for document in documents {
        let Some(held) = held.get(&document.sha256) else {
            return Ok(Some(Completed::Incomplete));
        };
        if held.size_bytes != document.size_bytes || held.kind != document.kind {
            return Ok(Some(Completed::Mismatch { document: document.sha256 }));
        }
    }
    Ok(None)
}

/// The application's row is written once: this is the busiest way through the office.
async fn store(
    tx: &mut Tx<'_>,
    account: AccountId,
    receipt: &Receipt,
    due_estimated: i64,
    status: Status,
    at: Timestamp,
) -> Result<(), StoreError> {
    let ReceiptBody { application, revision, number, received_at, due_on, .. } = &receipt.body;
    tx.execute(
        "UPDATE revisions SET completed_at = $1, receipt = $2 WHERE application_id = $3 AND revision = $4",
        values![at, json(receipt)?, *application, *revision],
    )
    .await?;
    let seq = cases::next_position(tx, account).await?;
    tx.execute(
        "UPDATE applications SET revision = $1, number = $2, due_on = $3, findings = '[]', reason = NULL, \
         supplement_by = NULL, received_at = COALESCE(received_at, $4), applicant = (SELECT r.applicant \
         FROM revisions r WHERE r.application_id = applications.id AND r.revision = $1), status = $5, \
         feed_seq = $6, due_estimated = $7, supplement_estimated = 0 WHERE id = $8",
        values![
            *revision,
            number.as_str(),
            *due_on,
            *received_at,
            code(&status)?,
            seq,
            due_estimated,
            *application
        ],
    )
    .await?;
    cases::enter_in_timeline(tx, *application, status, at).await
}
