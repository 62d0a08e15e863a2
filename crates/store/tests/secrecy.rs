//! Nothing of what a person fills in stands on the disk in the clear. The negative control proves that the
//! search would find it.
#![allow(clippy::expect_used)]

use std::{fs, path::Path};

use forms::Answer;
use jiff::Timestamp;
use protocol::{ApplicationId, DocumentKind};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use store::{DATABASE_FILE, DatabaseKey, NewApplication, NewDocument, Store, StoreError};

const CANARY: &str = "CANARY-11010119900307-Wang-Xiulan";

fn holds_canary(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("lists") {
        let path = entry.expect("lists").path();
        let bytes = fs::read(&path).expect("reads");
        let needle = CANARY.as_bytes();
        if bytes.windows(needle.len()).any(|window| window == needle) {
            found.push(path.file_name().expect("named").to_string_lossy().into_owned());
        }
    }
    found
}

#[tokio::test]
async fn no_file_of_the_data_directory_shows_what_was_filled_in() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path(), &DatabaseKey::from_bytes([7; 32])).await.expect("opens");
    let id = ApplicationId::new();
    let at = Timestamp::UNIX_EPOCH;
    let new = NewApplication { id, service: CANARY.into(), service_version: 1, created_at: at };
    store.create_application(&new).await.expect("begins");
    for field in 0..300 {
        let answer = Answer::Text(CANARY.repeat(10));
        store.save_answer(id, &format!("field_{field}"), Some(&answer), at).await.expect("saves");
    }
    let document = NewDocument {
        application: id,
        slot: "portrait".into(),
        source_name: CANARY.into(),
        sources: vec![CANARY.repeat(20_000).into_bytes().into()],
        source_width: 1,
        source_height: 1,
        edit: serde_json::json!({ "pages": [] }),
        bytes: CANARY.repeat(10_000).into_bytes(),
        kind: DocumentKind::Jpeg,
        pages: 1,
        width: 1,
        height: 1,
        change: "kept".into(),
        findings: serde_json::Value::Null,
        thumbnail: CANARY.into(),
        accepted: false,
        warns: false,
    };
    store.put_document(&document, at).await.expect("puts");
    assert!(directory.path().join("yiban.db-wal").exists(), "the log is live while we look");
    assert_eq!(holds_canary(directory.path()), Vec::<String>::new());
    let head = fs::read(directory.path().join(DATABASE_FILE)).expect("reads");
    assert_ne!(&head[..15], b"SQLite format 3");
    store.close().await.expect("closes");
    assert_eq!(holds_canary(directory.path()), Vec::<String>::new());
    let log = fs::metadata(directory.path().join("yiban.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "closing folds the log into the file");
}

#[tokio::test]
async fn the_same_search_finds_it_in_an_unencrypted_database_and_that_one_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join(DATABASE_FILE);
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut plain = SqliteConnection::connect_with(&options).await.expect("opens");
    sqlx::query("CREATE TABLE t (x)").execute(&mut plain).await.expect("creates");
    sqlx::query("INSERT INTO t VALUES (?1)").bind(CANARY).execute(&mut plain).await.expect("inserts");
    plain.close().await.expect("closes");
    assert_eq!(holds_canary(directory.path()), [DATABASE_FILE]);
    let refused = Store::open(directory.path(), &DatabaseKey::from_bytes([7; 32])).await;
    assert!(matches!(refused, Err(StoreError::NotEncrypted)), "{refused:?}");
}

#[tokio::test]
async fn a_wrong_key_a_second_instance_and_a_damaged_file_are_told_apart() {
    let directory = tempfile::tempdir().expect("a directory");
    let key = DatabaseKey::from_bytes([7; 32]);
    let store = Store::open(directory.path(), &key).await.expect("opens");
    assert!(matches!(Store::open(directory.path(), &key).await, Err(StoreError::InUse)));
    store.close().await.expect("closes");
    drop(store);
    let before = fs::read(directory.path().join(DATABASE_FILE)).expect("reads");
    let wrong = Store::open(directory.path(), &DatabaseKey::from_bytes([8; 32])).await;
    assert!(matches!(wrong, Err(StoreError::WrongKey)), "{wrong:?}");
    let after = fs::read(directory.path().join(DATABASE_FILE)).expect("reads");
    assert!(before == after, "a wrong key changes nothing");
    let store = Store::open(directory.path(), &key).await.expect("the right key still opens");
    store.close().await.expect("closes");
}
