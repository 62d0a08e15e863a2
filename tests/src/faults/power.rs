//! The power fails: the office works on a disk that is photographed (`rig`). On the photograph another office comes up
//! and is asked for everything that had been acknowledged before it was taken.
//!
//! A harness that cannot see a loss proves nothing, so first it must see those of a database that is told not to
//! flush (`synchronous=OFF`), and to flush at checkpoints only (`NORMAL`).

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use sqlx::{
    ConnectOptions, Connection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::time::sleep;

use super::{
    ROUNDS_OF_ONE, Row, image,
    ledger::Ledger,
    rig::{self, Rig},
};
use crate::office_process::Server;

/// A control that saw nothing in so many rounds is blind. `NORMAL` loses in one of ten or so.
const CONTROL_ROUNDS: u32 = 60;

pub(super) async fn run(rounds: u32, seed: u64, rows: &mut Vec<Row>) -> Result<()> {
    if let Some(why) = rig::impossible() {
        rows.push(Row::skipped("power cut", why));
        return Ok(());
    }
    let mut chance = fastrand::Rng::with_seed(seed);
    for (name, synchronous) in [("OFF", SqliteSynchronous::Off), ("NORMAL", SqliteSynchronous::Normal)] {
        let mut row = Row { control: true, ..Row::new(format!("power cut, control {name}")) };
        let rig = Rig::new()?;
        while row.violation().is_some() && row.rounds < CONTROL_ROUNDS {
            control(&rig, synchronous, &mut chance, &mut row).await?;
        }
        rows.push(row);
    }
    let mut row = Row { control: true, ..Row::new("power cut, flushed (no loss)") };
    let rig = Rig::new()?;
    for _ in 0..rounds.min(5) {
        control(&rig, SqliteSynchronous::Full, &mut chance, &mut row).await?;
    }
    row.control = false;
    rows.push(row);
    let mut row = Row::new("power cut, office");
    while row.rounds < rounds && row.violation().is_none() {
        row.add(one_office((rounds - row.rounds).min(ROUNDS_OF_ONE), &mut chance).await?);
        row.tell(rounds);
    }
    rows.push(row);
    Ok(())
}

/// One row after the other, each acknowledged when its commit has returned.
async fn control(
    rig: &Rig,
    synchronous: SqliteSynchronous,
    chance: &mut fastrand::Rng,
    row: &mut Row,
) -> Result<()> {
    let name = format!("control-{}.db", row.rounds);
    let file = rig.disk().join(&name);
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous);
    let mut writer = options.connect().await?;
    sqlx::query("CREATE TABLE told (number INTEGER PRIMARY KEY, detail BLOB NOT NULL)")
        .execute(&mut writer)
        .await?;
    image::run("sync", &["-f", &file.to_string_lossy()])?;
    let (acked, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let writing = tokio::spawn({
        let (acked, stop) = (Arc::clone(&acked), Arc::clone(&stop));
        async move {
            while !stop.load(Ordering::Relaxed) {
                sqlx::query("INSERT INTO told (detail) VALUES (zeroblob(3000))").execute(&mut writer).await?;
                acked.fetch_add(1, Ordering::SeqCst);
            }
            writer.close().await
        }
    });
    sleep(Duration::from_millis(chance.u64(300..1500))).await;
    let before = acked.load(Ordering::SeqCst);
    rig.photograph(row.rounds)?;
    stop.store(true, Ordering::Relaxed);
    writing.await??;
    let found = rig.found(row.rounds)?;
    let kept = kept(&found.path().join(&name)).await;
    row.rounds += 1;
    row.acked += before;
    match kept {
        Ok(kept) => row.lost += before.saturating_sub(kept),
        Err(fault) => row.unsound = Some(fault.to_string()),
    }
    drop(found);
    for left in [file.clone(), file.with_extension("db-wal"), file.with_extension("db-shm")] {
        let _ = fs::remove_file(left);
    }
    Ok(())
}

/// How many rows a database has, if it is whole.
async fn kept(file: &Path) -> Result<u64> {
    let mut reader = SqliteConnectOptions::new().filename(file).connect().await?;
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut reader).await?;
    anyhow::ensure!(whole == "ok", "{whole}");
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM told").fetch_one(&mut reader).await?;
    reader.close().await?;
    Ok(u64::try_from(rows)?)
}

async fn one_office(rounds: u32, chance: &mut fastrand::Rng) -> Result<Row> {
    let mut row = Row::new("");
    let rig = Rig::new()?;
    let mut server = Server::new(rig.folder())?.with_data(rig.disk().join("office"));
    server.start().await?;
    let url = server.url();
    let ledger = Ledger::open(&url).await?;
    while row.rounds < rounds && row.violation().is_none() {
        let load = ledger.begin(&url);
        sleep(Duration::from_millis(chance.u64(100..2500))).await;
        // Counted before the photograph: whatever is acknowledged during it may be missing from it.
        let acked = ledger.acked();
        rig.photograph(row.rounds)?;
        server.kill().await?;
        load.end().await?;
        let found = rig.found(row.rounds)?;
        row.rounds += 1;
        compare_found(&ledger, &mut row, rig.folder(), found.path().join("office"), acked).await?;
        server.start().await?;
    }
    ledger.finish(&url).await?;
    ledger.compare(&mut row, &url, &server.data, (0, ledger.acked())).await?;
    server.kill().await?;
    Ok(row)
}

/// Another office comes up on what was found.
async fn compare_found(
    ledger: &Ledger,
    row: &mut Row,
    folder: &Path,
    data: PathBuf,
    acked: usize,
) -> Result<()> {
    // Before anything is mended by coming up.
    if let Err(fault) = server::verify(&data).await {
        row.unsound = Some(fault.to_string());
        return Ok(());
    }
    let mut other = Server::new(folder)?.with_data(data.clone());
    other.start().await?;
    let outcome = ledger.compare(row, &other.url(), &data, (0, acked)).await;
    other.kill().await?;
    outcome
}
