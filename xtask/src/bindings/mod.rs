//! `cargo xtask bindings`: the typed door between window and desk.
//!
//! Types come from `ts-rs` (`cargo test … export_bindings`); this module adds `commands.ts`, one typed function
//! per `#[tauri::command]`, and `index.ts`, and refuses to go on while the handler, `build.rs` or the
//! capabilities name other commands than the command files hold.

mod commands;
mod lists;
mod typescript;
mod writing;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, ensure};

use crate::shell::{cargo, root};
use commands::command_files;
use lists::check_lists;
use writing::{commands_ts, index_ts};

/// Where the bindings live, from the root of the project.
const BINDINGS: &str = "ui/src/host/bindings";
const COMMANDS: &str = "src-tauri/src/commands";

/// Options of `bindings`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Fail where the committed bindings are out of date.
    #[arg(long)]
    check: bool,
    /// Only what needs no compiler: the commands, the index and the lists.
    #[arg(long, conflicts_with = "check")]
    commands_only: bool,
}

/// Brings the bindings up to date, or says that they are not.
///
/// # Errors
/// As [`fresh`].
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.commands_only { generate(&root()) } else { fresh(&root(), options.check) }
}

/// Exports the types and writes `commands.ts` and `index.ts`; with `check`, fails where that would change anything.
///
/// # Errors
/// A list that names other commands than the files hold, a type that has no TypeScript, or (with `check`)
/// bindings that are out of date.
pub(crate) fn fresh(root: &Path, check: bool) -> Result<()> {
    // Into an empty folder, so that what nobody exports any more goes too.
    let made = root.join("target/bindings");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    fs::create_dir_all(&made)?;
    export_types(root, &made)?;
    write_commands(root, &made)?;
    let stale = carry_over(&made, &root.join(BINDINGS))?;
    ensure!(
        !check || stale.is_empty(),
        "bindings were out of date (they are not any more, commit them): {}",
        stale.join(", ")
    );
    Ok(())
}

/// Writes `commands.ts` and `index.ts` from what is there, without compiling anything.
///
/// # Errors
/// As [`fresh`].
fn generate(root: &Path) -> Result<()> {
    write_commands(root, &root.join(BINDINGS))
}

fn write_commands(root: &Path, folder: &Path) -> Result<()> {
    let files = command_files(root)?;
    let names: BTreeSet<String> =
        files.iter().flat_map(|file| file.commands.iter().map(|command| command.name.clone())).collect();
    check_lists(root, &names)?;
    write_if_changed(&folder.join("commands.ts"), &commands_ts(&files)?)?;
    write_if_changed(&folder.join("index.ts"), &index_ts(folder)?)
}

fn export_types(root: &Path, into: &Path) -> Result<()> {
    let mut cargo = cargo();
    // The whole workspace, as everywhere: another selection would compile crates with another feature set.
    cargo.current_dir(root).args(["test", "--quiet", "--workspace", "--lib", "export_bindings"]);
    let done = cargo.env("TS_RS_EXPORT_DIR", into).output().context("cargo could not be started")?;
    ensure!(
        done.status.success(),
        "the types could not be exported:\n{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}

/// Makes `to` hold exactly what `from` holds, and says what differed.
fn carry_over(from: &Path, to: &Path) -> Result<Vec<String>> {
    let (made, committed) = (snapshot(from)?, snapshot(to)?);
    ensure!(made.len() > 2, "no type was exported");
    let differing: BTreeSet<&String> =
        made.keys().chain(committed.keys()).filter(|name| made.get(*name) != committed.get(*name)).collect();
    for name in &differing {
        let path = to.join(name);
        match made.get(*name) {
            Some(text) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&path, text)?;
            }
            None => fs::remove_file(&path)?,
        }
    }
    Ok(differing.into_iter().cloned().collect())
}

/// Every generated file below the bindings folder with its text.
fn snapshot(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        if !current.exists() {
            continue;
        }
        for entry in fs::read_dir(&current)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}

fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|current| current == text) {
        return Ok(());
    }
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_nobody_exports_any_more_goes() {
        let folder = std::env::temp_dir().join(format!("bindings-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for (path, text) in [
            ("from/A.ts", "a"),
            ("from/B.ts", "b"),
            ("from/index.ts", "i"),
            ("to/A.ts", "old"),
            ("to/Gone.ts", "x"),
        ] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("has one")).expect("made");
            fs::write(path, text).expect("written");
        }
        assert_eq!(carry_over(&from, &to).expect("carried"), ["A.ts", "B.ts", "Gone.ts", "index.ts"]);
        assert_eq!(carry_over(&from, &to).expect("carried"), Vec::<String>::new());
        assert!(!to.join("Gone.ts").exists());
        fs::remove_dir_all(folder).expect("cleared");
    }

    #[test]
    fn the_lists_of_this_tree_agree() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the root");
        let files = command_files(root).expect("the command files parse");
        let names = files.iter().flat_map(|file| file.commands.iter().map(|one| one.name.clone())).collect();
        check_lists(root, &names).expect("they agree");
    }
}
