//! What the office already knows of a submission. What that makes of it is `protocol`'s rule.

use protocol::{
    AccountId, ApplicationId, ContentHash, Known, KnownApplication, KnownRevision, ManifestDocument, Turn,
};

use super::{
    columns::{count, from_code, from_json, parsed, time},
    intake::held,
};
use crate::store::{
    Asked, Previous, Standing, StoreError,
    tx::{Tx, values},
};

/// What stands of a revision: manifest hash, receipt, when the first manifest of it came.
type Revision = (String, Option<String>, i64);

pub(in crate::store) async fn standing(tx: &mut Tx<'_>, asked: &Asked) -> Result<Standing, StoreError> {
    let Asked { account, hash, application, revision, .. } = *asked;
    let (known, stored, unheard) = known(tx, asked).await?;
    Ok(match known.turn(revision, hash) {
        Turn::New => {
            let begun_at = stored.map(|(_, _, begun_at)| begun_at);
            let previous = match known.application {
                Some(KnownApplication { newest: 1.., .. }) => previous(tx, application, begun_at).await?,
                _ => None,
            };
            Standing::New { previous, begun: begun_at.is_some() }
        }
        Turn::Accepted => {
            let documents = documents(tx, application, revision).await?;
            Standing::Accepted { missing: missing(tx, account, &documents).await? }
        }
        Turn::Complete => {
            let receipt = stored.and_then(|(_, receipt, _)| receipt).unwrap_or_default();
            Standing::Complete(Box::new(from_json(&receipt)?))
        }
        Turn::OtherContent { stored } => Standing::OtherContent { stored, unheard },
        Turn::OutOfTurn => Standing::OutOfTurn,
        Turn::TooLate => Standing::TooLate,
        Turn::Foreign => Standing::Foreign,
    })
}

/// What of it counts for its turn, what stands of its revision, and whether its key stands for something else, which
/// was not written down yet.
async fn known(tx: &mut Tx<'_>, asked: &Asked) -> Result<(Known, Option<Revision>, bool), StoreError> {
    let owner: Option<(String, i64, Option<String>)> = tx
        .optional(
            "SELECT account_id, revision, status FROM applications WHERE id = $1",
            values![asked.application],
        )
        .await?;
    let used: Option<(String, Option<i64>)> = tx
        .optional(
            "SELECT manifest_hash, reused_at FROM submissions WHERE account_id = $1 AND idempotency_key = $2",
            values![asked.account, &asked.key],
        )
        .await?;
    // There are no revisions of what is not there.
    let stored: Option<Revision> = if owner.is_none() {
        None
    } else {
        tx.optional(
            "SELECT manifest_hash, receipt, begun_at FROM revisions WHERE application_id = $1 AND revision = $2",
            values![asked.application, asked.revision],
        )
        .await?
    };
    let application = match owner {
        Some((owner, newest, status)) => Some(KnownApplication {
            own: owner == asked.account.to_string(),
            newest: count(newest)?,
            status: status.map(from_code).transpose()?,
        }),
        None => None,
    };
    let revision = match &stored {
        Some((hash, receipt, _)) => {
            Some(KnownRevision { manifest: parsed(hash)?, complete: receipt.is_some() })
        }
        None => None,
    };
    let key: Option<ContentHash> = used.as_ref().map(|(hash, _)| parsed(hash)).transpose()?;
    let unheard =
        key.is_some_and(|key| key != asked.hash) && used.is_some_and(|(_, reused)| reused.is_none());
    Ok((Known { application, key, revision }, stored, unheard))
}

/// The complete revision that the next one replaces; `None` before the first.
async fn previous(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    begun_at: Option<i64>,
) -> Result<Option<Box<Previous>>, StoreError> {
    let row: Option<(i64, String, String, i64, String, Option<String>)> = tx
        .optional(
            "SELECT r.revision, r.manifest_hash, r.manifest, COALESCE(a.received_at, r.received_at), a.findings, a.supplement_by \
             FROM revisions r JOIN applications a ON a.id = r.application_id \
             WHERE r.application_id = $1 AND r.revision = a.revision AND r.receipt IS NOT NULL",
            values![application],
        )
        .await?;
    let Some((newest, hash, manifest, first_received_at, findings, supplement_by)) = row else {
        return Ok(None);
    };
    Ok(Some(Box::new(Previous {
        revision: count(newest)?,
        hash: parsed(&hash)?,
        manifest: from_json(&manifest)?,
        first_received_at: time(first_received_at)?,
        findings: from_json(&findings)?,
        supplement_by: supplement_by.as_deref().map(parsed).transpose()?,
        begun_at: begun_at.map(time).transpose()?,
    })))
}

/// What a manifest that was accepted lists.
async fn documents(
    tx: &mut Tx<'_>,
    application: ApplicationId,
    revision: u32,
) -> Result<Vec<ManifestDocument>, StoreError> {
    let (manifest,): (String,) = tx
        .one(
            "SELECT manifest FROM revisions WHERE application_id = $1 AND revision = $2",
            values![application, revision],
        )
        .await?;
    listed(&manifest)
}

/// The documents of a manifest, without reading the answers.
pub(super) fn listed(manifest: &str) -> Result<Vec<ManifestDocument>, StoreError> {
    #[derive(serde::Deserialize)]
    struct List {
        documents: Vec<ManifestDocument>,
    }
    from_json(manifest).map(|List { documents }| documents)
}

/// Hashes of documents that the account has not handed over, each once, in the order of the manifest.
pub(super) async fn missing(
    tx: &mut Tx<'_>,
    account: AccountId,
    documents: &[ManifestDocument],
) -> Result<Vec<ContentHash>, StoreError> {
    let held = held(tx, account, documents).await?;
    let mut missing = Vec::new();
    for document in documents {
        if !missing.contains(&document.sha256) && !held.contains_key(&document.sha256) {
            missing.push(document.sha256);
        }
    }
    Ok(missing)
}
