//! `cargo xtask windows`: whether everything that is for Windows compiles, told from a machine that is none. The C
//! inside (`SQLCipher`, `OpenSSL`, `libjpeg-turbo`) is compiled, Rust is type-checked and linted; nothing is linked or run.

use anyhow::{Result, bail};

use crate::{
    page,
    shell::{cargo, check, output, program},
    steps::Steps,
    system,
};

/// What rustup brings for machines that have no Microsoft compiler; what differs by the target's ABI is not ours.
const TARGET: &str = "x86_64-pc-windows-gnu";
/// Its C and C++ compilers, as Debian calls them, and what the C libraries inside are configured with.
const COMPILERS: [&str; 5] = ["cmake", "g++-mingw-w64-x86-64", "gcc-mingw-w64-x86-64", "nasm", "perl"];

/// Options of `windows`.
#[derive(clap::Args)]
pub(crate) struct Options {}

/// Checks, after what is lacking was installed.
pub(crate) fn run(_: &Options) -> Result<()> {
    let mut steps = Steps::new(4);
    steps.step("Compilers", || system::packages(&COMPILERS))?;
    steps.step("Rust for Windows", target)?;
    steps.step("Page: type check and build", || page::install().and_then(|()| page::build()))?;
    steps.step("Clippy", || {
        // A folder of its own: what is compiled for this machine stays fresh.
        let folder = ["--target", TARGET, "--target-dir", "target/windows"];
        check(
            cargo()
                .args(["clippy", "--workspace", "--all-targets"])
                .args(folder)
                .args(["--", "-D", "warnings"]),
        )
    })?;
    steps.table();
    Ok(())
}

fn target() -> Result<()> {
    let there = output(program("rustup").args(["target", "list", "--installed"]));
    match there {
        Some(list) if list.lines().any(|line| line == TARGET) => Ok(()),
        Some(_) => check(program("rustup").args(["target", "add", TARGET])),
        None => bail!("rustup was not found; Rust's standard library for {TARGET} comes by it"),
    }
}
