//! Runs many random histories, in as many threads as there are processors, and says what came of them:
//! `cargo run --release -p sync --example histories -- [--count 1000000] [--seed 0]`.
//!
//! Stops at the first broken promise, prints the shortest history found that breaks it, and ends with 1.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

#[path = "../tests/world/mod.rs"]
mod world;

use std::{
    process::ExitCode,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Instant,
};

use world::{Tally, history, mutants::Broken};

fn main() -> ExitCode {
    let (Some(count), Some(first)) = (argument("--count", 1_000_000), argument("--seed", 0)) else {
        eprintln!("histories [--count N] [--seed N]");
        return ExitCode::FAILURE;
    };
    let began = Instant::now();
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let run = || {
        let mut sum = Tally::default();
        while !stop.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            match history::try_seed(first.wrapping_add(at), Broken::None) {
                Ok(tally) => sum.add(&tally),
                Err(failed) => {
                    stop.store(true, Ordering::Relaxed);
                    println!("{}", history::told(&failed));
                    return Err(());
                }
            }
        }
        Ok(sum)
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let sums: Vec<Result<Tally, ()>> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        running.into_iter().map(|one| one.join().expect("a history's panic is caught")).collect()
    });
    let mut all = Tally::default();
    for sum in sums {
        match sum {
            Ok(sum) => all.add(&sum),
            Err(()) => return ExitCode::FAILURE,
        }
    }
    println!(
        "{count} histories from seed {first} in {:.0} s: {} steps of the machine, {} requests, {} deaths, \
         {} handed in, {} set aside, {} receipted, {} of them supplements; lost 0, doubled 0, promises broken 0",
        began.elapsed().as_secs_f64(),
        all.steps,
        all.requests,
        all.deaths,
        all.handed_in,
        all.set_aside,
        all.receipted,
        all.supplements,
    );
    ExitCode::SUCCESS
}

/// The number behind a name; `None` where it is none.
fn argument(name: &str, otherwise: u64) -> Option<u64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    match arguments.next() {
        None => Some(otherwise),
        Some(_) => arguments.next()?.parse().ok(),
    }
}
