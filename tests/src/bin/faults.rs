//! `cargo xtask faults` starts this: the fault campaign, and the desk that it kills.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on its streams")]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
mod campaign {
    use clap::{Parser, Subcommand};
    use tests::faults::{Plan, desk, run};

    /// Kills, cuts, fills and lies; counts what was lost.
    #[derive(Parser)]
    struct Arguments {
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Subcommand)]
    enum Command {
        /// The campaign.
        Run(Plan),
        /// A desk that hands in until it is killed; the campaign starts it.
        Desk {
            #[command(flatten)]
            place: desk::Place,
            /// Say everything that it has, begin nothing new, and end when nothing is owed.
            #[arg(long)]
            only_send: bool,
        },
    }

    #[tokio::main]
    pub(super) async fn main() -> anyhow::Result<()> {
        match Arguments::parse().command {
            Command::Run(plan) => run(&plan).await,
            Command::Desk { place, only_send } => desk::work(&place, only_send).await,
        }
    }
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    match campaign::main() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("the campaign mounts file systems and traces calls: it needs Linux");
    ExitCode::FAILURE
}
