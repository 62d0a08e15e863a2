//! Editions of the catalogue, so that a desk without a network still offers what its office offered last, and an
//! application goes on with the version of the service that it was started with. Others are dropped.

use jiff::Timestamp;
use protocol::ContentHash;
use sqlx::SqliteConnection;

use crate::{Store, StoreError, columns::parse};

/// An edition on its way in.
#[derive(Debug, Clone)]
pub struct NewEdition<'a> {
    /// Of the bundle.
    pub sha256: ContentHash,
    /// As it travelled.
    pub bundle: &'a [u8],
    /// Every service in it, with its version.
    pub services: Vec<(String, u32)>,
    /// The office offers it now; otherwise an application here was started with it.
    pub offered: bool,
}

/// An edition that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEdition {
    /// Of the bundle.
    pub sha256: ContentHash,
    /// As it travelled.
    pub bundle: Vec<u8>,
    /// The office offered it.
    pub offered: bool,
}

impl Store {
    /// Every edition that is kept, the newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn editions(&self) -> Result<Vec<KeptEdition>, StoreError> {
        let rows: Vec<(String, Vec<u8>, bool)> =
            sqlx::query_as("SELECT sha256, bundle, offered FROM editions ORDER BY sequence DESC")
                .fetch_all(self.readers())
                .await?;
        rows.into_iter()
            .map(|(sha256, bundle, offered)| {
                Ok(KeptEdition { sha256: parse("sha256", &sha256)?, bundle, offered })
            })
            .collect()
    }

    /// Keeps an edition; one that is offered becomes the newest, also when it was here before. Editions that neither
    /// count any more nor are needed by an application go.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_edition(&self, new: &NewEdition<'_>, at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let sha256 = new.sha256.to_string();
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM editions WHERE sha256 = ?1)")
            .bind(&sha256)
            .fetch_one(&mut *transaction)
            .await?;
        if known && new.offered {
            sqlx::query(
                "UPDATE editions SET offered = 1, sequence = (SELECT max(sequence) + 1 FROM editions)
                 WHERE sha256 = ?1",
            )
            .bind(&sha256)
            .execute(&mut *transaction)
            .await?;
        } else if !known {
            insert(new, at, &mut transaction).await?;
        }
        if new.offered {
            drop_unneeded(&mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn insert(
    new: &NewEdition<'_>,
    at: Timestamp,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO editions (sha256, bundle, offered, kept_at) VALUES (?1, ?2, ?3, ?4)")
        .bind(new.sha256.to_string())
        .bind(new.bundle)
        .bind(new.offered)
        .bind(at.to_string())
        .execute(&mut *connection)
        .await?;
    for (service, version) in &new.services {
        sqlx::query("INSERT INTO edition_services (sha256, service, version) VALUES (?1, ?2, ?3)")
            .bind(new.sha256.to_string())
            .bind(service)
            .bind(i64::from(*version))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// What the office offered last stays, and whatever is the newest to hold the version of an application here.
async fn drop_unneeded(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM editions WHERE sequence < (SELECT max(sequence) FROM editions WHERE offered = 1)
         AND sequence NOT IN (
             SELECT max(e.sequence) FROM applications a
             JOIN edition_services s ON s.service = a.service AND s.version = a.service_version
             JOIN editions e USING (sha256)
             GROUP BY a.service, a.service_version)",
    )
    .execute(connection)
    .await?;
    Ok(())
}
