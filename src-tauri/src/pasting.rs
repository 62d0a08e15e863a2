//! What a person copied elsewhere, for pasting it into a slot. Pages of other systems get it with the paste; WebKitGTK
//! tells its page of a paste and keeps pictures and files to itself, so the program looks.

use std::path::PathBuf;

use tauri::WebviewWindow;

/// What there is to paste.
#[derive(Debug)]
pub(crate) enum Copied {
    /// Neither a picture nor files.
    Nothing,
    /// Files, copied in the system's file manager.
    Files(Vec<PathBuf>),
    /// A picture, copied in another program or taken of the screen.
    Picture {
        /// The name under which it is shown.
        name: String,
        /// As the other program gave it; nothing is known of them.
        bytes: Vec<u8>,
    },
}

/// Asks the program in which it was copied. One that does not answer has copied nothing.
#[cfg(target_os = "linux")]
pub(crate) async fn copied(window: &WebviewWindow) -> Copied {
    use std::time::Duration;

    /// A large picture takes its time to come.
    const PATIENCE: Duration = Duration::from_secs(10);

    let (tell, told) = tokio::sync::oneshot::channel();
    // GTK answers on the thread of the window only.
    let asked = window.run_on_main_thread(move || {
        clipboard::ask(&gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD), tell);
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "the clipboard was not looked at");
        return Copied::Nothing;
    }
    match tokio::time::timeout(PATIENCE, told).await {
        Ok(Ok(copied)) => copied,
        _ => Copied::Nothing,
    }
}

/// The page has it already.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn copied(_: &WebviewWindow) -> Copied {
    Copied::Nothing
}

#[cfg(target_os = "linux")]
mod clipboard {
    use std::{collections::VecDeque, path::PathBuf};

    use gtk::{Clipboard, SelectionData, gdk::Atom, gio, prelude::*};
    use tokio::sync::oneshot::Sender;

    use super::Copied;

    /// A form in which something may have been copied: its name, and the ending of such a file; files have none.
    type Kind = (&'static str, Option<&'static str>);

    /// Files first: beside them some file managers offer a picture of their icon.
    const KINDS: &[Kind] = &[
        ("text/uri-list", None),
        ("image/png", Some("png")),
        ("image/jpeg", Some("jpg")),
        ("image/bmp", Some("bmp")),
    ];

    /// Asks for the first kind that the other program offers. Some programs answer any question with what they have:
    /// words would come as a picture.
    pub(super) fn ask(clipboard: &Clipboard, tell: Sender<Copied>) {
        clipboard.request_contents(&Atom::intern("TARGETS"), move |clipboard, offered| {
            let offered = offered.targets().unwrap_or_default();
            let kinds = KINDS.iter().filter(|(target, _)| offered.contains(&Atom::intern(target)));
            ask_each(clipboard, kinds.copied().collect(), tell);
        });
    }

    /// Asks for one kind after the other, until there is something of it.
    fn ask_each(clipboard: &Clipboard, mut kinds: VecDeque<Kind>, tell: Sender<Copied>) {
        let Some((target, ending)) = kinds.pop_front() else {
            // Whoever asked may have given up.
            let _ = tell.send(Copied::Nothing);
            return;
        };
        clipboard.request_contents(&Atom::intern(target), move |clipboard, data| {
            match ending.map_or_else(|| files(data), |ending| picture(data, ending)) {
                Some(copied) => drop(tell.send(copied)),
                None => ask_each(clipboard, kinds, tell),
            }
        });
    }

    fn files(data: &SelectionData) -> Option<Copied> {
        let paths: Vec<PathBuf> =
            data.uris().iter().filter_map(|uri| gio::File::for_uri(uri).path()).collect();
        (!paths.is_empty()).then_some(Copied::Files(paths))
    }

    fn picture(data: &SelectionData, ending: &str) -> Option<Copied> {
        // −1 where there is none of this kind.
        (data.length() > 0).then(|| Copied::Picture { name: format!("paste.{ending}"), bytes: data.data() })
    }
}
