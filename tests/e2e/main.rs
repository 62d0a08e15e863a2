//! End to end: the real program, the real server, the real window. One at a time; each on a screen of its own.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking and may speak"
)]

mod accessible;
mod closes_and_pastes;
mod edits_documents;
mod every_service;
mod keeps_the_key;
mod refuses_gently;
mod resident_enrols;
mod spares_the_purse;
mod survives_kill;
mod tells_the_truth;
