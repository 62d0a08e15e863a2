//! `cargo xtask doctor`: what this machine has and lacks.

use anyhow::Result;

use crate::{
    services,
    shell::{cargo, output, program, succeeds},
    steps::Steps,
    system::{self, Purpose},
};

/// Options of `doctor`.
#[derive(clap::Args)]
pub(crate) struct Options {}

/// Checks, and installs what may be installed.
pub(crate) fn run(_: &Options) -> Result<()> {
    let mut steps = Steps::new(3);
    steps.step("Tools", || {
        for (name, version) in [
            ("rustc", output(program("rustc").arg("--version"))),
            (
                "npm",
                output(&mut {
                    let mut npm = crate::shell::npm();
                    npm.arg("--version");
                    npm
                }),
            ),
        ] {
            println!("   {name}: {}", version.as_deref().unwrap_or("not found"));
        }
        let nextest = succeeds(cargo().args(["nextest", "--version"]));
        println!(
            "   cargo nextest: {}",
            if nextest { "there" } else { "not there, cargo test does as well" }
        );
        println!(
            "   screen: {}",
            if system::has_screen() { "there" } else { "none, a virtual display is used" }
        );
        Ok(())
    })?;
    steps.step("System packages", || system::prepare(Purpose::Drive))?;
    steps.step("Services for the tests of a shared office", || services::prepare().map(drop))
}
