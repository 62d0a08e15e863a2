//! A full disk: one clear sentence, and everything from before is still there. Needs root on Linux (a small tmpfs
//! is mounted); elsewhere it says that it did not run.

use std::{path::Path, process::Command};

use tempfile::TempDir;
use testkit::{papers, person};

use crate::world::{World, text};

struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where this machine does not let us mount.
    fn of_kib(kib: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={kib}k");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stderr, reason = "a test that does not run must say so")]
async fn a_full_disk_is_said_and_loses_nothing() {
    let Some(disk) = SmallDisk::of_kib(6 * 1024) else {
        eprintln!("NOT RUN: a small tmpfs cannot be mounted here (needs root on Linux)");
        return;
    };
    let world = World::at(disk.path().join("data"));
    let desk = world.desk().await;
    let id = desk.start("resident-enrolment").await.unwrap().id;
    desk.answer(id, "full_name", text(person::NAME)).await.unwrap();
    let photo = world.scan("身份证.jpg", &papers::id_card_front_photo());
    let outcome = desk.attach_files(id, "id_card_front", None, vec![photo]).await.unwrap();
    assert_eq!(outcome.refused.len(), 1, "the photo and its original need more than there is");
    assert_eq!(outcome.refused[0].error.code, "disk_full");
    assert!(outcome.refused[0].error.message.zh.contains("您以前填的都还在"));
    assert_eq!(outcome.application.documents, vec![]);
    assert_eq!(outcome.application.answers.text("full_name"), Some(person::NAME));

    // Small things still go, and everything is there after the next start.
    desk.answer(id, "mobile", text(person::MOBILE)).await.unwrap();
    desk.close().await;
    let view = world.desk().await.view(id).await.unwrap();
    assert_eq!(view.answers.text("mobile"), Some(person::MOBILE));
}
