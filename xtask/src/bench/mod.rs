//! `cargo xtask bench`: measurements against the goals of the project, kept in `docs/measurements/`.

mod forms;
mod history;

use anyhow::Result;
use clap::Subcommand;

/// Options of `bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Evaluating the largest form, and from a keystroke to the redrawn page in the real window.
    Forms(forms::Options),
}

/// Measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    match &options.bench {
        Bench::Forms(options) => forms::run(options),
    }
}
