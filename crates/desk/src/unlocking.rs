//! The vault: whether what was filled can be read, and what it takes where it cannot.

use std::sync::Arc;

use forms::Text;
use serde::{Deserialize, Serialize};
use store::{
    StoreError,
    keys::{KeyError, KeyState},
};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::{Desk, Explained, opening::Door};

/// The setting that says so.
const RECOVERY_CODE_KEPT: &str = "recovery_code_kept";

/// How the vault stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct Vault {
    /// Where it stands.
    pub state: VaultState,
    /// Why it is not open, with the way out.
    pub problem: Option<Explained>,
    /// A recovery code was made once. Whatever keeps the vault closed, except another window, it opens it
    /// (`unlock_vault`).
    pub has_recovery_code: bool,
    /// Somebody said that it is written down; known only while the vault is open. Until then, offer to make one: a code
    /// that was shown to nobody opens nothing.
    pub recovery_code_kept: bool,
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
    /// Another window of this program, or another user's, has it open. Asking again tries again.
    InUse,
    /// It cannot be opened for another reason (keychain locked, disk full, no permission, damaged file).
    /// Asking again tries again.
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

impl Vault {
    fn of(state: VaultState, problem: Option<Explained>) -> Self {
        Self { state, problem, has_recovery_code: false, recovery_code_kept: false }
    }

    /// Before the first try, and after closing.
    pub(crate) fn untried() -> Self {
        Self::of(VaultState::Failed, None)
    }

    pub(crate) fn from_store(error: StoreError) -> Self {
        let state = match error {
            StoreError::InUse => VaultState::InUse,
            StoreError::WrongKey => VaultState::WrongKey,
            _ => VaultState::Failed,
        };
        Self::of(state, Some(error.into()))
    }
}

impl Desk {
    /// How the vault stands. Where waiting or another program's end may have mended it, tries again first.
    pub async fn vault(&self) -> Vault {
        let state = match &*self.0.door.read().await {
            Door::Open(_) => VaultState::Open,
            Door::Closed(vault) => vault.state,
        };
        if matches!(state, VaultState::InUse | VaultState::Failed) {
            self.try_to_open().await;
        }
        let mut vault = match &*self.0.door.read().await {
            Door::Open(_) => Vault::of(VaultState::Open, None),
            Door::Closed(vault) => vault.clone(),
        };
        let keys = Arc::clone(&self.0.keys);
        vault.has_recovery_code = blocking(move || keys.has_recovery_code()).await.unwrap_or(false);
        vault.recovery_code_kept =
            vault.has_recovery_code && self.recovery_code_kept().await.unwrap_or(false);
        vault
    }

    async fn recovery_code_kept(&self) -> Result<bool, Explained> {
        let said = self.opened().await?.store.setting(RECOVERY_CODE_KEPT).await?;
        Ok(said.is_some_and(|said| said == true))
    }

    /// Looks for the key and opens with it; otherwise notes what it takes.
    async fn try_to_open(&self) {
        let _trying = self.0.trying.lock().await;
        if matches!(*self.0.door.read().await, Door::Open(_)) {
            return;
        }
        let keys = Arc::clone(&self.0.keys);
        let vault = match blocking(move || keys.locate()).await {
            Ok(KeyState::Ready(key)) => {
                // What stood in the way is noted at the door.
                let _ = self.open_with(key).await;
                return;
            }
            Ok(KeyState::NeedsPassphrase { recovery_only: false }) => Vault::of(VaultState::Locked, None),
            Ok(KeyState::NeedsPassphrase { recovery_only: true }) => {
                Vault::of(VaultState::Locked, Some(recovery_code_needed()))
            }
            Ok(KeyState::FirstRunNeedsPassphrase) => Vault::of(VaultState::NewPassphraseNeeded, None),
            Err(error) => {
                tracing::warn!(code = error.code(), "there is no key");
                let state = if matches!(error, KeyError::KeyMissing) {
                    VaultState::WrongKey
                } else {
                    VaultState::Failed
                };
                Vault::of(state, Some(self.with_the_code(error).await))
            }
        };
        let mut door = self.0.door.write().await;
        if matches!(*door, Door::Closed(_)) {
            *door = Door::Closed(vault);
        }
    }

    /// Names the recovery code as a way out, where there is one.
    async fn with_the_code(&self, error: KeyError) -> Explained {
        let explained = Explained::from(error);
        let keys = Arc::clone(&self.0.keys);
        if !blocking(move || keys.has_recovery_code()).await.unwrap_or(false) {
            return explained;
        }
        let Text { zh, en } = &*explained.hint;
        let (zh, en) = (format!("{zh}也可以用恢复码打开。"), format!("{en} The recovery code opens it too."));
        explained.hint(zh, en)
    }

    /// First start without a keychain: a new vault under a passphrase. The code is shown once.
    ///
    /// # Errors
    /// `passphrase_too_short`, `key_already_made`, …
    pub async fn create_passphrase(&self, passphrase: String) -> Result<RecoveryCode, Explained> {
        let passphrase = Zeroizing::new(passphrase);
        let _trying = self.0.trying.lock().await;
        let keys = Arc::clone(&self.0.keys);
        let key = blocking(move || keys.create_passphrase(&passphrase)).await?;
        self.open_with(key).await?;
        // Only now: a code that was made before and never shown would be taken for one that somebody has.
        self.make_recovery_code().await
    }

    /// Opens with the passphrase or the recovery code.
    ///
    /// # Errors
    /// `wrong_passphrase`, or what stood in the way of opening.
    pub async fn unlock(&self, passphrase_or_code: String) -> Result<Vault, Explained> {
        let secret = Zeroizing::new(passphrase_or_code);
        let keys = Arc::clone(&self.0.keys);
        let key = blocking(move || keys.unlock(&secret)).await?;
        self.open_with(key.clone()).await?;
        // Nobody should type 25 characters at every start because a keychain was emptied once.
        let keys = Arc::clone(&self.0.keys);
        match blocking(move || keys.put_back(&key)).await {
            Ok(kept) => tracing::info!(kept, "the key for the keychain"),
            Err(error) => tracing::warn!(code = error.code(), "the key did not go back into the keychain"),
        }
        Ok(self.vault().await)
    }

    /// A recovery code for what is open now; a new one replaces the old one.
    ///
    /// # Errors
    /// `vault_locked`, `key_file`, …
    pub async fn make_recovery_code(&self) -> Result<RecoveryCode, Explained> {
        let opened = self.opened().await?;
        // First: what was said of the old one must never be taken to be said of the new one.
        opened.store.set_setting(RECOVERY_CODE_KEPT, &false.into()).await?;
        let key = opened.key.clone();
        let keys = Arc::clone(&self.0.keys);
        let code = blocking(move || keys.make_recovery_code(&key)).await?;
        Ok(RecoveryCode { recovery_code: code.to_string() })
    }

    /// The person says that the recovery code is written down; until then it is offered again.
    ///
    /// # Errors
    /// `vault_locked`, the store's.
    pub async fn confirm_recovery_code(&self) -> Result<(), Explained> {
        Ok(self.opened().await?.store.set_setting(RECOVERY_CODE_KEPT, &true.into()).await?)
    }
}

fn recovery_code_needed() -> Explained {
    Explained::new(
        "recovery_code_needed",
        "钥匙串里找不到钥匙了，需要用恢复码打开。内容都还在。",
        "The keychain no longer has the key; the recovery code is needed. Nothing is lost.",
    )
    .hint(
        "恢复码是第一次使用时抄下的 25 个字母和数字。",
        "The recovery code is the 25 letters and digits written down at first use.",
    )
}

/// Keychains and key derivation block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|ended| Err(KeyError::Sealing(ended.to_string())))
}
