//! 提交申请: handing in, once.

use desk::{ApplicationView, Desk, Explained};
use protocol::ApplicationId;
use tauri::State;

/// Freezes what is there as a revision and hands it to the outbox; it is sent by itself as soon as it can be.
/// `declared`: the box beside the declaration is ticked; without it nothing is handed in. `beside`: the applications
/// for the same person, service and year (`earlier` of the view) that the person knows of.
#[tauri::command]
pub async fn submit_application(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
    declared: bool,
    beside: Vec<ApplicationId>,
) -> Result<ApplicationView, Explained> {
    desk.submit_beside(application_id, declared, &beside).await
}

/// Takes back what was handed in and has not left this desk: it can be changed again.
#[tauri::command]
pub async fn take_back_application(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
) -> Result<ApplicationView, Explained> {
    desk.take_back(application_id).await
}

/// Sends what stands in quarantine once more as it is.
#[tauri::command]
pub async fn send_again(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
) -> Result<ApplicationView, Explained> {
    desk.send_again(application_id).await
}
