//! Leaving: the page's word that nothing typed is waiting any more, and the person's that the window may go.

use desk::Explained;
use tauri::{State, WebviewWindow};

use crate::closing::Closing;

/// After the event `closing`: everything typed has been sent. `close`: the window may go; otherwise it stays, because
/// the person has to decide first.
#[tauri::command]
pub fn answer_closing(closing: State<'_, Closing>, close: bool) {
    closing.answer(close);
}

/// As the button of the window does: the event `closing` asks once more.
#[tauri::command]
pub async fn close_window(window: WebviewWindow) -> Result<(), Explained> {
    window.close().map_err(|error| {
        tracing::warn!(%error, "the window did not close");
        Explained::new("window_not_closed", "窗口没有关上。", "The window did not close.")
            .hint("请再点一次窗口的“×”。", "Please press the × of the window once more.")
    })
}
