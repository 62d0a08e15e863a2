//! What only a database beyond a network can do: go away and come back, and be set up to forget.
#![allow(clippy::panic, reason = "tests say what they expect by failing")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use protocol::{AccountId, ContentHash};
use testkit::services::Postgres;

use super::*;
use crate::store::{Opened, Store};

/// Opens accounts one after the other until it is told to stop; those that were acknowledged.
async fn open_accounts(
    store: PostgresStore,
    enough: Arc<AtomicBool>,
) -> (Vec<(AccountId, ContentHash)>, u32) {
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    while !enough.load(Ordering::SeqCst) {
        let (id, secret) = (AccountId::new(), ContentHash::of(b"a secret"));
        match store.open_account(id, secret, Timestamp::UNIX_EPOCH).await {
            Ok(Opened::New) => acknowledged.push((id, secret)),
            Err(StoreError::Busy | StoreError::Away) => {
                refused += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => panic!("neither done nor to be sent again: {other:?}"),
        }
    }
    (acknowledged, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_dies_keeps_what_was_acknowledged_and_is_waited_for() {
    let Some(mut database) = Postgres::start() else { return };
    let store = PostgresStore::open(database.url()).await.expect("opens");
    let enough = Arc::new(AtomicBool::new(false));
    let writing: Vec<_> =
        (0..4).map(|_| tokio::spawn(open_accounts(store.clone(), Arc::clone(&enough)))).collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        tokio::task::block_in_place(|| database.crash());
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    enough.store(true, Ordering::SeqCst);
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for writer in writing {
        let (opened, busy) = writer.await.expect("ends");
        acknowledged.extend(opened);
        refused += busy;
    }
    assert!(acknowledged.len() > 20 && refused > 0, "{} kept, {refused} refused", acknowledged.len());
    for (id, secret) in &acknowledged {
        assert!(store.knows_account(*id, *secret).await.expect("reads"), "an acknowledged account is gone");
    }
    // What was refused may have been committed all the same: a row more, never one less.
    let rows = store.verify_audit().await.expect("reads").expect("whole");
    assert!(rows >= acknowledged.len() as u64, "{rows}");
    store.close().await;
}

#[tokio::test]
async fn a_database_that_may_forget_is_refused() {
    let Some(database) = Postgres::start() else { return };
    let store = PostgresStore::open(database.url()).await.expect("opens");
    sqlx::query("ALTER ROLE office SET synchronous_commit = off").execute(&store.pool).await.expect("sets");
    store.close().await;
    let refused = PostgresStore::open(database.url()).await.map(drop);
    assert!(matches!(refused, Err(StoreError::Forgetful { setting: "synchronous_commit" })), "{refused:?}");
}

/// A standby that was promoted elsewhere, or an administrator: it answers, and takes nothing.
#[tokio::test]
async fn a_database_that_takes_no_changes_is_not_a_busy_one() {
    let Some(database) = Postgres::start() else { return };
    let store = PostgresStore::open(database.url()).await.expect("opens");
    store.ping().await.expect("works");
    sqlx::query("ALTER ROLE office SET default_transaction_read_only = on")
        .execute(&store.pool)
        .await
        .expect("sets");
    store.close().await;
    let store = PostgresStore::join(database.url()).await.expect("can be read");
    assert!(matches!(store.ping().await, Err(StoreError::Away)));
    store.close().await;
}

#[tokio::test]
async fn a_move_may_take_as_long_as_it_takes() {
    let Some(database) = Postgres::start() else { return };
    let store = PostgresStore::open(database.url()).await.expect("opens");
    let mut moving = store.long_transaction().await.expect("begins");
    for (setting, for_a_unit) in
        [("statement_timeout", "1min"), ("idle_in_transaction_session_timeout", "30s")]
    {
        let show = || sqlx::query_scalar::<_, String>("SELECT current_setting($1)").bind(setting);
        assert_eq!(show().fetch_one(&mut *moving).await.expect("shows"), "0", "{setting}");
        assert_eq!(show().fetch_one(&store.pool).await.expect("shows"), for_a_unit, "{setting}");
    }
    moving.rollback().await.expect("ends");
    store.close().await;
}

#[tokio::test]
async fn nobody_joins_a_database_of_another_schema() {
    let Some(database) = Postgres::start() else { return };
    let early = PostgresStore::join(database.url()).await.map(drop);
    assert!(matches!(early, Err(StoreError::OlderSchema)), "nothing is made there: {early:?}");
    let store = PostgresStore::open(database.url()).await.expect("opens");
    PostgresStore::join(database.url()).await.expect("of this version").close().await;
    sqlx::query("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 20")
        .execute(&store.pool)
        .await
        .expect("as a newer program would");
    store.close().await;
    for outcome in [PostgresStore::join(database.url()).await, PostgresStore::open(database.url()).await] {
        assert!(matches!(outcome.map(drop), Err(StoreError::NewerSchema)));
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_not_repeated() {
    let refused = PostgresStore::open("postgres://office:hunter2@[::1").await.map(drop);
    let Err(error) = refused else { panic!("opened") };
    assert!(matches!(error, StoreError::Address), "{error:?}");
    assert!(!error.to_string().contains("hunter2"));
}

/// As an office of the version before leaves it: what is not finished yet must count.
#[tokio::test]
async fn what_was_begun_before_the_schema_changed_counts() {
    let Some(database) = Postgres::start() else { return };
    let store = PostgresStore::connect(database.url()).await.expect("connects");
    MIGRATIONS.run_to(20, &store.pool).await.expect("the schema of before");
    let before = "INSERT INTO accounts (id, secret_sha256, opened_at) VALUES ('owner', '', 0); \
         INSERT INTO applications (id, account_id, service, service_version, applicant) \
         VALUES ('begun', 'owner', '', 1, ''), ('done', 'owner', '', 1, ''); \
         INSERT INTO revisions (application_id, revision, manifest_hash, manifest, applicant, received_at, begun_at, receipt) \
         VALUES ('begun', 1, '', '', '', 1, 1, NULL), ('done', 1, '', '', '', 1, 1, '{}')";
    sqlx::raw_sql(before).execute(&store.pool).await.expect("inserts");
    store.migrate().await.expect("the schema of now");
    let whose: Vec<(String, String)> =
        sqlx::query_as("SELECT application_id, account_id FROM revisions ORDER BY 1")
            .fetch_all(&store.pool)
            .await
            .expect("reads");
    assert_eq!(whose, [("begun".to_owned(), "owner".to_owned()), ("done".to_owned(), String::new())]);
    store.close().await;
}
