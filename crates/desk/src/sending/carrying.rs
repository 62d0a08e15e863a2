//! One network effect of `sync` from beginning to end: read what it needs from the store, ask the office, and
//! say what came of it. Runs beside the runner, which alone writes to the store, except for pinning the key.

use protocol::{ContentHash, EarlierReceipt, FeedPage, Manifest, SubmissionReply};
use store::{Store, StoreError};
use sync::Task;

use super::{office::Office, trouble::Trouble};

pub(super) async fn open_account(store: &Store, office: &Office) -> Result<(), Trouble> {
    let account = store.office_account().await.map_err(here)?;
    let opened = office.open_account(&account).await?;
    if opened.id != account.id || !store.pin_receipt_key(&opened.receipt_key).await.map_err(here)? {
        return Err(Trouble::OtherOffice);
    }
    Ok(())
}

/// What came of posting a hand-in.
#[derive(Debug)]
pub(super) struct Posting {
    /// What was posted, so that progress can be counted.
    pub(super) manifest: Option<Manifest>,
    pub(super) outcome: Result<SubmissionReply, Trouble>,
    /// Nothing of it has ever left this desk, which is noted: the person may take it back.
    pub(super) stayed: bool,
}

pub(super) async fn post(store: &Store, office: &Office, task: Task) -> Posting {
    let leaving = match store.leave(task.application, task.revision).await.map_err(here) {
        Ok(leaving) => leaving,
        Err(trouble) => return Posting { manifest: None, outcome: Err(trouble), stayed: false },
    };
    let (key, manifest) = (leaving.idempotency_key, leaving.manifest);
    let outcome = match (store.office_account().await, earlier(store, &manifest).await) {
        (Ok(account), Ok(earlier)) => office.post(&account, key, manifest.clone(), earlier.as_ref()).await,
        (Err(error), _) | (_, Err(error)) => Err(here(error)),
    };
    let mut stayed = leaving.first && outcome.as_ref().is_err_and(Trouble::is_before_anything_left);
    if stayed && let Err(error) = store.nothing_left(task.application, task.revision).await {
        // It counts as gone then, and is sent as ever.
        tracing::warn!(code = error.code(), "noting that nothing left");
        stayed = false;
    }
    Posting { manifest: Some(manifest), outcome, stayed }
}

/// The first receipt for this very content, where the office lost it since: it tells when it arrived.
async fn earlier(store: &Store, manifest: &Manifest) -> Result<Option<EarlierReceipt>, StoreError> {
    let lost = store.lost_receipts(manifest.application).await?;
    if lost.is_empty() {
        return Ok(None);
    }
    let hash = manifest.canonical_hash();
    Ok(lost.iter().find(|receipt| receipt.body.manifest == hash).map(EarlierReceipt::of))
}

/// Sends a document, or what follows the first `from` bytes of it, which the office says it has.
pub(super) async fn put(
    store: &Store,
    office: &Office,
    sha256: ContentHash,
    from: u64,
    sent: impl Fn(u64) + Send + Sync + 'static,
) -> Result<(), Trouble> {
    let blob = store.blob(sha256).await.map_err(here)?;
    let account = store.office_account().await.map_err(here)?;
    office.put(&account, sha256, blob, from, sent).await
}

pub(super) async fn poll(store: &Store, office: &Office, wait_seconds: u32) -> Result<FeedPage, Trouble> {
    let account = store.office_account().await.map_err(here)?;
    office.feed(&account, wait_seconds).await
}

/// What is damaged here stays so; what the disk refuses now may go later.
#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
pub(super) fn here(error: StoreError) -> Trouble {
    tracing::warn!(code = error.code(), "reading what is to be sent");
    match error {
        StoreError::NotFound { .. } | StoreError::Unreadable { .. } | StoreError::Damaged(_) => {
            Trouble::UnreadableHere
        }
        _ => Trouble::Disk,
    }
}
