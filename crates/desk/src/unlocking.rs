//! The vault: whether what was filled can be read, and what it takes where it cannot.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Explained;

/// How the vault stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Vault {
    /// Where it stands.
    pub state: VaultState,
    /// Why it is not open, with the way out.
    pub problem: Option<Explained>,
}

/// Where the vault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum VaultState {
    /// Open; everything works.
    Open,
    /// There is something inside, and it takes the passphrase or the recovery code.
    Locked,
    /// First start on a computer without a keychain: a passphrase must be made up.
    NewPassphraseNeeded,
    /// The key at hand is not the one it was locked with; the recovery code may still open it.
    WrongKey,
    /// Another window of this program, or another user's, has it open.
    InUse,
    /// It cannot be opened for another reason (disk full, no permission, damaged file).
    Failed,
}

/// Shown once, to be written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCode {
    /// In groups, as it should be written down.
    pub recovery_code: String,
}
