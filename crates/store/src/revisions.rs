//! Revisions (版本): frozen by handing in, proven by a receipt. Nothing here changes a manifest afterwards.

use jiff::Timestamp;
use protocol::{ApplicationId, ContentHash, InvalidReceipt, Manifest, Receipt, Status};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::{
    CaseChange, Store, StoreError,
    applications::{self, may_be_edited},
    cases,
    columns::{count, from_json, parse, to_json, to_word},
    documents, office, outbox,
};

impl Store {
    /// Freezes a revision, puts it into the outbox and moves the application to 待上传, all or nothing.
    ///
    /// A draft hands in revision 1, a supplement the next one. What stands in quarantine never arrived, so it
    /// is handed in again under the same revision with another key.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`], [`StoreError::WrongRevision`], [`StoreError::NotFound`] where the bytes of
    /// a listed document are not here.
    pub async fn hand_in(
        &self,
        application: ApplicationId,
        manifest: &Manifest,
        idempotency_key: Uuid,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let status = applications::status(application, &mut transaction).await?;
        if !may_be_edited(status) || manifest.application != application {
            return Err(StoreError::NotAllowed { application, status });
        }
        let expected = if status == Status::Quarantined {
            let owed = owed(application, &mut transaction).await?;
            withdraw(application, owed, &mut transaction).await?;
            owed
        } else {
            newest(application, &mut transaction).await? + 1
        };
        if manifest.revision != expected {
            return Err(StoreError::WrongRevision { application, expected, found: manifest.revision });
        }
        insert(manifest, idempotency_key, at, &mut transaction).await?;
        sqlx::query("INSERT INTO outbox (application, revision) VALUES (?1, ?2)")
            .bind(application.to_string())
            .bind(i64::from(manifest.revision))
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE applications SET status = ?2, revision = ?3, saved_at = ?4 WHERE id = ?1")
            .bind(application.to_string())
            .bind(to_word("status", Status::AwaitingUpload)?)
            .bind(i64::from(manifest.revision))
            .bind(at.to_string())
            .execute(&mut *transaction)
            .await?;
        documents::forget_warnings(application, &mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// A frozen revision.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revision(&self, application: ApplicationId, revision: u32) -> Result<Manifest, StoreError> {
        let mut reader = self.readers().acquire().await?;
        manifest(application, revision, &mut reader).await
    }

    /// Its receipt, once there is one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn receipt(
        &self,
        application: ApplicationId,
        revision: u32,
    ) -> Result<Option<Receipt>, StoreError> {
        let text: Option<Option<String>> =
            sqlx::query_scalar("SELECT receipt FROM revisions WHERE application = ?1 AND revision = ?2")
                .bind(application.to_string())
                .bind(i64::from(revision))
                .fetch_optional(self.readers())
                .await?;
        text.flatten().map(|text| from_json("receipt", &text)).transpose()
    }

    /// Keeps a receipt after proving it against the pinned key and the frozen manifest; with it the outbox row
    /// goes, the number comes and the application is 已提交. The originals of what it lists are dropped: the office
    /// has them fit.
    /// Says what changed by it.
    ///
    /// # Errors
    /// [`StoreError::UnprovenReceipt`]; [`StoreError::NotFound`].
    pub async fn store_receipt(
        &self,
        application: ApplicationId,
        revision: u32,
        receipt: &Receipt,
    ) -> Result<CaseChange, StoreError> {
        let mut transaction = self.write().await?;
        let key = office::pinned_key(&mut transaction).await?.ok_or(InvalidReceipt::OtherKey)?;
        receipt.verify(&key, &manifest(application, revision, &mut transaction).await?)?;
        sqlx::query("UPDATE revisions SET receipt = ?3 WHERE application = ?1 AND revision = ?2")
            .bind(application.to_string())
            .bind(i64::from(revision))
            .bind(to_json("receipt", receipt)?)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM outbox WHERE application = ?1 AND revision = ?2")
            .bind(application.to_string())
            .bind(i64::from(revision))
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "DELETE FROM originals WHERE document IN
                 (SELECT id FROM documents JOIN revision_documents USING (application, slot, position, sha256)
                  WHERE application = ?1 AND revision = ?2 AND removed IS NULL)",
        )
        .bind(application.to_string())
        .bind(i64::from(revision))
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE applications SET number = ?2 WHERE id = ?1")
            .bind(application.to_string())
            .bind(receipt.body.number.as_str())
            .execute(&mut *transaction)
            .await?;
        let case = cases::read(application, &mut transaction).await?;
        outbox::bring_in_turn(application, case.as_ref(), &mut transaction).await?;
        let change = cases::settle(application, &mut transaction).await?;
        transaction.commit().await?;
        Ok(change)
    }
}

/// The revision of it that stands in the outbox.
async fn owed(application: ApplicationId, connection: &mut SqliteConnection) -> Result<u32, StoreError> {
    let revision: Option<i64> = sqlx::query_scalar("SELECT revision FROM outbox WHERE application = ?1")
        .bind(application.to_string())
        .fetch_optional(connection)
        .await?;
    count("revision", revision.ok_or(StoreError::NotFound { what: "quarantined application" })?)
}

pub(crate) async fn newest(
    application: ApplicationId,
    connection: &mut SqliteConnection,
) -> Result<u32, StoreError> {
    let revision: i64 = sqlx::query_scalar("SELECT revision FROM applications WHERE id = ?1")
        .bind(application.to_string())
        .fetch_one(connection)
        .await?;
    count("revision", revision)
}

pub(crate) async fn manifest(
    application: ApplicationId,
    revision: u32,
    connection: &mut SqliteConnection,
) -> Result<Manifest, StoreError> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT manifest FROM revisions WHERE application = ?1 AND revision = ?2")
            .bind(application.to_string())
            .bind(i64::from(revision))
            .fetch_optional(connection)
            .await?;
    from_json("manifest", &text.ok_or(StoreError::NotFound { what: "revision" })?)
}

/// Takes a revision back that the office never receipted, or receipted and lost, with all that were to follow it.
pub(crate) async fn withdraw(
    application: ApplicationId,
    revision: u32,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    outbox::forget(application, &mut *connection).await?;
    sqlx::query("DELETE FROM revisions WHERE application = ?1 AND revision >= ?2 AND receipt IS NULL")
        .bind(application.to_string())
        .bind(i64::from(revision))
        .execute(&mut *connection)
        .await?;
    documents::drop_unused_blobs(connection).await
}

async fn insert(
    manifest: &Manifest,
    idempotency_key: Uuid,
    at: Timestamp,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO revisions (application, revision, manifest, manifest_hash, idempotency_key, handed_in_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(manifest.application.to_string())
    .bind(i64::from(manifest.revision))
    .bind(to_json("manifest", manifest)?)
    .bind(manifest.canonical_hash().to_string())
    .bind(idempotency_key.to_string())
    .bind(at.to_string())
    .execute(&mut *connection)
    .await?;
    for document in &manifest.documents {
        if !is_here(document.sha256, &mut *connection).await? {
            return Err(StoreError::NotFound { what: "document" });
        }
        sqlx::query(
            "INSERT INTO revision_documents (application, revision, slot, position, sha256)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(manifest.application.to_string())
        .bind(i64::from(manifest.revision))
        .bind(&document.slot)
        .bind(i64::from(document.index))
        .bind(document.sha256.to_string())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn is_here(sha256: ContentHash, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blobs WHERE sha256 = ?1)")
        .bind(sha256.to_string())
        .fetch_one(connection)
        .await?)
}

/// The canonical hash of the newest revision that the office receipted: the parent of the next one.
impl Store {
    /// The parent for the next manifest; `None` where nothing was ever receipted.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn parent_of_next(
        &self,
        application: ApplicationId,
    ) -> Result<Option<ContentHash>, StoreError> {
        let hash: Option<String> = sqlx::query_scalar(
            "SELECT manifest_hash FROM revisions WHERE application = ?1 AND receipt IS NOT NULL
             ORDER BY revision DESC LIMIT 1",
        )
        .bind(application.to_string())
        .fetch_optional(self.readers())
        .await?;
        hash.map(|hash| parse("manifest_hash", &hash)).transpose()
    }
}
