//! `cargo xtask catalog`: for whoever writes the catalogue. `check` names every mistake, `preview` shows a service as an
//! applicant would meet it.

mod check;
mod files;
mod preview;
mod tongue;
mod written;

use anyhow::Result;
use clap::Subcommand;

/// Options of `catalog`.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read the catalogue and its examples; name every mistake with file, line and remedy; try every service out.
    Check(check::Options),
    /// Print a service as an applicant would meet it.
    Preview(preview::Options),
}

/// Does what was asked for.
pub(crate) fn run(options: &Options) -> Result<()> {
    match &options.command {
        Command::Check(options) => check::run(options),
        Command::Preview(options) => preview::run(options),
    }
}

/// `check` of the catalogue in the tree, as a step of `test`.
pub(crate) fn check_all() -> Result<()> {
    check::run(&check::Options::default())
}

/// The day at the office (UTC+8 all year), as desk and server see it.
fn today() -> jiff::civil::Date {
    jiff::tz::offset(8).to_datetime(jiff::Timestamp::now()).date()
}
