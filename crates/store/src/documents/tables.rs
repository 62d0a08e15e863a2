//! Rows of `documents`, `blobs` and `originals` as the calls of this folder put them together. Each works inside
//! the transaction of its caller.

use std::sync::Arc;

use protocol::{ApplicationId, ContentHash};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{NewDocument, UndoToken, row::DocumentKey, warning};
use crate::{
    StoreError,
    columns::{count, integer, parse, to_json, to_word},
};

/// A document that was taken out.
pub(super) struct RemovedRow {
    pub(super) id: i64,
    pub(super) application: ApplicationId,
    pub(super) slot: String,
    position: u32,
}

pub(super) async fn keep_bytes(
    bytes: &[u8],
    connection: &mut SqliteConnection,
) -> Result<ContentHash, StoreError> {
    let sha256 = ContentHash::of(bytes);
    sqlx::query("INSERT INTO blobs (sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .bind(sha256.to_string())
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(sha256)
}

pub(super) async fn insert(
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
    .bind(integer("source_size_bytes", new.sources.iter().map(|part| part.len()).sum::<usize>())?)
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
    let key = DocumentKey(inserted.last_insert_rowid());
    keep_originals(key, &new.sources, &mut *connection).await?;
    if new.warns {
        warning::count_warning(new.application, &new.slot, connection).await?;
    }
    Ok(key)
}

/// What was handed over; where something is kept already, that stays.
pub(super) async fn keep_originals(
    key: DocumentKey,
    parts: &[Arc<[u8]>],
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let kept: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM originals WHERE document = ?1)")
        .bind(key.0)
        .fetch_one(&mut *connection)
        .await?;
    if kept {
        return Ok(());
    }
    for (part, bytes) in (0i64..).zip(parts) {
        sqlx::query("INSERT INTO originals (document, part, bytes) VALUES (?1, ?2, ?3)")
            .bind(key.0)
            .bind(part)
            .bind(&bytes[..])
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Where a document stands in this slot of this application.
pub(super) async fn place(
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
pub(super) async fn take_out(
    key: DocumentKey,
    connection: &mut SqliteConnection,
) -> Result<UndoToken, StoreError> {
    let token = Uuid::new_v4().to_string();
    sqlx::query("UPDATE documents SET removed = ?2 WHERE id = ?1")
        .bind(key.0)
        .bind(&token)
        .execute(connection)
        .await?;
    Ok(token)
}

/// What a token brings back.
pub(super) async fn removed(
    token: &str,
    connection: &mut SqliteConnection,
) -> Result<RemovedRow, StoreError> {
    let row: Option<(i64, String, String, i64)> =
        sqlx::query_as("SELECT id, application, slot, position FROM documents WHERE removed = ?1")
            .bind(token)
            .fetch_optional(connection)
            .await?;
    let (id, application, slot, position) = row.ok_or(StoreError::NotFound { what: "document" })?;
    Ok(RemovedRow {
        id,
        application: parse("application", &application)?,
        slot,
        position: count("position", position)?,
    })
}

/// Puts it where it stood, or behind the last where fewer stand now.
pub(super) async fn bring_back(
    removed: &RemovedRow,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let standing = standing(removed.application, &removed.slot, &mut *connection).await?;
    let index = removed.position.min(standing);
    shift(removed.application, &removed.slot, index, 1, &mut *connection).await?;
    stand(removed.id, index, connection).await
}

/// Lets a removed document stand at a place that is free.
pub(super) async fn stand(id: i64, index: u32, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE documents SET removed = NULL, position = ?2 WHERE id = ?1")
        .bind(id)
        .bind(i64::from(index))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn standing(
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

pub(super) async fn find(
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
pub(super) async fn shift(
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
