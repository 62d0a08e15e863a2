//! When the machine tries again, and when it does not: waits, breakers, floors, clocks and networks.
#![allow(clippy::expect_used, clippy::panic)]

mod breakers;
mod clocks;
mod every_answer;
mod networks;
mod rig;
