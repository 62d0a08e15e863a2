//! Rows of submissions, as fast as they come: our office's store beside the database it stands on. On SQLite the wall
//! is SQLite itself ([`super::sqlite`]), on PostgreSQL it is pgbench with the same statements ([`super::pgbench`]); and
//! what is left of it over HTTP, with judging, hashing and looking into small documents.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use protocol::{AccountId, ApplicationId, ContentHash, Manifest};
use server::measuring::Rows;
use testkit::{
    handing::{Papers, numbered, photo},
    services::Postgres,
};

use super::{
    Turn, clients,
    cpu::Spent,
    missing,
    ours::{self, Ours},
    pgbench::{self, Statements},
    sqlite::Written,
};
use crate::counter::HandIn;

/// How much of it.
#[derive(Debug, Clone, clap::Args)]
pub struct Plan {
    /// Each contender's turns.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Applications in a turn.
    #[arg(long, default_value_t = 3_000)]
    count: u32,
    /// Who hands in at the same time: while as many units as share a commit are committed, as many wait.
    #[arg(long, default_value_t = 256)]
    clients: usize,
    /// Applications in a turn over HTTP.
    #[arg(long, default_value_t = 300)]
    http: u32,
    /// Not on PostgreSQL.
    #[arg(long)]
    embedded_only: bool,
}

/// Documents of an application.
const DOCUMENTS: u32 = 3;
/// A busy counter has an account; so many take part.
const ACCOUNTS: usize = 64;
const ON_SQLITE: &str = "rows on SQLite, 5 units of work an application";
const ON_POSTGRES: &str = "rows on PostgreSQL, 8 transactions an application";
const OVER_HTTP: &str = "the whole way over HTTP, three documents of 6 kB";

pub(super) async fn run(plan: &Plan) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let postgres = if plan.embedded_only { None } else { Postgres::start_with(&["max_connections=120"]) };
    if postgres.is_none() && !plan.embedded_only {
        missing("pgbench", &anyhow::anyhow!("this machine has no PostgreSQL"))?;
    }
    let mut http = Ours::start(folder.path(), 16).await?;
    let mut acked = 0;
    let statements = Statements::write(folder.path(), &sample()?)?;
    for round in 0..plan.rounds {
        let here = folder.path().join(format!("round-{round}"));
        on_sqlite(plan, round, &here).await?;
        if let Some(postgres) = &postgres {
            // Each is first in turn.
            for of in 0..2 {
                if (round + of) % 2 == 0 {
                    on_postgres(plan, round, &here, postgres).await?;
                } else {
                    beside(plan, round, &here, postgres, &statements).await?;
                }
            }
        }
        over_http(plan, round, &mut http, &mut acked).await?;
        std::fs::remove_dir_all(&here)?;
    }
    Ok(())
}

/// Ours first: what it wrote is what SQLite writes again.
async fn on_sqlite(plan: &Plan, round: u32, here: &Path) -> Result<()> {
    let office = here.join("sqlite");
    let rows = Rows::open(&office, None).await?;
    let (took, spent) = hand_in(plan, &rows, &[]).await?;
    rows.close().await;
    let bytes = std::fs::metadata(office.join("office.sqlite"))?.len() / u64::from(plan.count);
    tell(plan, round, ON_SQLITE, "ours", took, spent, bytes)?;
    let written = tokio::task::spawn_blocking(move || Written::by(&office.join("office.sqlite"))).await??;
    ensure!(written.applications() == usize::try_from(plan.count)?, "the office lacks applications");
    let file = here.join("again.sqlite");
    let before = Spent::of(std::process::id())?;
    let (took, bytes) = tokio::task::spawn_blocking(move || {
        let took = written.again(&file)?;
        anyhow::Ok((took, std::fs::metadata(&file)?.len()))
    })
    .await??;
    let bytes = bytes / u64::from(plan.count);
    tell(
        plan,
        round,
        ON_SQLITE,
        "SQLite itself, 128 units a commit",
        took,
        Spent::of(std::process::id())?.since(before).itself,
        bytes,
    )
}

async fn on_postgres(plan: &Plan, round: u32, here: &Path, postgres: &Postgres) -> Result<()> {
    let database = format!("ours_{round}");
    pgbench::make(postgres, &database)?;
    let rows = Rows::open(&here.join("postgres"), Some(&pgbench::url(postgres, &database))).await?;
    let (took, spent) = hand_in(plan, &rows, &[postgres.process()]).await?;
    rows.close().await;
    let bytes = pgbench::count(postgres, &database, plan.count)?;
    tell(plan, round, ON_POSTGRES, "ours", took, spent, bytes)
}

async fn beside(
    plan: &Plan,
    round: u32,
    here: &Path,
    postgres: &Postgres,
    statements: &Statements,
) -> Result<()> {
    let database = format!("pgbench_{round}");
    pgbench::make(postgres, &database)?;
    let rows = Rows::open(&here.join("pgbench"), Some(&pgbench::url(postgres, &database))).await?;
    rows.close().await;
    let accounts = u32::try_from(ACCOUNTS)?;
    let before = [Spent::of(std::process::id())?, Spent::of(postgres.process())?];
    let (took, count) = statements.run(postgres, &database, accounts, plan.count)?;
    let own = Spent::of(std::process::id())?.since(before[0]).below;
    let spent = own + Spent::of(postgres.process())?.since(before[1]).whole();
    let bytes = pgbench::count(postgres, &database, count)?;
    Turn {
        who: "pgbench, same statements",
        job: ON_POSTGRES,
        round,
        operations: count,
        seconds: took.as_secs_f64(),
        cpu: spent,
        judging: 0.0,
        found: &found(bytes),
    }
    .tell()
}

fn found(bytes: u64) -> String {
    format!("every application with its receipt, {bytes} bytes each")
}

fn tell(plan: &Plan, round: u32, job: &str, who: &str, took: Duration, cpu: f64, bytes: u64) -> Result<()> {
    let (seconds, found) = (took.as_secs_f64(), found(bytes));
    Turn { who, job, round, operations: plan.count, seconds, cpu, judging: 0.0, found: &found }.tell()
}

/// Through our store; how long it took, and the processor seconds of this process and of `beside`.
async fn hand_in(plan: &Plan, rows: &Rows, beside: &[u32]) -> Result<(Duration, f64)> {
    let mut accounts: Vec<AccountId> = Vec::new();
    for _ in 0..ACCOUNTS {
        accounts.push(rows.account().await?);
    }
    let manifests = manifests(plan.count)?;
    let here = std::process::id();
    let before = [Spent::of(here)?, Spent::of_all(beside)?];
    let (accounts, to) = (Arc::new(accounts), rows.clone());
    let (took, receipts) = clients::work(plan.clients, manifests, move |client, manifest| {
        let (account, rows) = (accounts[client % accounts.len()], to.clone());
        async move { Ok(rows.hand_in(account, manifest).await?) }
    })
    .await?;
    let spent = Spent::of(here)?.since(before[0]).itself + Spent::of_all(beside)?.since(before[1]).whole();
    let mut numbers: Vec<_> = receipts.into_iter().map(|receipt| receipt.body.number).collect();
    numbers.sort();
    numbers.dedup();
    ensure!(numbers.len() == usize::try_from(plan.count)?, "a number was given twice");
    let units = u64::from(plan.count) * u64::from(2 + DOCUMENTS) + u64::try_from(ACCOUNTS)?;
    ensure!(rows.audit_rows().await? == units, "the audit log lacks rows");
    Ok((took, spent))
}

/// The same answers with documents that nobody handed in before.
fn manifests(count: u32) -> Result<Vec<Manifest>> {
    let template = papers(0).manifest;
    let each = |number: u32| {
        let mut manifest = template.clone();
        manifest.application = ApplicationId::new();
        for (at, document) in manifest.documents.iter_mut().enumerate() {
            let at = u32::try_from(at)? % DOCUMENTS;
            document.sha256 = ContentHash::of(format!("{} {number} {at}", manifest.application).as_bytes());
        }
        // A document in each slot, no document in two: the rows of three.
        manifest.documents.truncate(usize::try_from(DOCUMENTS)?);
        Ok(manifest)
    };
    (0..count).map(each).collect()
}

fn papers(number: u64) -> Papers {
    let photo = photo();
    let documents: Vec<_> =
        (0..u64::from(DOCUMENTS)).map(|at| numbered(&photo, number * u64::from(DOCUMENTS) + at)).collect();
    Papers::resident_with(Timestamp::now(), &documents)
}

fn sample() -> Result<Manifest> {
    manifests(1)?.pop().context("one")
}

async fn over_http(plan: &Plan, round: u32, ours: &mut Ours, acked: &mut usize) -> Result<()> {
    let pieces: Vec<HandIn> = (0..u64::from(plan.http)).map(|number| HandIn::of(papers(number))).collect();
    *acked += pieces.len();
    let (counters, base) = (Arc::new(ours.counters.clone()), ours.server.url());
    let before = ours.spent()?;
    let begun = Instant::now();
    clients::work(counters.len(), pieces, move |client, it| {
        let (counters, base) = (Arc::clone(&counters), base.clone());
        async move { ours::hand_in(&counters[client], &base, &it).await }
    })
    .await?;
    let seconds = begun.elapsed().as_secs_f64();
    let spent = ours.spent()?.since(before);
    ours.compare(*acked).await?;
    Turn {
        who: "ours",
        job: OVER_HTTP,
        round,
        operations: plan.http,
        seconds,
        cpu: spent.whole(),
        judging: spent.below,
        found: "every application with its receipt, every document with its hash",
    }
    .tell()
}
