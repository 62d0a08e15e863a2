//! The programs: one cargo invocation with one feature set builds the window, the server and the sample player,
//! so that `run` and `test` share every compiled crate.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::shell::{cargo, check, root};

/// How a program is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to compile; what `run` and `test` use.
    Development,
    /// What people get.
    Release,
}

/// Builds everything that is started by name. `xtask` is left out: it runs right now.
pub(crate) fn build() -> Result<()> {
    build_as(Profile::Development)
}

/// The same in one of the profiles.
pub(crate) fn build_as(profile: Profile) -> Result<()> {
    check(selection(profile).arg("--bins"))
}

/// Only these, with the same selection of packages, so that nothing else is compiled for them.
pub(crate) fn build_only(profile: Profile, names: &[&str]) -> Result<()> {
    let mut command = selection(profile);
    command.args(names.iter().flat_map(|name| ["--bin", name]));
    check(&mut command)
}

fn selection(profile: Profile) -> Command {
    let mut command = cargo();
    command.args(["build", "--workspace", "--exclude", "xtask"]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    command
}

/// Where a built program is.
pub(crate) fn path(name: &str) -> PathBuf {
    path_in(Profile::Development, name)
}

/// Where a program of one of the profiles is.
pub(crate) fn path_in(profile: Profile, name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    root().join(target).join(folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
