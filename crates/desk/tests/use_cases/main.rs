//! The desk's use cases with a real encrypted store in a temporary folder, the real catalogue and real papers.
//! No window and no office: where the office speaks, its words are signed and put where sending would put them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say so and stop")]

mod again;
mod asking;
mod attaching;
mod binding;
mod changing;
mod disk_full;
mod filling;
mod following;
mod submitting;
mod supplement;
mod unlocking;
mod world;
