//! `kill -9` of the office at any moment: while counters hand in, and while it comes up. Before that, an older copy of
//! its data is put back behind its back: who does not see *that* loss would see none.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::{ROUNDS_OF_ONE, Row, image::run as run_program, ledger::Ledger};
use crate::office_process::Server;

pub(super) async fn control() -> Result<Row> {
    let mut row = Row { control: true, ..Row::new("office's data put back, control") };
    let folder = tempfile::tempdir()?;
    let mut server = Server::new(folder.path())?;
    let url = server.url();
    let (data, older) = (server.data.clone(), folder.path().join("older"));
    server.start().await?;
    let ledger = Ledger::open(&url).await?;
    server.kill().await?;
    run_program("cp", &["-a", &data.to_string_lossy(), &older.to_string_lossy()])?;
    server.start().await?;
    let load = ledger.begin(&url);
    while ledger.acked() < 5 {
        sleep(Duration::from_millis(20)).await;
    }
    load.end().await?;
    server.kill().await?;
    std::fs::remove_dir_all(&data)?;
    std::fs::rename(&older, &data)?;
    server.start().await?;
    row.rounds = 1;
    ledger.compare(&mut row, &url, &data, (0, ledger.acked())).await?;
    server.kill().await?;
    Ok(row)
}

pub(super) async fn run(rounds: u32, seed: u64) -> Result<Row> {
    let mut row = Row::new("office killed (kill -9)");
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut left = rounds;
    while left > 0 {
        let of_this = left.min(ROUNDS_OF_ONE);
        left -= of_this;
        let mut of_one = Row::new("");
        one_office(of_this, &mut chance, &mut of_one).await?;
        row.add(of_one);
        row.tell(rounds);
        if row.violation().is_some() {
            break;
        }
    }
    Ok(row)
}

async fn one_office(rounds: u32, chance: &mut fastrand::Rng, row: &mut Row) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::new(folder.path())?;
    server.start().await?;
    let url = server.url();
    let ledger = Ledger::open(&url).await?;
    for round in 0..rounds {
        let from = ledger.acked();
        let load = ledger.begin(&url);
        sleep(Duration::from_millis(chance.u64(30..1500))).await;
        server.kill().await?;
        load.end().await?;
        if round % 4 == 3 {
            server.spawn_under(&[])?;
            sleep(Duration::from_millis(chance.u64(5..400))).await;
            server.kill().await?;
        }
        server.start().await?;
        row.rounds += 1;
        ledger.compare(row, &url, &server.data, (from, ledger.acked())).await?;
        if row.violation().is_some() {
            return Ok(());
        }
    }
    ledger.finish(&url).await?;
    ledger.compare(row, &url, &server.data, (0, ledger.acked())).await?;
    server.kill().await
}
