//! File systems in files: mounted, filled, broken, and photographed as a disk is when the power fails.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

/// Why none of this can be done here; `None` where it can.
pub(super) fn impossible(programs: &[&str]) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("needs root, to mount file systems".to_owned());
    }
    let found = |program: &&&str| {
        ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]
            .iter()
            .any(|folder| Path::new(folder).join(program).is_file())
    };
    let missing: Vec<_> = programs.iter().filter(|program| !found(program)).copied().collect();
    if !missing.is_empty() {
        return Some(format!("{} not installed", missing.join(", ")));
    }
    // Root in a container may not, either.
    let tried =
        tempfile::tempdir().map_err(Into::into).and_then(|at| Mounted::in_memory(at.path(), 1).map(drop));
    tried.err().map(|refused| format!("file systems cannot be mounted here: {refused:#}"))
}

/// A mounted file system; unmounted when dropped.
pub(super) struct Mounted(PathBuf);

impl Mounted {
    /// A file system in memory of so many megabytes.
    pub(super) fn in_memory(at: &Path, megabytes: u32) -> Result<Self> {
        fs::create_dir_all(at)?;
        run("mount", &["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs", text(at)?])?;
        Ok(Self(at.to_owned()))
    }

    /// The file system in a file.
    pub(super) fn file(file: &Path, at: &Path, options: &str) -> Result<Self> {
        fs::create_dir_all(at)?;
        run("mount", &["-o", &format!("loop,{options}"), text(file)?, text(at)?])?;
        Ok(Self(at.to_owned()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// What the kernel calls the disk below, such as `loop3`.
    pub(super) fn device(&self) -> Result<String> {
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let line = mounts.lines().rev().find(|line| line.split(' ').nth(1) == self.0.to_str());
        let device = line.and_then(|line| line.split(' ').next()).context("not mounted")?;
        Ok(device.trim_start_matches("/dev/").to_owned())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A process that was killed may hold on to it for a moment.
        for _ in 0..200 {
            if run("umount", &[&self.0.to_string_lossy()]).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        // It goes when whoever still looks goes.
        let _ = run("umount", &["-l", &self.0.to_string_lossy()]);
    }
}

/// A new file of so many megabytes with a file system in it. Nothing of it is on the disk until it is used.
pub(super) fn format(file: &Path, megabytes: u64, kind: &[&str]) -> Result<()> {
    File::create(file)?.set_len(megabytes << 20)?;
    let (program, options) = kind.split_first().context("a program")?;
    let mut arguments = options.to_vec();
    arguments.push(text(file)?);
    run(program, &arguments)
}

/// Writes until nothing goes in any more, then gives back so many bytes; the file that takes the room.
pub(super) fn fill(disk: &Path, left: u64) -> Result<PathBuf> {
    let path = disk.join("filler");
    let mut file = File::create(&path)?;
    let piece = vec![0; 64 << 10];
    let mut written: u64 = 0;
    while file.write_all(&piece).is_ok() {
        written += u64::try_from(piece.len())?;
    }
    file.set_len(written.saturating_sub(left))?;
    Ok(path)
}

/// A copy of a disk at one moment, as its file system had written it until then. What was only in memory is not in it.
pub(super) fn photograph(disk: &Path, to: &Path) -> Result<()> {
    let from = File::open(disk)?;
    let copy = OpenOptions::new().write(true).create(true).truncate(true).open(to)?;
    rustix::fs::ioctl_ficlone(&copy, &from).context("the file system cannot photograph files")?;
    Ok(())
}

pub(super) fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("could not start {program}"))?;
    if !output.status.success() {
        bail!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}
