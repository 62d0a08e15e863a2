//! `kill -9` of the desk at any moment: while it fills in, prepares documents, freezes, sends and keeps receipts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::time::sleep;

use super::{Row, network::in_office};
use crate::{
    office_process::Server,
    process::{Kept, kill},
};

/// Longest for everything owed to arrive at the end.
const PATIENCE: Duration = Duration::from_secs(180);

pub(super) async fn run(rounds: u32, seed: u64) -> Result<Row> {
    let mut row = Row::new("desk killed (kill -9)");
    let mut chance = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir()?;
    let mut server = Server::new(folder.path())?;
    server.start().await?;
    // By application; whatever a desk has told once it must tell for ever.
    let mut received = BTreeMap::new();
    while row.rounds < rounds && row.violation().is_none() {
        let log = folder.path().join("desk.log");
        let desk = start(folder.path(), &server.url(), &log, false)?;
        sleep(Duration::from_millis(chance.u64(50..6000))).await;
        kill(desk.id()).await?;
        drop(desk);
        read(&log, &mut received, &mut row)?;
        row.rounds += 1;
        row.tell(rounds);
    }
    let log = folder.path().join("desk.log");
    let mut desk = start(folder.path(), &server.url(), &log, true)?;
    let patience = Instant::now() + PATIENCE;
    let ended = loop {
        if let Some(ended) = desk.child().try_wait()? {
            break ended;
        }
        if Instant::now() > patience {
            bail!("what is owed does not arrive although nothing is in the way");
        }
        sleep(Duration::from_millis(50)).await;
    };
    if !ended.success() {
        bail!("the desk ended with {ended}: {}", fs::read_to_string(&log).unwrap_or_default());
    }
    let before = received.clone();
    let told = read(&log, &mut received, &mut row)?;
    // The desk itself must still know all of them.
    row.lost += u64::try_from(before.keys().filter(|id| !told.contains(*id)).count())?;
    let at_office = in_office(&server.data).await?;
    row.acked = u64::try_from(received.len())?;
    row.lost += u64::try_from(received.values().filter(|number| !at_office.contains(*number)).count())?;
    row.doubled += u64::try_from(at_office.len().saturating_sub(received.len()))?;
    if let Err(fault) = server::verify(&server.data).await {
        row.unsound = Some(fault.to_string());
    }
    server.kill().await?;
    Ok(row)
}

fn start(folder: &Path, office: &str, log: &Path, only_send: bool) -> Result<Kept> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["desk", "--office", office, "--folder"]).arg(folder);
    if only_send {
        command.arg("--only-send");
    }
    Kept::start(&mut command, log)
}

/// What a desk has told; the applications among it.
fn read(log: &Path, received: &mut BTreeMap<String, String>, row: &mut Row) -> Result<BTreeSet<String>> {
    let said = fs::read_to_string(log)?;
    let mut told = BTreeSet::new();
    // The last line may be half a line.
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    for line in whole.lines() {
        let Some(rest) = line.strip_prefix("received ") else { bail!("the desk says: {said}") };
        let (id, number) = rest.split_once(' ').context("two words")?;
        told.insert(id.to_owned());
        if received.insert(id.to_owned(), number.to_owned()).is_some_and(|known| known != number) {
            row.doubled += 1;
        }
    }
    Ok(told)
}
