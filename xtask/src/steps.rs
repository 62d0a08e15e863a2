//! The steps of a command: announced, timed, and summed up in a table at the end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Announces and times what a command does.
pub(crate) struct Steps {
    total: usize,
    started: Instant,
    done: Vec<(String, Duration, &'static str)>,
}

impl Steps {
    /// For a command of about `total` steps.
    pub(crate) fn new(total: usize) -> Self {
        Self { total, started: Instant::now(), done: Vec::new() }
    }

    /// Runs one step.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let number = self.done.len() + 1;
        println!("\n── {number}/{} {name}", self.total);
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        let word = if result.is_ok() { "done" } else { "FAILED" };
        println!("   {word} in {}", seconds(took));
        self.done.push((name.to_owned(), took, word));
        result
    }

    /// The table of all steps.
    pub(crate) fn table(&self) {
        let width = self.done.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
        println!();
        for (name, took, word) in &self.done {
            let pad = " ".repeat(width - name.chars().count());
            println!("   {name}{pad}  {:>9}  {word}", seconds(*took));
        }
        println!("   {}  {:>9}", " ".repeat(width), seconds(self.started.elapsed()));
    }
}

fn seconds(duration: Duration) -> String {
    let all = duration.as_secs_f64();
    if all < 100.0 {
        format!("{all:.1} s")
    } else {
        format!("{:.0} min {:02.0} s", (all / 60.0).floor(), all % 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_times_are_told_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn a_failed_step_ends_the_command_and_stays_in_the_table() {
        let mut steps = Steps::new(1);
        let outcome: Result<()> = steps.step("one", || anyhow::bail!("no"));
        assert!(outcome.is_err());
        assert_eq!(steps.done[0].2, "FAILED");
    }
}
