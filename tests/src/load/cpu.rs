//! Processor seconds of other processes, as the kernel counts them: a server and everything below it, those included
//! that have ended and were waited for.

use std::fs;

use anyhow::{Context, Result};

use crate::process::descendants;

/// User and system, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Spent {
    /// By the process itself.
    pub(super) itself: f64,
    /// By those below it. For our office these are the children that look into documents.
    pub(super) below: f64,
}

impl Spent {
    /// What a running process has spent so far.
    pub(super) fn of(process: u32) -> Result<Self> {
        let (itself, waited_for) = seconds(process).with_context(|| format!("process {process} is gone"))?;
        // One that ends meanwhile is counted by its parent a moment later.
        let below: f64 =
            descendants(process).into_iter().filter_map(seconds).map(|(own, waited)| own + waited).sum();
        Ok(Self { itself, below: below + waited_for })
    }

    /// Of several that work together.
    pub(super) fn of_all(processes: &[u32]) -> Result<Self> {
        processes.iter().try_fold(Self::default(), |sum, process| Ok(sum.plus(Self::of(*process)?)))
    }

    fn plus(self, other: Self) -> Self {
        Self { itself: self.itself + other.itself, below: self.below + other.below }
    }

    pub(super) fn since(self, before: Self) -> Self {
        Self { itself: self.itself - before.itself, below: self.below - before.below }
    }

    pub(super) fn whole(self) -> f64 {
        self.itself + self.below
    }
}

/// Of the process, and of its children that it has waited for.
fn seconds(process: u32) -> Option<(f64, f64)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    parsed(&stat)
}

/// `man 5 proc`: utime, stime, cutime and cstime are fields 14 to 17; the name in parentheses may hold blanks.
fn parsed(stat: &str) -> Option<(f64, f64)> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok().map(f64::from);
    let (user, system, waited_user, waited_system) = (ticks()?, ticks()?, ticks()?, ticks()?);
    Some(((user + system) / TICKS, (waited_user + waited_system) / TICKS))
}

/// `USER_HZ`, which is 100 on every Linux that this runs on.
const TICKS: f64 = 100.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernel_is_read() {
        let stat = "42 (a (name) ) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 30 20 20 0 1 0 5 0 0";
        assert_eq!(parsed(stat), Some((3.0, 0.5)));
        assert_eq!(parsed("nonsense"), None);
    }
}
