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
/// How often a desk says that it does not come up, until it is started again on a disk that works.
const CLOSED: u32 = 5;

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
    // The tracer counts for each thread by itself, and each time that a desk tries to come up is a new thread's.
    desk.until("two applications arrived", |told| arrived(told) || told.stayed_closed() >= CLOSED).await?;
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
