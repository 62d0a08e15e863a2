//! Leaving: the page's word that nothing typed is waiting any more.

use tauri::State;

use crate::closing::Closing;

/// After the event `closing`: everything typed has been sent, the window may go.
#[tauri::command]
pub fn page_flushed(closing: State<'_, Closing>) {
    closing.flushed();
}
