//! `cargo xtask test`: everything that must hold, cheapest first, with a table of timings at the end.

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    bindings, catalog, page, program, services,
    shell::{cargo, check, root, succeeds},
    steps::Steps,
    system::{self, Purpose},
    wording,
};

/// Options of `test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these parts; may be given several times.
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// Without these parts; may be given several times.
    #[arg(long, value_enum, value_name = "PART")]
    skip: Vec<Part>,
}

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Format, wording, catalogue, clippy, bindings, eslint.
    Lint,
    /// Page tests.
    Ui,
    /// Unit, property and journey tests.
    Rust,
    /// The real window, driven.
    E2e,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        (self.only.is_empty() || self.only.contains(&part)) && !self.skip.contains(&part)
    }
}

/// Runs the wanted parts; the first that fails ends the command.
pub(crate) fn run(options: &Options) -> Result<()> {
    let parts = [(Part::Lint, 6), (Part::Ui, 1), (Part::Rust, 3), (Part::E2e, 2)];
    let total =
        3 + parts.iter().filter(|(part, _)| options.wants(*part)).map(|(_, steps)| steps).sum::<usize>();
    let mut steps = Steps::new(total);
    let outcome = all(options, &mut steps);
    steps.table();
    if outcome.is_ok() {
        println!("\n   everything holds");
    }
    outcome
}

fn all(options: &Options, steps: &mut Steps) -> Result<()> {
    let purpose = if options.wants(Part::E2e) { Purpose::Drive } else { Purpose::Window };
    steps.step("System packages", || system::prepare(purpose))?;
    steps.step("Page: packages", page::install)?;
    // Before cargo: the window and the server carry the page inside them.
    steps.step("Page: type check and build", page::build)?;
    if options.wants(Part::Lint) {
        steps.step("Format", || {
            check(cargo().args(["fmt", "--all", "--check"]))?;
            // A workspace of its own, which the first does not see.
            check(cargo().args(["fmt", "--manifest-path", "crates/documents/fuzz/Cargo.toml", "--check"]))
        })?;
        steps.step("Wording", || wording::check(&root()))?;
        steps.step("Catalogue", catalog::check_all)?;
        steps.step("Page: lint", page::lint)?;
    }
    if options.wants(Part::Ui) {
        steps.step("Page: tests", page::test)?;
    }
    if options.wants(Part::Lint) {
        // With what ordinary builds leave out, so that it does not rot.
        let clippy = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            "documents/heic",
            "--",
            "-D",
            "warnings",
        ];
        steps.step("Clippy", || check(cargo().args(clippy)))?;
        steps.step("Bindings are fresh", || bindings::fresh(&root(), true))?;
    }
    let nextest = succeeds(cargo().args(["nextest", "--version"]));
    if options.wants(Part::Rust) {
        steps.step("Peers: packages", page::install_peers)?;
        let served = steps.step("Services for the tests of a shared office", services::prepare)?;
        steps.step("Rust tests", || rust_tests(nextest, served))?;
    }
    if options.wants(Part::E2e) {
        steps.step("Program: build", program::build)?;
        steps.step("End to end, in the real window", || end_to_end(nextest))?;
    }
    Ok(())
}

/// The same selection of packages everywhere, so that no crate is compiled with two feature sets.
fn rust_tests(nextest: bool, served: bool) -> Result<()> {
    let mut command = cargo();
    if served {
        // What is there and does not come up is a failure, not a reason to leave tests out.
        command.env(services::REQUIRED, "1");
    }
    if nextest {
        return check(command.args(["nextest", "run", "--workspace", "-E", "not binary(e2e)"]));
    }
    command.args(["test", "--workspace", "--all-targets", "--"]);
    for name in end_to_end_modules() {
        command.args(["--skip", &name]);
    }
    check(&mut command)
}

fn end_to_end(nextest: bool) -> Result<()> {
    if nextest {
        check(cargo().args(["nextest", "run", "--workspace", "-E", "binary(e2e)"]))
    } else {
        check(cargo().args(["test", "--workspace", "--test", "e2e", "--", "--test-threads=1"]))
    }
}

/// The modules of the end-to-end program, by which plain cargo test can leave its tests out.
fn end_to_end_modules() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("tests/e2e")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name != "main")
        .map(|name| format!("{name}::"))
        .collect();
    names.sort();
    names
}
