//! Whether what was filled can be read, and opening it where it cannot.

use desk::{Desk, Explained, RecoveryCode, Vault};
use tauri::State;

/// How the vault stands; asking again tries again. The only question that is answered while it is not open.
#[tauri::command]
pub async fn get_vault(desk: State<'_, Desk>) -> Result<Vault, Explained> {
    Ok(desk.vault().await)
}

/// First start without a keychain: locks the new vault with a passphrase and answers the recovery code, once.
#[tauri::command]
pub async fn create_passphrase(desk: State<'_, Desk>, passphrase: String) -> Result<RecoveryCode, Explained> {
    desk.create_passphrase(passphrase).await
}

/// Opens the vault with the passphrase or the recovery code.
#[tauri::command]
pub async fn unlock_vault(
    desk: State<'_, Desk>,
    passphrase_or_recovery_code: String,
) -> Result<Vault, Explained> {
    desk.unlock(passphrase_or_recovery_code).await
}

/// The recovery code is written down; until that is said it is offered again.
#[tauri::command]
pub async fn confirm_recovery_code(desk: State<'_, Desk>) -> Result<(), Explained> {
    desk.confirm_recovery_code().await
}

/// A recovery code for what is open now, shown once; a new one replaces the old one.
#[tauri::command]
pub async fn make_recovery_code(desk: State<'_, Desk>) -> Result<RecoveryCode, Explained> {
    desk.make_recovery_code().await
}
