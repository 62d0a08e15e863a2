//! `PUT` of documents over HTTP, beside nginx. Ours hashes each, looks into it in a child process, and flushes file and
//! folder before it answers; what the children spend is told apart.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use protocol::ContentHash;
use tokio::time::sleep;

use super::{
    Peers, Turn, clients,
    cpu::Spent,
    missing,
    nginx::Nginx,
    ours::{self, Ours},
    parcel::{Photographs, applications},
};
use crate::counter::HandIn;

/// How much of it.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// Each contender's turns.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Applications in a turn, five documents each.
    #[arg(long, default_value_t = 40)]
    count: u32,
    /// Who sends at the same time.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Bytes of a document, about; may be given several times.
    #[arg(long, default_values_t = [200_000, 1_999_000])]
    bytes: Vec<usize>,
    #[command(flatten)]
    peers: Peers,
}

const DOCUMENTS: u32 = 5;
/// For what is done after an answer.
const AFTERWARDS: Duration = Duration::from_millis(300);

pub(super) async fn run(plan: &Plan) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut ours = Ours::start(folder.path(), plan.clients).await?;
    let nginx = match &plan.peers.nginx {
        Some(program) => match Nginx::start(program, folder.path()).await {
            Ok(peer) => Some(Arc::new(peer)),
            Err(error) => {
                missing("nginx", &error)?;
                None
            }
        },
        None => None,
    };
    let mut acked = 0;
    for bytes in &plan.bytes {
        let mut photographs = Photographs::of(*bytes);
        let job = format!("PUT {} kB", bytes.div_ceil(1000));
        // Round 0 warms up.
        for round in 0..=plan.rounds {
            let mut turns = vec![None, nginx.clone()];
            turns.truncate(1 + usize::from(nginx.is_some()));
            let first = usize::try_from(round)? % turns.len();
            turns.rotate_left(first);
            for turn in turns {
                let count = if round == 0 { 2 } else { plan.count };
                let owed: Vec<HandIn> =
                    applications(&mut photographs, count, DOCUMENTS)?.into_iter().map(HandIn::of).collect();
                let (who, took, spent) = match &turn {
                    None => {
                        acked += owed.len();
                        let (took, spent) = at_ours(&mut ours, owed, plan.clients, acked).await?;
                        ("ours", took, spent)
                    }
                    Some(nginx) => {
                        let (took, spent) = at_nginx(nginx, &owed, plan.clients).await?;
                        ("nginx", took, spent)
                    }
                };
                if round == 0 {
                    continue;
                }
                Turn {
                    who,
                    job: &job,
                    round,
                    operations: count * DOCUMENTS,
                    seconds: took.as_secs_f64(),
                    cpu: spent.whole(),
                    judging: if turn.is_none() { spent.below } else { 0.0 },
                    found: "every document with its hash",
                }
                .tell()?;
            }
        }
    }
    Ok(())
}

type Piece = (ContentHash, Vec<u8>);

fn pieces(owed: &[HandIn]) -> Vec<Piece> {
    let documents = owed.iter().flat_map(|it| &it.papers.bytes);
    documents.map(|bytes| (ContentHash::of(bytes), bytes.clone())).collect()
}

/// The manifests come before the clock runs and the receipts after it has stopped.
async fn at_ours(
    ours: &mut Ours,
    owed: Vec<HandIn>,
    clients: usize,
    acked: usize,
) -> Result<(Duration, Spent)> {
    let (base, counter) = (ours.server.url(), Arc::clone(&ours.counters[0]));
    for it in &owed {
        counter.declare(&base, it).await?;
    }
    let before = ours.spent()?;
    let (to, by) = (base.clone(), Arc::clone(&counter));
    let (took, _) = clients::work(clients, pieces(&owed), move |_, (hash, bytes)| {
        let (to, by) = (to.clone(), Arc::clone(&by));
        async move {
            let status = by.put(&to, hash, bytes).await?;
            anyhow::ensure!(status.is_success(), "the office refused: {status}");
            Ok(())
        }
    })
    .await?;
    sleep(AFTERWARDS).await;
    let spent = ours.spent()?.since(before);
    for it in &owed {
        ours::hand_in(&counter, &base, it).await?;
    }
    ours.compare(acked).await?;
    Ok((took, spent))
}

async fn at_nginx(nginx: &Arc<Nginx>, owed: &[HandIn], clients: usize) -> Result<(Duration, Spent)> {
    let pieces = pieces(owed);
    let hashes: Vec<ContentHash> = pieces.iter().map(|(hash, _)| *hash).collect();
    let before = Spent::of(nginx.process())?;
    let to = Arc::clone(nginx);
    let (took, _) = clients::work(clients, pieces, move |_, (hash, bytes)| {
        let to = Arc::clone(&to);
        async move { to.put(hash, bytes).await }
    })
    .await?;
    sleep(AFTERWARDS).await;
    let spent = Spent::of(nginx.process())?.since(before);
    nginx.compare(&hashes)?;
    Ok((took, spent))
}
