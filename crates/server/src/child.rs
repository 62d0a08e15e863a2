//! The child's side of `checking`: takes limits upon itself, reads a document from stdin, answers on stdout.

use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use crate::checking::{LARGEST_DOCUMENT, check_here, render_here};

/// What the parent wants to know.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum Question {
    /// Whether it is a fit document.
    Check,
    /// What a page looks like.
    Render {
        /// The page, from 0.
        #[arg(long)]
        page: u32,
        /// Longer side of the picture, in pixels.
        #[arg(long)]
        edge: u32,
    },
}

/// Answers one question and ends.
#[must_use]
pub fn answer(question: Question) -> ExitCode {
    match try_answer(question) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn try_answer(question: Question) -> io::Result<()> {
    take_limits()?;
    let mut bytes = Vec::new();
    io::stdin().lock().take(LARGEST_DOCUMENT + 1).read_to_end(&mut bytes)?;
    let (verdict, png) = match question {
        Question::Check => check_here(&bytes),
        Question::Render { page, edge } => render_here(&bytes, page, edge),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &verdict)?;
    out.write_all(b"\n")?;
    out.write_all(&png)?;
    out.flush()
}

/// Memory for the largest picture that the limits of `documents` allow, some seconds of processor time, no new
/// files, no core dump.
#[cfg(unix)]
fn take_limits() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limits = [
        (Resource::As, 2 << 30, 2 << 30),
        // Told apart from being killed by somebody: the first limit has a signal of its own.
        (Resource::Cpu, 20, 25),
        (Resource::Nofile, 16, 16),
        (Resource::Fsize, 0, 0),
        (Resource::Core, 0, 0),
    ];
    for (resource, current, maximum) in limits {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn take_limits() -> io::Result<()> {
    Ok(())
}
