//! A disk for power cuts: a file system in a file, on a file system that can photograph files in an instant. What a
//! photograph holds is what the disk would hold if the power had failed at that moment.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use tempfile::TempDir;

use super::image::{self, Mounted};

/// Why there can be none here; `None` where there can.
pub(super) fn impossible() -> Option<String> {
    let lacking = image::impossible(&["mount", "umount", "mkfs.xfs", "mkfs.ext4"]);
    // A kernel without XFS or loop devices shows only when it is asked.
    lacking.or_else(|| {
        let tried = Rig::new().and_then(|rig| rig.photograph(0));
        tried.err().map(|refused| format!("no disk that can be photographed: {refused:#}"))
    })
}

/// A disk that can be photographed, mounted.
pub(super) struct Rig {
    disk: Mounted,
    // Dropped after the disk that lies on it, and before the folder.
    outer: Mounted,
    folder: TempDir,
}

impl Rig {
    pub(super) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (outer_file, outer_at) = (folder.path().join("outer.img"), folder.path().join("outer"));
        image::format(&outer_file, 6 << 10, &["mkfs.xfs", "-q", "-m", "reflink=1"])?;
        let outer = Mounted::file(&outer_file, &outer_at, "noatime")?;
        let disk_file = outer_at.join("disk.img");
        image::format(&disk_file, 1 << 10, &["mkfs.ext4", "-q", "-F"])?;
        let disk = Mounted::file(&disk_file, &folder.path().join("disk"), "noatime")?;
        Ok(Self { disk, outer, folder })
    }

    /// Where the disk is.
    pub(super) fn disk(&self) -> &Path {
        self.disk.path()
    }

    /// A place beside it, which no power cut touches.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The disk as it is at this instant, in a file of its own: of a file that is still attached somewhere, a mount
    /// would show what was in it before.
    pub(super) fn photograph(&self, round: u32) -> Result<()> {
        image::photograph(&self.outer.path().join("disk.img"), &self.photo(round))
    }

    /// The photograph as another computer finds it: its journal is played back. The one of before goes away.
    pub(super) fn found(&self, round: u32) -> Result<Mounted> {
        if let Some(before) = round.checked_sub(1) {
            fs::remove_file(self.photo(before))?;
        }
        Mounted::file(&self.photo(round), &self.folder.path().join(format!("found-{round}")), "noatime")
    }

    fn photo(&self, round: u32) -> PathBuf {
        self.outer.path().join(format!("cut-{round}.img"))
    }
}
