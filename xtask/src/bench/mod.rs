//! `cargo xtask bench`: measurements against the goals of the project, kept in `docs/measurements/`.

mod documents;
mod forms;
mod goal;
mod history;
mod load;

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
    /// Rows of submissions, beside SQLite itself and pgbench; and the whole way over HTTP.
    Intake(load::Options),
    /// Thousands of desks at once after an outage, through an office that refuses whom it has no room for.
    Herd(load::Options),
    /// Documents over HTTP, beside nginx.
    Upload(load::Options),
    /// Complete applications over HTTP, beside PocketBase and ODK Central.
    Submission(load::Options),
}

/// Measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    match &options.bench {
        Bench::Documents(options) => documents::run(options),
        Bench::Forms(options) => forms::run(options),
        Bench::Intake(options) => load::run(&load::INTAKE, options),
        Bench::Herd(options) => load::run_herd(options),
        Bench::Upload(options) => load::run(&load::UPLOAD, options),
        Bench::Submission(options) => load::run(&load::SUBMISSION, options),
    }
}
