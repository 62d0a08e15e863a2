//! Manifests and documents on their way in. Accepting is one transaction.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use protocol::{AccountId, ContentHash, DocumentKind, ManifestDocument};

use super::{
    audit,
    columns::{count, from_code, json, parsed, signed},
    standing::{missing, standing},
};
use crate::store::{
    Asked, Declared, HeldBlob, NewRevision, Standing, StoreError, kind_code,
    tx::{Lock, Tx, values},
};

/// How many revisions an account may have begun within [`UNFINISHED_WITHIN`] without finishing them. A busy counter
/// hands in that many in a day or two and leaves a few of them unfinished (in quarantine, given up); whoever has more
/// floods. As many may be replaced by others in that time, which keeps a full account able to mend what it began. Both
/// together bound what one account can make the office keep in vain within the time: 0.8 GB of usual applications (2 MB
/// each), 12 GB of the largest.
pub(in crate::store) const MOST_UNFINISHED: i64 = 200;
/// Older ones do not count: what was given up must not shut an account out for ever.
const UNFINISHED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

pub(in crate::store) async fn accept(tx: &mut Tx<'_>, new: &NewRevision) -> Result<Standing, StoreError> {
    let NewRevision { account, manifest, .. } = new;
    let asked = new.asked();
    tx.lock(Lock::Account(&account.to_string())).await?;
    match standing(tx, &asked).await? {
        Standing::New { previous, begun } => {
            if previous.map(|previous| previous.hash) != manifest.parent {
                return Ok(Standing::OutOfTurn);
            }
            let lately = if begun { replaced(tx, new).await? } else { unfinished(tx, new).await? };
            if lately >= MOST_UNFINISHED {
                return Ok(Standing::TooMany);
            }
            if !own_application(tx, new).await? {
                return Ok(Standing::Foreign);
            }
            use_key(tx, &asked).await?;
            insert_revision(tx, new).await?;
            Ok(Standing::Accepted { missing: missing(tx, *account, &manifest.documents).await? })
        }
        // The same content under a key of its own is the same submission.
        known => Ok(known),
    }
}

async fn use_key(tx: &mut Tx<'_>, asked: &Asked) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO submissions (account_id, idempotency_key, application_id, revision, manifest_hash) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        values![asked.account, &asked.key, asked.application, asked.revision, asked.hash],
    )
    .await?;
    Ok(())
}

/// Writes down that a key came again with other content than it was accepted with: once for each key, so that nobody
/// fills the log with it.
pub(in crate::store) async fn note_reused_key(
    tx: &mut Tx<'_>,
    asked: &Asked,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.lock(Lock::Account(&asked.account.to_string())).await?;
    let noted = tx
        .execute(
            "UPDATE submissions SET reused_at = $1 WHERE account_id = $2 AND idempotency_key = $3 \
             AND manifest_hash <> $4 AND reused_at IS NULL",
            values![at, asked.account, &asked.key, asked.hash],
        )
        .await?;
    if noted == 0 {
        return Ok(());
    }
    let (application, stored): (String, String) = tx
        .one(
            "SELECT application_id, manifest_hash FROM submissions WHERE account_id = $1 AND idempotency_key = $2",
            values![asked.account, &asked.key],
        )
        .await?;
    let detail = format!("key {}: {stored}, then {}", asked.key, asked.hash);
    audit::append(tx, at, &asked.account.to_string(), "key_reused", &application, &detail).await
}

/// What the account began lately and did not finish.
async fn unfinished(tx: &mut Tx<'_>, new: &NewRevision) -> Result<i64, StoreError> {
    let (unfinished,): (i64,) = tx
        .one(
            "SELECT COUNT(*) FROM revisions WHERE account_id = $1 AND receipt IS NULL AND received_at > $2",
            values![new.account, new.received_at - UNFINISHED_WITHIN],
        )
        .await?;
    Ok(unfinished)
}

/// How many manifests of the account others took the place of lately. The documents of each may be here.
async fn replaced(tx: &mut Tx<'_>, new: &NewRevision) -> Result<i64, StoreError> {
    let (replaced,): (i64,) = tx
        .one(
            "SELECT COUNT(*) FROM (SELECT DISTINCT s.application_id, s.revision, s.manifest_hash \
             FROM submissions s JOIN revisions r ON r.application_id = s.application_id AND r.revision = s.revision \
             WHERE s.account_id = $1 AND r.received_at > $2 AND s.manifest_hash <> r.manifest_hash) AS others",
            values![new.account, new.received_at - UNFINISHED_WITHIN],
        )
        .await?;
    Ok(replaced)
}

/// Makes the application's row, where there is none; `false` where another account was faster with its id.
async fn own_application(tx: &mut Tx<'_>, new: &NewRevision) -> Result<bool, StoreError> {
    let manifest = &new.manifest;
    let made = tx
        .execute(
            "INSERT INTO applications (id, account_id, service, service_version, applicant) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            values![
                manifest.application,
                new.account,
                &manifest.service,
                manifest.service_version,
                &new.applicant
            ],
        )
        .await?;
    if made > 0 {
        return Ok(true);
    }
    let (owner,): (String,) =
        tx.one("SELECT account_id FROM applications WHERE id = $1", values![manifest.application]).await?;
    Ok(owner == new.account.to_string())
}

async fn insert_revision(tx: &mut Tx<'_>, new: &NewRevision) -> Result<(), StoreError> {
    let manifest = &new.manifest;
    tx.execute(
        "INSERT INTO revisions (application_id, revision, manifest_hash, manifest, applicant, received_at, begun_at, \
         due_on, account_id, due_estimated) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9) \
         ON CONFLICT (application_id, revision) DO UPDATE SET manifest_hash = excluded.manifest_hash, \
         manifest = excluded.manifest, applicant = excluded.applicant, received_at = excluded.received_at, \
         due_on = excluded.due_on, account_id = excluded.account_id, due_estimated = excluded.due_estimated",
        values![
            manifest.application,
            manifest.revision,
            new.hash,
            json(manifest)?,
            &new.applicant,
            new.received_at,
            new.due_on,
            new.account,
            new.due_estimated
        ],
    )
    .await?;
    for document in &manifest.documents {
        tx.execute(
            "INSERT INTO declared_blobs (account_id, sha256, size_bytes, kind) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            values![new.account, document.sha256, signed(document.size_bytes), kind_code(document.kind)],
        )
        .await?;
    }
    let (account, application) = (new.account.to_string(), manifest.application.to_string());
    let mut detail = format!("revision {}", manifest.revision);
    if let Some(number) = &new.earlier {
        // Lost with what came after a backup; its own receipt says when it came first.
        detail = format!("{detail}, again: {number} of {}", new.received_at);
    }
    audit::append(tx, new.at, &account, "manifest_accepted", &application, &detail).await
}

pub(in crate::store) async fn declared(
    tx: &mut Tx<'_>,
    account: AccountId,
    hash: ContentHash,
) -> Result<Option<Declared>, StoreError> {
    let rows: Vec<(i64, String)> = tx
        .all(
            "SELECT size_bytes, kind FROM declared_blobs WHERE account_id = $1 AND sha256 = $2 \
             ORDER BY size_bytes, kind",
            values![account, hash],
        )
        .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let declarations = rows
        .into_iter()
        .map(|(size, kind)| Ok((count(size)?, from_code::<DocumentKind>(kind)?)))
        .collect::<Result<_, StoreError>>()?;
    let row: Option<(i64, String, i64)> = tx
        .optional(
            "SELECT size_bytes, kind, pages FROM held_blobs WHERE account_id = $1 AND sha256 = $2",
            values![account, hash],
        )
        .await?;
    let held = row.map(|(size, kind, pages)| blob(size, kind, pages)).transpose()?;
    Ok(Some(Declared { declarations, held }))
}

/// Those of the documents that the account has handed over. Most manifests are one statement.
pub(in crate::store) async fn held(
    tx: &mut Tx<'_>,
    account: AccountId,
    documents: &[ManifestDocument],
) -> Result<HashMap<ContentHash, HeldBlob>, StoreError> {
    let mut held = HashMap::with_capacity(documents.len());
    for some in documents.chunks(ASKED_TOGETHER) {
        let mut asked = values![account];
        // The last one stands in all the places that are left.
        let last = some.last().into_iter().cycle();
        asked.extend(some.iter().chain(last).take(ASKED_TOGETHER).map(|document| document.sha256.into()));
        let rows: Vec<(String, i64, String, i64)> = tx
            .all(
                "SELECT sha256, size_bytes, kind, pages FROM held_blobs \
                 WHERE account_id = $1 AND sha256 IN ($2, $3, $4, $5, $6, $7)",
                asked,
            )
            .await?;
        for (sha256, size, kind, pages) in rows {
            held.insert(parsed(&sha256)?, blob(size, kind, pages)?);
        }
    }
    Ok(held)
}

/// How many documents [`held`] asks about in one statement.
const ASKED_TOGETHER: usize = 6;

fn blob(size_bytes: i64, kind: String, pages: i64) -> Result<HeldBlob, StoreError> {
    Ok(HeldBlob { size_bytes: count(size_bytes)?, kind: from_code(kind)?, pages: count(pages)? })
}

pub(in crate::store) async fn hold(
    tx: &mut Tx<'_>,
    account: AccountId,
    hash: ContentHash,
    held: HeldBlob,
    at: Timestamp,
) -> Result<(), StoreError> {
    let inserted = tx
        .execute(
            "INSERT INTO held_blobs (account_id, sha256, size_bytes, kind, pages, stored_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            values![account, hash, signed(held.size_bytes), kind_code(held.kind), held.pages, at],
        )
        .await?;
    if inserted > 0 {
        audit::append(tx, at, &account.to_string(), "document_stored", &hash.to_string(), "").await?;
    }
    Ok(())
}
