//! Complete applications over HTTP: the manifest with its answers, photographs, and the word that all of it arrived.
//! All contenders run all the time and take turns; each is asked afterwards for everything it acknowledged.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Result;
use tempfile::TempDir;
use testkit::handing::Papers;
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    Peers, Turn, clients,
    cpu::Spent,
    least::{self, Least},
    missing,
    odk::{self, Odk},
    ours::{self, Ours},
    parcel::{Photographs, applications},
    pocketbase::{self, PocketBase},
};
use crate::counter::HandIn;

/// How much of it.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// Each contender's turns.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Applications in a turn.
    #[arg(long, default_value_t = 120)]
    count: u32,
    /// Who hands in at the same time.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// Photographs of an application.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=5))]
    photographs: u32,
    /// Bytes of a photograph, about.
    #[arg(long, default_value_t = 300_000)]
    bytes: usize,
    #[command(flatten)]
    peers: Peers,
}

/// What a contender does after its answers belongs to them: logs, queues.
const AFTERWARDS: Duration = Duration::from_secs(1);

enum Contender {
    Ours(Ours, usize),
    PocketBase(Arc<PocketBase>, Vec<pocketbase::Record>),
    Odk(Arc<Odk>, Vec<odk::Submission>),
}

pub(super) async fn run(plan: &Plan) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut contenders = start(plan, &folder).await?;
    let mut photographs = Photographs::of(plan.bytes);
    // The first requests of a program are not like the others.
    for contender in &mut contenders {
        let warm = applications(&mut photographs, u32::try_from(plan.clients)?, plan.photographs)?;
        contender.take(warm, plan.clients).await?;
    }
    let job = format!("{} × {} kB", plan.photographs, plan.bytes / 1000);
    for round in 0..plan.rounds {
        // Everybody is first and last in turn.
        let first = usize::try_from(round)? % contenders.len();
        contenders.rotate_left(first);
        for contender in &mut contenders {
            let papers = applications(&mut photographs, plan.count, plan.photographs)?;
            let reading = if contender.reads() { reading(&papers).await? } else { 0.0 };
            let before = contender.spent()?;
            let took = contender.take(papers, plan.clients).await?;
            sleep(AFTERWARDS).await;
            let spent = contender.spent()?.since(before);
            contender.compare().await?;
            Turn {
                who: contender.name(),
                job: &job,
                round,
                operations: plan.count,
                seconds: took.as_secs_f64(),
                cpu: spent.whole(),
                judging: if contender.reads() { spent.below + reading } else { 0.0 },
                found: "each application once, every photograph with its hash",
            }
            .tell()?;
        }
        contenders.rotate_right(first);
        let papers = applications(&mut photographs, plan.count, plan.photographs)?;
        let Least { seconds, cpu } = by_nobody(folder.path(), &papers).await?;
        Turn {
            who: least::WHO,
            job: &job,
            round,
            operations: plan.count,
            seconds,
            cpu,
            judging: 0.0,
            found: "the photographs alone",
        }
        .tell()?;
    }
    Ok(())
}

async fn by_nobody(folder: &Path, papers: &[Papers]) -> Result<Least> {
    let (folder, documents) = (folder.to_owned(), documents(papers));
    spawn_blocking(move || least::least(&folder, &documents)).await?
}

fn documents(papers: &[Papers]) -> Vec<Vec<u8>> {
    papers.iter().flat_map(|papers| papers.bytes.clone()).collect()
}

/// What looking into their photographs takes by itself.
async fn reading(papers: &[Papers]) -> Result<f64> {
    let documents = documents(papers);
    spawn_blocking(move || least::reading(&documents)).await?
}

async fn start(plan: &Plan, folder: &TempDir) -> Result<Vec<Contender>> {
    let mut contenders = vec![Contender::Ours(Ours::start(folder.path(), plan.clients).await?, 0)];
    if let Some(program) = &plan.peers.pocketbase {
        match PocketBase::start(program, folder.path()).await {
            Ok(peer) => contenders.push(Contender::PocketBase(Arc::new(peer), Vec::new())),
            Err(error) => missing("PocketBase", &error)?,
        }
    }
    if let (Some(checkout), Some(node)) = (&plan.peers.odk, &plan.peers.node) {
        match Odk::start(checkout, node, folder.path(), plan.photographs).await {
            Ok(peer) => contenders.push(Contender::Odk(Arc::new(peer), Vec::new())),
            Err(error) => missing("ODK Central", &error)?,
        }
    }
    Ok(contenders)
}

impl Contender {
    const fn name(&self) -> &'static str {
        match self {
            Self::Ours(..) => "ours",
            Self::PocketBase(..) => "PocketBase",
            Self::Odk(..) => "ODK Central",
        }
    }

    /// Whether it looks into documents.
    const fn reads(&self) -> bool {
        matches!(self, Self::Ours(..))
    }

    fn spent(&self) -> Result<Spent> {
        match self {
            Self::Ours(ours, _) => ours.spent(),
            Self::PocketBase(peer, _) => Spent::of(peer.process()),
            Self::Odk(peer, _) => Spent::of_all(&peer.processes()),
        }
    }

    /// Hands all of it in; how long that took.
    async fn take(&mut self, papers: Vec<Papers>, clients: usize) -> Result<Duration> {
        match self {
            Self::Ours(ours, acked) => {
                let (counters, base) = (Arc::new(ours.counters.clone()), ours.server.url());
                let pieces: Vec<HandIn> = papers.into_iter().map(HandIn::of).collect();
                let (took, done) = clients::work(clients, pieces, move |client, it| {
                    let (counters, base) = (Arc::clone(&counters), base.clone());
                    async move { ours::hand_in(&counters[client], &base, &it).await }
                })
                .await?;
                *acked += done.len();
                Ok(took)
            }
            Self::PocketBase(peer, acked) => {
                let peer = Arc::clone(peer);
                let (took, done) = clients::work(clients, papers, move |_, papers| {
                    let peer = Arc::clone(&peer);
                    async move { peer.submit(&papers).await }
                })
                .await?;
                acked.extend(done);
                Ok(took)
            }
            Self::Odk(peer, acked) => {
                let peer = Arc::clone(peer);
                let (took, done) = clients::work(clients, papers, move |_, papers| {
                    let peer = Arc::clone(&peer);
                    async move { peer.submit(&papers).await }
                })
                .await?;
                acked.extend(done);
                Ok(took)
            }
        }
    }

    async fn compare(&self) -> Result<()> {
        match self {
            Self::Ours(ours, acked) => ours.compare(*acked).await,
            Self::PocketBase(peer, acked) => peer.compare(acked).await,
            Self::Odk(peer, acked) => peer.compare(acked).await,
        }
    }
}
