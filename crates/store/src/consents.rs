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
            sqlx::query(
                "INSERT OR REPLACE INTO consents (application, consent, notice_version, notice_hash, given_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(id.to_string())
            .bind(&consent.consent)
            .bind(i64::from(consent.notice_version))
            .bind(&consent.notice_hash)
            .bind(consent.given_at.to_string())
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }
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
