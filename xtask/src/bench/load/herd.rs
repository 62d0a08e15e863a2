//! `bench herd`: one contender, so its table has a row for each time that the office came back.

use anyhow::{Context, Result};
use jiff::civil::Date;
use serde_json::Value;

use crate::{
    bench::{
        goal::{Bound, Goal},
        history,
    },
    measuring::median,
};

const HEAD: &str = "\
# Herd: everybody at once

Appended by `cargo xtask bench herd`. An office is killed; meanwhile so many desks have each handed in one application (one small
document) and look for it, as `sync` with a person before the window does. Then it is started again. Its rooms are bounded; who
finds no place is told 503 with `Retry-After`. Each desk is the real state machine with real requests from an address of its own
(127.x.y.z), the feed included. The office has its defaults, without TLS.

- **ease**: applications a second when nobody is refused, before the outage and after everything was over, in the same round; the
  ideal is the number of desks divided by their mean.
- **all**, **median**, **99 of 100**: seconds from the office's first answer until so many desks had verified their receipt.
- **÷ ideal**: goal at most 1.3. **asked**: requests of all desks; **refused**: 429 and 503; **silence**: no answer, after the
  office was back.
- After 20 minutes those who have no receipt are waited for no longer; **all** is then 1200 and too small. **acked**: who had one.
- **lost**, **doubled**: every acknowledgement against the office's database, and the other way round.
- `+` behind a commit: the tree had changes. Medians of the rounds; **load**: load average before and after, two cores, shared
  with the desks.

| day | commit | load | desks | acked | rounds | ease | all s | median s | 99 of 100 s | ÷ ideal | asked | refused | silence | CPU ms | lost | doubled |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// Prints the figures beside the goals; keeps them, unless that is not wanted.
pub(super) fn tell(told: &[Value], load: &str, day: Option<Date>, keep: bool) -> Result<()> {
    let rounds: Vec<&Value> = told.iter().filter(|line| line["desks"].is_u64()).collect();
    rounds.first().context("the load told of no round")?;
    let of = |figure: &dyn Fn(&Value) -> f64| median(rounds.iter().map(|round| figure(round)));
    let named = |name: &'static str| of(&|round| number(round, name));
    let most = |name: &str| rounds.iter().map(|round| number(round, name)).fold(0.0, f64::max);
    let desks = named("desks");
    let figures = [
        ("desks", desks, 0),
        ("applications a second at ease", of(&ease), 1),
        ("until all were acknowledged, s", named("seconds"), 1),
        ("until half were, s", named("median"), 1),
        ("until 99 of 100 were, s", named("of100"), 1),
        ("times the ideal", of(&over_ideal), 2),
        ("requests", named("requests"), 0),
        ("of them refused (429, 503)", named("refused"), 0),
        ("of them without an answer", named("silence"), 0),
        ("CPU of the office for each desk, ms", named("cpu") * 1000.0 / desks, 2),
    ];
    let taken_apart = [
        ("requests while the office was away, a desk", "whileAway"),
        ("manifests answered, a desk", "manifests"),
        ("manifests refused, a desk", "manifestsRefused"),
        ("documents answered, a desk", "documents"),
        ("documents refused, a desk", "documentsRefused"),
        ("looks for news answered, a desk", "news"),
        ("looks for news refused, a desk", "newsRefused"),
        ("answered with any other failure, a desk", "other"),
    ];
    println!("\nmedians of {} rounds", rounds.len());
    for (what, value, digits) in figures {
        println!("   {what:<48} {value:>10.digits$}");
    }
    for (what, name) in taken_apart {
        println!("   {what:<48} {:>10.2}", named(name) / desks);
    }
    println!();
    let goals = [
        Goal {
            what: "acknowledged ÷ desks".into(),
            value: rounds.iter().map(|round| number(round, "acked") / desks).fold(1.0, f64::min),
            bound: Bound::AtLeast(1.0),
        },
        Goal { what: "time ÷ ideal".into(), value: of(&over_ideal), bound: Bound::AtMost(1.3) },
        Goal { what: "acknowledged and lost".into(), value: most("lost"), bound: Bound::AtMost(0.0) },
        Goal { what: "there twice".into(), value: most("doubled"), bound: Bound::AtMost(0.0) },
    ];
    for goal in &goals {
        println!("{}", goal.line(None));
    }
    println!("   load average {load}\n");
    if !keep {
        return Ok(());
    }
    let (day, commit) = history::stamp(day);
    let mut cells = vec![
        day,
        commit,
        load.to_owned(),
        format!("{desks:.0}"),
        format!("{:.0}", named("acked")),
        rounds.len().to_string(),
    ];
    cells.extend(figures[1..6].iter().map(|(_, value, digits)| format!("{value:.digits$}")));
    cells.extend(figures[6..9].iter().map(|(_, value, _)| format!("{value:.0}")));
    cells.push(format!("{:.2}", figures[9].1));
    cells.extend(["lost", "doubled"].map(|name| format!("{:.0}", most(name))));
    history::append("herd", HEAD, &[cells])
}

fn number(round: &Value, name: &str) -> f64 {
    // What is not there reaches no goal.
    round[name].as_f64().unwrap_or(f64::INFINITY)
}

/// Applications a second when nobody is refused.
fn ease(round: &Value) -> f64 {
    f64::midpoint(number(round, "perSecondBefore"), number(round, "perSecondAfter"))
}

fn over_ideal(round: &Value) -> f64 {
    number(round, "seconds") / (number(round, "desks") / ease(round))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ideal_is_what_the_office_does_at_ease() {
        let round = serde_json::json!({
            "desks": 1000, "perSecondBefore": 120.0, "perSecondAfter": 80.0, "seconds": 13.0,
        });
        assert!((ease(&round) - 100.0).abs() < 1e-9);
        assert!((over_ideal(&round) - 1.3).abs() < 1e-9);
        assert!(number(&round, "lost").is_infinite());
    }
}
