//! The project's commands: `cargo xtask run`, `test`, `catalog`, `bench`, `fuzz`, `faults`, `bindings`, `windows`, `doctor`.
//! Each command is a short list of steps; what a step does lives in the module of its subject.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on its streams")]

mod bench;
mod bindings;
mod catalog;
mod doctor;
mod faults;
mod fuzz;
mod measuring;
mod page;
mod program;
mod run;
mod services;
mod shell;
mod stamp;
mod steps;
mod system;
mod test;
mod windows;
mod wording;

use clap::{Parser, Subcommand};

/// 易办医保: everything a person needs to build, run and check it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the intake server and open the window; without a screen, play the sample application instead.
    Run(run::Options),
    /// Everything that must hold: format, lints, bindings, page, Rust tests, end-to-end in the real window.
    Test(test::Options),
    /// Write the typed door between window and desk, or check that it is fresh.
    Bindings(bindings::Options),
    /// Check the catalogue, or print a service as an applicant would meet it.
    Catalog(catalog::Options),
    /// Measure against the goals and keep the figures.
    Bench(bench::Options),
    /// Send every door of `documents` bytes that nobody would, for minutes on end.
    Fuzz(fuzz::Options),
    /// Kill, cut, fill up and lie to office and desk, and count what is lost or doubled.
    Faults(faults::Options),
    /// Check what is for Windows from a machine that is none.
    Windows(windows::Options),
    /// Say what this machine has and lacks, and install what may be installed.
    Doctor(doctor::Options),
}

fn main() -> std::process::ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bindings(options) => bindings::run(&options),
        Command::Catalog(options) => catalog::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Faults(options) => faults::run(&options),
        Command::Windows(options) => windows::run(&options),
        Command::Doctor(options) => doctor::run(&options),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
