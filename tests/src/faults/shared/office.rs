//! Copies of an office that share a real PostgreSQL and a real S3 server.

use std::fs;

use anyhow::{Context, Result};
use tempfile::TempDir;
use testkit::services::{Postgres, S3};
use tokio::task::spawn_blocking;

use super::proof;
use crate::{
    faults::{Row, ledger::Ledger},
    office_process::Server,
};

/// What all copies sign with.
const KEY: &str = "0102030405060708091011121314151617181920212223242526272829303132";
/// Where documents lie within the bucket.
const PREFIX: &str = "blobs";

/// One of the services.
#[derive(Debug, Clone, Copy)]
pub(super) enum Service {
    Database,
    Documents,
}

/// An office at several addresses.
pub(super) struct SharedOffice {
    // Dropped before what they stand on.
    pub(super) copies: Vec<Server>,
    // Lent to another thread while they go down or come up.
    postgres: Option<Postgres>,
    s3: Option<S3>,
    folder: TempDir,
}

impl SharedOffice {
    pub(super) async fn open(copies: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let postgres = spawn_blocking(Postgres::start).await?.context("PostgreSQL went away")?;
        let s3 = spawn_blocking(S3::start).await?.context("the S3 server went away")?;
        let database = postgres.url().to_owned();
        let options =
            ["--database".into(), database, "--attachments".into(), format!("s3://{}/{PREFIX}", S3::BUCKET)];
        let mut variables = s3.environment().to_vec();
        variables.push(("YIBAN_SERVER_RECEIPT_KEY", KEY.to_owned()));
        let mut office = Self { copies: Vec::new(), postgres: Some(postgres), s3: Some(s3), folder };
        for copy in 0..copies {
            let own = office.folder.path().join(copy.to_string());
            fs::create_dir(&own)?;
            let mut server = Server::new(&own)?.with(options.to_vec(), variables.clone());
            server.start().await.with_context(|| format!("copy {copy}"))?;
            office.copies.push(server);
        }
        Ok(office)
    }

    /// Where its copies are.
    pub(super) fn urls(&self) -> Vec<String> {
        self.copies.iter().map(Server::url).collect()
    }

    /// `kill -9` of a service.
    pub(super) async fn kill(&mut self, service: Service) -> Result<()> {
        self.on(service, Postgres::kill, S3::kill).await
    }

    /// Starts a service on what it left.
    pub(super) async fn start_again(&mut self, service: Service) -> Result<()> {
        self.on(service, Postgres::start_again, S3::start_again).await
    }

    /// Beside the load: both wait for processes.
    async fn on(
        &mut self,
        service: Service,
        to_postgres: fn(&mut Postgres),
        to_s3: fn(&mut S3),
    ) -> Result<()> {
        match service {
            Service::Database => {
                let mut it = self.postgres.take().context("a database")?;
                let back = spawn_blocking(move || {
                    to_postgres(&mut it);
                    it
                });
                self.postgres = Some(back.await.context("PostgreSQL")?);
            }
            Service::Documents => {
                let mut it = self.s3.take().context("an S3 server")?;
                let back = spawn_blocking(move || {
                    to_s3(&mut it);
                    it
                });
                self.s3 = Some(back.await.context("the S3 server")?);
            }
        }
        Ok(())
    }

    /// Looks at everything in the database and in the bucket.
    pub(super) async fn prove(&self, ledger: &Ledger, row: &mut Row) -> Result<()> {
        let database = self.postgres.as_ref().context("a database")?.url();
        ledger.judge(row, proof::sound(database, &self.documents()?, ledger.key()).await?)
    }

    /// The address below which documents lie.
    pub(super) fn documents(&self) -> Result<String> {
        let s3 = self.s3.as_ref().context("an S3 server")?;
        let [(_, endpoint), ..] = s3.environment();
        Ok(format!("{endpoint}/{}/{PREFIX}", S3::BUCKET))
    }
}
