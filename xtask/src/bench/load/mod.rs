//! `cargo xtask bench intake|upload|submission|herd`: the office under load, beside the programs that do such work
//! elsewhere. The load is the program `load` of the package `tests`; here it is built and started with its peers, and
//! what it tells is held against the goals.

mod goals;
mod herd;
mod kept;
mod peers;
mod table;
mod turns;

use std::fs;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use serde_json::Value;

use crate::{
    page,
    program::{self, Profile},
    shell,
    steps::Steps,
};
use peers::Peer;
use turns::{Row, Turn};

use super::goal::Goal;

/// Options of these benches.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Print the figures without keeping them in the history.
    #[arg(long)]
    dry_run: bool,
    /// The day that stands in the history; the commit's by default.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Date>,
    /// For the load: `--rounds 5`, `--count N` operations a turn, `--clients 8`; `load BENCH --help` has all.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "LOAD")]
    load: Vec<String>,
}

/// A bench of this family.
pub(super) struct Bench {
    name: &'static str,
    peers: &'static [Peer],
    /// The head of its history.
    about: &'static str,
    goals: fn(&[Row]) -> Vec<Goal>,
    remarks: fn(&[Row]) -> Vec<String>,
}

pub(super) const INTAKE: Bench = Bench {
    name: "intake",
    peers: &[Peer::Postgres],
    about: "\
# Intake: rows of submissions, as fast as they come

Appended by `cargo xtask bench intake`. **Rows**: our store without HTTP, everything that a submission of three documents asks of
it: the manifest (about 3 kB), three documents, the receipt; 5 units of work that write, on
PostgreSQL 3 that read, 256 submissions under way (128 until b42cc62). Beside it, **SQLite itself** (rusqlite, the same library): the rows that ours had just written,
written again with the same pragmas (WAL, `synchronous=FULL`) and 128 units to a commit, by prepared statements; it reads
nothing, hashes nothing and can refuse nothing. **pgbench**: the same transactions and statements as ours on PostgreSQL (default
settings, `fsync`, the same 24 connections), nothing computed in between. Processor time includes PostgreSQL's. **Over HTTP**: the
whole way at a running office, with judging, hashing and looking into three small documents. Goals: 0.8 of SQLite's throughput,
0.7 of pgbench's.
",
    goals: goals::intake,
    remarks: |_| Vec::new(),
};

pub(super) const UPLOAD: Bench = Bench {
    name: "upload",
    peers: &[Peer::Nginx],
    about: "\
# Upload: documents over HTTP

Appended by `cargo xtask bench upload`: `PUT` of documents that were declared before. Ours proves the hash, reads
every bit of the picture, flushes file and folder, and keeps a row before it answers; nginx (`dav_methods PUT`) writes and
renames a file, and neither hashes, looks, nor flushes. **hashed, read and flushed, no more**: the same photographs, one after the
other in one thread, without a line and without rows; whoever promises what we promise does this besides. Goal: CPU of receiving,
which is ours without looking, at most 1.25 of nginx.
",
    goals: goals::upload,
    remarks: goals::beside_the_least,
};

pub(super) const SUBMISSION: Bench = Bench {
    name: "submission",
    peers: &[Peer::PocketBase, Peer::OdkCentral],
    about: "\
# Submission: complete applications over HTTP

Appended by `cargo xtask bench submission`: a resident's enrolment with its answers and photographs until the contender has said
that all of it is there. Ours judges the answers with the form engine, proves hashes, reads every bit of each photograph,
flushes everything and signs a receipt. PocketBase takes the same in one request and flushes nothing, so that a power
cut may take back what it acknowledged; its log of requests is off. ODK Central's backend, in production mode, keeps answers and
photographs in a PostgreSQL with its default settings, whose processes count. Goals: PocketBase takes at least 2.5 times our
CPU, ODK Central 6 times; looking into documents counts. **hashed, read and flushed, no more**: the photographs alone, one after
the other in one thread; nobody who does this for them comes below it.
",
    goals: goals::submission,
    remarks: goals::without_looking,
};

/// Measures, prints the figures beside the goals, keeps them.
pub(super) fn run(bench: &Bench, options: &Options) -> Result<()> {
    let Measured { told, load, missing } = measure(bench.name, bench.peers, options)?;
    let turns: Vec<Turn> = told.iter().filter_map(turns::turn).collect();
    let rows = turns::rows(&turns);
    let mut remarks = (bench.remarks)(&rows);
    let absent = missing.iter().map(|(peer, why)| (peer.name(), why.as_str()));
    let failed = told.iter().filter_map(|line| Some((line["missing"].as_str()?, line["why"].as_str()?)));
    remarks.extend(absent.chain(failed).map(|(peer, why)| format!("NOT THERE: {peer}: {why}")));
    remarks.push(format!("load average {load}"));
    table::print(&rows, &(bench.goals)(&rows), &remarks);
    if options.dry_run {
        return Ok(());
    }
    kept::append(bench.name, bench.about, &rows, &load, options.day)
}

/// Thousands of desks at once.
pub(super) fn run_herd(options: &Options) -> Result<()> {
    let measured = measure("herd", &[], options)?;
    herd::tell(&measured.told, &measured.load, options.day, !options.dry_run)
}

/// What the load told.
struct Measured {
    told: Vec<Value>,
    /// Load average before and after.
    load: String,
    missing: Vec<(Peer, String)>,
}

/// Builds, gets the peers, runs the load.
fn measure(bench: &str, peers: &[Peer], options: &Options) -> Result<Measured> {
    if !cfg!(target_os = "linux") {
        bail!("what a process has spent is read as Linux tells it: these benches need Linux");
    }
    // The folder for temporary files may be memory, which is flushed for nothing.
    let folder = shell::root().join("target/load");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let mut steps = Steps::new(4);
    steps.step("Page", || page::install().and_then(|()| page::build()))?;
    steps.step("Programs", || {
        program::build_only(Profile::Release, &["yiban-server", "yiban-checker", "load"])
    })?;
    let ready = steps.step("Peers", || Ok(peers::ready(peers)))?;
    let before = load_average();
    let told = steps.step("Rounds", || {
        let mut command = shell::program(program::path_in(Profile::Release, "load"));
        command.arg(bench).args(&options.load).env("TMPDIR", &folder);
        for (option, place) in &ready.options {
            command.arg(option).arg(place);
        }
        turns::told(&mut command)
    })?;
    let load = format!("{before} → {}", load_average());
    Ok(Measured { told, load, missing: ready.missing })
}

/// Of the last minute; empty where no kernel tells.
fn load_average() -> String {
    let told = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split_whitespace().next().unwrap_or_default().to_owned()
}
