//! The figures for the person who asked.

use super::turns::Row;
use crate::bench::goal::Goal;

/// A line for each contender at each job, then each goal with its verdict.
pub(super) fn print(rows: &[Row], goals: &[Goal], remarks: &[String]) {
    let mut job = "";
    for row in rows {
        if row.job != job {
            job = &row.job;
            println!("\n{job}");
            println!(
                "   {:<34} {:>7} {:>6} {:>10} {:>10} {:>11}  found afterwards",
                "", "rounds", "each", "per second", "CPU ms", "of it looks"
            );
        }
        let judging = if row.judging > 0.0 { format!("{:.2}", row.judging) } else { String::new() };
        println!(
            "   {:<34} {:>7} {:>6} {:>10.1} {:>10.3} {judging:>11}  {}",
            row.who, row.rounds, row.operations, row.per_second, row.cpu, row.found
        );
    }
    println!();
    for goal in goals {
        println!("{}", goal.line(None));
    }
    for remark in remarks {
        println!("   {remark}");
    }
    let reached = goals.iter().filter(|goal| goal.reached()).count();
    println!("{reached} of {} goals reached\n", goals.len());
}
