//! The N-th flush or write of the desk fails, for N = 1, 2, … from its very first start on. What it told before and
//! after that must be there, and everything that it handed in must arrive.

use anyhow::Result;

use super::{process::DeskProcess, told::Told};
use crate::{
    faults::{
        Row,
        calls::{Call, Tracer, one_after_the_other},
    },
    office_process::Server,
};

/// Applications that have arrived when the desk is killed.
const ARRIVED: usize = 2;
/// How often a desk says that it does not come up, or refuses a step, until it is started again on a disk that works.
const IN_VAIN: u32 = 20;

pub(in crate::faults) async fn run(call: Call, most: u32) -> Result<Row> {
    one_after_the_other(call, most, "desk", scenario).await
}

async fn scenario(tracer: &Tracer, row: &mut Row) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut office = Server::new(folder.path())?;
    office.start().await?;
    let mut desk = DeskProcess::new(folder.path(), office.url())?;
    desk.start_under(&tracer.wrapper(), false)?;
    let arrived = |told: &Told| told.received().len() >= ARRIVED;
    // The tracer counts for each thread by itself, and whoever tries again, to come up or to write a large document,
    // does so over a new connection, which is a new thread's.
    let in_vain = |told: &Told| told.stayed_closed() + told.refused() >= IN_VAIN;
    desk.until("two applications arrived", |told| arrived(told) || in_vain(told)).await?;
    let mut told = desk.kill().await?;
    if !arrived(&told) {
        desk.start()?;
        desk.until("two applications arrived", arrived).await?;
        told.add(desk.kill().await?);
    }
    if told.complained() {
        println!("   {}", told.refusals());
    }
    desk.compare(row, &mut told, &office.data).await?;
    office.kill().await
}
