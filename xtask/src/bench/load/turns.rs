//! What the load tells: a line of JSON for each turn of each contender; and the medians over the rounds.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::measuring::median;

/// One turn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    pub(super) who: String,
    pub(super) job: String,
    pub(super) operations: f64,
    pub(super) seconds: f64,
    pub(super) cpu: f64,
    pub(super) judging: f64,
    pub(super) found: String,
}

/// A contender at a job: medians over the rounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) who: String,
    pub(super) job: String,
    pub(super) rounds: usize,
    pub(super) operations: f64,
    pub(super) per_second: f64,
    /// Processor milliseconds for each operation.
    pub(super) cpu: f64,
    /// Of these, for looking into documents.
    pub(super) judging: f64,
    pub(super) found: String,
}

/// Runs the load; its lines are shown as they come.
pub(super) fn told(command: &mut Command) -> Result<Vec<Value>> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let output = child.context("could not start the load")?;
    let lines = lines(output)?;
    if lines.is_empty() {
        bail!("the load told nothing");
    }
    Ok(lines)
}

fn lines(mut child: std::process::Child) -> Result<Vec<Value>> {
    use std::io::{BufRead, BufReader};
    let mut told = Vec::new();
    let out = child.stdout.take().context("the load's output")?;
    for line in BufReader::new(out).lines() {
        let line = line.context("could not read what the load says")?;
        println!("   {line}");
        told.extend(serde_json::from_str::<Value>(&line).ok());
    }
    let ended = child.wait().context("could not wait for the load")?;
    if !ended.success() {
        bail!("the load ended with {ended}");
    }
    Ok(told)
}

/// A line of a turn.
pub(super) fn turn(line: &Value) -> Option<Turn> {
    let text = |name: &str| line[name].as_str().map(str::to_owned);
    let number = |name: &str| line[name].as_f64();
    Some(Turn {
        who: text("who")?,
        job: text("job")?,
        operations: number("operations")?,
        seconds: number("seconds")?,
        cpu: number("cpu")?,
        judging: number("judging")?,
        found: text("found")?,
    })
}

/// The medians, jobs and contenders in the order in which they first came.
pub(super) fn rows(turns: &[Turn]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for turn in turns {
        if rows.iter().any(|row| row.who == turn.who && row.job == turn.job) {
            continue;
        }
        let same: Vec<&Turn> =
            turns.iter().filter(|other| other.who == turn.who && other.job == turn.job).collect();
        let of = |figure: fn(&Turn) -> f64| median(same.iter().map(|turn| figure(turn)));
        rows.push(Row {
            who: turn.who.clone(),
            job: turn.job.clone(),
            rounds: same.len(),
            operations: of(|turn| turn.operations),
            per_second: of(|turn| turn.operations / turn.seconds),
            cpu: of(|turn| turn.cpu * 1000.0 / turn.operations),
            judging: of(|turn| turn.judging * 1000.0 / turn.operations),
            found: turn.found.clone(),
        });
    }
    // Who goes first in a round changes; the order of the jobs is theirs, ours stands first in each.
    let mut jobs: Vec<String> = Vec::new();
    for row in &rows {
        if !jobs.contains(&row.job) {
            jobs.push(row.job.clone());
        }
    }
    rows.sort_by_key(|row| (jobs.iter().position(|job| *job == row.job), !row.who.starts_with("ours")));
    rows
}

/// What stands where a contender has to be compared with another.
pub(super) fn find<'r>(rows: &'r [Row], job: &str, who: &str) -> Option<&'r Row> {
    rows.iter().find(|row| row.job == job && row.who == who)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_taken_for_each_job_and_contender() {
        let line = |who: &str, seconds: f64, cpu: f64| {
            serde_json::json!({
                "who": who, "job": "PUT", "round": 1, "operations": 100, "seconds": seconds, "cpu": cpu,
                "judging": 0.1, "found": "all",
            })
        };
        let told =
            [line("nginx", 1.0, 0.2), line("ours", 2.0, 0.4), line("ours", 1.0, 0.8), line("ours", 4.0, 0.6)];
        let turns: Vec<Turn> = told.iter().filter_map(turn).collect();
        let rows = rows(&turns);
        assert_eq!(rows.iter().map(|row| row.who.as_str()).collect::<Vec<_>>(), ["ours", "nginx"]);
        assert_eq!(rows[0].rounds, 3);
        assert!((rows[0].per_second - 50.0).abs() < 1e-9);
        assert!((rows[0].cpu - 6.0).abs() < 1e-9);
        assert!((rows[0].judging - 1.0).abs() < 1e-9);
        assert_eq!(turn(&serde_json::json!({ "herd": 1 })), None);
    }
}
