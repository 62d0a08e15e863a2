//! The programs take turns at a job; what each run cost is kept.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{
    jobs::{Job, Kind},
    peers::{Peers, Tool},
};
use crate::measuring::{self, Cost, median};

/// What a program needed for a job: medians over the rounds.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) tool: Tool,
    /// The file it made last.
    pub(super) file: PathBuf,
    /// Seconds of the process; for ours without what no peer does (findings, small picture, check).
    pub(super) cpu: f64,
    /// The same with findings and the small picture; only ours.
    pub(super) road: Option<f64>,
    /// Seconds inside a process that has done such a job before, where that is measured.
    pub(super) inside: Option<f64>,
    /// Most memory held, bytes.
    pub(super) peak: f64,
    pub(super) bytes: f64,
    pub(super) size: Option<(u64, u64)>,
    /// Of the picture, or of each page.
    pub(super) ssim: Vec<f64>,
}

/// A job with what everybody needed for it.
pub(super) struct Measured {
    pub(super) job: Job,
    pub(super) rows: Vec<Row>,
    /// Seconds that reading the source and writing the result cost at least.
    pub(super) floor: Option<f64>,
}

impl Measured {
    pub(super) fn row(&self, tool: Tool) -> Option<&Row> {
        self.rows.iter().find(|row| row.tool == tool)
    }
}

/// One run: what the system counted, and what the program said.
struct Run {
    cost: Cost,
    said: Value,
}

impl Run {
    fn said(&self, name: &str) -> f64 {
        self.said[name].as_f64().unwrap_or(0.0)
    }
}

/// Measures one job.
pub(super) fn measure(job: Job, peers: &Peers, folder: &Path, rounds: u32) -> Result<Measured> {
    println!("   {}", job.name);
    let (corpus, results) = (folder.join("corpus"), folder.join("results"));
    std::fs::create_dir_all(&results).context("could not make a folder for the results")?;
    let file = |tool: Tool| {
        let source = job.sources.first().unwrap_or(&"").replace('.', "-");
        let suffix = if job.kind == Kind::Picture { "jpg" } else { "pdf" };
        results.join(format!("{source}-{tool:?}.{suffix}"))
    };
    let mut tools: Vec<(Tool, Vec<Run>)> =
        Tool::of(job.kind).iter().map(|tool| (*tool, Vec::new())).collect();
    tools.retain(|(tool, _)| peers.command(*tool, &job, &corpus, &file(*tool)).is_some());
    for round in 0..rounds {
        // Everybody is first and last in turn.
        let first = usize::try_from(round).unwrap_or(0) % tools.len().max(1);
        tools.rotate_left(first);
        for (tool, runs) in &mut tools {
            let Some(mut command) = peers.command(*tool, &job, &corpus, &file(*tool)) else { continue };
            let notes = results.join("said");
            let cost = measuring::run(&mut command, &notes)?;
            runs.push(Run { cost, said: measuring::figures(&notes) });
        }
        tools.rotate_right(first);
    }
    let of = |wanted: Tool| tools.iter().find(|(tool, _)| *tool == wanted).map(|(_, runs)| runs.as_slice());
    let mut rows = Vec::new();
    for (tool, runs) in &tools {
        match tool {
            Tool::OursWarm | Tool::SharpWarm | Tool::Floor => {}
            Tool::Ours => rows.push(row(*tool, file(*tool), runs, of(Tool::OursWarm), bare)?),
            Tool::Sharp => rows.push(row(*tool, file(*tool), runs, of(Tool::SharpWarm), |_| 0.0)?),
            _ => rows.push(row(*tool, file(*tool), runs, None, |_| 0.0)?),
        }
    }
    let floor = of(Tool::Floor).map(|runs| median(runs.iter().map(|run| run.said("floor"))));
    Ok(Measured { job, rows, floor })
}

/// Seconds of a run of ours that no peer spends: findings, small picture and check.
fn bare(run: &Run) -> f64 {
    let ours_only = run.said("road") - run.said("bare") + run.said("check");
    if run.said["bare"].is_null() { 0.0 } else { ours_only }
}

fn row(
    tool: Tool,
    file: PathBuf,
    runs: &[Run],
    warm: Option<&[Run]>,
    beyond: impl Fn(&Run) -> f64,
) -> Result<Row> {
    let bytes = std::fs::metadata(&file).with_context(|| format!("{} made no file", tool.name()))?.len();
    if bytes == 0 {
        bail!("{} made an empty file", tool.name());
    }
    let whole = |run: &Run| run.cost.cpu - run.said("check");
    let bare_inside = |run: &Run| run.said["bare"].as_f64().unwrap_or_else(|| run.said("road"));
    Ok(Row {
        tool,
        cpu: median(runs.iter().map(|run| run.cost.cpu - beyond(run))),
        road: (tool == Tool::Ours).then(|| median(runs.iter().map(whole))),
        inside: warm.map(|warm| median(warm.iter().map(bare_inside))),
        peak: median(runs.iter().map(|run| run.cost.peak)),
        bytes: float(bytes),
        size: None,
        ssim: Vec::new(),
        file,
    })
}

#[allow(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}
