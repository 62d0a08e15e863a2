//! 我的办件: what there is, and whether the office can be reached.

use desk::{ApplicationView, CaseSummary, Connection, Desk, Explained};
use protocol::ApplicationId;
use tauri::State;

/// Every application that is not put away, the last touched first.
#[tauri::command]
pub async fn list_cases(desk: State<'_, Desk>) -> Result<Vec<CaseSummary>, Explained> {
    desk.cases().await
}

/// The consultation that asks about an application whose answer is overdue, begun or under way already.
#[tauri::command]
pub async fn urge_application(
    desk: State<'_, Desk>,
    application_id: ApplicationId,
) -> Result<ApplicationView, Explained> {
    desk.urge(application_id).await
}

/// Whether the office can be reached and what still waits to be sent.
#[tauri::command]
pub async fn get_connection(desk: State<'_, Desk>) -> Result<Connection, Explained> {
    desk.connection().await
}

/// Tries to send and to fetch now instead of at the next turn.
#[tauri::command]
pub async fn sync_now(desk: State<'_, Desk>) -> Result<(), Explained> {
    desk.sync_now().await
}

/// Sends documents over a network that costs money, too, until the network changes.
#[tauri::command]
pub async fn send_despite_cost(desk: State<'_, Desk>) -> Result<(), Explained> {
    desk.send_despite_cost().await
}
