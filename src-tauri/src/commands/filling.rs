//! 填写: starting, answering, agreeing, leaving and coming back.

use desk::{ApplicationView, Desk, Explained, Filled};
use forms::Answer;
use protocol::ApplicationId;
use tauri::State;

/// Starts a draft of a service, in its newest version.
#[tauri::command]
pub async fn start_application(
    desk: State<'_, Desk>,
    service_id: String,
) -> Result<ApplicationView, Explained> {
    desk.start(&service_id).await
}

/// Opens an application where it was left.
#[tauri::command]
pub async fn open_application(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
) -> Result<ApplicationView, Explained> {
    desk.view(application_id).await
}

/// Saves one answer and judges the form anew. `null` clears it; `material.<id>` chooses an alternative.
#[tauri::command]
pub async fn set_answer(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    field_id: String,
    answer: Option<Answer>,
) -> Result<Filled, Explained> {
    desk.answer(application_id, &field_id, answer).await
}

/// Records exactly these consents, with the version and hash of the notice; earlier ones keep their time.
#[tauri::command]
pub async fn record_consents(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    consents: Vec<String>,
) -> Result<ApplicationView, Explained> {
    desk.agree(application_id, &consents).await
}

/// Remembers the page and place, so that reopening lands there.
#[tauri::command]
pub async fn remember_place(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    place: String,
) -> Result<(), Explained> {
    desk.remember_place(application_id, &place).await
}

/// Puts a draft away; `restore_application` brings it back.
#[tauri::command]
pub async fn discard_application(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
) -> Result<(), Explained> {
    desk.discard(application_id).await
}

/// Brings a draft back that was put away.
#[tauri::command]
pub async fn restore_application(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
) -> Result<ApplicationView, Explained> {
    desk.restore(application_id).await
}
