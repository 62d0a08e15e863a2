//! PostgreSQL itself, by its own bench: the transactions of one application, statement by statement, without a program
//! that computes anything in between.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use protocol::Manifest;
use testkit::services::Postgres;

use crate::process::output_of;

/// As many connections as a copy of the office has (`server::store::postgres`).
const CONNECTIONS: u32 = 24;

/// The script, and what stands in it.
pub(super) struct Statements {
    script: PathBuf,
    manifest: String,
    receipt: String,
}

impl Statements {
    /// With rows of the size that this manifest makes.
    pub(super) fn write(folder: &Path, manifest: &Manifest) -> Result<Self> {
        let script = folder.join("pgbench.sql");
        fs::write(&script, include_str!("pgbench.sql"))?;
        let manifest_text = serde_json::to_string(manifest)?;
        // A receipt is the manifest's documents and some 450 bytes of its own.
        let receipt = format!("{}{}", serde_json::to_string(&manifest.documents)?, "r".repeat(450));
        Ok(Self { script, manifest: manifest_text, receipt })
    }

    /// Runs `count` of them, or a few less where that is no multiple of the connections; how long it took, and how many.
    pub(super) fn run(
        &self,
        postgres: &Postgres,
        database: &str,
        accounts: u32,
        count: u32,
    ) -> Result<(Duration, u32)> {
        let hash = "h".repeat(64);
        psql(
            postgres,
            database,
            &format!(
                "INSERT INTO accounts (id, secret_sha256, opened_at) \
                 SELECT '{}' || number, '{hash}', 0 FROM generate_series(1, {accounts}) number",
                "p".repeat(17)
            ),
        )?;
        let each = count.div_ceil(CONNECTIONS);
        let variables = [
            ("accounts", accounts.to_string()),
            ("pad17", "p".repeat(17)),
            ("pad45", "d".repeat(45)),
            ("hash", hash),
            ("manifest", self.manifest.clone()),
            ("receipt", self.receipt.clone()),
        ];
        let mut arguments: Vec<String> =
            ["-n", "-M", "prepared", "-U", "office", "-j", "2", "-h"].map(str::to_owned).into();
        arguments.push(postgres.socket().to_string_lossy().into_owned());
        arguments.extend(["-c".into(), CONNECTIONS.to_string(), "-t".into(), each.to_string(), "-f".into()]);
        arguments.push(self.script.to_string_lossy().into_owned());
        for (name, value) in variables {
            arguments.extend(["-D".into(), format!("{name}={value}")]);
        }
        arguments.push(database.to_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let begun = Instant::now();
        output_of(postgres.program("pgbench"), &arguments, &[])?;
        Ok((begun.elapsed(), each * CONNECTIONS))
    }
}

/// An empty database.
pub(super) fn make(postgres: &Postgres, database: &str) -> Result<()> {
    psql(postgres, "postgres", &format!("CREATE DATABASE {database}")).map(drop)
}

/// How to reach it.
pub(super) fn url(postgres: &Postgres, database: &str) -> String {
    postgres.url().replace("/postgres?", &format!("/{database}?"))
}

/// Every application must have its receipt and its number; how many bytes it takes, indexes included.
pub(super) fn count(postgres: &Postgres, database: &str, wanted: u32) -> Result<u64> {
    let there = psql(
        postgres,
        database,
        "SELECT COUNT(r.receipt) FILTER (WHERE a.number IS NOT NULL AND a.status = 'submitted') \
         FROM revisions r JOIN applications a ON a.id = r.application_id",
    )?;
    ensure!(
        there.parse::<u32>().context("a number")? == wanted,
        "{database} has {there} of {wanted} receipts"
    );
    let bytes: u64 = psql(
        postgres,
        database,
        "SELECT SUM(pg_total_relation_size(oid)) FROM pg_class \
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    )?
    .parse()?;
    Ok(bytes / u64::from(wanted))
}

fn psql(postgres: &Postgres, database: &str, sql: &str) -> Result<String> {
    let socket = postgres.socket().to_string_lossy().into_owned();
    let login = ["-h", &socket, "-U", "office", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", sql];
    output_of(postgres.program("psql"), &login, &[])
}
