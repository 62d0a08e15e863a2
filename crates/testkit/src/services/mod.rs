//! Real services for tests: a PostgreSQL and an S3 server of one's own, on this machine, gone with the value.
//!
//! Where a machine has none, a test is left out with a line that says so; with `YIBAN_REQUIRE_SERVICES` set (as
//! `cargo xtask test` does where it installed them) it fails instead.
#![allow(clippy::panic, clippy::print_stderr, reason = "tests fail, or say that they are left out")]

mod postgres;
mod s3;

use std::{
    net::{Ipv4Addr, TcpListener},
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

pub use postgres::Postgres;
pub use s3::S3;

/// What this machine lacks of a shared office's services, in words; `None` where both can be started.
#[must_use]
pub fn lacking() -> Option<String> {
    let lacks = [
        (postgres::programs().is_none(), "PostgreSQL (initdb was not found)"),
        (s3::weed().is_none(), "an S3 server (`weed` of SeaweedFS was not found)"),
    ];
    let named: Vec<&str> = lacks.into_iter().filter_map(|(lacks, what)| lacks.then_some(what)).collect();
    (!named.is_empty()).then(|| format!("no {}", named.join(", no ")))
}

/// Longest for a service to come up; a busy machine takes its time.
const UP: Duration = Duration::from_secs(60);

/// Says that a test is left out, or fails where services must be there.
fn left_out(what: &str, why: &str) {
    let required = std::env::var_os("YIBAN_REQUIRE_SERVICES").is_some_and(|value| !value.is_empty());
    assert!(!required, "{what} must be there for this test, but {why}");
    eprintln!("LEFT OUT: {what} is needed for this test, but {why}; `cargo xtask doctor` installs it");
}

/// Ports that were free a moment ago, no two of them alike.
fn free_ports<const N: usize>() -> [u16; N] {
    let held: [TcpListener; N] =
        std::array::from_fn(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port"));
    held.map(|listener| listener.local_addr().expect("bound").port())
}

/// Waits until `ready` says so; its status where the process ends instead. Fails where nothing comes.
fn until(what: &str, process: &mut Child, ready: impl Fn() -> bool) -> Result<(), ExitStatus> {
    let begun = Instant::now();
    while !ready() {
        if let Ok(Some(status)) = process.try_wait() {
            return Err(status);
        }
        assert!(begun.elapsed() < UP, "{what} did not come up within {UP:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Postgres, S3, postgres, s3};

    /// Its output is shown even where it passes (`.config/nextest.toml`), as that of other tests is not.
    #[test]
    fn what_is_left_out_is_told() {
        if postgres::programs().is_none() {
            Postgres::left_out();
        }
        if s3::weed().is_none() {
            S3::left_out();
        }
    }
}
