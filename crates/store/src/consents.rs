//! What was agreed to, with the hash of the text that was agreed to.

use jiff::Timestamp;
use protocol::{ApplicationId, ConsentRecord};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, applications,
    columns::{count, parse},
};

impl Store {
    /// Replaces the consents of an application.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] while the application is not the desk's to change.
    pub async fn save_consents(
        &self,
        id: ApplicationId,
        consents: &[ConsentRecord],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(id, at, &mut transaction).await?;
        sqlx::query("DELETE FROM consents WHERE application = ?1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await?;
        for consent in consents {
            write(id, consent, &mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// The record of one consent, or none any more.
pub(crate) async fn replace(
    id: ApplicationId,
    consent: &str,
    record: Option<&ConsentRecord>,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    if let Some(record) = record {
        return write(id, record, connection).await;
    }
    sqlx::query("DELETE FROM consents WHERE application = ?1 AND consent = ?2")
        .bind(id.to_string())
        .bind(consent)
        .execute(connection)
        .await?;
    Ok(())
}

async fn write(
    id: ApplicationId,
    record: &ConsentRecord,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO consents (application, consent, notice_version, notice_hash, given_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(id.to_string())
    .bind(&record.consent)
    .bind(i64::from(record.notice_version))
    .bind(&record.notice_hash)
    .bind(record.given_at.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn of(
    id: ApplicationId,
    reader: &mut SqliteConnection,
) -> Result<Vec<ConsentRecord>, StoreError> {
    let rows: Vec<(String, i64, String, String)> = sqlx::query_as(
        "SELECT consent, notice_version, notice_hash, given_at FROM consents WHERE application = ?1",
    )
    .bind(id.to_string())
    .fetch_all(reader)
    .await?;
    rows.into_iter()
        .map(|(consent, version, notice_hash, given_at)| {
            Ok(ConsentRecord {
                consent,
                notice_version: count("notice_version", version)?,
                notice_hash,
                given_at: parse("given_at", &given_at)?,
            })
        })
        .collect()
}
