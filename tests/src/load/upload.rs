//! `PUT` of documents over HTTP, beside nginx. Ours hashes each, looks into it, and flushes file and folder before it
//! answers; what looking takes is told apart. And beside the least that can be done for them ([`super::least`]).

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Result;
use protocol::ContentHash;
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    Peers, Turn, clients,
    cpu::Spent,
    least::{self, Least},
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
            let mut turns = vec![Who::Ours, Who::Nobody];
            turns.extend(nginx.clone().map(Who::Nginx));
            let first = usize::try_from(round)? % turns.len();
            turns.rotate_left(first);
            for who in turns {
                let count = if round == 0 { 2 } else { plan.count };
                let owed: Vec<HandIn> =
                    applications(&mut photographs, count, DOCUMENTS)?.into_iter().map(HandIn::of).collect();
                let took = match &who {
                    Who::Ours => {
                        acked += owed.len();
                        at_ours(&mut ours, owed, plan.clients, acked).await?
                    }
                    Who::Nginx(nginx) => at_nginx(nginx, &owed, plan.clients).await?,
                    Who::Nobody => by_nobody(folder.path(), &owed).await?,
                };
                if round == 0 {
                    continue;
                }
                Turn {
                    who: who.name(),
                    job: &job,
                    round,
                    operations: count * DOCUMENTS,
                    seconds: took.seconds,
                    cpu: took.cpu,
                    judging: took.judging,
                    found: "every document with its hash",
                }
                .tell()?;
            }
        }
    }
    Ok(())
}

enum Who {
    Ours,
    Nginx(Arc<Nginx>),
    Nobody,
}

impl Who {
    const fn name(&self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Nginx(_) => "nginx",
            Self::Nobody => least::WHO,
        }
    }
}

struct Took {
    seconds: f64,
    cpu: f64,
    judging: f64,
}

type Piece = (ContentHash, Vec<u8>);

fn bytes(owed: &[HandIn]) -> Vec<Vec<u8>> {
    owed.iter().flat_map(|it| it.papers.bytes.clone()).collect()
}

fn pieces(owed: &[HandIn]) -> Vec<Piece> {
    bytes(owed).into_iter().map(|bytes| (ContentHash::of(&bytes), bytes)).collect()
}

/// The manifests come before the clock runs and the receipts after it has stopped.
async fn at_ours(ours: &mut Ours, owed: Vec<HandIn>, clients: usize, acked: usize) -> Result<Took> {
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
    let documents = bytes(&owed);
    let reading = spawn_blocking(move || least::reading(&documents)).await??;
    Ok(Took { seconds: took.as_secs_f64(), cpu: spent.whole(), judging: spent.below + reading })
}

async fn by_nobody(folder: &Path, owed: &[HandIn]) -> Result<Took> {
    let (folder, documents) = (folder.to_owned(), bytes(owed));
    let Least { seconds, cpu } = spawn_blocking(move || least::least(&folder, &documents)).await??;
    Ok(Took { seconds, cpu, judging: 0.0 })
}

async fn at_nginx(nginx: &Arc<Nginx>, owed: &[HandIn], clients: usize) -> Result<Took> {
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
    Ok(Took { seconds: took.as_secs_f64(), cpu: spent.whole(), judging: 0.0 })
}
