//! What was applied for here already and still counts: handed in, and neither rejected, withdrawn nor expired.

use forms::Answers;
use jiff::Timestamp;
use protocol::{ApplicationId, ApplicationNumber, Manifest, Status};
use sqlx::FromRow;

use crate::{
    Store, StoreError,
    columns::{count, from_json, from_word, parse},
};

/// The newest revision of one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedRow {
    /// The application.
    pub id: ApplicationId,
    /// Version of its service.
    pub service_version: u32,
    /// Where it stands.
    pub status: Status,
    /// The office's number, once there is one.
    pub number: Option<ApplicationNumber>,
    /// Its answers, normalised.
    pub answers: Answers,
    /// When it was handed in on this desk.
    pub handed_in_at: Timestamp,
}

#[derive(FromRow)]
struct Columns {
    id: String,
    service_version: i64,
    status: String,
    number: Option<String>,
    manifest: String,
    handed_in_at: String,
}

impl TryFrom<Columns> for AppliedRow {
    type Error = StoreError;
    fn try_from(columns: Columns) -> Result<Self, StoreError> {
        let manifest: Manifest = from_json("manifest", &columns.manifest)?;
        Ok(Self {
            id: parse("id", &columns.id)?,
            service_version: count("service_version", columns.service_version)?,
            status: from_word("status", &columns.status)?,
            number: columns.number.map(|number| parse("number", &number)).transpose()?,
            answers: manifest.answers,
            handed_in_at: parse("handed_in_at", &columns.handed_in_at)?,
        })
    }
}

impl Store {
    /// Those of a service but for one application, oldest first; with `quoting`, those alone whose hand-in has this text
    /// anywhere. Nothing of them is kept anywhere else to be found by: the search runs over the encrypted rows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn applied(
        &self,
        service: &str,
        but_for: ApplicationId,
        quoting: Option<&str>,
    ) -> Result<Vec<AppliedRow>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT id, service_version, status, number, manifest, handed_in_at
             FROM applications JOIN revisions
                  ON revisions.application = applications.id AND revisions.revision = applications.revision
             WHERE service = ?1 AND id <> ?2 AND discarded = 0
               AND status NOT IN ('draft', 'rejected', 'withdrawn', 'supplement_expired')
               AND (?3 IS NULL OR instr(manifest, ?3) > 0)
             ORDER BY applications.rowid",
        )
        .bind(service)
        .bind(but_for.to_string())
        .bind(quoting)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
