//! 改材料: crop, hide, order of pages and of documents. What is possible is the documents crate's to judge.

use desk::{ApplicationView, Changed, Desk, Edit, Explained};
use protocol::ApplicationId;
use tauri::State;

/// Makes a document anew from its originals with this edit and no other; no pages brings the original back.
/// `attaching_progress` tells how far it is, `cancel_attaching` stops it.
#[tauri::command]
pub async fn edit_document(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: u32,
    edit: Edit,
) -> Result<Changed, Explained> {
    desk.edit_document(application_id, &slot, index, edit).await
}

/// Moves a document to another place in its slot.
#[tauri::command]
pub async fn move_document(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    from: u32,
    to: u32,
) -> Result<ApplicationView, Explained> {
    desk.move_document(application_id, &slot, from, to).await
}
