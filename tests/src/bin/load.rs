//! `cargo xtask bench intake|upload|submission|herd` starts this: load for an office and for its peers, as lines of JSON.
#![allow(clippy::print_stderr, reason = "a command-line program speaks on its streams")]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod load {
    use clap::Parser;
    use tests::load::{Bench, run};

    /// Hands in, counts, compares.
    #[derive(Parser)]
    struct Arguments {
        #[command(subcommand)]
        bench: Bench,
    }

    #[tokio::main]
    pub(super) async fn main() -> anyhow::Result<()> {
        run(&Arguments::parse().bench).await
    }
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    match load::main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("what a process has spent is read as Linux tells it");
    ExitCode::FAILURE
}
