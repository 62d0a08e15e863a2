//! No room left on the desk's disk: while it fills in, attaches, hands in, sends and keeps receipts, and when it comes
//! up. It must say so, and lose nothing of what it had said was saved.

use std::{fs, time::Duration};

use anyhow::Result;
use tokio::time::{sleep, timeout};

use super::{inside::UNDER_WAY, process::DeskProcess, told::Told};
use crate::{
    faults::{
        Row,
        image::{self, Mounted},
    },
    office_process::Server,
};

/// Megabytes of the disk.
const SIZE: u32 = 32;
/// Bytes left on it when it is called full: an application or two.
const LEFT: u64 = 400 << 10;
/// Refusals after which it has been full for long enough.
const ENOUGH: u32 = 8;

pub(in crate::faults) async fn run(rounds: u32, seed: u64) -> Result<Row> {
    let name = "desk's disk full (tmpfs)";
    if let Some(why) = image::impossible(&["mount", "umount"]) {
        return Ok(Row::skipped(name, why));
    }
    let mut row = Row::new(name);
    let mut chance = fastrand::Rng::with_seed(seed);
    while row.rounds < rounds && row.violation().is_none() {
        let mut of_this = Row::new("");
        row.remark = one_disk(&mut chance, &mut of_this).await?;
        of_this.rounds = 1;
        row.add(of_this);
    }
    Ok(row)
}

/// What was refused, for the table.
async fn one_disk(chance: &mut fastrand::Rng, row: &mut Row) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let disk = Mounted::in_memory(&folder.path().join("disk"), SIZE)?;
    let mut office = Server::new(folder.path())?;
    office.start().await?;
    let mut desk = DeskProcess::new(folder.path(), office.url())?.with_data(disk.path().join("desk"));
    desk.start()?;
    desk.until("an application arrived", |told| !told.received().is_empty()).await?;
    // Wherever it is within an application by then.
    sleep(Duration::from_millis(chance.u64(0..2000))).await;
    let filler = image::fill(disk.path(), LEFT)?;
    // Nothing more is begun while all that may be on its way waits for room to keep its receipt.
    let enough =
        |told: &Told| told.refused() >= ENOUGH || (told.waited() > 0 && told.owed().len() >= UNDER_WAY);
    desk.until("the full disk was told", enough).await?;
    sleep(Duration::from_millis(chance.u64(0..500))).await;
    let mut told = desk.kill().await?;
    // It need not come up on a full disk, but must say so, and not harm anything by trying.
    desk.start()?;
    let spoke =
        desk.until("it came up, or said why not", |told| told.complained() || !told.received().is_empty());
    let silent = match timeout(Duration::from_secs(30), spoke).await {
        Ok(ended) => ended.map(|()| false)?,
        Err(_) => true,
    };
    sleep(Duration::from_millis(chance.u64(200..2000))).await;
    let on_full_disk = desk.kill().await?;
    let up = if on_full_disk.received().is_empty() { "no" } else { "yes" };
    told.add(on_full_disk);
    fs::remove_file(filler)?;
    let remark = format!("starts on a full disk: {up}; {}", told.refusals());
    desk.compare(row, &mut told, &office.data).await?;
    if silent {
        row.unsound = Some("a desk on a full disk said nothing for 30 s".to_owned());
    }
    office.kill().await?;
    Ok(remark)
}
