//! `kill -9` of the desk at any moment: while it fills in, prepares documents, freezes, sends and keeps receipts. Before
//! that, an older copy of its data is put back behind its back: who does not see *that* loss would see none.

use std::{fs, time::Duration};

use anyhow::Result;
use tokio::time::sleep;

use super::{process::DeskProcess, told::Told};
use crate::{
    faults::{Row, image::run as run_program},
    office_process::Server,
};

pub(in crate::faults) async fn control() -> Result<Row> {
    let mut row = Row { control: true, rounds: 1, ..Row::new("desk's data put back, control") };
    let folder = tempfile::tempdir()?;
    let mut office = Server::new(folder.path())?;
    office.start().await?;
    let mut desk = DeskProcess::new(folder.path(), office.url())?;
    desk.start()?;
    desk.until("an application arrived", |told| !told.received().is_empty()).await?;
    let mut told = desk.kill().await?;
    let older = folder.path().join("older");
    run_program("cp", &["-a", &desk.data.to_string_lossy(), &older.to_string_lossy()])?;
    desk.start()?;
    let known = told.received().len();
    desk.until("two more arrived", |told| told.received().len() > known + 1).await?;
    told.add(desk.kill().await?);
    fs::remove_dir_all(&desk.data)?;
    fs::rename(&older, &desk.data)?;
    desk.compare(&mut row, &mut told, &office.data).await?;
    office.kill().await?;
    Ok(row)
}

pub(in crate::faults) async fn run(rounds: u32, seed: u64) -> Result<Row> {
    let mut row = Row::new("desk killed (kill -9)");
    let mut chance = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir()?;
    let mut office = Server::new(folder.path())?;
    office.start().await?;
    let mut desk = DeskProcess::new(folder.path(), office.url())?;
    let mut told = Told::default();
    while row.rounds < rounds {
        desk.start()?;
        sleep(Duration::from_millis(chance.u64(50..6000))).await;
        told.add(desk.kill().await?);
        row.rounds += 1;
        row.tell(rounds);
    }
    desk.compare(&mut row, &mut told, &office.data).await?;
    office.kill().await?;
    Ok(row)
}
