//! The system's own dialog for choosing files. It is opened from here, so the page never learns a path. There is one
//! at a time: a second click while it stands open opens no other.

use std::sync::atomic::{AtomicBool, Ordering};

use desk::{AttachOutcome, Desk, Explained};
use forms::Text;
use protocol::ApplicationId;
use tauri::{Manager, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

/// What cameras, telephones and scanners write. A name is a hint only: the bytes decide.
/// Both cases, because GTK's filters tell them apart.
const ENDINGS: &[&str] = &[
    "jpg", "jpeg", "png", "pdf", "webp", "tif", "tiff", "bmp", "gif", "heic", "JPG", "JPEG", "PNG", "PDF",
    "WEBP", "TIF", "TIFF", "BMP", "GIF", "HEIC",
];

/// Whether the dialog stands open.
#[derive(Debug, Default)]
pub(crate) struct Choosing(AtomicBool);

impl Choosing {
    /// `None` while it stands open already. It counts as closed when what this gives is dropped.
    fn begin(&self) -> Option<Asking<'_>> {
        (!self.0.swap(true, Ordering::SeqCst)).then_some(Asking(self))
    }
}

/// The dialog stands open.
struct Asking<'a>(&'a Choosing);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::SeqCst);
    }
}

/// Asks, remembers the folder, attaches. `None` where the person closed the dialog, and
/// where it stands open already.
pub(crate) async fn choose_and_attach(
    window: &WebviewWindow,
    desk: &Desk,
    application: ApplicationId,
    slot: &str,
    index: Option<u32>,
) -> Result<Option<AttachOutcome>, Explained> {
    // Before the dialog: nobody should look for a file that cannot be taken.
    let place = desk.room(application, slot, index).await?;
    let choosing = window.state::<Choosing>();
    let Some(asking) = choosing.begin() else { return Ok(None) };
    let chosen = ask(window, desk).await?;
    drop(asking);
    let paths: Vec<_> = chosen.into_iter().filter_map(|path| path.into_path().ok()).collect();
    let Some(first) = paths.first() else { return Ok(None) };
    if let Some(folder) = first.parent() {
        desk.remember_folder(folder).await?;
    }
    desk.attach_files_at(application, place, paths).await.map(Some)
}

async fn ask(window: &WebviewWindow, desk: &Desk) -> Result<Vec<FilePath>, Explained> {
    let language = desk.settings().await?.language;
    let say = |zh: &str, en: &str| Text::new(zh, en).get(language).to_owned();
    let mut dialog = window
        .dialog()
        .file()
        .set_parent(window)
        .set_title(say("选择照片或 PDF", "Choose photos or PDF files"))
        .add_filter(say("照片或 PDF", "Photos or PDF"), ENDINGS)
        .add_filter(say("所有文件", "All files"), &["*"]);
    if let Some(folder) = desk.last_folder().await?.filter(|folder| folder.is_dir()) {
        dialog = dialog.set_directory(folder);
    }
    let (chosen, answer) = oneshot::channel();
    // Several even where there is room for one: they may be the pages of one paper.
    dialog.pick_files(move |paths| {
        let _ = chosen.send(paths.unwrap_or_default());
    });
    // A dialog that ends without a word was closed.
    Ok(answer.await.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dialog_stands_open_at_a_time() {
        let choosing = Choosing::default();
        let first = choosing.begin();
        assert!(first.is_some());
        assert!(choosing.begin().is_none(), "a second click");
        drop(first);
        assert!(choosing.begin().is_some(), "after it was closed");
    }
}
