//! The figures for the person who asked, job by job.

use super::{
    LIMIT, goals,
    jobs::Kind,
    peers::Tool,
    rounds::{Measured, Row},
};

/// A table of one job: what everybody needed, and below it each goal with its verdict.
pub(super) fn print(measured: &Measured) {
    println!("{}", measured.job.name);
    println!(
        "   {:<25} {:>8} {:>8} {:>8} {:>10} {:>12} {:>7} {:>7}",
        "", "CPU s", "inside s", "peak MB", "bytes", "pixels", "SSIM", "worst"
    );
    for row in &measured.rows {
        if let Some(road) = row.road.filter(|_| measured.job.kind == Kind::Picture) {
            println!("   {:<25} {:>8.3}", "ours, with findings", road);
            line("ours, the same job", row);
        } else {
            line(row.tool.name(), row);
        }
    }
    if let Some(floor) = measured.floor {
        println!("   {:<25} {:>8} {:>8.3}   reading the source once, encoding once", "floor", "", floor);
    }
    let Some(ours) = measured.row(Tool::Ours) else { return };
    for peer in measured.rows.iter().filter(|row| row.tool != Tool::Ours) {
        let unfair = goals::unfair(measured.job.kind, ours, peer);
        for goal in goals::against(measured, peer) {
            let verdict = match &unfair {
                Some(why) => Some(format!("not comparable: {why}")),
                None if goal.below_floor && !goal.reached() => {
                    Some("MISSED; even the floor would".to_owned())
                }
                None => None,
            };
            println!("{}", goal.ratio.line(verdict.as_deref()));
        }
    }
    println!();
}

fn line(name: &str, row: &Row) {
    let inside = row.inside.map_or(String::new(), |inside| format!("{inside:.3}"));
    let size = row.size.map_or(String::new(), |(width, height)| format!("{width}×{height}"));
    let mean = row.ssim.iter().sum::<f64>() / row.ssim.iter().map(|_| 1.0).sum::<f64>();
    let worst = row.ssim.iter().copied().min_by(f64::total_cmp);
    let told = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.4}"));
    let over = if row.bytes > LIMIT { "  over the limit" } else { "" };
    println!(
        "   {name:<25} {:>8.3} {inside:>8} {:>8.1} {:>10} {size:>12} {:>7} {:>7}{over}",
        row.cpu,
        row.peak / 1e6,
        row.bytes,
        told((!row.ssim.is_empty()).then_some(mean)),
        told(worst.filter(|_| row.ssim.len() > 1)),
    );
}

/// How many goals were reached.
pub(super) fn sum_up(all: &[Measured]) {
    let (mut reached, mut missed, mut below, mut unfair) = (0, 0, 0, 0);
    for measured in all {
        let Some(ours) = measured.row(Tool::Ours) else { continue };
        for peer in &measured.rows {
            let incomparable = goals::unfair(measured.job.kind, ours, peer).is_some();
            for goal in goals::against(measured, peer) {
                match (incomparable, goal.reached(), goal.below_floor) {
                    (true, ..) => unfair += 1,
                    (_, true, _) => reached += 1,
                    (_, _, true) => below += 1,
                    _ => missed += 1,
                }
            }
        }
    }
    println!(
        "{reached} goals reached, {missed} missed, {below} below what is possible at all, {unfair} not comparable\n"
    );
}
