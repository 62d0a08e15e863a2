//! What needs to look below the surface: migrations, a full disk, the settings of the connections.
#![allow(clippy::expect_used, clippy::panic)]

use std::borrow::Cow;

use forms::Answer;
use jiff::Timestamp;
use protocol::ApplicationId;
use sqlx::{
    migrate::{Migration, MigrationType},
    sqlite::SqliteConnectOptions,
};

use super::*;
use crate::NewApplication;

fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([7; 32])
}

async fn begin(store: &Store) -> ApplicationId {
    let id = ApplicationId::new();
    let new = NewApplication {
        id,
        service: "resident-enrolment".into(),
        service_version: 1,
        created_at: Timestamp::UNIX_EPOCH,
    };
    store.create_application(&new).await.expect("begins");
    id
}

#[tokio::test]
async fn every_connection_is_durable_and_encrypted() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path(), &key()).await.expect("opens");
    for pool in [store.writer(), store.readers()] {
        let pragma = |name: &'static str| async move {
            let value: String =
                sqlx::query_scalar(AssertSqlSafe(format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}")))
                    .fetch_one(pool)
                    .await
                    .expect("asks");
            value
        };
        assert_eq!(pragma("journal_mode").await, "wal");
        assert_eq!(pragma("synchronous").await, "2", "FULL");
        assert_eq!(pragma("foreign_keys").await, "1");
        assert_eq!(pragma("temp_store").await, "2", "MEMORY");
    }
    store.close().await.expect("closes");
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_everything_as_it_was() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path(), &key()).await.expect("opens");
    let id = begin(&store).await;
    let name = Answer::Text("张三".into());
    store.save_answer(id, "full_name", Some(&name), Timestamp::UNIX_EPOCH).await.expect("saves");
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(store.writer()).await.expect("counts");
    sqlx::query(AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 2)))
        .execute(store.writer())
        .await
        .expect("limits");
    let long = Answer::Text("长".repeat(100_000));
    let refused = store.save_answer(id, "address", Some(&long), Timestamp::UNIX_EPOCH).await;
    assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
    let kept = store.application(id).await.expect("reads").expect("is there");
    assert_eq!(kept.answers.text("full_name"), Some("张三"));
    assert_eq!(kept.answers.text("address"), None);
    sqlx::query("PRAGMA max_page_count = 1000000").execute(store.writer()).await.expect("lifts");
    store.save_answer(id, "address", Some(&long), Timestamp::UNIX_EPOCH).await.expect("saves again");
    store.close().await.expect("closes");
}

fn with_one_more() -> Migrator {
    let mut migrations: Vec<Migration> = MIGRATIONS.iter().cloned().collect();
    migrations.push(Migration::new(
        9_000,
        Cow::Borrowed("later"),
        MigrationType::Simple,
        sqlx::SqlSafeStr::into_sql_str("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"),
        false,
    ));
    Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT }
}

#[tokio::test]
async fn a_migration_leaves_an_encrypted_copy_and_an_older_program_refuses_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path(), &key()).await.expect("opens");
    let id = begin(&store).await;
    bring_up_to_date(store.writer(), directory.path(), &with_one_more()).await.expect("migrates");
    store.close().await.expect("closes");
    drop(store);

    let refused = Store::open(directory.path(), &key()).await;
    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 9_000, .. })), "{refused:?}");

    let copy = directory.path().join("yiban.before-9000.db");
    let elsewhere = tempfile::tempdir().expect("a directory");
    fs::copy(&copy, elsewhere.path().join(DATABASE_FILE)).expect("copies");
    let store = Store::open(elsewhere.path(), &key()).await.expect("the copy opens with the same key");
    assert!(store.application(id).await.expect("reads").is_some());
    store.close().await.expect("closes");
    let wrong = tempfile::tempdir().expect("a directory");
    fs::copy(&copy, wrong.path().join(DATABASE_FILE)).expect("copies");
    let refused = Store::open(wrong.path(), &DatabaseKey::from_bytes([8; 32])).await;
    assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
}

/// Documents that were only turned, as the first program kept them.
#[tokio::test]
async fn a_turn_that_was_kept_becomes_an_edit_of_every_page_and_its_original_the_first_part() {
    let directory = tempfile::tempdir().expect("a directory");
    let options =
        SqliteConnectOptions::new().filename(directory.path().join("old.db")).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.expect("opens");
    let first = MIGRATIONS.iter().filter(|migration| migration.version < 3).cloned().collect();
    let first = Migrator { migrations: Cow::Owned(first), ..Migrator::DEFAULT };
    first.run(&pool).await.expect("migrates to the second");
    sqlx::raw_sql(
        "PRAGMA foreign_keys = OFF;
         INSERT INTO documents (id, application, slot, position, source_name, source_size_bytes, source_width,
             source_height, quarter_turns, kind, pages, width, height, sha256, size_bytes, change, findings,
             accepted, thumbnail)
         VALUES (1, 'a', 's', 0, 'n', 1, 1, 1, 3, 'pdf', 2, 1, 1, 'h', 1, 'kept', '[]', 0, x''),
                (2, 'a', 's', 1, 'n', 1, 1, 1, 0, 'jpeg', 1, 1, 1, 'h', 1, 'kept', '[]', 0, x'');
         INSERT INTO originals (document, bytes) VALUES (2, x'ff')",
    )
    .execute(&pool)
    .await
    .expect("inserts");
    MIGRATIONS.run(&pool).await.expect("migrates to the newest");
    let edits: Vec<String> =
        sqlx::query_scalar("SELECT edit FROM documents ORDER BY id").fetch_all(&pool).await.expect("reads");
    let turned = r#"{"pages":[{"page":0,"quarterTurns":3},{"page":1,"quarterTurns":3}]}"#;
    assert_eq!(edits, [turned, r#"{"pages":[]}"#]);
    let parts: Vec<(i64, i64, Vec<u8>)> =
        sqlx::query_as("SELECT document, part, bytes FROM originals").fetch_all(&pool).await.expect("reads");
    assert_eq!(parts, [(2, 0, vec![0xff])]);
}
