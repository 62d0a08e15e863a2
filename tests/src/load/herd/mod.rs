//! Everybody at once: the office was away, thousands of desks owe it something, and it comes back. Its rooms are bounded
//! and refuse who finds no place (503 with `Retry-After`); desks wait as `sync` says. When everything has been
//! acknowledged, every acknowledgement is compared with what the office has.

mod line;
mod simulated;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use protocol::{ApplicationId, Receipt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use sqlx::{ConnectOptions, Row, sqlite::SqliteConnectOptions};
use testkit::handing::{Papers, numbered, photo};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use uuid::Uuid;

use self::{
    line::{Heard, Kind, Outcome},
    simulated::{Acked, Desk},
};
use super::{clients, cpu::Spent};
use crate::office_process::Server;

/// How much of it.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// How often the office goes away.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Desks that come at once.
    #[arg(long, default_value_t = 10_000)]
    desks: u32,
    /// Applications by which is measured what the office can do, half before and half after.
    #[arg(long, default_value_t = 2_000)]
    steady: u32,
    /// Who hands these in at the same time: fewer than the office has places.
    #[arg(long, default_value_t = 24)]
    clients: usize,
    /// Seconds for which the office is away.
    #[arg(long, default_value_t = 20)]
    away: u64,
}

/// Longest for all of it; those who have no receipt then are told of as a figure.
const PATIENCE: Duration = Duration::from_secs(1200);
/// Files that each process needs besides connections.
const FILES: u64 = 600;

pub(super) async fn run(plan: &Plan) -> Result<()> {
    allow_connections(plan)?;
    for round in 0..plan.rounds {
        let folder = tempfile::tempdir()?;
        once(plan, round, folder.path()).await?;
    }
    Ok(())
}

/// A desk has one connection for its poll and one for what it sends; the office has as many.
fn allow_connections(plan: &Plan) -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    let needed = u64::from(plan.desks) * 3 / 2 + FILES;
    if limit.maximum.is_some_and(|most| most < needed) {
        bail!("{} desks need {needed} open files; `ulimit -Hn` is {:?}", plan.desks, limit.maximum);
    }
    Ok(())
}

async fn once(plan: &Plan, round: u32, folder: &Path) -> Result<()> {
    let mut server = Server::new(folder)?;
    server.start().await?;
    let heard = Arc::new(Heard::default());
    let mut steady = opened(&server, 0..plan.steady, &heard).await?;
    let desks = opened(&server, plan.steady..plan.steady + plan.desks, &heard).await?;
    let later = steady.split_off(steady.len() / 2);
    let (before, mut acked) = at_ease(plan, &server, steady, &heard).await?;

    server.kill().await?;
    let begun = Arc::new(Heard::default());
    let (told, mut heard_of) = mpsc::unbounded_channel();
    let (end, ended) = watch::channel(false);
    let origin = Instant::now();
    let mut living = JoinSet::new();
    for desk in desks {
        living.spawn(desk.live(Arc::clone(&begun), origin, told.clone(), ended.clone()));
    }
    drop(told);
    sleep(Duration::from_secs(plan.away)).await;
    server.start().await?;
    let missed = begun.all(Outcome::Silence);
    let back = Instant::now();
    let process = server.process().context("it runs")?;
    let spent = Spent::of(process)?;
    let herd = collect(plan.desks, &mut heard_of, &mut living).await?;
    let spent = Spent::of(process)?.since(spent);
    end.send(true)?;
    while let Some(desk) = living.join_next().await {
        desk??;
    }
    let mut times: Vec<f64> =
        herd.iter().map(|acked| acked.at.saturating_duration_since(back).as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len() - 1)).copied();
    acked.extend(herd);
    let (after, more) = at_ease(plan, &server, later, &heard).await?;
    acked.extend(more);

    let begun_in_all = usize::try_from(plan.desks + plan.steady)?;
    let (lost, doubled) = compare(&server, &acked, begun_in_all).await?;
    let answered = |kind| begun.of(kind, Outcome::Done) + begun.of(kind, Outcome::Other);
    let refused = |kind| begun.of(kind, Outcome::Refused);
    let told = json!({
        "round": round,
        "desks": plan.desks,
        "acked": times.len(),
        "perSecondBefore": before,
        "perSecondAfter": after,
        "seconds": if times.len() == usize::try_from(plan.desks)? { at(100) } else { Some(PATIENCE.as_secs_f64()) },
        "median": at(50),
        "of100": at(99),
        "requests": begun.asked(),
        "refused": begun.all(Outcome::Refused),
        "whileAway": missed,
        "manifests": answered(Kind::Manifest),
        "manifestsRefused": refused(Kind::Manifest),
        "documents": answered(Kind::Document),
        "documentsRefused": refused(Kind::Document),
        "news": answered(Kind::News),
        "newsRefused": refused(Kind::News),
        "silence": begun.all(Outcome::Silence) - missed,
        "other": begun.all(Outcome::Other),
        "cpu": spent.whole(),
        "lost": lost,
        "doubled": doubled,
    });
    println!("{told}");
    ensure!(lost == 0 && doubled == 0, "{lost} acknowledged and lost, {doubled} there twice");
    server.kill().await
}

async fn opened(server: &Server, numbers: std::ops::Range<u32>, heard: &Arc<Heard>) -> Result<Vec<Desk>> {
    let (base, now) = (server.url(), Timestamp::now());
    let photo = photo();
    let (first, _) = Uuid::new_v4().as_u64_pair();
    let desks: Vec<Desk> = numbers
        .map(|number| {
            let document = numbered(&photo, first.wrapping_add(u64::from(number)));
            Desk::new(&base, number, Papers::resident_with(now, &[document]))
        })
        .collect();
    let heard = Arc::clone(heard);
    let (_, desks) = clients::work(32, desks, move |_, mut desk: Desk| {
        let heard = Arc::clone(&heard);
        async move {
            desk.open(&heard).await?;
            Ok(desk)
        }
    })
    .await?;
    Ok(desks)
}

/// What the office can do when nobody is refused: applications a second.
async fn at_ease(
    plan: &Plan,
    server: &Server,
    desks: Vec<Desk>,
    heard: &Arc<Heard>,
) -> Result<(f64, Vec<Acked>)> {
    ensure!(server.process().is_some(), "the office is away");
    let heard = Arc::clone(heard);
    let count = f64::from(u32::try_from(desks.len())?);
    let (took, acked) = clients::work(plan.clients, desks, move |_, desk: Desk| {
        let heard = Arc::clone(&heard);
        async move { desk.hand_in(&heard).await }
    })
    .await?;
    Ok((count / took.as_secs_f64(), acked))
}

/// Waits until every desk has its receipt, or for [`PATIENCE`]; none may give up.
async fn collect(
    desks: u32,
    heard_of: &mut mpsc::UnboundedReceiver<Acked>,
    living: &mut JoinSet<Result<()>>,
) -> Result<Vec<Acked>> {
    let wanted = usize::try_from(desks)?;
    let mut acked = Vec::with_capacity(wanted);
    let until = Instant::now() + PATIENCE;
    while acked.len() < wanted {
        let left = until.saturating_duration_since(Instant::now());
        tokio::select! {
            receipt = timeout(left, heard_of.recv()) => match receipt {
                Ok(Some(receipt)) => acked.push(receipt),
                _ => break,
            },
            Some(ended) = living.join_next() => {
                ended??;
                bail!("a desk has ended");
            }
        }
    }
    Ok(acked)
}

/// What was acknowledged and is not there as it was; and what is there more than once.
async fn compare(server: &Server, acked: &[Acked], begun: usize) -> Result<(usize, usize)> {
    server::verify(&server.data).await?;
    let options = SqliteConnectOptions::new().filename(server.data.join("office.sqlite")).read_only(true);
    let mut database = options.connect().await?;
    let rows = sqlx::query("SELECT application_id, receipt FROM revisions WHERE receipt IS NOT NULL")
        .fetch_all(&mut database)
        .await?;
    let mut there: BTreeMap<ApplicationId, Receipt> = BTreeMap::new();
    for row in &rows {
        let receipt: Receipt = serde_json::from_str(row.get(1))?;
        there.insert(row.get::<String, _>(0).parse()?, receipt);
    }
    let lost = acked.iter().filter(|acked| there.get(&acked.application) != Some(&acked.receipt)).count();
    let numbers: BTreeSet<_> = acked.iter().map(|acked| &acked.receipt.body.number).collect();
    let twice = (acked.len() - numbers.len()) + rows.len().saturating_sub(begun);
    Ok((lost, twice))
}
