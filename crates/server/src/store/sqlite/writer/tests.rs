#![allow(clippy::panic, reason = "panics on purpose")]

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};

use super::*;

async fn connection(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .create_if_missing(true);
    let mut connection = options.connect().await.expect("opens");
    sqlx::query("CREATE TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY, detail TEXT NOT NULL) STRICT")
        .execute(&mut connection)
        .await
        .expect("makes a table");
    connection
}

async fn put(writer: &Writer, number: i64, detail: String) -> Result<i64, StoreError> {
    writer
        .run(move |connection| {
            async move {
                sqlx::query("INSERT INTO told (number, detail) VALUES (?, ?)")
                    .bind(number)
                    .bind(detail)
                    .execute(connection)
                    .await?;
                Ok(number)
            }
            .boxed()
        })
        .await
}

async fn numbers(file: &Path) -> Vec<i64> {
    let mut reader = connection(file).await;
    sqlx::query_scalar("SELECT number FROM told ORDER BY number").fetch_all(&mut reader).await.expect("reads")
}

/// Holds the writer until it is told to go on, so that what comes next is committed together.
async fn held(writer: &Writer) -> oneshot::Sender<()> {
    let (go, wait) = oneshot::channel::<()>();
    let (begun, has_begun) = oneshot::channel();
    let writer = writer.clone();
    tokio::spawn(async move {
        writer
            .run(|_| {
                async move {
                    let _ = begun.send(());
                    let _ = wait.await;
                    Ok(())
                }
                .boxed()
            })
            .await
    });
    has_begun.await.expect("begins");
    go
}

async fn commits(file: &Path) -> u64 {
    // Every commit appends at least one frame of a page and its header to the log.
    std::fs::metadata(file.with_extension("db-wal")).map_or(0, |log| log.len() / 4120)
}

#[tokio::test]
async fn what_waits_together_is_flushed_together_and_one_failure_costs_only_itself() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    let writer = Writer::start(connection(&file).await);
    let before = commits(&file).await;
    let go = held(&writer).await;
    let waiting: Vec<_> = (0..100)
        .map(|number| {
            let writer = writer.clone();
            // 50 comes a second time and is refused; the one that panics leaves nothing.
            tokio::spawn(async move {
                match number {
                    60 => {
                        writer
                            .run(|connection| {
                                async move {
                                    sqlx::query("INSERT INTO told VALUES (1000, 'half done')")
                                        .execute(connection)
                                        .await?;
                                    panic!("a unit fell over")
                                }
                                .boxed()
                            })
                            .await
                    }
                    61 => put(&writer, 50, "again".into()).await,
                    number => put(&writer, number, "once".into()).await,
                }
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    go.send(()).expect("goes on");
    let mut refused = 0;
    for told in waiting {
        refused += u32::from(told.await.expect("ends").is_err());
    }
    assert_eq!(refused, 2);
    let kept = numbers(&file).await;
    assert_eq!(kept.len(), 98);
    assert!(kept.contains(&50) && !kept.contains(&60) && !kept.contains(&1000));
    assert!(
        commits(&file).await - before < 20,
        "98 units took {} pages of log",
        commits(&file).await - before
    );
    writer.close().await;
    assert!(matches!(put(&writer, 2000, String::new()).await, Err(StoreError::Busy)), "closed");
}

#[tokio::test]
async fn a_full_disk_is_told_to_all_it_concerns_and_what_was_acknowledged_stays() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    let mut limited = connection(&file).await;
    sqlx::query("PRAGMA max_page_count = 60").execute(&mut limited).await.expect("limits");
    let writer = Writer::start(limited);
    let acknowledged = Arc::new(AtomicU32::new(0));
    let mut asking = Vec::new();
    for number in 0..40 {
        let (writer, acknowledged) = (writer.clone(), Arc::clone(&acknowledged));
        asking.push(tokio::spawn(async move {
            match put(&writer, number, "x".repeat(10_000)).await {
                Ok(_) => drop(acknowledged.fetch_add(1, Ordering::Relaxed)),
                Err(error) => assert!(matches!(error, StoreError::Full), "{error:?}"),
            }
        }));
        if number % 7 == 0 {
            tokio::task::yield_now().await;
        }
    }
    for asked in asking {
        asked.await.expect("ends");
    }
    let small = put(&writer, 100, "small".into()).await;
    assert!(matches!(small, Ok(100) | Err(StoreError::Full)), "the writer lives on: {small:?}");
    let expected = acknowledged.load(Ordering::Relaxed) + u32::from(small.is_ok());
    writer.close().await;
    assert_eq!(numbers(&file).await.len(), expected as usize, "exactly what was acknowledged");
}

#[tokio::test]
async fn work_is_finished_though_whoever_asked_has_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    let writer = Writer::start(connection(&file).await);
    let go = held(&writer).await;
    let asking = tokio::spawn({
        let writer = writer.clone();
        async move { put(&writer, 7, "left".into()).await }
    });
    tokio::task::yield_now().await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    asking.abort();
    go.send(()).expect("goes on");
    writer.close().await;
    assert_eq!(numbers(&file).await, [7]);
}
