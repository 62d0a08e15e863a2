//! The program 易办医保. Everything is in the library, so that tests can look at it.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    yiban_lib::run()
}
