//! The programs: one cargo invocation with one feature set builds the window, the server and the sample player,
//! so that `run` and `test` share every compiled crate.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{cargo, check, root};

/// Builds everything that is started by name. `xtask` is left out: it runs right now.
pub(crate) fn build() -> Result<()> {
    check(cargo().args(["build", "--workspace", "--exclude", "xtask", "--bins"]))
}

/// Where a built program is.
pub(crate) fn path(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    root().join(target).join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
