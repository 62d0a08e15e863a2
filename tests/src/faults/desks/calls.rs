//! The N-th flush or write of the desk fails, for N = 1, 2, … from its very first start on. What it told before and
//! after that must be there, and everything that it handed in must arrive.

use anyhow::Result;

use super::process::DeskProcess;
use crate::{
    faults::{
        Row,
        calls::{Call, Tracer, one_after_the_other},
    },
    office_process::Server,
};

/// Applications that have arrived when the desk is killed.
const ARRIVED: usize = 2;

pub(in crate::faults) async fn run(call: Call, most: u32) -> Result<Row> {
    one_after_the_other(call, most, "desk", scenario).await
}

async fn scenario(tracer: &Tracer, row: &mut Row) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut office = Server::new(folder.path())?;
    office.start().await?;
    let mut desk = DeskProcess::new(folder.path(), office.url())?;
    desk.start_under(&tracer.wrapper(), false)?;
    desk.until("two applications arrived", |told| told.received().len() >= ARRIVED).await?;
    let mut told = desk.kill().await?;
    if told.complained() {
        println!("   {}", told.refusals());
    }
    desk.compare(row, &mut told, &office.data).await?;
    office.kill().await
}
