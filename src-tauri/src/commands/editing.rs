//! 改材料: crop, hide, order of pages and of documents. What is possible is the documents crate's to judge.

use desk::{ApplicationView, AttachOutcome, Changed, Desk, Edit, Explained, OriginalPage, Quad};
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

/// A page of what was handed over for a document, upright, before any edit, with the edit so far. Pages count from 0
/// over all files that were bound; `long_edge` is in pixels.
#[tauri::command]
pub async fn render_original_page(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: u32,
    page: u32,
    long_edge: u32,
) -> Result<OriginalPage, Explained> {
    desk.original_page(application_id, &slot, index, page, long_edge).await
}

/// The corners of the paper on such a page, to cut at if the person wants to; `null` where none is seen surely enough.
#[tauri::command]
pub async fn propose_crop(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: u32,
    page: u32,
) -> Result<Option<Quad>, Explained> {
    desk.propose_crop(application_id, &slot, index, page).await
}

/// Makes several documents of a slot into one PDF, in the order of `indexes`; `restore_document` takes it apart.
#[tauri::command]
pub async fn bind_documents(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    indexes: Vec<u32>,
) -> Result<Changed, Explained> {
    desk.bind_documents(application_id, &slot, &indexes).await
}

/// Answers the offer of an `AttachOutcome`: `bind` makes one PDF of all files, otherwise as many are taken as there is
/// room for.
#[tauri::command]
pub async fn take_offer(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    offer: String,
    bind: bool,
) -> Result<AttachOutcome, Explained> {
    desk.take_offer(application_id, &offer, bind).await
}
