//! Remembers, in `target/xtask/`, from what something was last made, so that a second run does it again only after a change.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::shell;

/// Does `work` unless `sources` are as they were after the last success and all `products` are there.
/// Answers whether there was anything to do.
pub(crate) fn unless_fresh(
    name: &str,
    sources: &[&str],
    products: &[&str],
    work: impl FnOnce() -> Result<()>,
) -> Result<bool> {
    let root = shell::root();
    let now = fingerprint(&root, sources)?;
    let stamp = root.join("target/xtask").join(name);
    let fresh = fs::read_to_string(&stamp).is_ok_and(|before| before == now);
    if fresh && products.iter().all(|product| root.join(product).exists()) {
        println!("   nothing changed since the last time");
        return Ok(false);
    }
    // Gone before the work begins: half-done work must never look finished.
    let _ = fs::remove_file(&stamp);
    work()?;
    fs::create_dir_all(root.join("target/xtask")).context("could not make target/xtask")?;
    fs::write(&stamp, now).with_context(|| format!("could not write {}", stamp.display()))?;
    Ok(true)
}

/// Over the names and contents of all files below `sources`.
fn fingerprint(root: &Path, sources: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for source in sources {
        collect(&root.join(source), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        fs::read(&file).with_context(|| format!("could not read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("could not list {}", path.display()))? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}
