//! `cargo xtask bench`: measurements against the goals of the project, kept in `docs/measurements/`.

mod documents;
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
    /// Making photos, scans and PDFs fit, beside the programs that experts use.
    Documents(documents::Options),
    /// Evaluating the largest form, and from a keystroke to the redrawn page in the real window.
    Forms(forms::Options),
}

/// Measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    match &options.bench {
        Bench::Documents(options) => documents::run(options),
        Bench::Forms(options) => forms::run(options),
    }
}
