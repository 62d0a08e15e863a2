//! The operating system's keychain: Secret Service, macOS Keychain, Windows Credential Manager.

use std::{collections::HashMap, sync::Mutex};

use zeroize::Zeroizing;

const SERVICE: &str = "cn.yiban.desk";

/// Why the keychain did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is none in this session.
    #[error("there is no keychain in this session")]
    Absent,
    /// There is one, but it is locked or access was refused.
    #[error("the keychain is locked")]
    Locked,
    /// Something else.
    #[error("the keychain failed: {0}")]
    Failed(String),
}

/// A place for a secret under a name.
pub trait Keychain: Send + Sync {
    /// `Ok(None)`: no such entry, *or* one that a locked keychain hides. Never take it for a first run.
    ///
    /// # Errors
    /// [`KeychainError`].
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;

    /// Writes or replaces.
    ///
    /// # Errors
    /// [`KeychainError`].
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError>;
}

/// The one of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeychain;

impl Keychain for SystemKeychain {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match keyring::Entry::new(SERVICE, name).and_then(|entry| entry.get_secret()) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        keyring::Entry::new(SERVICE, name)
            .and_then(|entry| entry.set_secret(secret))
            .map_err(|error| explain(&error))
    }
}

fn explain(error: &keyring::Error) -> KeychainError {
    match error {
        keyring::Error::NoDefaultStore => KeychainError::Absent,
        keyring::Error::NoStorageAccess(_) => KeychainError::Locked,
        other => KeychainError::Failed(other.to_string()),
    }
}

/// Forgets with the process: for tests, and for looking at the other ways.
#[derive(Debug, Default)]
pub struct MemoryKeychain {
    entries: Mutex<HashMap<String, Vec<u8>>>,
    refuses: Mutex<Option<KeychainError>>,
}

impl MemoryKeychain {
    /// From now on every call fails like this; `None` heals it.
    pub fn refuse(&self, error: Option<KeychainError>) {
        if let Ok(mut refuses) = self.refuses.lock() {
            *refuses = error;
        }
    }

    /// Loses everything.
    pub fn forget(&self) {
        if let Ok(mut entries) = self.entries.lock() {
            entries.clear();
        }
    }

    fn entries(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, Vec<u8>>>, KeychainError> {
        let poisoned = || KeychainError::Failed("poisoned".into());
        match &*self.refuses.lock().map_err(|_| poisoned())? {
            Some(error) => Err(error.clone()),
            None => self.entries.lock().map_err(|_| poisoned()),
        }
    }
}

impl Keychain for MemoryKeychain {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.entries()?.get(name).cloned().map(Zeroizing::new))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.entries()?.insert(name.to_owned(), secret.to_owned());
        Ok(())
    }
}

impl<K: Keychain + ?Sized> Keychain for std::sync::Arc<K> {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        (**self).read(name)
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        (**self).write(name, secret)
    }
}
