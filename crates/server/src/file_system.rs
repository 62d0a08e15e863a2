//! Whether a folder lies on a disk of this machine. SQLite's write-ahead log shares memory between processes and
//! relies on locks and on flushes that reach a disk: over a network none of the three is certain.

use std::{io, path::Path};

/// File systems whose disks are elsewhere, by the names the kernel knows them under.
#[cfg(target_os = "linux")]
const REMOTE: [&str; 18] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "smb3",
    "smbfs",
];
/// File systems in user space that only show local files another way. Of any other it is not known where they
/// keep what is written, as of `fuse.sshfs` and `fuse.rclone`.
#[cfg(target_os = "linux")]
const LOCAL_FUSE: [&str; 3] = ["fuseblk", "fuse.bindfs", "fuse.fuse-overlayfs"];

/// The file system of another machine that a folder lies on, by name; `None` where the folder lies on this one. The
/// folder need not exist yet.
///
/// Linux names every mount. On Windows only a folder named by its network path is told apart, on macOS nothing is:
/// a drive letter or a mount point of another machine is taken for a disk of this one there.
///
/// # Errors
/// Where the folder's place cannot be found out.
#[cfg(target_os = "linux")]
pub(crate) fn remote(folder: &Path) -> io::Result<Option<String>> {
    let folder = std::path::absolute(folder)?;
    let existing = folder.ancestors().find(|place| place.exists()).unwrap_or(&folder);
    let place = existing.canonicalize()?;
    match std::fs::read_to_string("/proc/self/mountinfo") {
        Ok(mounts) => Ok(kind_of(&place, &mounts).filter(|kind| is_remote(kind)).map(str::to_owned)),
        Err(error) => {
            tracing::warn!(%error, "what the data directory lies on is not known");
            Ok(None)
        }
    }
}

/// See above.
#[cfg(windows)]
pub(crate) fn remote(folder: &Path) -> io::Result<Option<String>> {
    use std::path::{Component, Prefix};
    let folder = std::path::absolute(folder)?;
    Ok(match folder.components().next() {
        Some(Component::Prefix(prefix))
            if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)) =>
        {
            Some("a network share".to_owned())
        }
        _ => None,
    })
}

/// See above.
#[cfg(not(any(target_os = "linux", windows)))]
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn remote(_folder: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

#[cfg(target_os = "linux")]
fn is_remote(kind: &str) -> bool {
    REMOTE.contains(&kind) || (kind.starts_with("fuse") && !LOCAL_FUSE.contains(&kind))
}

/// The file system that a place lies on: of the mounts that hold it the longest, of equal ones the last, which lies
/// above the others <https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html>.
#[cfg(target_os = "linux")]
fn kind_of<'m>(place: &Path, mounts: &'m str) -> Option<&'m str> {
    let mut found: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut words = line.split(' ').skip(4);
        let Some(point) = words.next().map(unescaped) else { continue };
        let Some(kind) = words.skip_while(|word| *word != "-").nth(1) else { continue };
        let length = point.len();
        if place.starts_with(&point) && found.is_none_or(|(longest, _)| length >= longest) {
            found = Some((length, kind));
        }
    }
    found.map(|(_, kind)| kind)
}

/// A mount point as it is: blanks and the like stand there as `\040`.
#[cfg(target_os = "linux")]
fn unescaped(point: &str) -> String {
    let mut whole = String::new();
    let mut rest = point;
    while let Some((before, after)) = rest.split_once('\\') {
        whole.push_str(before);
        let code = after.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(code) => whole.push(char::from(code)),
            None => whole.push('\\'),
        }
        rest = if code.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    whole.push_str(rest);
    whole
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /srv/office rw,relatime shared:9 - nfs4 files:/office rw,vers=4.2
31 22 0:41 / /srv/office/local rw - tmpfs tmpfs rw
32 22 0:42 / /mnt/far\\040away rw,nosuid - fuse.sshfs far:/ rw,user_id=0
33 22 0:43 / /mnt/share rw - cifs //files/share rw
34 22 254:9 / /mnt/share rw - xfs /dev/vdb rw
35 22 8:17 / /mnt/usb rw - fuseblk /dev/sdb1 rw
36 22 0:44 / /mnt/drive rw - fuse.rclone drive: rw";

    fn judged(place: &str) -> Option<&'static str> {
        kind_of(Path::new(place), MOUNTS).filter(|kind| is_remote(kind))
    }

    #[test]
    fn the_file_system_that_a_folder_really_lies_on_is_found() {
        assert_eq!(judged("/srv/office/data"), Some("nfs4"));
        assert_eq!(judged("/srv/office"), Some("nfs4"));
        assert_eq!(judged("/srv/office/local/data"), None, "a local disk below it");
        assert_eq!(judged("/srv/office2"), None, "only looks like it");
        assert_eq!(judged("/mnt/far away/data"), Some("fuse.sshfs"));
        assert_eq!(judged("/mnt/share/data"), None, "mounted over it later");
        assert_eq!(judged("/mnt/usb"), None);
        assert_eq!(judged("/mnt/drive"), Some("fuse.rclone"));
        assert_eq!(judged("/var/lib/yiban"), None);
    }

    #[test]
    fn a_folder_of_this_machine_is_taken_also_before_it_exists() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(remote(&dir.path().join("not/yet")).expect("found out"), None);
    }
}
