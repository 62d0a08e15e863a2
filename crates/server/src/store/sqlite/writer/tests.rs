#![allow(clippy::panic, reason = "panics on purpose")]

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc as waiting,
    },
};

use super::*;

fn at(file: &Path) -> At {
    At { file: file.to_owned(), writes: true }
}

fn connection(file: &Path) -> Connection {
    let connection = Connection::open(file).expect("opens");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; \
             CREATE TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY, detail TEXT NOT NULL) STRICT",
        )
        .expect("makes a table");
    connection
}

fn started(connection: Connection, at: At) -> Writer {
    Writer::start(connection, at).expect("starts")
}

async fn put(writer: &Writer, number: i64, detail: String) -> Result<i64, StoreError> {
    writer
        .run(move |connection| {
            connection.execute("INSERT INTO told (number, detail) VALUES (?, ?)", (number, &detail))?;
            Ok(number)
        })
        .await
}

fn numbers(file: &Path) -> Vec<i64> {
    let reader = connection(file);
    let mut select = reader.prepare("SELECT number FROM told ORDER BY number").expect("reads");
    let numbers = select.query_map([], |row| row.get(0)).expect("reads");
    numbers.collect::<Result<_, _>>().expect("reads")
}

/// Holds the writer until it is told to go on, so that what comes next is committed together.
async fn held(writer: &Writer) -> waiting::Sender<()> {
    let (go, wait) = waiting::channel::<()>();
    let (begun, has_begun) = oneshot::channel();
    let writer = writer.clone();
    tokio::spawn(async move {
        let mut begun = Some(begun);
        writer
            .run(move |_| {
                let _ = begun.take().map(|begun| begun.send(()));
                let _ = wait.recv();
                Ok(())
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
    let writer = started(connection(&file), at(&file));
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
                                connection.execute("INSERT INTO told VALUES (1000, 'half done')", [])?;
                                panic!("a unit fell over")
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
    let kept = numbers(&file);
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
    let limited = connection(&file);
    limited.pragma_update(None, "max_page_count", 60).expect("limits");
    let writer = started(limited, at(&file));
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
    assert!(expected > 0 && expected < 40, "the disk was to be full half-way, and took {expected} of 41");
    writer.close().await;
    assert_eq!(numbers(&file).len(), expected as usize, "exactly what was acknowledged");
}

#[tokio::test]
async fn work_is_finished_though_whoever_asked_has_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    let writer = started(connection(&file), at(&file));
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
    assert_eq!(numbers(&file), [7]);
}

/// Makes every later writing on the writer's connection fail, as a file system that turned read-only does.
async fn broken(writer: &Writer) {
    let broken = writer.run(|connection| Ok(connection.pragma_update(None, "query_only", true)?));
    broken.await.expect("breaks");
}

#[tokio::test]
async fn a_connection_that_broke_is_made_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    let writer = started(connection(&file), at(&file));
    put(&writer, 1, "before".into()).await.expect("kept");
    // Noticed when the next transaction begins: nobody is refused.
    broken(&writer).await;
    put(&writer, 2, "on the next one".into()).await.expect("kept");
    // Noticed in the midst of a unit: that one is told so, the next is not.
    let refused: Result<(), _> = writer
        .run(|connection| {
            connection.pragma_update(None, "query_only", true)?;
            connection.execute("INSERT INTO told VALUES (3, 'broken')", [])?;
            Ok(())
        })
        .await;
    assert!(refused.is_err());
    put(&writer, 4, "on the one after that".into()).await.expect("kept");
    writer.close().await;
    assert_eq!(numbers(&file), [1, 2, 4]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_writer_lives_on_while_no_connection_can_be_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    // The way to the file by which the next connection will look for it does not exist yet.
    let (folder, mounted) = (tempfile::tempdir().expect("a directory"), "mounted");
    let later = folder.path().join(mounted).join("told.db");
    let writer = started(connection(&file), at(&later));
    broken(&writer).await;
    for number in 1..4 {
        assert!(put(&writer, number, "nowhere".into()).await.is_err());
    }
    std::os::unix::fs::symlink(dir.path(), folder.path().join(mounted)).expect("mounted");
    put(&writer, 4, "there again".into()).await.expect("kept");
    writer.close().await;
    assert_eq!(numbers(&file), [4]);
}

/// In pages.
fn length(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |file| file.len() / 4096)
}

#[tokio::test]
async fn the_log_is_folded_in_beside_the_writer_and_begun_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    let writer = started(connection(&file), at(&file));
    let long = |number| put(&writer, number, "x".repeat(1_000_000));
    for number in 0..6 {
        long(number).await.expect("kept");
    }
    let begun = std::time::Instant::now();
    while length(&file) < 1_000 {
        assert!(begun.elapsed().as_secs() < 30, "{} pages are folded in", length(&file));
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for number in 6..80 {
        long(number).await.expect("kept");
    }
    let log = length(&file.with_extension("db-wal"));
    assert!(length(&file) > 10_000 && log < 10_000, "{} pages and {log} pages of log", length(&file));
    writer.close().await;
    assert_eq!(numbers(&file).len(), 80);
    assert_eq!(length(&file.with_extension("db-wal")), 0, "who closes last folds all of it in");
}

#[tokio::test]
async fn what_ran_well_beside_one_that_failed_is_told_by_its_second_run() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("told.db");
    let writer = started(connection(&file), at(&file));
    let go = held(&writer).await;
    let counted = tokio::spawn({
        let writer = writer.clone();
        async move {
            let mut runs = 0;
            let count = move |connection: &mut Connection| {
                runs += 1;
                connection.execute("INSERT INTO told VALUES (?, 'counted')", [runs])?;
                Ok(runs)
            };
            writer.run(count).await
        }
    });
    let refused = tokio::spawn({
        let writer = writer.clone();
        async move { writer.run(|connection| Ok(connection.execute("INSERT INTO nowhere VALUES (1)", [])?)).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    go.send(()).expect("goes on");
    assert_eq!(counted.await.expect("ends").expect("kept"), 2);
    assert!(refused.await.expect("ends").is_err());
    writer.close().await;
    assert_eq!(numbers(&file), [2], "what the first run wrote is taken back");
}
