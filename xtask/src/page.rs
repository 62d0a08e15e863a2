//! The page: npm packages and the two builds (`ui/dist` for the window, `ui/dist-console` for the review console).

use anyhow::Result;

use crate::{
    shell::{check, npm, root},
    stamp,
};

/// Everything the page is made from.
const SOURCES: &[&str] = &[
    "ui/src",
    "ui/public",
    "ui/index.html",
    "ui/console.html",
    "ui/package-lock.json",
    "ui/package.json",
    "ui/tsconfig.json",
    "ui/vite.config.ts",
];

/// `npm ci`, only after `package-lock.json` changed.
pub(crate) fn install() -> Result<()> {
    stamp::unless_fresh(
        "npm",
        &["ui/package.json", "ui/package-lock.json"],
        &["ui/node_modules/.package-lock.json"],
        || check(npm().args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])),
    )?;
    Ok(())
}

/// `npm ci` of the validators that the field kinds are compared with, only after their `package-lock.json` changed.
pub(crate) fn install_peers() -> Result<()> {
    stamp::unless_fresh(
        "peers",
        &["crates/forms/peers/package.json", "crates/forms/peers/package-lock.json"],
        &["crates/forms/peers/node_modules/.package-lock.json"],
        || {
            let folder = root().join("crates/forms/peers");
            check(npm().current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
        },
    )?;
    Ok(())
}

/// Type check and build, only after a change.
pub(crate) fn build() -> Result<()> {
    // Not the pages themselves: a bare `cargo build` writes a note in their place.
    stamp::unless_fresh("page", SOURCES, &["ui/dist/assets", "ui/dist-console/assets"], || {
        check(npm().args(["run", "--silent", "build"]))
    })?;
    Ok(())
}

/// eslint.
pub(crate) fn lint() -> Result<()> {
    check(npm().args(["run", "--silent", "lint"]))
}

/// vitest.
pub(crate) fn test() -> Result<()> {
    check(npm().args(["test", "--silent"]))
}
