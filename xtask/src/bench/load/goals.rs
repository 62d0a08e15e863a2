//! What must be reached against each peer, in the same run.

use super::turns::{Row, find};
use crate::bench::goal::{Bound, Goal};

fn jobs(rows: &[Row]) -> Vec<&str> {
    let mut jobs: Vec<&str> = Vec::new();
    for row in rows {
        if !jobs.contains(&row.job.as_str()) {
            jobs.push(&row.job);
        }
    }
    jobs
}

/// Throughput beside the database itself.
pub(super) fn intake(rows: &[Row]) -> Vec<Goal> {
    let each = rows.iter().filter(|row| row.who != "ours").filter_map(|wall| {
        let least = if wall.who.starts_with("SQLite") { 0.8 } else { 0.7 };
        Some(Goal {
            what: format!("per second ÷ {}", wall.who),
            value: find(rows, &wall.job, "ours")?.per_second / wall.per_second,
            bound: Bound::AtLeast(least),
        })
    });
    each.collect()
}

/// Processor time of receiving beside nginx, which does not look into what it takes.
pub(super) fn upload(rows: &[Row]) -> Vec<Goal> {
    let each = jobs(rows).into_iter().filter_map(|job| {
        let (ours, nginx) = (find(rows, job, "ours")?, find(rows, job, "nginx")?);
        Some(Goal {
            what: format!("{job}: CPU of receiving ÷ nginx"),
            value: (ours.cpu - ours.judging) / nginx.cpu,
            bound: Bound::AtMost(1.25),
        })
    });
    each.collect()
}

/// Who does for documents what has to be done, and nothing else.
const LEAST: &str = "hashed, read and flushed, no more";

/// How far receiving could come at all: whoever answers for documents does what nginx does, and has to prove, read and
/// flush them besides.
pub(super) fn beside_the_least(rows: &[Row]) -> Vec<String> {
    let each = jobs(rows).into_iter().filter_map(|job| {
        let (ours, nginx) = (find(rows, job, "ours")?, find(rows, job, "nginx")?);
        let least = find(rows, job, LEAST)?;
        Some(format!(
            "{job}: ours ÷ nginx and what has to be done besides: {:.2}; flushing and hashing alone ÷ nginx: {:.2}",
            ours.cpu / (nginx.cpu + least.cpu),
            (least.cpu - ours.judging) / nginx.cpu
        ))
    });
    each.collect()
}

/// How many times less processor time a complete application takes, looking into its documents included.
pub(super) fn submission(rows: &[Row]) -> Vec<Goal> {
    let each = jobs(rows).into_iter().flat_map(|job| {
        [("PocketBase", 2.5), ("ODK Central", 6.0)].into_iter().filter_map(move |(peer, wanted)| {
            let (ours, theirs) = (find(rows, job, "ours")?, find(rows, job, peer)?);
            Some(Goal {
                what: format!("{job}: CPU of {peer} ÷ ours"),
                value: theirs.cpu / ours.cpu,
                bound: Bound::AtLeast(wanted),
            })
        })
    });
    each.collect()
}

/// What else a person must know to read the goals of a submission.
pub(super) fn without_looking(rows: &[Row]) -> Vec<String> {
    let each = jobs(rows).into_iter().flat_map(|job| {
        let peers = rows.iter().filter(move |row| row.job == job && row.who != "ours" && row.who != LEAST);
        peers.filter_map(move |peer| {
            let (ours, least) = (find(rows, job, "ours")?, find(rows, job, LEAST)?);
            Some(format!(
                "{job}: {} ÷ ours without looking into documents, which it does not: {:.2}; ÷ what has to be done for \
                 the documents alone: {:.2}",
                peer.who,
                peer.cpu / (ours.cpu - ours.judging),
                peer.cpu / least.cpu
            ))
        })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(who: &str, cpu: f64, judging: f64) -> Row {
        Row {
            who: who.into(),
            job: "job".into(),
            rounds: 1,
            operations: 1.0,
            per_second: 1.0,
            cpu,
            judging,
            found: String::new(),
        }
    }

    #[test]
    fn the_database_itself_is_the_wall() {
        let mut rows = [row("ours", 1.0, 0.0), row("SQLite itself", 1.0, 0.0), row("pgbench", 1.0, 0.0)];
        rows[1].per_second = 1.3;
        rows[2].per_second = 1.3;
        let reached: Vec<bool> = intake(&rows).iter().map(Goal::reached).collect();
        assert_eq!(reached, [false, true]);
    }

    #[test]
    fn looking_counts_for_an_application_and_not_for_receiving() {
        let rows = [row("ours", 10.0, 6.0), row("nginx", 4.0, 0.0), row("PocketBase", 20.0, 0.0)];
        let upload = upload(&rows);
        assert!((upload[0].value - 1.0).abs() < 1e-9 && upload[0].reached(), "{upload:?}");
        let submission = submission(&rows);
        assert_eq!(submission.len(), 1, "ODK Central was not there");
        assert!((submission[0].value - 2.0).abs() < 1e-9 && !submission[0].reached(), "{submission:?}");
        let mut rows = rows.to_vec();
        rows.push(row(LEAST, 8.0, 0.0));
        assert!(
            beside_the_least(&rows)[0].contains("besides: 0.83; flushing and hashing alone ÷ nginx: 0.50")
        );
        let told = without_looking(&rows);
        assert!(
            told.iter().any(|line| line.contains("PocketBase ÷ ours without") && line.contains("5.00;")),
            "{told:?}"
        );
    }
}
