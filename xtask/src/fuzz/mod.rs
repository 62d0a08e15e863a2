//! `cargo xtask fuzz`: bytes that nobody would send, for minutes on end, to every door of `documents`.
//!
//! The targets are compiled by cargo-fuzz, with the compiler that is here, the address sanitizer where the
//! toolchain has it, and debug assertions and overflow checks on. What a run finds on its way is kept in
//! `target/`; a small choice of it, made by `-merge`, stands in the repository and is replayed by an
//! ordinary test.

mod kept;
mod target;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{
    shell::{cargo, check, output, program, root, succeeds},
    steps::Steps,
};
use target::Outcome;

/// All targets, quickest to run first.
const TARGETS: [&str; 9] = ["sniff", "bmp", "gif", "png", "webp", "tiff", "jpeg", HEIC, "pdf"];
/// The one that needs a feature, which no other is compiled with.
const HEIC: &str = "heic";

/// Options of `fuzz`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these; all by default.
    #[arg(value_parser = TARGETS)]
    targets: Vec<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Do not choose anew what stands in the repository.
    #[arg(long)]
    leave_kept: bool,
}

/// Builds, runs one target after the other, and tells what was found.
pub(crate) fn run(options: &Options) -> Result<()> {
    let wanted =
        |target: &&str| options.targets.is_empty() || options.targets.iter().any(|name| name == target);
    let targets: Vec<&str> = TARGETS.iter().copied().filter(wanted).collect();
    let mut steps = Steps::new(3 + targets.len());
    steps.step("cargo-fuzz", || {
        if succeeds(cargo().args(["fuzz", "--version"])) {
            return Ok(());
        }
        check(cargo().args(["install", "--locked", "cargo-fuzz"]))
    })?;
    steps.step("Seeds", || {
        let seeds = ["run", "--quiet", "--package", "documents", "--example", "seeds", "--"];
        check(cargo().args(seeds).arg(work().join("seeds")))
    })?;
    steps.step("Targets", || {
        if targets.iter().any(|target| *target != HEIC) {
            build(&[])?;
        }
        if targets.contains(&HEIC) {
            build(&["--features", HEIC, HEIC])?;
        }
        Ok(())
    })?;
    let mut outcomes = Vec::new();
    for target in targets {
        outcomes.push(steps.step(target, || {
            let outcome = target::run(target, options.minutes)?;
            if !options.leave_kept {
                kept::choose(target)?;
            }
            Ok(outcome)
        })?);
    }
    table(&outcomes);
    let broken: usize = outcomes.iter().map(|outcome| outcome.artifacts.len()).sum();
    if broken > 0 {
        bail!("{broken} inputs broke a promise; they lie in {}", work().join("artifacts").display());
    }
    Ok(())
}

/// Where everything lies that is not kept.
fn work() -> PathBuf {
    root().join("target/xtask/fuzz")
}

/// Where the fuzz targets' own crate is.
fn crate_folder() -> PathBuf {
    root().join("crates/documents/fuzz")
}

/// Compiles all targets, or with a feature the one that needs it.
fn build(options: &[&str]) -> Result<()> {
    let mut command = cargo();
    // Instrumenting is an option of unstable compilers; this says that we know.
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", root().join("target/fuzz"));
    command.current_dir(root().join("crates/documents"));
    // Left to itself cargo-fuzz compiles each crate in one piece.
    command.args(["fuzz", "build", "--fuzz-dir", "fuzz", "--codegen-units", "16"]);
    if !has_sanitizer() {
        println!("   this toolchain has no address sanitizer: assertions and overflow checks only");
        command.args(["--sanitizer", "none"]);
    }
    check(command.args(options))
}

fn has_sanitizer() -> bool {
    let libraries = output(program("rustc").args(["--print", "target-libdir"])).unwrap_or_default();
    let names = std::fs::read_dir(libraries).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.into_iter().any(|name| name.to_string_lossy().contains("_rt.asan"))
}

/// Where cargo-fuzz puts a compiled target: below the name of the system it is for.
fn compiled(target: &str) -> Result<PathBuf> {
    let said = output(program("rustc").arg("-vV")).unwrap_or_default();
    let Some(host) = said.lines().find_map(|line| line.strip_prefix("host: ")) else {
        bail!("`rustc -vV` does not say for which system it compiles");
    };
    Ok(root().join("target/fuzz").join(host).join("release").join(target))
}

#[allow(clippy::cast_precision_loss, reason = "runs are counted in millions")]
fn table(outcomes: &[Outcome]) {
    println!("\n   target        runs    seconds  CPU s   runs/CPU s  broken  slowest s  peak MB   kept");
    for outcome in outcomes {
        let (count, bytes) = kept::size(outcome.target);
        println!(
            "   {:<8} {:>9} {:>10} {:>6.0} {:>12.0} {:>7} {:>10} {:>8}   {count} inputs, {:.0} kB",
            outcome.target,
            outcome.runs,
            outcome.seconds,
            outcome.cpu,
            outcome.runs as f64 / outcome.cpu.max(0.1),
            outcome.artifacts.len(),
            if outcome.slowest == 0 { "under 1".to_owned() } else { outcome.slowest.to_string() },
            outcome.peak,
            bytes / 1e3,
        );
    }
}
