//! `cargo xtask bench forms`: the engine alone, always optimised; then the real window, by the page's own clock.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::history;
use crate::{
    page, program,
    shell::{self, cargo},
    steps::Steps,
    system::{self, Purpose},
};

/// One evaluation of the largest form, 99 of 100.
const ENGINE_GOAL_MICROS: f64 = 1_000.0;
/// From a keystroke to the redrawn page.
const WINDOW_GOAL_MS: f64 = 16.0;

const HEAD: &str = "\
# Forms: how fast

Appended by `cargo xtask bench forms`. Engine: one evaluation of the largest form in an optimised build, in µs; goal p99 < 1000.
Window: from the key to the page redrawn with the program's judgement, by the page's own clock in the real window, in ms; goal < 16.
“Work” is the part after the page has asked the program; the rest is the page's own pause. “Shown” is the frame after the redrawing.
`+` behind a commit: the tree had changes.

| day | commit | form | fields | engine p50 | engine p99 | window build | keys | redrawn median | redrawn p95 | work median | work p95 | shown median | shown p95 |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// Options of `bench forms`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure the window of a release build (slow to compile) instead of the development build.
    #[arg(long)]
    release: bool,
    /// Only this part.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// How many keys are typed into the window.
    #[arg(long, default_value_t = 120)]
    keystrokes: u32,
    /// The day that stands in the history; the commit's by default.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Date>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// `evaluate`, without a window.
    Engine,
    /// Keystrokes in the real window.
    Window,
}

/// Measures both, prints them beside the goals and keeps them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let wants = |part| options.only.is_none_or(|only| only == part);
    let mut steps = Steps::new(if wants(Part::Window) { 5 } else { 0 } + usize::from(wants(Part::Engine)));
    let engine = if wants(Part::Engine) { Some(steps.step("Engine", engine)?) } else { None };
    let window = if wants(Part::Window) { Some(window(options, &mut steps)?) } else { None };

    println!();
    let (engine, window) = (engine.unwrap_or_default(), window.unwrap_or_default());
    tell("one evaluation, p50", &engine["p50Micros"], "µs", None);
    tell("one evaluation, p99", &engine["p99Micros"], "µs", Some(ENGINE_GOAL_MICROS));
    let build = if options.release { "release" } else { "development" };
    if wants(Part::Window) {
        println!("   the window is a {build} build");
    }
    for (name, what, goal) in [
        ("waited", "the page's own pause", None),
        ("answered", "the program's answer", None),
        ("work", "asked → redrawn", Some(WINDOW_GOAL_MS)),
        ("redrawn", "key → redrawn", Some(WINDOW_GOAL_MS)),
        ("shown", "key → the frame that shows it", None),
    ] {
        tell(&format!("{what}, median"), &window[name]["median"], "ms", goal);
        tell(&format!("{what}, p95"), &window[name]["p95"], "ms", goal);
    }

    let (day, commit) = history::stamp(options.day);
    let either = |key: &str| if engine[key].is_null() { &window[key] } else { &engine[key] };
    let build = if wants(Part::Window) { build } else { "" };
    let cells = [&Value::from(day), &Value::from(commit), either("service"), either("fields")];
    let cells = cells.into_iter().chain([&engine["p50Micros"], &engine["p99Micros"]]);
    let build = Value::from(build);
    let cells = cells.chain([&build, &window["keystrokes"]]);
    let spans = ["redrawn", "work", "shown"]
        .into_iter()
        .flat_map(|name| ["median", "p95"].map(|of| &window[name][of]));
    let cells: Vec<String> = cells.chain(spans).map(cell).collect();
    history::append("forms", HEAD, &[cells])
}

/// The example prints a line for each form it measures; the one that takes longest counts.
fn engine() -> Result<Value> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--package", "forms", "--example", "evaluate"]);
    let said = shell::output(&mut command).context("the example `evaluate` of forms did not run")?;
    println!("{said}");
    let measured = said.lines().filter_map(measured);
    let slowest = measured.max_by_key(|figures| figures["p99Micros"].as_u64());
    slowest.context("the example `evaluate` of forms told no figures")
}

/// `reimbursement: 24 fields, 60 rows: p50 310 µs, p99 480 µs, …`
fn measured(line: &str) -> Option<Value> {
    let (service, rest) = line.split_once(": ")?;
    let number = |before: &str| rest.split_once(before)?.1.split_whitespace().next()?.parse::<u64>().ok();
    let fields: u64 = rest.split_once(" fields")?.0.trim().parse().ok()?;
    Some(
        json!({ "service": service, "fields": fields, "p50Micros": number("p50 ")?, "p99Micros": number("p99 ")? }),
    )
}

fn window(options: &Options, steps: &mut Steps) -> Result<Value> {
    steps.step("System packages", || system::prepare(Purpose::Drive))?;
    steps.step("Page: packages", page::install)?;
    steps.step("Page: build", page::build)?;
    let profile = if options.release { program::Profile::Release } else { program::Profile::Development };
    steps.step("Program: build", || program::build_as(profile))?;
    steps.step("Window", || {
        let keystrokes = options.keystrokes.to_string();
        let measure = program::path_in(profile, "measure-window");
        figures(shell::program(measure).args(["--keystrokes", &keystrokes]))
    })
}

/// The last line of what a measuring program prints; the lines before are shown.
fn figures(command: &mut std::process::Command) -> Result<Value> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines: Vec<&str> = said.lines().collect();
    let last = lines.pop().unwrap_or_default();
    for line in &lines {
        println!("{line}");
    }
    if !output.status.success() {
        bail!("{name} ended with {}: {last}", output.status);
    }
    serde_json::from_str(last).with_context(|| format!("{name} did not end with figures but with: {last}"))
}

fn tell(what: &str, value: &Value, unit: &str, goal: Option<f64>) {
    let Some(value) = value.as_f64() else { return };
    let verdict = match goal {
        Some(goal) if value < goal => format!("  (goal < {goal}: met)"),
        Some(goal) => format!("  (goal < {goal}: MISSED)"),
        None => String::new(),
    };
    println!("   {what:<40} {value:>9.2} {unit}{verdict}");
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_example_is_read() {
        let figures =
            measured("a-b: 24 fields, 60 rows: p50 310 µs, p99 480 µs, worst 900 µs of 3000").unwrap();
        let expected = json!({ "service": "a-b", "fields": 24, "p50Micros": 310, "p99Micros": 480 });
        assert_eq!(figures, expected);
        assert_eq!(measured("   Compiling forms"), None);
    }
}
