//! `cargo xtask windows`: whether everything that is for Windows compiles and whether the crates below the window
//! pass their tests there, told from a machine that is none. The whole workspace is type-checked and linted with the C
//! inside (`SQLCipher`, `OpenSSL`, `libjpeg-turbo`) compiled; tests run in Wine. The window itself is not linked:
//! Wine has no `WebView2`.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    page,
    shell::{cargo, check, output, program, root},
    steps::Steps,
    system,
};

/// What rustup brings for machines that have no Microsoft compiler; what differs by the target's ABI is not ours.
const TARGET: &str = "x86_64-pc-windows-gnu";
/// Its C and C++ compilers, as Debian calls them, and what the C libraries inside are configured with.
const COMPILERS: [&str; 5] = ["cmake", "g++-mingw-w64-x86-64", "gcc-mingw-w64-x86-64", "nasm", "perl"];

/// What runs the programs, as Debian calls it: only its 64 bits are needed.
const WINE: [&str; 2] = ["wine", "wine64"];
/// Wine by its full path: the script of that name on the PATH insists on the 32-bit half.
const RUNNER: &str = "/usr/lib/wine/wine64";
/// A folder of its own: what is compiled for this machine stays fresh.
const FOLDER: &str = "target/windows";

/// Options of `windows`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run no tests.
    #[arg(long)]
    only_check: bool,
}

/// Checks and tests, after what is lacking was installed.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut steps = Steps::new(if options.only_check { 4 } else { 6 });
    steps.step("Compilers", || system::packages(&COMPILERS))?;
    steps.step("Rust for Windows", target)?;
    steps.step("Page: type check and build", || page::install().and_then(|()| page::build()))?;
    steps.step("Clippy", || {
        check(for_windows("clippy").args(["--workspace", "--all-targets", "--", "-D", "warnings"]))
    })?;
    if !options.only_check {
        steps.step("Wine", wine)?;
        steps.step("Tests in Wine", tests)?;
    }
    steps.table();
    Ok(())
}

fn for_windows(subcommand: &str) -> Command {
    let mut command = cargo();
    command.args([subcommand, "--target", TARGET, "--target-dir", FOLDER]);
    command
}

/// Wine with a folder of drives of its own, and the one library that Rust's programs ask for and Debian's Wine lacks.
fn wine() -> Result<()> {
    system::packages(&WINE)?;
    let drives = root().join(FOLDER).join("wine");
    let library = drives.join("drive_c/windows/system32/bcryptprimitives.dll");
    if library.exists() {
        return Ok(());
    }
    check(in_wine(program(RUNNER).args(["wineboot", "--init"]), &drives))?;
    // A later Wine brings its own.
    if library.exists() {
        return Ok(());
    }
    let source = root().join(FOLDER).join("bcryptprimitives.c");
    fs::write(&source, RANDOM).with_context(|| format!("could not write {}", source.display()))?;
    let mut compile = program("x86_64-w64-mingw32-gcc");
    check(compile.arg("-shared").arg(&source).arg("-ladvapi32").arg("-o").arg(&library))
}

/// Random numbers as Windows gives them since version 7, out of what it gave before.
const RANDOM: &str = "\
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    return RtlGenRandom(data, (ULONG)length);
}
";

fn in_wine<'a>(command: &'a mut Command, drives: &Path) -> &'a mut Command {
    command.env("WINEPREFIX", drives).env("WINEDEBUG", "-all")
}

/// Everything that needs no window.
fn tests() -> Result<()> {
    let mut command = for_windows("test");
    command.args(["--workspace", "--exclude", "yiban", "--exclude", "tests", "--exclude", "xtask"]);
    // Other validators are asked by way of Node, which Wine has not.
    command.args(["--no-fail-fast", "--", "--skip", "every_disagreement_with_other_validators_is_explained"]);
    // Snapshots are looked for below it; by itself the library asks cargo, which Wine has not either.
    command.env("INSTA_WORKSPACE_ROOT", root());
    let runner = format!("CARGO_TARGET_{}_RUNNER", TARGET.to_uppercase().replace('-', "_"));
    command.env(runner, RUNNER);
    check(in_wine(&mut command, &root().join(FOLDER).join("wine")))
}

fn target() -> Result<()> {
    let there = output(program("rustup").args(["target", "list", "--installed"]));
    match there {
        Some(list) if list.lines().any(|line| line == TARGET) => Ok(()),
        Some(_) => check(program("rustup").args(["target", "add", TARGET])),
        None => bail!("rustup was not found; Rust's standard library for {TARGET} comes by it"),
    }
}
