//! The office's disk: full, suddenly read-only, and refusing the N-th call.

use std::{
    fs,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::time::{sleep, timeout};

use super::{
    Row,
    calls::{Call, Tracer, one_after_the_other},
    image::{self, Mounted},
    ledger::Ledger,
};
use crate::office_process::Server;

/// Left on the disk when it is called full: a few applications.
const LEFT: u64 = 400 << 10;
/// Refusals after which a disk has been full, or read-only, for long enough.
const ENOUGH: u64 = 8;

pub(super) async fn full(rounds: u32) -> Result<Row> {
    let name = "office's disk full (tmpfs)";
    if let Some(why) = image::impossible(&["mount", "umount"]) {
        return Ok(Row::skipped(name, why));
    }
    let mut row = Row::new(name);
    while row.rounds < rounds && row.violation().is_none() {
        let folder = tempfile::tempdir()?;
        let disk = Mounted::in_memory(&folder.path().join("disk"), 32)?;
        let mut server = Server::new(folder.path())?.with_data(disk.path().join("office"));
        server.start().await?;
        let url = server.url();
        let ledger = Ledger::open(&url).await?;
        let filler = image::fill(disk.path(), LEFT)?;
        let load = ledger.begin(&url);
        refused_enough(|| ledger.full.load(Ordering::Relaxed), "the disk was never full").await?;
        server.kill().await?;
        load.end().await?;
        let acked = ledger.acked();
        // It need not come up on a full disk, but must not harm anything by trying.
        let up =
            timeout(Duration::from_secs(20), server.start_alive()).await.is_ok_and(|started| started.is_ok());
        if up {
            let ready = crate::counter::client()?.get(format!("{}/readyz", server.url())).send().await?;
            if ready.status().is_success() {
                bail!("the office says that it is ready on a full disk");
            }
        }
        server.kill().await?;
        fs::remove_file(filler)?;
        server.start().await?;
        row.rounds += 1;
        ledger.compare(&mut row, &url, &server.data, (0, acked)).await?;
        ledger.finish(&url).await?;
        ledger.compare(&mut row, &url, &server.data, (0, ledger.acked())).await?;
        let refused = ledger.full.load(Ordering::Relaxed);
        row.remark =
            format!("{refused} answers 507; starts on a full disk: {}", if up { "yes" } else { "no" });
        server.kill().await?;
    }
    Ok(row)
}

async fn refused_enough(count: impl Fn() -> u64, otherwise: &str) -> Result<()> {
    let patience = Instant::now() + Duration::from_secs(120);
    while count() < ENOUGH {
        if Instant::now() > patience {
            bail!("{otherwise}");
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

pub(super) async fn read_only(rounds: u32) -> Result<Row> {
    let name = "office's disk turns read-only";
    if let Some(why) = image::impossible(&["mount", "umount", "mkfs.ext4", "fsck.ext4"]) {
        return Ok(Row::skipped(name, why));
    }
    let mut row = Row::new(name);
    while row.rounds < rounds && row.violation().is_none() {
        let folder = tempfile::tempdir()?;
        let (file, at) = (folder.path().join("disk.img"), folder.path().join("disk"));
        image::format(&file, 256, &["mkfs.ext4", "-q", "-F"])?;
        let disk = Mounted::file(&file, &at, "errors=remount-ro")?;
        let mut server = Server::new(folder.path())?.with_data(at.join("office"));
        server.start().await?;
        let url = server.url();
        let ledger = Ledger::open(&url).await?;
        let load = ledger.begin(&url);
        sleep(Duration::from_millis(700)).await;
        // What the kernel does by itself when it finds the file system damaged.
        let trigger = format!("/sys/fs/ext4/{}/trigger_fs_error", disk.device()?);
        fs::write(&trigger, "campaign").with_context(|| trigger.clone())?;
        let before = ledger.refused();
        let failed = || ledger.refused() - before;
        refused_enough(failed, "the disk was never read-only").await?;
        let refused = failed();
        server.kill().await?;
        load.end().await?;
        let acked = ledger.acked();
        drop(disk);
        // Ends with 1 where it mended something.
        let _ = image::run("fsck.ext4", &["-p", "-f", &file.to_string_lossy()]);
        let _disk = Mounted::file(&file, &at, "errors=remount-ro")?;
        server.start().await?;
        row.rounds += 1;
        ledger.compare(&mut row, &url, &server.data, (0, acked)).await?;
        ledger.finish(&url).await?;
        ledger.compare(&mut row, &url, &server.data, (0, ledger.acked())).await?;
        row.remark = format!("{refused} refused meanwhile");
        server.kill().await?;
    }
    Ok(row)
}

/// The N-th flush or write fails, from the first start of an office on.
pub(super) async fn nth_call(call: Call, most: u32) -> Result<Row> {
    one_after_the_other(call, most, "office", scenario).await
}

async fn scenario(tracer: &Tracer, row: &mut Row) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::new(folder.path())?;
    // A first start that fails must leave what a second one can begin with.
    if server.start_under(&tracer.wrapper()).await.is_err() {
        server.start().await?;
    }
    let url = server.url();
    let ledger = Ledger::open(&url).await?;
    let load = ledger.begin(&url);
    let patience = Instant::now() + Duration::from_secs(60);
    while ledger.acked() < 6 && Instant::now() < patience {
        sleep(Duration::from_millis(20)).await;
    }
    let counted = load.end().await;
    server.kill().await?;
    counted?;
    let acked = ledger.acked();
    server.start().await?;
    ledger.compare(row, &url, &server.data, (0, acked)).await?;
    ledger.finish(&url).await?;
    ledger.compare(row, &url, &server.data, (0, ledger.acked())).await?;
    server.kill().await
}
