//! What any office has to do for a document that it answers for, and nothing else: prove its hash, read every bit of it,
//! have the file and its name on the disk. One document after the other, no line, no rows: below this nobody comes who
//! does not do less.

use std::{fs::File, io::Write, path::Path, time::Instant};

use anyhow::{Result, ensure};
use documents::Limits;
use protocol::ContentHash;

use super::cpu::Spent;

pub(super) const WHO: &str = "hashed, read and flushed, no more";

/// What that took.
pub(super) struct Least {
    pub(super) seconds: f64,
    /// Processor seconds.
    pub(super) cpu: f64,
}

/// Does it, in `folder`, while nothing else happens in this process.
pub(super) fn least(folder: &Path, documents: &[Vec<u8>]) -> Result<Least> {
    let folder = tempfile::tempdir_in(folder)?;
    let (before, begun) = (Spent::of(std::process::id())?, Instant::now());
    for bytes in documents {
        let hash = ContentHash::of(bytes).to_string();
        read(bytes)?;
        let (arriving, kept) = (folder.path().join(format!("{hash}#1")), folder.path().join(&hash));
        let mut file = File::create_new(&arriving)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&arriving, &kept)?;
        File::open(folder.path())?.sync_all()?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Least { seconds, cpu: Spent::of(std::process::id())?.since(before).itself })
}

/// Processor seconds for reading every bit of these alone, as the office does within itself.
pub(super) fn reading(documents: &[Vec<u8>]) -> Result<f64> {
    let before = Spent::of(std::process::id())?;
    documents.iter().try_for_each(|bytes| read(bytes))?;
    Ok(Spent::of(std::process::id())?.since(before).itself)
}

fn read(bytes: &[u8]) -> Result<()> {
    let fit = documents::check_without_decoding(bytes, &Limits::default());
    ensure!(fit.is_some(), "a photograph of the bench takes a decoder");
    Ok(())
}
