//! The network fails, each way at every step of the way: the account, the manifest, a document, the receipt, the feed.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use anyhow::{Result, anyhow};
use server::{Checker, Config, Running};
use tempfile::TempDir;
use testkit::network::{Fault, Proxy};

use super::{
    Row,
    ground::{Shifted, arrived, hand_in, open},
};
use crate::process::built;

const STEPS: [&str; 4] = ["POST /v1/applications", PUT, "POST /v1/applications", FEED];
const ACCOUNT: &str = "POST /v1/accounts";
const PUT: &str = "PUT /v1/blobs";
const FEED: &str = "GET /v1/feed";

fn faults(chance: &mut fastrand::Rng) -> [(&'static str, Fault); 12] {
    let at = chance.usize(0..6_000);
    [
        ("answer lost after the commit", Fault::LoseAnswer),
        ("request lost", Fault::LoseRequest),
        ("everything heard twice", Fault::Twice),
        ("request cut after N bytes", Fault::CutRequest(at)),
        ("answer cut after N bytes", Fault::CutAnswer(at % 300)),
        ("one bit of the request changed", Fault::DamageRequest(at)),
        ("one bit of the answer changed", Fault::DamageAnswer(at)),
        ("half-open line", Fault::HalfOpen(Duration::from_secs(3))),
        ("delay", Fault::Delay(Duration::from_millis(1500))),
        ("8 kB a second", Fault::Slow(8_000)),
        ("500 in between", Fault::Answer(500)),
        ("503 in between", Fault::Answer(503)),
    ]
}

pub(super) async fn run(rounds: u32, seed: u64, rows: &mut Vec<Row>) -> Result<()> {
    let mut chance = fastrand::Rng::with_seed(seed);
    for which in 0..faults(&mut chance.clone()).len() {
        let mut row = Row::new(format!("network: {}", faults(&mut chance.clone())[which].0));
        let ground = Ground::open().await?;
        for _ in 0..rounds {
            ground.round(faults(&mut chance)[which].1, &mut row).await?;
        }
        ground.close(&mut row).await?;
        let broken = row.violation().is_some();
        rows.push(row);
        if broken {
            break;
        }
    }
    Ok(())
}

/// Office, network and desk; the office keeps what it keeps in a folder of its own.
pub(super) struct Ground {
    folder: TempDir,
    pub(super) office: Running,
    network: Proxy,
    pub(super) desk: desk::Desk,
}

impl Ground {
    async fn open() -> Result<Self> {
        Self::with_clocks(Shifted::default(), Shifted::default()).await
    }

    pub(super) async fn with_clocks(of_desk: Shifted, of_office: Shifted) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let checker = Checker::ChildProcess(built("yiban-checker")?);
        let mut config = Config::new(folder.path().join("office"), checker);
        config.listen = ([127, 0, 0, 1], 0).into();
        config.clock = Arc::new(move || of_office.time());
        let office = server::start(config).await?;
        let network = Proxy::start().await;
        network.open(&office.url);
        let desk = open(folder.path(), &network.url(), of_desk).await?;
        Ok(Self { folder, office, network, desk })
    }

    /// One application on whose way the fault strikes once at every step.
    async fn round(&self, fault: Fault, row: &mut Row) -> Result<()> {
        // Without TLS nothing but its hash tells a document from a damaged one, and nothing at all a manifest, an
        // account, or the key that it is answered with.
        let tells = |step: &str| match fault {
            Fault::DamageRequest(_) => step == PUT,
            Fault::DamageAnswer(_) => step != ACCOUNT,
            _ => true,
        };
        let opening = (row.rounds == 0).then_some(ACCOUNT);
        for step in opening.into_iter().chain(STEPS).filter(|step| tells(step)) {
            self.network.next(step, fault);
        }
        self.struck(hand_in(&self.desk, self.folder.path()).await?, row).await?;
        row.rounds += 1;
        Ok(())
    }

    /// Waits for the receipt. The feed's turn comes when it is asked next; whatever else had none proves nothing.
    async fn struck(&self, application: protocol::ApplicationId, row: &mut Row) -> Result<()> {
        arrived(&self.desk, application).await?;
        let left = self.network.heal();
        if left.iter().any(|step| *step != FEED) {
            row.unsound = Some(format!("the fault did not strike at {left:?}"));
        }
        row.acked += 1;
        Ok(())
    }

    pub(super) async fn hand_in(&self) -> Result<protocol::ApplicationId> {
        hand_in(&self.desk, self.folder.path()).await
    }

    /// The next answers to manifest, document and receipt are lost after the commit.
    pub(super) fn lose_answers(&self) {
        for step in &STEPS[..3] {
            self.network.next(step, Fault::LoseAnswer);
        }
    }

    /// Compares what the desk says was received with what the office has.
    pub(super) async fn close(self, row: &mut Row) -> Result<()> {
        let cases = self.desk.cases().await.map_err(|explained| anyhow!("{explained:?}"))?;
        let numbers: BTreeSet<_> = cases.iter().filter_map(|case| case.number.clone()).collect();
        self.desk.close().await;
        self.office.stop().await;
        let data = self.folder.path().join("office");
        let at_office = in_office(&data).await?;
        row.lost =
            u64::try_from(numbers.iter().filter(|number| !at_office.contains(number.as_str())).count())?;
        row.doubled = u64::try_from(at_office.len().saturating_sub(numbers.len()))?;
        if let Err(fault) = server::verify(&data).await {
            row.unsound = Some(fault.to_string());
        }
        Ok(())
    }
}

/// The numbers that an office has issued.
pub(super) async fn in_office(data: &std::path::Path) -> Result<BTreeSet<String>> {
    use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
    let file = SqliteConnectOptions::new().filename(data.join("office.sqlite")).read_only(true);
    let mut reader = file.connect().await?;
    let numbers: Vec<String> = sqlx::query_scalar("SELECT number FROM applications WHERE number IS NOT NULL")
        .fetch_all(&mut reader)
        .await?;
    reader.close().await?;
    Ok(numbers.into_iter().collect())
}
