//! The real desk against the real office in one process, through a network that fails on purpose.
//! What the window shows is looked at in `e2e`; here is what arrives, how often, and what the desk says of it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod catalogue;
mod consents;
mod faults;
mod ground;
mod restored;
mod rows;
mod ways;
