//! The intake office over real HTTP on loopback: one test program, one file per subject.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests say what they expect by failing")]

mod answering;
mod backup;
mod birthdays;
mod catalogue;
mod copies;
mod door;
mod feed;
mod harness;
mod intake;
mod lockout;
mod problems;
mod process;
mod resuming;
mod review;
mod stopping;
mod strangers;
mod supplement;
