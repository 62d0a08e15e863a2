//! The office's disk: full, suddenly read-only, and refusing the N-th call.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    path::Path,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::time::{sleep, timeout};

use super::{
    Row,
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
        let filler = fill(disk.path())?;
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

/// Writes until nothing goes in any more, then gives a little back.
fn fill(disk: &Path) -> Result<std::path::PathBuf> {
    let path = disk.join("filler");
    let mut file = File::create(&path)?;
    let piece = vec![0; 64 << 10];
    let mut written: u64 = 0;
    while file.write_all(&piece).is_ok() {
        written += u64::try_from(piece.len())?;
    }
    file.set_len(written.saturating_sub(LEFT))?;
    Ok(path)
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
        let before = ledger.failed.load(Ordering::Relaxed);
        let failed = || ledger.failed.load(Ordering::Relaxed) + ledger.full.load(Ordering::Relaxed) - before;
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

/// A call to the system that fails.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    Flush,
    Write,
}

impl Call {
    const fn injected(self) -> (&'static str, &'static str) {
        match self {
            Self::Flush => ("fsync,fdatasync", "EIO"),
            // SQLite's; the files of documents are written while the disk is full, above.
            Self::Write => ("pwrite64", "ENOSPC"),
        }
    }
}

/// The same scenario again and again, from the first start of an office on; each time another call fails.
pub(super) async fn nth_call(call: Call, most: u32) -> Result<Row> {
    let (calls, error) = call.injected();
    let mut row = Row::new(format!("N-th {calls} fails ({error})"));
    if !Path::new("/usr/bin/strace").is_file() {
        return Ok(Row::skipped(row.fault, "strace not installed"));
    }
    // None fails: how many there are.
    let all = scenario(call, u32::MAX, &mut row).await?.calls;
    let step = all.checked_div(most).unwrap_or(1).max(1);
    let mut struck = 0;
    for nth in (1..=all).step_by(usize::try_from(step)?) {
        struck += u32::from(scenario(call, nth, &mut row).await?.struck);
        row.rounds += 1;
        if row.violation().is_some() {
            row.remark = format!("N = {nth}");
            return Ok(row);
        }
    }
    row.remark = format!("struck {struck} times, of {all} calls of the busiest thread");
    if struck == 0 {
        bail!("no call was made to fail");
    }
    Ok(row)
}

struct Scenario {
    calls: u32,
    struck: bool,
}

async fn scenario(call: Call, nth: u32, row: &mut Row) -> Result<Scenario> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::new(folder.path())?;
    let trace = folder.path().join("trace");
    let (calls, error) = call.injected();
    let (filter, inject) = (format!("trace={calls}"), format!("inject={calls}:error={error}:when={nth}"));
    let mut wrapper = vec!["strace", "-f", "-qq", "-o", trace.to_str().context("UTF-8")?, "-e", &filter];
    if nth != u32::MAX {
        wrapper.extend(["-e", &inject]);
    }
    // A first start that fails must leave what a second one can begin with.
    if server.start_under(&wrapper).await.is_err() {
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
    let mut of_this = Row::new("");
    ledger.compare(&mut of_this, &url, &server.data, (0, acked)).await?;
    ledger.finish(&url).await?;
    ledger.compare(&mut of_this, &url, &server.data, (0, ledger.acked())).await?;
    server.kill().await?;
    row.acked += of_this.acked;
    row.lost += of_this.lost;
    row.doubled += of_this.doubled;
    row.unsound = row.unsound.take().or(of_this.unsound);
    let traced = fs::read_to_string(&trace).unwrap_or_default();
    Ok(Scenario { calls: most_of_a_thread(&traced), struck: traced.contains("(INJECTED)") })
}

/// The tracer counts for each thread by itself, so no call fails beyond what the busiest one made.
fn most_of_a_thread(traced: &str) -> u32 {
    let mut made: BTreeMap<&str, u32> = BTreeMap::new();
    for line in traced.lines().filter(|line| !line.contains("resumed>") && line.contains('(')) {
        *made.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    made.into_values().max().unwrap_or(0)
}
