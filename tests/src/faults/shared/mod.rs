//! The shared office is harmed under load: one of its copies, its PostgreSQL, or its S3 server is killed. Counters go
//! from copy to copy with every try.

mod office;
mod proof;

use std::{sync::Arc, time::Duration};

use anyhow::{Result, bail};
use testkit::services;
use tokio::time::sleep;

use self::office::{Service, SharedOffice};
use super::{ROUNDS_OF_ONE, Row, ledger::Ledger};
use crate::counter::client;

/// Copies of which one is killed at a time.
const COPIES: usize = 3;
/// Refusals after which a service has been away for long enough.
const ENOUGH: u64 = 4;

/// A document is damaged behind the office's back: who does not see *that* would see nothing.
pub(super) async fn control() -> Result<Row> {
    let mut row = Row { control: true, rounds: 1, ..Row::new("shared: a document damaged, control") };
    if let Some(why) = services::lacking() {
        return Ok(Row::skipped(row.fault, why));
    }
    let office = SharedOffice::open(1).await?;
    let (urls, documents) = (office.urls(), office.documents()?);
    let ledger = Ledger::open(&urls[0]).await?;
    let mut load = ledger.begin_at(&urls);
    load.until("five were acknowledged", || ledger.acked() >= 5).await?;
    load.end().await?;
    let mut before = Row::new("");
    office.prove(&ledger, &mut before).await?;
    if let Some(fault) = before.violation() {
        bail!("{}: broken before anything was damaged: {fault}", row.fault);
    }
    let place = proof::address(&documents, &ledger.a_document()?);
    client()?.put(place).body("damaged").send().await?.error_for_status()?;
    office.prove(&ledger, &mut row).await?;
    row.acked = u64::try_from(ledger.acked())?;
    Ok(row)
}

/// `kill -9` of one copy after the other.
pub(super) async fn copies(rounds: u32, seed: u64) -> Result<Row> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let row = Row::new("shared: a copy killed (kill -9)");
    in_offices(row, rounds, async |rounds, row| copies_of_one(rounds, &mut chance, row).await).await
}

/// PostgreSQL is killed, all its processes at once.
pub(super) async fn database(rounds: u32, seed: u64) -> Result<Row> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let row = Row::new("shared: PostgreSQL killed (kill -9)");
    in_offices(row, rounds, async |rounds, row| {
        services_of_one(Service::Database, rounds, &mut chance, row).await
    })
    .await
}

/// The S3 server is killed.
pub(super) async fn documents(rounds: u32, seed: u64) -> Result<Row> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let row = Row::new("shared: S3 server killed (kill -9)");
    in_offices(row, rounds, async |rounds, row| {
        services_of_one(Service::Documents, rounds, &mut chance, row).await
    })
    .await
}

/// So many rounds, with a new office every now and then.
async fn in_offices(
    mut row: Row,
    rounds: u32,
    mut one: impl AsyncFnMut(u32, &mut Row) -> Result<()>,
) -> Result<Row> {
    if let Some(why) = services::lacking() {
        return Ok(Row::skipped(row.fault, why));
    }
    while row.rounds < rounds && row.violation().is_none() {
        let mut of_one = Row::new("");
        one((rounds - row.rounds).min(ROUNDS_OF_ONE), &mut of_one).await?;
        row.remark.clone_from(&of_one.remark);
        row.add(of_one);
        row.tell(rounds);
    }
    Ok(row)
}

async fn copies_of_one(rounds: u32, chance: &mut fastrand::Rng, row: &mut Row) -> Result<()> {
    let mut office = SharedOffice::open(COPIES).await?;
    let urls = office.urls();
    let ledger = Ledger::open(&urls[0]).await?;
    for victim in (0..COPIES).cycle().take(usize::try_from(rounds)?) {
        let from = ledger.acked();
        let mut load = ledger.begin_at(&urls);
        sleep(Duration::from_millis(chance.u64(30..1500))).await;
        office.copies[victim].kill().await?;
        // The others go on, also with what the dead one had begun.
        let then = ledger.acked();
        load.until("the other copies went on", || ledger.acked() > then).await?;
        sleep(Duration::from_millis(chance.u64(0..800))).await;
        load.end().await?;
        row.rounds += 1;
        let other = &urls[(victim + 1 + chance.usize(0..COPIES - 1)) % COPIES];
        ledger.compare_receipts(row, other, (from, ledger.acked())).await?;
        office.copies[victim].start().await?;
        if row.violation().is_some() {
            return Ok(());
        }
    }
    close(office, &ledger, row).await
}

async fn services_of_one(
    service: Service,
    rounds: u32,
    chance: &mut fastrand::Rng,
    row: &mut Row,
) -> Result<()> {
    let mut office = SharedOffice::open(2).await?;
    let urls = office.urls();
    let ledger = Ledger::open(&urls[0]).await?;
    for _ in 0..rounds {
        let from = ledger.acked();
        let mut load = ledger.begin_at(&urls);
        sleep(Duration::from_millis(chance.u64(200..2000))).await;
        let before = ledger.refused();
        office.kill(service).await?;
        load.until("something was refused without the service", || ledger.refused() >= before + ENOUGH)
            .await?;
        office.start_again(service).await?;
        let then = ledger.acked();
        load.until("the office went on after the service came back", || ledger.acked() > then).await?;
        load.end().await?;
        row.rounds += 1;
        let copy = &urls[chance.usize(0..urls.len())];
        ledger.compare_receipts(row, copy, (from, ledger.acked())).await?;
        if row.violation().is_some() {
            return Ok(());
        }
    }
    row.remark = format!("{} refused meanwhile", ledger.refused());
    close(office, &ledger, row).await
}

/// Everything owed arrives; all receipts again, at every copy, and everything that is kept.
async fn close(mut office: SharedOffice, ledger: &Arc<Ledger>, row: &mut Row) -> Result<()> {
    let urls = office.urls();
    ledger.finish(&urls[0]).await?;
    for url in &urls {
        ledger.compare_receipts(row, url, (0, ledger.acked())).await?;
    }
    office.prove(ledger, row).await?;
    for copy in &mut office.copies {
        copy.kill().await?;
    }
    Ok(())
}
