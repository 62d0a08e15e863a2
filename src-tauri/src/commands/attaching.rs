//! 上传材料: by dialog, by dropping, by pasting; turning, replacing, removing, looking.

use desk::{ApplicationView, AttachOutcome, Desk, Explained, Removed};
use protocol::ApplicationId;
use tauri::{State, WebviewWindow};

use crate::{
    choosing,
    dropping::Offered,
    pasting::{self, Copied},
};

/// Asks for files with the system's own dialog and attaches them; `null` where the person closed it.
/// `index` names the document to replace; `null` takes the next free places.
#[tauri::command]
pub async fn choose_documents(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: Option<u32>,
) -> Result<Option<AttachOutcome>, Explained> {
    choosing::choose_and_attach(&window, &desk, application_id, &slot, index).await
}

/// Attaches files that were dropped on the window, by the names that came with `files_dropped`; others are not read.
#[tauri::command]
pub async fn attach_files(
    desk: State<'_, Desk>,
    offered: State<'_, Offered>,
    application_id: ApplicationId,
    slot: String,
    index: Option<u32>,
    paths: Vec<String>,
) -> Result<AttachOutcome, Explained> {
    desk.attach_files(application_id, &slot, index, offered.take_up(&paths)?).await
}

/// Attaches a picture that came with a paste; `base64` are its bytes.
#[tauri::command]
pub async fn attach_bytes(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: Option<u32>,
    name: String,
    base64: String,
) -> Result<AttachOutcome, Explained> {
    desk.attach_base64(application_id, &slot, index, name, base64).await
}

/// Attaches what was copied elsewhere, where a paste came without it; `null` where that is neither a picture nor files.
#[tauri::command]
pub async fn paste_documents(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: Option<u32>,
) -> Result<Option<AttachOutcome>, Explained> {
    match pasting::copied(&window).await {
        Copied::Nothing => Ok(None),
        Copied::Files(paths) => desk.attach_files(application_id, &slot, index, paths).await.map(Some),
        Copied::Picture { name, bytes } => {
            desk.attach_bytes(application_id, &slot, index, &name, bytes).await.map(Some)
        }
    }
}

/// Stops a task of `attaching_progress`; nothing of it is kept. An ended task is no error.
#[tauri::command]
pub fn cancel_attaching(desk: State<'_, Desk>, task: String) {
    desk.cancel_attaching(&task);
}

/// Turns a document clockwise, from the original, so that nothing gets worse by turning.
#[tauri::command]
pub async fn rotate_document(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: u32,
    quarter_turns: u8,
) -> Result<ApplicationView, Explained> {
    desk.rotate(application_id, &slot, index, quarter_turns).await
}

/// Takes a document out of its slot; `restore_document` brings it back.
#[tauri::command]
pub async fn remove_document(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: u32,
) -> Result<Removed, Explained> {
    desk.remove(application_id, &slot, index).await
}

/// Undoes a removal.
#[tauri::command]
pub async fn restore_document(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    undo: String,
) -> Result<ApplicationView, Explained> {
    desk.restore_document(application_id, &undo).await
}

/// 就用这张: keeps a document in spite of what was found.
#[tauri::command]
pub async fn accept_document(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: u32,
) -> Result<ApplicationView, Explained> {
    desk.accept(application_id, &slot, index).await
}

/// A page as a picture, `data:image/png;base64,…`. Pages count from 0; `long_edge` is in pixels.
#[tauri::command]
pub async fn render_document_page(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    slot: String,
    index: u32,
    page: u32,
    long_edge: u32,
) -> Result<String, Explained> {
    desk.render_page(application_id, &slot, index, page, long_edge).await
}
