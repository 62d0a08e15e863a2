//! The desk as a process of its own, to be killed: hands in one application after the other and says on its standard
//! output what it says to a person, each time it comes up and as it happens.

use std::{collections::BTreeSet, io::Write, path::Path, time::Duration};

use anyhow::{Result, anyhow};
use desk::Desk;
use protocol::Status;
use tokio::time::sleep;

use super::ground::{Shifted, hand_in, open};

/// Applications on their way at the same time, at most; more are begun when they have arrived.
const UNDER_WAY: usize = 3;

/// Works until it is killed; with `only_send` it begins nothing new and ends when nothing is owed.
///
/// # Errors
/// What the desk refuses.
pub async fn work(folder: &Path, office: &str, only_send: bool) -> Result<()> {
    let desk = open(folder, office, Shifted::default()).await?;
    let mut told = BTreeSet::new();
    loop {
        let owed = tell(&desk, &mut told).await?;
        if only_send {
            if owed == 0 {
                desk.close().await;
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        } else if owed < UNDER_WAY {
            hand_in(&desk, folder).await?;
        } else {
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Says which applications have a number; how many were handed in and have none yet.
async fn tell(desk: &Desk, told: &mut BTreeSet<String>) -> Result<usize> {
    let cases = desk.cases().await.map_err(|explained| anyhow!("{explained:?}"))?;
    let mut out = std::io::stdout().lock();
    let mut owed = 0;
    for case in cases {
        match (&case.number, case.status) {
            (Some(number), _) => {
                let line = format!("received {} {}", case.id, number.as_str());
                if told.insert(line.clone()) {
                    writeln!(out, "{line}")?;
                    out.flush()?;
                }
            }
            (None, Status::Draft) => {}
            (None, _) => owed += 1,
        }
    }
    Ok(owed)
}
