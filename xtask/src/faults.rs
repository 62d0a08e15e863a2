//! `cargo xtask faults`: the fault campaign of the package `tests`, with everything it needs. Its table has one row for
//! each fault; the first broken promise ends it.

use anyhow::{Result, bail};

use crate::{
    program, services,
    shell::{check, program as command},
    steps::Steps,
    system,
};

/// Options of `faults`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// `--only office-killed|network|disk-full|read-only|nth-flush|nth-write|power-cut|clocks|desk-killed|
    /// desk-disk-full|desk-power-cut|desk-nth-flush|desk-nth-write|copy-killed|database-killed|s3-killed`, `--rounds 1`,
    /// `--kills 10`, `--crashes 3`, `--power-cuts 5`, `--calls 6`, `--seed 1`, `--allow-skipped`; a night: `--rounds 20
    /// --kills 1000 --crashes 100 --power-cuts 200 --calls 0`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "CAMPAIGN")]
    campaign: Vec<String>,
}

/// What harms a shared office.
const OF_A_SHARED_OFFICE: &[&str] = &["copy-killed", "database-killed", "s3-killed"];

/// Tracing calls, and a file system that photographs files in an instant.
const PACKAGES: &[&str] = &["e2fsprogs", "strace", "util-linux", "xfsprogs"];

/// Builds, then runs the campaign.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the campaign mounts file systems and traces calls: it needs Linux");
    }
    let shared = wants_shared_office(&options.campaign);
    let mut steps = Steps::new(if shared { 4 } else { 3 });
    // Faults for which something is missing are named as skipped, and fail the campaign in the end unless it was told
    // `--allow-skipped`; the others are tried.
    steps.step("Tools of the campaign", || {
        if let Err(error) = system::packages(PACKAGES) {
            println!("   {error:#}");
        }
        Ok(())
    })?;
    if shared {
        steps.step("Services of a shared office", || services::prepare().map(drop))?;
    }
    steps.step("Programs", program::build)?;
    steps.step("Campaign", || check(command(program::path("faults")).arg("run").args(&options.campaign)))
}

/// Nobody who asked for other faults gets a database installed.
fn wants_shared_office(campaign: &[String]) -> bool {
    let mut only = campaign
        .iter()
        .filter_map(|word| word.strip_prefix("--only=").map(str::to_owned))
        .chain(campaign.windows(2).filter(|words| words[0] == "--only").map(|words| words[1].clone()))
        .peekable();
    only.peek().is_none() || only.any(|fault| OF_A_SHARED_OFFICE.contains(&fault.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_prepared_only_for_faults_that_need_them() {
        let wants =
            |line: &str| wants_shared_office(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert!(wants("--kills 3"));
        assert!(wants("--only desk-killed --only s3-killed"));
        assert!(wants("--only=copy-killed"));
        assert!(!wants("--only desk-killed --seed 4"));
        assert!(!wants("--only=clocks"));
    }
}
