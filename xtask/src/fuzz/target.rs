//! Running one target for its time.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::{compiled, crate_folder, work};
use crate::{measuring, shell::program};

/// Memory of the process with the sanitizer's own, MB: many times what the small limits of the targets need.
const MOST_MEMORY: &str = "-rss_limit_mb=512";
/// One allocation, MB: the limits of the targets allow pictures of 400 000 pixels.
const MOST_AT_ONCE: &str = "-malloc_limit_mb=96";
/// One input, in seconds of processor time.
const LONGEST: f64 = 10.0;
/// libFuzzer looks at the clock on the wall, which goes on while a busy machine does other things: what it
/// calls a hang is run again, alone, and judged by [`LONGEST`].
const SUSPICIOUS: &str = "-timeout=30";
/// Length of an input, bytes: the samples are shorter, and what is short is tried more often.
const MOST_BYTES: &str = "-max_len=12288";
/// After so many broken promises a target is left alone.
const MOST_BROKEN: usize = 10;

/// What happened.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) target: &'static str,
    pub(super) runs: u64,
    pub(super) seconds: u64,
    /// Processor time, seconds.
    pub(super) cpu: f64,
    /// Seconds on the wall of the input that took longest; 0 where all took less than one.
    pub(super) slowest: u64,
    /// Most memory of the process, sanitizer included, MB.
    pub(super) peak: u64,
    /// Inputs that broke a promise.
    pub(super) artifacts: Vec<PathBuf>,
}

/// Runs a target; after a broken promise it goes on with the time that is left.
pub(super) fn run(target: &'static str, minutes: u64) -> Result<Outcome> {
    let begun = Instant::now();
    let time = Duration::from_secs(minutes * 60);
    let artifacts = work().join("artifacts").join(target);
    let corpus = work().join("corpus").join(target);
    for folder in [&artifacts, &corpus] {
        fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    }
    let before = files(&artifacts);
    let mut outcome = Outcome { target, ..Outcome::default() };
    loop {
        let left = time.saturating_sub(begun.elapsed()).as_secs();
        if left == 0 || outcome.artifacts.len() >= MOST_BROKEN {
            break;
        }
        let (said, cpu) = once(target, &corpus, &artifacts, left)?;
        outcome.cpu += cpu;
        let stat = |name: &str| stat(&said, name).unwrap_or(0);
        outcome.runs += stat("number_of_executed_units");
        outcome.slowest = outcome.slowest.max(stat("slowest_unit_time_sec"));
        outcome.peak = outcome.peak.max(stat("peak_rss_mb"));
        let new = |file: &PathBuf| !before.contains(file) && !outcome.artifacts.contains(file);
        let found: Vec<PathBuf> = files(&artifacts).into_iter().filter(new).collect();
        if found.is_empty() {
            break;
        }
        for file in found {
            if is_only_late(target, &file)? {
                fs::remove_file(&file).with_context(|| format!("could not remove {}", file.display()))?;
            } else {
                outcome.artifacts.push(file);
            }
        }
    }
    outcome.seconds = begun.elapsed().as_secs();
    Ok(outcome)
}

/// One process: what it said, and its processor time.
fn once(target: &str, corpus: &Path, artifacts: &Path, seconds: u64) -> Result<(String, f64)> {
    let mut command = libfuzzer(target)?;
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args([MOST_MEMORY, MOST_AT_ONCE, SUSPICIOUS, MOST_BYTES, "-print_final_stats=1"]);
    command.arg(format!("-max_total_time={seconds}")).arg(corpus).args(known(target));
    let notes = work().join(target);
    let (_, cost) = measuring::spent(&mut command, &notes)?;
    let said = measuring::complaints(&notes);
    // What broke is told among the last lines.
    for line in said.lines().filter(|line| line.contains("panicked") || line.starts_with("SUMMARY")) {
        println!("   {line}");
    }
    Ok((said, cost.cpu))
}

/// Whether an input that was called a hang is none by its processor time.
fn is_only_late(target: &str, input: &Path) -> Result<bool> {
    let name = input.file_name().unwrap_or_default().to_string_lossy();
    if !name.starts_with("timeout-") && !name.starts_with("slow-unit-") {
        return Ok(false);
    }
    let mut command = libfuzzer(target)?;
    command.arg("-timeout=600").arg(input);
    let (status, cost) = measuring::spent(&mut command, &work().join(format!("{target}-again")))?;
    println!("   {name}: {:.1} s of processor time", cost.cpu);
    Ok(status.success() && cost.cpu < LONGEST)
}

/// A compiled target, as patient as the machine is busy.
pub(super) fn libfuzzer(target: &str) -> Result<Command> {
    let mut command = program("nice");
    command.args(["-n", "19"]).arg(compiled(target)?);
    // A small quarantine: memory is measured. Leaks are no promise of ours.
    command.env("ASAN_OPTIONS", "detect_odr_violation=0:detect_leaks=0:quarantine_size_mb=8");
    Ok(command)
}

/// Folders of inputs that were there before: seeds, those that once broke a promise, those that are kept.
pub(super) fn known(target: &str) -> Vec<PathBuf> {
    let folders = [
        work().join("seeds").join(target),
        crate_folder().join("found").join(target),
        crate_folder().join("corpus").join(target),
    ];
    folders.into_iter().filter(|folder| folder.exists()).collect()
}

/// The files of a folder, in order of their names.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// `stat::number_of_executed_units: 8192`
fn stat(said: &str, name: &str) -> Option<u64> {
    let line =
        said.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':'));
    line?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_figures_are_read() {
        let said = "#12 DONE\nstat::number_of_executed_units: 8192\nstat::peak_rss_mb:              142\n";
        assert_eq!(stat(said, "number_of_executed_units"), Some(8192));
        assert_eq!(stat(said, "peak_rss_mb"), Some(142));
        assert_eq!(stat(said, "slowest_unit_time_sec"), None);
    }
}
