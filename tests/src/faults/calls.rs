//! A call to the system that fails, once: the N-th of its kind, by `strace --inject`. The same scenario again and
//! again; each time another call fails.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use super::Row;

/// Which calls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    Flush,
    Write,
}

impl Call {
    const fn injected(self) -> (&'static str, &'static str) {
        match self {
            Self::Flush => ("fsync,fdatasync", "EIO"),
            // SQLite's; the files of documents are written while the disk is full.
            Self::Write => ("pwrite64", "ENOSPC"),
        }
    }
}

/// Why no call can be made to fail here; `None` where one can.
fn impossible() -> Option<String> {
    match Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output() {
        Ok(tried) if tried.status.success() => None,
        Ok(tried) => {
            let said = String::from_utf8_lossy(&tried.stderr).trim().replace('\n', " ");
            Some(format!("calls cannot be traced here: {said}"))
        }
        Err(error) => Some(format!("strace not installed, or not to be started: {error}")),
    }
}

/// What a program is started under so that a call of it fails.
pub(super) struct Tracer {
    trace: PathBuf,
    words: Vec<String>,
}

impl Tracer {
    /// The `nth` call fails; `None`: all are counted, and none fails.
    fn new(call: Call, nth: Option<u32>, trace: PathBuf) -> Result<Self> {
        let (calls, error) = call.injected();
        let file = trace.to_str().context("UTF-8")?.to_owned();
        let mut words: Vec<String> =
            ["strace", "-f", "-qq", "-o"].into_iter().map(str::to_owned).chain([file]).collect();
        words.extend(["-e".to_owned(), format!("trace={calls}")]);
        if let Some(nth) = nth {
            words.extend(["-e".to_owned(), format!("inject={calls}:error={error}:when={nth}")]);
        }
        Ok(Self { trace, words })
    }

    /// To be put before the program.
    pub(super) fn wrapper(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }
}

/// Each call in its turn, or `most` of them, spread over all there are (0: every one).
pub(super) async fn one_after_the_other(
    call: Call,
    most: u32,
    whose: &str,
    scenario: impl AsyncFn(&Tracer, &mut Row) -> Result<()>,
) -> Result<Row> {
    let (calls, error) = call.injected();
    let mut row = Row::new(format!("{whose}: N-th {calls} fails ({error})"));
    if let Some(why) = impossible() {
        return Ok(Row::skipped(row.fault, why));
    }
    let folder = tempfile::tempdir()?;
    let trace = folder.path().join("trace");
    let all = {
        let tracer = Tracer::new(call, None, trace.clone())?;
        scenario(&tracer, &mut row).await.context("although no call fails")?;
        most_of_a_thread(&fs::read_to_string(&tracer.trace).unwrap_or_default())
    };
    let step = all.checked_div(most).unwrap_or(1).max(1);
    let mut struck = 0;
    for nth in (1..=all).step_by(usize::try_from(step)?) {
        let tracer = Tracer::new(call, Some(nth), trace.clone())?;
        let mut of_this = Row { rounds: 1, ..Row::new("") };
        scenario(&tracer, &mut of_this).await.with_context(|| format!("N = {nth}"))?;
        row.add(of_this);
        let traced = fs::read_to_string(&tracer.trace).unwrap_or_default();
        struck += u32::from(traced.contains("(INJECTED)"));
        if row.violation().is_some() {
            row.remark = format!("N = {nth}");
            return Ok(row);
        }
    }
    row.remark = format!("struck {struck} times, of {all} calls of the busiest thread");
    if struck == 0 {
        bail!("{}: no call was made to fail", row.fault);
    }
    Ok(row)
}

/// The tracer counts for each thread by itself, so no call fails beyond what the busiest one made.
fn most_of_a_thread(traced: &str) -> u32 {
    let mut made: BTreeMap<&str, u32> = BTreeMap::new();
    for line in traced.lines().filter(|line| !line.contains("resumed>") && line.contains('(')) {
        *made.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    made.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_thread_is_counted_and_a_call_in_two_pieces_once() {
        let traced = "11 fsync(3) = 0\n12 fsync(3 <unfinished ...>\n11 fdatasync(4) = 0\n12 <... fsync resumed>) = 0\n\
                      12 fsync(3) = -1 EIO (Input/output error) (INJECTED)\n12 fsync(3) = 0\n";
        assert_eq!(most_of_a_thread(traced), 3);
        assert_eq!(most_of_a_thread(""), 0);
    }
}
