//! The history: a row for each contender at each job.

use anyhow::Result;
use jiff::civil::Date;

use super::turns::{Row, find};
use crate::bench::history;

const COLUMNS: &str = "
| day | commit | load | job | who | rounds | operations | per second | CPU ms | of it looks | ours ÷ theirs, CPU | ours ÷ theirs, per second |
|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// What all of these tables have in common.
const COMMON: &str = "
All contenders are processes of their own on one machine, reached over loopback, with their data on its real disk; they
take turns, in the same minutes. **CPU ms**: processor milliseconds (user and system) of the contender for one operation,
with everything it started (PostgreSQL's processes where it uses one), not of the load. **of it looks**: of these, ours spends
in looking into documents: until d281f33 in children that look into all of them, since 51dd886 only into those that take a decoder
or a parser; what it takes to read photographs in the office itself is measured beside and counted, too, but for the rows of
51dd886 to b42cc62. Medians of the rounds.
**load**: the machine's load average before and after; it has two cores, and the load itself takes its share of them, so
throughput says less than processor time. `+` behind a commit: the tree had changes.
";

/// Appends what was measured; `about` says what the bench does.
pub(super) fn append(bench: &str, about: &str, rows: &[Row], load: &str, day: Option<Date>) -> Result<()> {
    let (day, commit) = history::stamp(day);
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let ours = find(rows, &row.job, "ours").filter(|ours| ours.who != row.who);
            let told = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.2}"));
            vec![
                day.clone(),
                commit.clone(),
                load.to_owned(),
                row.job.clone(),
                row.who.clone(),
                row.rounds.to_string(),
                format!("{:.0}", row.operations),
                format!("{:.1}", row.per_second),
                format!("{:.3}", row.cpu),
                told((row.judging > 0.0).then_some(row.judging)),
                told(ours.map(|ours| ours.cpu / row.cpu)),
                told(ours.map(|ours| ours.per_second / row.per_second)),
            ]
        })
        .collect();
    history::append(bench, &format!("{about}{COMMON}{COLUMNS}"), &cells)
}
