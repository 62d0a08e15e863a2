//! `kill -9` of the office at any moment: while counters hand in, and while it comes up.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::{Row, ledger::Ledger, server::Server};

/// After so many rounds a new office is opened, so that comparing does not take longer and longer.
const ROUNDS_OF_ONE: u32 = 50;

pub(super) async fn run(rounds: u32, seed: u64) -> Result<Row> {
    let mut row = Row::new("office killed (kill -9)");
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut left = rounds;
    while left > 0 {
        let of_this = left.min(ROUNDS_OF_ONE);
        left -= of_this;
        let mut of_one = Row::new("");
        one_office(of_this, &mut chance, &mut of_one).await?;
        row.rounds += of_one.rounds;
        row.acked += of_one.acked;
        row.lost += of_one.lost;
        row.doubled += of_one.doubled;
        row.unsound = row.unsound.or(of_one.unsound);
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
