//! Documents in their slots: what is known of them, their fit bytes and what the person handed over.
//! Positions within a slot have no gaps: taking one out moves the later ones up, putting it back moves them down.

use std::{fmt, num::ParseIntError, str::FromStr};

use jiff::Timestamp;
use protocol::{ApplicationId, ContentHash, DocumentKind};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::{
    Store, StoreError, applications,
    columns::{count, from_json, from_word, integer, parse, to_json, to_word},
};

/// Brings a removed document back, until the program is started again.
pub type UndoToken = String;

/// A prepared document with everything that is kept of it.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Of which application.
    pub application: ApplicationId,
    /// The slot.
    pub slot: String,
    /// File name as the person knows it.
    pub source_name: String,
    /// Exactly what was handed over.
    pub source_bytes: Vec<u8>,
    /// Pixels of the source (points for a PDF).
    pub source_width: u32,
    /// Pixels of the source (points for a PDF).
    pub source_height: u32,
    /// What the person changed, as JSON; applied to the source.
    pub edit: serde_json::Value,
    /// The fit bytes; their hash and size are computed here.
    pub bytes: Vec<u8>,
    /// JPG or PDF.
    pub kind: DocumentKind,
    /// Pages.
    pub pages: u32,
    /// Of the first page, in pixels or points.
    pub width: u32,
    /// Of the first page, in pixels or points.
    pub height: u32,
    /// What preparing did, in snake_case.
    pub change: String,
    /// What preparing found, as JSON.
    pub findings: serde_json::Value,
    /// JPEG for lists.
    pub thumbnail: Vec<u8>,
    /// The person wants it in spite of the findings.
    pub accepted: bool,
}

/// Names one document for as long as the program runs, wherever it moves within its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentKey(i64);

impl fmt::Display for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DocumentKey {
    type Err = ParseIntError;
    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// A document without its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentRow {
    /// Names it; positions move.
    pub key: DocumentKey,
    /// The slot.
    pub slot: String,
    /// Its place within the slot, from 0.
    pub index: u32,
    /// File name as the person knows it.
    pub source_name: String,
    /// Bytes that were handed over.
    pub source_size_bytes: u64,
    /// Pixels of the source.
    pub source_width: u32,
    /// Pixels of the source.
    pub source_height: u32,
    /// What the person changed, as JSON; applied to the source.
    pub edit: serde_json::Value,
    /// JPG or PDF.
    pub kind: DocumentKind,
    /// Pages.
    pub pages: u32,
    /// Of the first page, in pixels or points.
    pub width: u32,
    /// Of the first page, in pixels or points.
    pub height: u32,
    /// Of the fit bytes.
    pub sha256: ContentHash,
    /// Of the fit bytes.
    pub size_bytes: u64,
    /// What preparing did.
    pub change: String,
    /// What preparing found.
    pub findings: serde_json::Value,
    /// JPEG for lists.
    pub thumbnail: Vec<u8>,
    /// The person wants it in spite of the findings.
    pub accepted: bool,
}

#[derive(FromRow)]
struct Columns {
    id: i64,
    slot: String,
    position: i64,
    source_name: String,
    source_size_bytes: i64,
    source_width: i64,
    source_height: i64,
    edit: String,
    kind: String,
    pages: i64,
    width: i64,
    height: i64,
    sha256: String,
    size_bytes: i64,
    change: String,
    findings: String,
    thumbnail: Vec<u8>,
    accepted: bool,
}

impl TryFrom<Columns> for DocumentRow {
    type Error = StoreError;
    fn try_from(columns: Columns) -> Result<Self, StoreError> {
        Ok(Self {
            key: DocumentKey(columns.id),
            slot: columns.slot,
            index: count("position", columns.position)?,
            source_name: columns.source_name,
            source_size_bytes: count("source_size_bytes", columns.source_size_bytes)?,
            source_width: count("source_width", columns.source_width)?,
            source_height: count("source_height", columns.source_height)?,
            edit: from_json("edit", &columns.edit)?,
            kind: from_word("kind", &columns.kind)?,
            pages: count("pages", columns.pages)?,
            width: count("width", columns.width)?,
            height: count("height", columns.height)?,
            sha256: parse("sha256", &columns.sha256)?,
            size_bytes: count("size_bytes", columns.size_bytes)?,
            change: columns.change,
            findings: from_json("findings", &columns.findings)?,
            thumbnail: columns.thumbnail,
            accepted: columns.accepted,
        })
    }
}

impl Store {
    /// Puts a document behind the last of its slot and says where it came to stand.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] while the application is not the desk's to change; [`StoreError::DiskFull`].
    pub async fn put_document(&self, new: &NewDocument, at: Timestamp) -> Result<u32, StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(new.application, at, &mut transaction).await?;
        let index = standing(new.application, &new.slot, &mut transaction).await?;
        insert(new, index, &mut transaction).await?;
        transaction.commit().await?;
        Ok(index)
    }

    /// Puts a document in the place of another, which is taken out as by [`Store::remove_document`]. Says how
    /// to bring that back and what stands there now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the other no longer stands in the slot; [`StoreError::NotAllowed`].
    pub async fn replace_document(
        &self,
        old: DocumentKey,
        new: &NewDocument,
        at: Timestamp,
    ) -> Result<(UndoToken, DocumentKey), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(new.application, at, &mut transaction).await?;
        let index = place(old, new.application, &new.slot, &mut transaction).await?;
        let token = take_out(old, &mut transaction).await?;
        let key = insert(new, index, &mut transaction).await?;
        transaction.commit().await?;
        Ok((token, key))
    }

    /// The same document prepared anew (turned); it keeps its key, its place and its original.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it no longer stands in the slot; [`StoreError::NotAllowed`].
    pub async fn redo_document(
        &self,
        key: DocumentKey,
        new: &NewDocument,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(new.application, at, &mut transaction).await?;
        place(key, new.application, &new.slot, &mut transaction).await?;
        let sha256 = keep_bytes(&new.bytes, &mut transaction).await?;
        sqlx::query(
            "UPDATE documents SET edit = ?2, kind = ?3, pages = ?4, width = ?5, height = ?6,
                 sha256 = ?7, size_bytes = ?8, change = ?9, findings = ?10, accepted = ?11, thumbnail = ?12
             WHERE id = ?1",
        )
        .bind(key.0)
        .bind(to_json("edit", &new.edit)?)
        .bind(to_word("kind", new.kind)?)
        .bind(i64::from(new.pages))
        .bind(i64::from(new.width))
        .bind(i64::from(new.height))
        .bind(sha256.to_string())
        .bind(integer("size_bytes", new.bytes.len())?)
        .bind(&new.change)
        .bind(to_json("findings", &new.findings)?)
        .bind(new.accepted)
        .bind(&new.thumbnail)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("INSERT INTO originals (document, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
            .bind(key.0)
            .bind(&new.source_bytes)
            .execute(&mut *transaction)
            .await?;
        drop_unused_blobs(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// All documents of an application, by slot and place, without their bytes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn documents(&self, application: ApplicationId) -> Result<Vec<DocumentRow>, StoreError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT * FROM documents WHERE application = ?1 AND removed IS NULL ORDER BY slot, position",
        )
        .bind(application.to_string())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The fit bytes of a document.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn document_bytes(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
    ) -> Result<Vec<u8>, StoreError> {
        let bytes: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT bytes FROM documents JOIN blobs USING (sha256)
             WHERE application = ?1 AND slot = ?2 AND position = ?3 AND removed IS NULL",
        )
        .bind(application.to_string())
        .bind(slot)
        .bind(i64::from(index))
        .fetch_optional(self.readers())
        .await?;
        bytes.ok_or(StoreError::NotFound { what: "document" })
    }

    /// What the person handed over; `None` once the office has receipted it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn document_original(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT bytes FROM documents JOIN originals ON document = id
             WHERE application = ?1 AND slot = ?2 AND position = ?3 AND removed IS NULL",
        )
        .bind(application.to_string())
        .bind(slot)
        .bind(i64::from(index))
        .fetch_optional(self.readers())
        .await?)
    }

    /// Bytes by content, for sending; documents of older revisions stay readable too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn blob(&self, sha256: ContentHash) -> Result<Vec<u8>, StoreError> {
        let bytes: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM blobs WHERE sha256 = ?1")
            .bind(sha256.to_string())
            .fetch_optional(self.readers())
            .await?;
        bytes.ok_or(StoreError::NotFound { what: "document" })
    }

    /// Takes a document out of its slot. Nothing is erased before the next start.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotAllowed`].
    pub async fn remove_document(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
        at: Timestamp,
    ) -> Result<UndoToken, StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(application, at, &mut transaction).await?;
        let document = find(application, slot, index, &mut transaction).await?;
        let document = document.ok_or(StoreError::NotFound { what: "document" })?;
        let token = take_out(DocumentKey(document), &mut transaction).await?;
        shift(application, slot, index, -1, &mut transaction).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Puts a removed document back where it stood; `instead_of` is taken out for it, where a replacement is
    /// undone.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it is gone for good, or `instead_of` no longer stands in its slot;
    /// [`StoreError::NotAllowed`].
    pub async fn restore_document(
        &self,
        token: &str,
        instead_of: Option<DocumentKey>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let row: Option<(i64, String, String, i64)> =
            sqlx::query_as("SELECT id, application, slot, position FROM documents WHERE removed = ?1")
                .bind(token)
                .fetch_optional(&mut *transaction)
                .await?;
        let (document, application, slot, position) = row.ok_or(StoreError::NotFound { what: "document" })?;
        let application: ApplicationId = parse("application", &application)?;
        applications::touch(application, at, &mut transaction).await?;
        let index = if let Some(other) = instead_of {
            let index = place(other, application, &slot, &mut transaction).await?;
            take_out(other, &mut transaction).await?;
            index
        } else {
            let standing = standing(application, &slot, &mut transaction).await?;
            let index = count::<u32>("position", position)?.min(standing);
            shift(application, &slot, index, 1, &mut transaction).await?;
            index
        };
        sqlx::query("UPDATE documents SET removed = NULL, position = ?2 WHERE id = ?1")
            .bind(document)
            .bind(i64::from(index))
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The person wants it in spite of the findings.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotAllowed`].
    pub async fn accept_document(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(application, at, &mut transaction).await?;
        let document = find(application, slot, index, &mut transaction).await?;
        let document = document.ok_or(StoreError::NotFound { what: "document" })?;
        sqlx::query("UPDATE documents SET accepted = 1 WHERE id = ?1")
            .bind(document)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

async fn keep_bytes(bytes: &[u8], connection: &mut SqliteConnection) -> Result<ContentHash, StoreError> {
    let sha256 = ContentHash::of(bytes);
    sqlx::query("INSERT INTO blobs (sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .bind(sha256.to_string())
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(sha256)
}

async fn insert(
    new: &NewDocument,
    index: u32,
    connection: &mut SqliteConnection,
) -> Result<DocumentKey, StoreError> {
    let sha256 = keep_bytes(&new.bytes, &mut *connection).await?;
    let inserted = sqlx::query(
        "INSERT INTO documents (application, slot, position, source_name, source_size_bytes, source_width,
             source_height, edit, kind, pages, width, height, sha256, size_bytes, change, findings,
             accepted, thumbnail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )
    .bind(new.application.to_string())
    .bind(&new.slot)
    .bind(i64::from(index))
    .bind(&new.source_name)
    .bind(integer("source_size_bytes", new.source_bytes.len())?)
    .bind(i64::from(new.source_width))
    .bind(i64::from(new.source_height))
    .bind(to_json("edit", &new.edit)?)
    .bind(to_word("kind", new.kind)?)
    .bind(i64::from(new.pages))
    .bind(i64::from(new.width))
    .bind(i64::from(new.height))
    .bind(sha256.to_string())
    .bind(integer("size_bytes", new.bytes.len())?)
    .bind(&new.change)
    .bind(to_json("findings", &new.findings)?)
    .bind(new.accepted)
    .bind(&new.thumbnail)
    .execute(&mut *connection)
    .await?;
    let key = inserted.last_insert_rowid();
    sqlx::query("INSERT INTO originals (document, bytes) VALUES (?1, ?2)")
        .bind(key)
        .bind(&new.source_bytes)
        .execute(connection)
        .await?;
    Ok(DocumentKey(key))
}

/// Where a document stands in this slot of this application.
async fn place(
    key: DocumentKey,
    application: ApplicationId,
    slot: &str,
    connection: &mut SqliteConnection,
) -> Result<u32, StoreError> {
    let position: Option<i64> = sqlx::query_scalar(
        "SELECT position FROM documents WHERE id = ?1 AND application = ?2 AND slot = ?3 AND removed IS NULL",
    )
    .bind(key.0)
    .bind(application.to_string())
    .bind(slot)
    .fetch_optional(connection)
    .await?;
    count("position", position.ok_or(StoreError::NotFound { what: "document" })?)
}

/// Marks it as removed; the others do not move. It is erased at the next start.
async fn take_out(key: DocumentKey, connection: &mut SqliteConnection) -> Result<UndoToken, StoreError> {
    let token = Uuid::new_v4().to_string();
    sqlx::query("UPDATE documents SET removed = ?2 WHERE id = ?1")
        .bind(key.0)
        .bind(&token)
        .execute(connection)
        .await?;
    Ok(token)
}

async fn standing(
    application: ApplicationId,
    slot: &str,
    connection: &mut SqliteConnection,
) -> Result<u32, StoreError> {
    let standing: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM documents WHERE application = ?1 AND slot = ?2 AND removed IS NULL",
    )
    .bind(application.to_string())
    .bind(slot)
    .fetch_one(connection)
    .await?;
    count("position", standing)
}

async fn find(
    application: ApplicationId,
    slot: &str,
    index: u32,
    connection: &mut SqliteConnection,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM documents WHERE application = ?1 AND slot = ?2 AND position = ?3 AND removed IS NULL",
    )
    .bind(application.to_string())
    .bind(slot)
    .bind(i64::from(index))
    .fetch_optional(connection)
    .await?)
}

/// Moves everything from `index` on by one. Through negative positions, so that no two ever share a place.
async fn shift(
    application: ApplicationId,
    slot: &str,
    index: u32,
    by: i64,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE documents SET position = -1 - (position + ?4)
         WHERE application = ?1 AND slot = ?2 AND position >= ?3 AND removed IS NULL",
    )
    .bind(application.to_string())
    .bind(slot)
    .bind(i64::from(index))
    .bind(by)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE documents SET position = -1 - position
         WHERE application = ?1 AND slot = ?2 AND position < 0 AND removed IS NULL",
    )
    .bind(application.to_string())
    .bind(slot)
    .execute(connection)
    .await?;
    Ok(())
}

/// Bytes that neither a document nor a revision holds on to.
pub(crate) async fn drop_unused_blobs(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM documents WHERE documents.sha256 = blobs.sha256)
           AND NOT EXISTS (SELECT 1 FROM revision_documents WHERE revision_documents.sha256 = blobs.sha256)",
    )
    .execute(connection)
    .await?;
    Ok(())
}
