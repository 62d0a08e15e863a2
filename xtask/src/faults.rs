//! `cargo xtask faults`: the fault campaign of the package `tests`, with everything it needs. Its table has one row for
//! each fault; the first broken promise ends it.

use anyhow::{Result, bail};

use crate::{
    program,
    shell::{check, program as command},
    steps::Steps,
    system,
};

/// Options of `faults`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// `--only office-killed|desk-killed|network|disk-full|read-only|nth-flush|nth-write|power-cut|clocks`,
    /// `--rounds 1`, `--kills 10`, `--power-cuts 5`, `--calls 6`, `--seed 1`; a night: `--rounds 20 --kills 1000
    /// --power-cuts 200 --calls 0`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "CAMPAIGN")]
    campaign: Vec<String>,
}

/// Tracing calls, and a file system that photographs files in an instant.
const PACKAGES: &[&str] = &["e2fsprogs", "strace", "util-linux", "xfsprogs"];

/// Builds, then runs the campaign.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the campaign mounts file systems and traces calls: it needs Linux");
    }
    let mut steps = Steps::new(3);
    // Faults for which something is missing are named as skipped; the others are tried.
    steps.step("Tools of the campaign", || {
        if let Err(error) = system::packages(PACKAGES) {
            println!("   {error:#}");
        }
        Ok(())
    })?;
    steps.step("Programs", program::build)?;
    steps.step("Campaign", || check(command(program::path("faults")).arg("run").args(&options.campaign)))
}
