//! `yiban-checker`: looks into one document from stdin, within hard limits, and ends. The server starts it for each
//! document that strangers send.

use std::process::ExitCode;

use clap::Parser;
use server::child::{Question, answer};

#[derive(Parser)]
#[command(name = "yiban-checker", version, about = "Looks into one document for yiban-server")]
struct Cli {
    #[command(subcommand)]
    question: Question,
}

fn main() -> ExitCode {
    answer(Cli::parse().question)
}
