//! Applications (办件): the row that everything else of one application hangs on.

use forms::Answers;
use jiff::Timestamp;
use protocol::{ApplicationId, ApplicationNumber, ConsentRecord, Status};
use sqlx::{FromRow, SqliteConnection};

use crate::{
    Store, StoreError, answers,
    columns::{count, from_word, parse, to_word},
    consents,
};

/// What is needed to begin one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApplication {
    /// Made by the desk.
    pub id: ApplicationId,
    /// Service id.
    pub service: String,
    /// Version of the service's definition; kept for the life of the application.
    pub service_version: u32,
    /// When.
    pub created_at: Timestamp,
}

/// One application as this desk knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRow {
    /// Its id.
    pub id: ApplicationId,
    /// Service id.
    pub service: String,
    /// Version of the service's definition.
    pub service_version: u32,
    /// Where it stands.
    pub status: Status,
    /// Where the person was in it, in the window's words; empty at first.
    pub place: String,
    /// Everything filled in, as typed.
    pub answers: Answers,
    /// What was agreed to.
    pub consents: Vec<ConsentRecord>,
    /// The newest handed-in revision; 0 = never handed in.
    pub revision: u32,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When anything was last saved.
    pub saved_at: Timestamp,
    /// The office's number, once there is one.
    pub number: Option<ApplicationNumber>,
    /// Thrown away, until the next start brings back nothing of it.
    pub discarded: bool,
}

#[derive(FromRow)]
struct Columns {
    id: String,
    service: String,
    service_version: i64,
    status: String,
    place: String,
    revision: i64,
    number: Option<String>,
    created_at: String,
    saved_at: String,
    discarded: bool,
}

impl Store {
    /// Begins an application as a draft.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn create_application(&self, new: &NewApplication) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO applications (id, service, service_version, status, created_at, saved_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )
        .bind(new.id.to_string())
        .bind(&new.service)
        .bind(i64::from(new.service_version))
        .bind(to_word("status", Status::Draft)?)
        .bind(new.created_at.to_string())
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// One application, discarded or not.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn application(&self, id: ApplicationId) -> Result<Option<ApplicationRow>, StoreError> {
        let mut reader = self.readers().begin().await?;
        let columns: Option<Columns> = sqlx::query_as("SELECT * FROM applications WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(&mut *reader)
            .await?;
        match columns {
            Some(columns) => Ok(Some(complete(columns, &mut reader).await?)),
            None => Ok(None),
        }
    }

    /// All applications that are not discarded, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn applications(&self) -> Result<Vec<ApplicationRow>, StoreError> {
        let mut reader = self.readers().begin().await?;
        let rows: Vec<Columns> =
            sqlx::query_as("SELECT * FROM applications WHERE discarded = 0 ORDER BY rowid DESC")
                .fetch_all(&mut *reader)
                .await?;
        let mut applications = Vec::with_capacity(rows.len());
        for columns in rows {
            applications.push(complete(columns, &mut reader).await?);
        }
        Ok(applications)
    }

    /// Remembers where the person was.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn save_place(&self, id: ApplicationId, place: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let done = sqlx::query("UPDATE applications SET place = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(place)
            .execute(&mut *transaction)
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "application" });
        }
        Ok(transaction.commit().await?)
    }

    /// Throws a draft away. It can be brought back until the program is started again.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] for anything that was ever handed in.
    pub async fn discard_application(&self, id: ApplicationId) -> Result<(), StoreError> {
        self.set_discarded(id, true).await
    }

    /// Brings a discarded draft back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it is gone for good.
    pub async fn restore_application(&self, id: ApplicationId) -> Result<(), StoreError> {
        self.set_discarded(id, false).await
    }

    async fn set_discarded(&self, id: ApplicationId, discarded: bool) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let status = status(id, &mut transaction).await?;
        if status != Status::Draft {
            return Err(StoreError::NotAllowed { application: id, status });
        }
        sqlx::query("UPDATE applications SET discarded = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(discarded)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

async fn complete(columns: Columns, reader: &mut SqliteConnection) -> Result<ApplicationRow, StoreError> {
    let id: ApplicationId = parse("id", &columns.id)?;
    Ok(ApplicationRow {
        id,
        service: columns.service,
        service_version: count("service_version", columns.service_version)?,
        status: from_word("status", &columns.status)?,
        place: columns.place,
        answers: answers::of(id, reader).await?,
        consents: consents::of(id, reader).await?,
        revision: count("revision", columns.revision)?,
        created_at: parse("created_at", &columns.created_at)?,
        saved_at: parse("saved_at", &columns.saved_at)?,
        number: columns.number.map(|number| parse("number", &number)).transpose()?,
        discarded: columns.discarded,
    })
}

/// Where it stands.
pub(crate) async fn status(
    id: ApplicationId,
    connection: &mut SqliteConnection,
) -> Result<Status, StoreError> {
    let word: Option<String> = sqlx::query_scalar("SELECT status FROM applications WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    from_word("status", &word.ok_or(StoreError::NotFound { what: "application" })?)
}

/// Moves it.
pub(crate) async fn set_status(
    id: ApplicationId,
    status: Status,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE applications SET status = ?2 WHERE id = ?1")
        .bind(id.to_string())
        .bind(to_word("status", status)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets only what a person may still change be changed, and notes the time of the change.
pub(crate) async fn touch(
    id: ApplicationId,
    at: Timestamp,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let status = status(id, &mut *connection).await?;
    if !may_be_edited(status) {
        return Err(StoreError::NotAllowed { application: id, status });
    }
    sqlx::query("UPDATE applications SET saved_at = ?2 WHERE id = ?1")
        .bind(id.to_string())
        .bind(at.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// The desk owns it: a draft, a supplement that was asked for, or a revision that could not be sent.
pub(crate) const fn may_be_edited(status: Status) -> bool {
    matches!(status, Status::Draft | Status::SupplementNeeded | Status::Quarantined)
}
