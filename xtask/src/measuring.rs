//! Running a program to its end and asking the system what it cost. Processor seconds, never the clock on
//! the wall: the machine may be busy with other things.

use std::{
    fs::File,
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wait4::Wait4;

/// What one run cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// User and system, in seconds, of the process and of those it waited for.
    pub(crate) cpu: f64,
    /// The most memory it held, in bytes.
    pub(crate) peak: f64,
}

/// Runs `command`, which must succeed; what it prints goes to files beside `notes`, to be read again.
pub(crate) fn run(command: &mut Command, notes: &Path) -> Result<Cost> {
    let name = command.get_program().to_string_lossy().into_owned();
    let (status, cost) = spent(command, notes)?;
    if !status.success() {
        bail!("{name} ended with {status}: {}", complaints(notes).trim());
    }
    Ok(cost)
}

/// The same, however it ends.
pub(crate) fn spent(command: &mut Command, notes: &Path) -> Result<(ExitStatus, Cost)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let file = |suffix: &str| {
        let path = notes.with_extension(suffix);
        File::create(&path).with_context(|| format!("could not write {}", path.display()))
    };
    let child = command.stdin(Stdio::null()).stdout(file("out")?).stderr(file("err")?).spawn();
    let child = child.with_context(|| format!("could not start {name}"))?;
    let used = child.wait4().with_context(|| format!("could not wait for {name}"))?;
    let cpu = used.rusage.utime + used.rusage.stime;
    #[allow(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
    let peak = used.rusage.maxrss as f64;
    Ok((used.status, Cost { cpu: cpu.as_secs_f64(), peak }))
}

/// What the program printed on its error stream.
pub(crate) fn complaints(notes: &Path) -> String {
    let said = std::fs::read(notes.with_extension("err")).unwrap_or_default();
    String::from_utf8_lossy(&said).into_owned()
}

/// The figures that the program printed as its last line of JSON; `Null` where it printed none.
pub(crate) fn figures(notes: &Path) -> Value {
    let said = std::fs::read_to_string(notes.with_extension("out")).unwrap_or_default();
    said.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or(Value::Null)
}

/// The middle value; 0 of none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        length if length % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_middle() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median([4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median([]).abs() < 1e-9);
    }

    #[cfg(unix)]
    #[test]
    fn a_busy_program_costs_and_a_failing_one_is_told() {
        let notes = std::env::temp_dir().join(format!("yiban-measuring-{}", std::process::id()));
        let mut busy = Command::new("sh");
        busy.args(["-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo '{\"i\": 7}'"]);
        let cost = run(&mut busy, &notes).unwrap();
        assert!(cost.cpu > 0.005 && cost.peak > 100_000.0, "{cost:?}");
        assert_eq!(figures(&notes)["i"], 7);
        let failed = run(Command::new("sh").args(["-c", "echo broken >&2; exit 3"]), &notes);
        assert!(failed.unwrap_err().to_string().contains("broken"));
        for suffix in ["out", "err"] {
            std::fs::remove_file(notes.with_extension(suffix)).unwrap();
        }
    }
}
