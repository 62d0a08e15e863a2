//! Answers, one row a field: an autosave writes a few dozen bytes.

use forms::{Answer, Answers};
use jiff::Timestamp;
use protocol::{ApplicationId, ConsentRecord};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, applications,
    columns::{from_json, to_json},
    consents,
};

impl Store {
    /// Saves one answer, or clears it with `None`.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] while the application is not the desk's to change.
    pub async fn save_answer(
        &self,
        id: ApplicationId,
        field: &str,
        answer: Option<&Answer>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(id, at, &mut transaction).await?;
        write(id, field, answer, &mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Saves the answer of a consent field together with its proof; both go where there is none.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] while the application is not the desk's to change.
    pub async fn save_agreement(
        &self,
        id: ApplicationId,
        field: &str,
        answer: Option<&Answer>,
        proof: Option<&ConsentRecord>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(id, at, &mut transaction).await?;
        write(id, field, answer, &mut transaction).await?;
        consents::replace(id, field, proof, &mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn write(
    id: ApplicationId,
    field: &str,
    answer: Option<&Answer>,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    match answer {
        Some(answer) => {
            sqlx::query(
                "INSERT INTO answers (application, field, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (application, field) DO UPDATE SET value = excluded.value",
            )
            .bind(id.to_string())
            .bind(field)
            .bind(to_json("value", answer)?)
            .execute(connection)
            .await?
        }
        None => {
            sqlx::query("DELETE FROM answers WHERE application = ?1 AND field = ?2")
                .bind(id.to_string())
                .bind(field)
                .execute(connection)
                .await?
        }
    };
    Ok(())
}

pub(crate) async fn of(id: ApplicationId, reader: &mut SqliteConnection) -> Result<Answers, StoreError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT field, value FROM answers WHERE application = ?1")
            .bind(id.to_string())
            .fetch_all(reader)
            .await?;
    let mut answers = Answers::default();
    for (field, value) in rows {
        answers.set(field, Some(from_json("value", &value)?));
    }
    Ok(answers)
}
