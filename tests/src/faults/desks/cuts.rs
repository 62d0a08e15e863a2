//! The power of the desk fails: its data lie on a disk that is photographed (`rig`). On the photograph a desk comes up
//! and must have what had been told before the photograph was taken, and everything that it owes must arrive once,
//! whether or not the office has it already.
//!
//! In every second round the line is closed before the photograph and opened after it: what the photographed desk owes,
//! the office has received by then from the desk that went on, so that its receipts are fetched again under the same
//! keys.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use anyhow::{Result, bail};
use testkit::network::{Fault, Proxy};
use tokio::time::sleep;

use super::{inside::UNDER_WAY, process::DeskProcess, told::Told};
use crate::{
    faults::{
        ROUNDS_OF_ONE, Row,
        network::in_office,
        rig::{self, Rig},
    },
    office_process::Server,
};

pub(in crate::faults) async fn run(rounds: u32, seed: u64) -> Result<Row> {
    let mut row = Row::new("power cut, desk");
    if let Some(why) = rig::impossible() {
        return Ok(Row::skipped(row.fault, why));
    }
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut again = 0;
    while row.rounds < rounds && row.violation().is_none() {
        let mut desk = OneDesk::start().await?;
        let of_this = (rounds - row.rounds).min(ROUNDS_OF_ONE);
        row.add(desk.rounds(of_this, &mut chance).await?);
        again += desk.again;
        row.tell(rounds);
    }
    row.remark = format!("{again} receipts fetched again by a desk that was behind its office");
    if again == 0 && row.violation().is_none() && rounds > 0 {
        bail!("power cut, desk: the office was never further than the desk");
    }
    Ok(row)
}

/// A desk on a disk that is photographed, its line, and its office, which no power cut touches.
struct OneDesk {
    desk: DeskProcess,
    told: Told,
    /// What photographed desks told after they had come up: numbers that this one may learn later.
    told_by_others: Told,
    network: Proxy,
    office: Server,
    /// Applications that a photographed desk owed, and the office had.
    again: usize,
    rig: Rig,
}

impl OneDesk {
    async fn start() -> Result<Self> {
        let rig = Rig::new()?;
        let mut office = Server::new(rig.folder())?;
        office.start().await?;
        let network = Proxy::start().await;
        network.open(&office.url());
        let desk = DeskProcess::new(rig.folder(), network.url())?.with_data(rig.disk().join("desk"));
        Ok(Self {
            desk,
            told: Told::default(),
            told_by_others: Told::default(),
            network,
            office,
            again: 0,
            rig,
        })
    }

    async fn rounds(&mut self, rounds: u32, chance: &mut fastrand::Rng) -> Result<Row> {
        let mut row = Row::new("");
        while row.rounds < rounds && row.violation().is_none() {
            self.cut(chance, &mut row).await?;
        }
        // The desk that went on, at last: the office has what photographed desks sent, and no more.
        let later = self.desk.send_everything().await?;
        row.lost += u64::try_from(self.told.lost_by(&later))?;
        self.told.add(later);
        self.told.add(std::mem::take(&mut self.told_by_others));
        self.told.compare(&mut row, &self.office.data).await?;
        self.office.kill().await?;
        Ok(row)
    }

    async fn cut(&mut self, chance: &mut fastrand::Rng, row: &mut Row) -> Result<()> {
        self.desk.start()?;
        // It must know its office before the line is closed, and not be full of what an earlier round left.
        let left: BTreeSet<String> = self.told.owed().into_iter().map(str::to_owned).collect();
        let arrived = |told: &Told| !told.received().is_empty() && has_received(told, &left);
        self.desk.until("what the round before had left arrived", arrived).await?;
        let closed = row.rounds.is_multiple_of(2);
        if closed {
            self.network.next("", Fault::Close);
            self.desk.until("a request met the closed line", |_| self.network.is_done()).await?;
            let known = self.desk.told()?.handed_in().len();
            let waits = |told: &Told| told.handed_in().len() > known || told.owed().len() >= UNDER_WAY;
            self.desk.until("something was handed in on the closed line", waits).await?;
        }
        sleep(Duration::from_millis(chance.u64(0..2500))).await;
        // Read before the photograph: whatever is told during it may be missing from it.
        let before = self.desk.told()?;
        self.rig.photograph(row.rounds)?;
        if closed {
            self.network.open(&self.office.url());
            let owed: BTreeSet<String> = before.owed().into_iter().map(str::to_owned).collect();
            let arrived = |told: &Told| has_received(told, &owed);
            self.desk.until("what was owed arrived on the line that was opened", arrived).await?;
        }
        let after = self.desk.kill().await?;
        let found = self.rig.found(row.rounds)?;
        row.rounds += 1;
        let mut before_all = self.told.clone();
        before_all.add(before);
        self.told.add(after);
        self.compare_found(row, &before_all, found.path().join("desk")).await
    }

    /// A desk comes up on what was found. The keychain is the same: it is the system's, and not on this disk.
    async fn compare_found(&mut self, row: &mut Row, before: &Told, data: PathBuf) -> Result<()> {
        let received: BTreeSet<String> = self.told.received().into_iter().map(str::to_owned).collect();
        let had = in_office(&self.office.data).await?.len();
        let mut other = DeskProcess::new(self.rig.folder(), self.network.url())?.with_data(data);
        let found = other.send_everything().await?;
        row.lost += u64::try_from(before.lost_by(&found))?;
        let again = found.owed_at_first().into_iter().filter(|id| received.contains(*id)).count();
        self.again += again;
        println!(
            "   photograph {}: {} applications received, {} owed, {again} of them at the office already ({had} there)",
            row.rounds,
            found.received().len(),
            found.owed_at_first().len()
        );
        // Another number than the desk that went on was told is a double, which the last comparison counts.
        self.told_by_others.add(found);
        Ok(())
    }
}

fn has_received(told: &Told, owed: &BTreeSet<String>) -> bool {
    let received = told.received();
    owed.iter().all(|id| received.contains(id.as_str()))
}
