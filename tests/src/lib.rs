//! The harness of the end-to-end tests, of the sample player, of the fault campaign and of the load that benches put on
//! an office: a private screen, the real window under WebDriver, the real server, and the pages in the words of the
//! person who uses them. Linux only, like the driver it stands on.
#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, reason = "the campaign tells what it does")]

pub mod album;
pub mod axe;
pub mod browser;
pub mod charged;
pub mod clipboard;
mod counter;
pub mod dialog;
pub mod faults;
pub mod filling;
pub mod handing;
pub mod host;
pub mod load;
pub mod office;
mod office_process;
pub mod pages;
pub mod process;
pub mod sample;
pub mod screen;
pub mod window;
