//! The load that `cargo xtask bench intake|upload|submission|herd` puts on an office and on the programs it is measured
//! beside: who takes turns, what is counted, and whether everything is there afterwards. Prints a line of JSON for each
//! measurement; what they mean together is `xtask`'s business.

mod clients;
mod cpu;
mod herd;
mod intake;
mod least;
mod multipart;
mod nginx;
mod odk;
mod ours;
mod parcel;
mod pgbench;
mod pocketbase;
mod sqlite;
mod submission;
mod upload;

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

/// A bench.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Bench {
    /// Rows of submissions, beside SQLite itself and pgbench; and the whole way over HTTP.
    Intake(intake::Plan),
    /// Documents over HTTP, beside nginx.
    Upload(upload::Plan),
    /// Thousands of desks at once after the office was away.
    Herd(herd::Plan),
    /// Complete applications over HTTP, beside PocketBase and ODK Central.
    Submission(submission::Plan),
}

/// Where the programs are that we are measured beside; those that are not named are left out.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Peers {
    /// `nginx`.
    #[arg(long)]
    nginx: Option<PathBuf>,
    /// `pocketbase`.
    #[arg(long)]
    pocketbase: Option<PathBuf>,
    /// A checkout of ODK Central's backend with its packages.
    #[arg(long)]
    odk: Option<PathBuf>,
    /// The Node.js that it asks for.
    #[arg(long)]
    node: Option<PathBuf>,
}

/// Runs one of them.
///
/// # Errors
/// What kept it from running, and anything that was acknowledged and is not there.
pub async fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Intake(plan) => intake::run(plan).await,
        Bench::Herd(plan) => herd::run(plan).await,
        Bench::Upload(plan) => upload::run(plan).await,
        Bench::Submission(plan) => submission::run(plan).await,
    }
}

/// One contender's turn in one round.
#[derive(Debug, Clone, Serialize)]
struct Turn<'t> {
    who: &'t str,
    job: &'t str,
    round: u32,
    /// How many were acknowledged.
    operations: u32,
    /// By the clock on the wall.
    seconds: f64,
    /// Processor seconds of the contender, everything it started included.
    cpu: f64,
    /// Of these, for looking into documents (ours only): by children, and what reading photographs takes by itself.
    judging: f64,
    /// What was found there afterwards.
    found: &'t str,
}

/// A peer that was to take part and does not.
fn missing(peer: &str, why: &anyhow::Error) -> Result<()> {
    println!("{}", serde_json::to_string(&json!({ "missing": peer, "why": format!("{why:#}") }))?);
    Ok(())
}

impl Turn<'_> {
    fn tell(&self) -> Result<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}
