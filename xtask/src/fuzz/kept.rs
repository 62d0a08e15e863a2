//! The inputs that stand in the repository: of all that were found, libFuzzer's own choice of few that reach
//! everything (`-set_cover_merge`), the shortest first, until the room for the target is full.

use std::{fs, path::Path, process::Stdio};

use anyhow::{Context, Result, bail};

use super::{
    crate_folder,
    target::{files, known, libfuzzer},
    work,
};

/// Bytes for each target: an ordinary test replays all of them, unoptimised, and is to end within a minute.
const ROOM: u64 = 12_000;

/// Chooses anew for a target.
pub(super) fn choose(target: &str) -> Result<()> {
    let chosen = work().join("chosen").join(target);
    let kept = crate_folder().join("corpus").join(target);
    let _ = fs::remove_dir_all(&chosen);
    fs::create_dir_all(&chosen).context("could not make a folder for the choice")?;
    let mut command = libfuzzer(target)?;
    command.args(["-set_cover_merge=1", "-timeout=10", "-rss_limit_mb=512"]).arg(&chosen);
    command.arg(work().join("corpus").join(target)).args(known(target));
    let output = command.stdin(Stdio::null()).output().context("could not start the choice")?;
    if !output.status.success() || files(&chosen).is_empty() {
        bail!("choosing inputs of {target} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let _ = fs::remove_dir_all(&kept);
    fs::create_dir_all(&kept).context("could not make a folder for kept inputs")?;
    let mut inputs: Vec<_> = files(&chosen).into_iter().map(|file| (length(&file), file)).collect();
    inputs.sort();
    let mut room = ROOM;
    for (length, file) in inputs {
        let Some(left) = room.checked_sub(length) else { break };
        room = left;
        let name = file.file_name().unwrap_or_default();
        fs::copy(&file, kept.join(name)).with_context(|| format!("could not keep {}", file.display()))?;
    }
    Ok(())
}

/// How many inputs are kept for a target, and how many bytes they have.
#[allow(clippy::cast_precision_loss, reason = "some kilobytes")]
pub(super) fn size(target: &str) -> (usize, f64) {
    let kept = files(&crate_folder().join("corpus").join(target));
    (kept.len(), kept.iter().map(|file| length(file)).sum::<u64>() as f64)
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |facts| facts.len())
}
