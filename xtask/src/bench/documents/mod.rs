//! `cargo xtask bench documents`: making photos, scans and PDFs fit, beside the programs that experts use.
//! Each run of each program is a process of its own; the programs take turns, so that whatever else the
//! machine does meets all of them.

mod corpus;
mod goals;
mod jobs;
mod kept;
mod peers;
mod rounds;
mod similarity;
mod table;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use jiff::civil::Date;

use crate::{
    program::{self, Profile},
    shell::{self, cargo, check},
    steps::Steps,
};
use jobs::Kind;

/// Bytes that a fit file may have.
const LIMIT: f64 = 2_000_000.0;

/// Options of `bench documents`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these jobs.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// How often each program does each job.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Print the figures without keeping them in the history.
    #[arg(long)]
    dry_run: bool,
    /// The day that stands in the history; the commit's by default.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Date>,
}

/// A part of the jobs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Photos and scans become a JPEG.
    Images,
    /// A large PDF becomes a small one.
    Pdf,
    /// Pictures become one PDF.
    Merge,
}

impl Part {
    fn has(self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Images, Kind::Picture) | (Self::Pdf, Kind::Pdf) | (Self::Merge, Kind::Merge)
        )
    }
}

/// Measures, prints the figures beside the goals and keeps them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = shell::root().join("target/xtask/documents");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let mut steps = Steps::new(5);
    steps.step("Our programs", || {
        let examples = ["measure", "similarity", "corpus"].map(|name| ["--example", name]).concat();
        check(cargo().args(["build", "--quiet", "--release", "--package", "documents"]).args(examples))
    })?;
    let peers = steps.step("Peers", || Ok(peers::ready(&folder)))?;
    steps.step("Corpus", || corpus::make(&folder.join("corpus")))?;
    let wanted = jobs::all().into_iter().filter(|job| options.only.is_none_or(|part| part.has(job.kind)));
    let mut measured = steps.step("Rounds", || {
        wanted.map(|job| rounds::measure(job, &peers, &folder, options.rounds)).collect::<Result<Vec<_>>>()
    })?;
    steps.step("Similarity", || measured.iter_mut().try_for_each(|job| similarity::judge(job, &folder)))?;
    println!();
    for job in &measured {
        table::print(job);
    }
    table::sum_up(&measured);
    if options.dry_run {
        return Ok(());
    }
    kept::append(&measured, options.day)
}

/// A program of ours, optimised.
fn ours(name: &str) -> PathBuf {
    program::path_in(Profile::Release, &format!("examples/{name}"))
}
