//! Finds the key of a data directory. The one rule that must never break: where a database exists, no way
//! through here makes a new key.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    DatabaseKey, Keychain, KeychainError, RecoveryCode, SystemKeychain,
    file::KeyFile,
    wrapping::{Purpose, SealError, Wrap},
};
use crate::opening::DATABASE_FILE;

/// Shortest passphrase, in characters.
pub const MIN_PASSPHRASE_CHARS: usize = 8;

/// How the key of a data directory can be had.
#[derive(Debug)]
pub enum KeyState {
    /// Here it is.
    Ready(DatabaseKey),
    /// [`KeyRing::unlock`] with the passphrase or the recovery code; `recovery_only` where there is no
    /// passphrase, because the keychain used to have the key.
    NeedsPassphrase {
        /// Only the recovery code opens it.
        recovery_only: bool,
    },
    /// A first run without a usable keychain: [`KeyRing::create_passphrase`].
    FirstRunNeedsPassphrase,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is in the keychain, and that is locked. Nothing is lost.
    #[error("the keychain is locked")]
    KeychainLocked,
    /// The key is in the keychain, and there is none in this session. Nothing is lost.
    #[error("the keychain cannot be reached: {0}")]
    KeychainUnreachable(KeychainError),
    /// There is a database, but its key is nowhere.
    #[error("the key of the database is gone")]
    KeyMissing,
    /// Neither the passphrase nor the recovery code.
    #[error("neither the passphrase nor the recovery code")]
    WrongPassphrase,
    /// Shorter than [`MIN_PASSPHRASE_CHARS`].
    #[error("the passphrase has fewer than {MIN_PASSPHRASE_CHARS} characters")]
    PassphraseTooShort,
    /// There is a key already; a passphrase is made at the first run only.
    #[error("there is a key already")]
    AlreadyMade,
    /// The key file cannot be read or written.
    #[error("the key file: {0}")]
    KeyFile(#[from] io::Error),
    /// No randomness or no memory.
    #[error("the key could not be made or sealed: {0}")]
    Sealing(String),
}

impl KeyError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KeychainLocked => "keychain_locked",
            Self::KeychainUnreachable(_) => "keychain_unreachable",
            Self::KeyMissing => "key_missing",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::PassphraseTooShort => "passphrase_too_short",
            Self::AlreadyMade => "key_already_made",
            Self::KeyFile(_) => "key_file",
            Self::Sealing(_) => "key_sealing",
        }
    }
}

impl From<SealError> for KeyError {
    fn from(error: SealError) -> Self {
        Self::Sealing(error.to_string())
    }
}

impl From<getrandom::Error> for KeyError {
    fn from(error: getrandom::Error) -> Self {
        Self::Sealing(error.to_string())
    }
}

/// The protectors of one data directory's key.
pub struct KeyRing {
    directory: PathBuf,
    keychain: Box<dyn Keychain>,
}

impl KeyRing {
    /// With the operating system's keychain.
    #[must_use]
    pub fn system(directory: &Path) -> Self {
        Self::new(directory, SystemKeychain)
    }

    /// With a keychain of one's own.
    pub fn new(directory: &Path, keychain: impl Keychain + 'static) -> Self {
        Self { directory: directory.to_owned(), keychain: Box::new(keychain) }
    }

    /// Finds the key; makes one, in the keychain, at a first run.
    ///
    /// # Errors
    /// [`KeyError`]; none of them means that anything is lost, except [`KeyError::KeyMissing`].
    pub fn locate(&self) -> Result<KeyState, KeyError> {
        let database = self.database_exists();
        let Some(file) = KeyFile::read(&self.directory)? else {
            return if database { Err(KeyError::KeyMissing) } else { self.first_run(&KeyFile::new()) };
        };
        let passphrase = file.has(Purpose::Passphrase);
        let found = self.keychain.read(&entry(&file));
        if let Ok(Some(secret)) = &found
            && let Ok(bytes) = <[u8; 32]>::try_from(secret.as_slice())
        {
            return Ok(KeyState::Ready(DatabaseKey::from_bytes(bytes)));
        }
        if passphrase {
            return Ok(KeyState::NeedsPassphrase { recovery_only: false });
        }
        match found {
            Err(KeychainError::Locked) if database => Err(KeyError::KeychainLocked),
            Err(error) if database => Err(KeyError::KeychainUnreachable(error)),
            Ok(_) if file.has(Purpose::RecoveryCode) => Ok(KeyState::NeedsPassphrase { recovery_only: true }),
            Ok(_) if database => Err(KeyError::KeyMissing),
            _ => self.first_run(&file),
        }
    }

    /// A key of one's own at a first run without a keychain. The recovery code is made once the database is
    /// there ([`KeyRing::make_recovery_code`]), so that none is ever kept that was not shown. After a first run
    /// that came no further than here, the same passphrase finds the same key.
    ///
    /// # Errors
    /// [`KeyError::PassphraseTooShort`], [`KeyError::AlreadyMade`], …
    pub fn create_passphrase(&self, passphrase: &str) -> Result<DatabaseKey, KeyError> {
        if passphrase.chars().count() < MIN_PASSPHRASE_CHARS {
            return Err(KeyError::PassphraseTooShort);
        }
        let mut file = KeyFile::read(&self.directory)?.unwrap_or_else(KeyFile::new);
        if self.database_exists() {
            return Err(KeyError::AlreadyMade);
        }
        if !file.wraps.is_empty() {
            return self.unlock(passphrase).map_err(|_| KeyError::AlreadyMade);
        }
        let key = DatabaseKey::generate()?;
        file.replace(Wrap::seal(&key, passphrase, Purpose::Passphrase, file.vault)?);
        file.write(&self.directory)?;
        Ok(key)
    }

    /// Puts a key that has just opened the database back into the keychain, where that is its place: not where
    /// a passphrase was made up. Says whether the keychain has it now.
    ///
    /// # Errors
    /// [`KeyError::KeyFile`].
    pub fn put_back(&self, key: &DatabaseKey) -> Result<bool, KeyError> {
        match KeyFile::read(&self.directory)? {
            Some(file) if !file.has(Purpose::Passphrase) => Ok(self.kept(&entry(&file), key)),
            _ => Ok(false),
        }
    }

    /// Opens with the passphrase or, as typed from the sheet, the recovery code.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`].
    pub fn unlock(&self, passphrase_or_code: &str) -> Result<DatabaseKey, KeyError> {
        let file = KeyFile::read(&self.directory)?.ok_or(KeyError::KeyMissing)?;
        let code = RecoveryCode::read(passphrase_or_code);
        file.wraps
            .iter()
            .find_map(|wrap| match (wrap.purpose, &code) {
                (Purpose::Passphrase, _) => wrap.open(passphrase_or_code, file.vault),
                (Purpose::RecoveryCode, Some(code)) => wrap.open(code.secret(), file.vault),
                (Purpose::RecoveryCode, None) => None,
            })
            .ok_or(KeyError::WrongPassphrase)
    }

    /// A recovery code for a key that the keychain holds; a new one replaces the old one.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn make_recovery_code(&self, key: &DatabaseKey) -> Result<RecoveryCode, KeyError> {
        let mut file = KeyFile::read(&self.directory)?.ok_or(KeyError::KeyMissing)?;
        let code = RecoveryCode::generate()?;
        file.replace(Wrap::seal(key, code.secret(), Purpose::RecoveryCode, file.vault)?);
        file.write(&self.directory)?;
        Ok(code)
    }

    /// Whether a recovery code was ever made, so that the window can offer one.
    ///
    /// # Errors
    /// [`KeyError::KeyFile`].
    pub fn has_recovery_code(&self) -> Result<bool, KeyError> {
        Ok(KeyFile::read(&self.directory)?.is_some_and(|file| file.has(Purpose::RecoveryCode)))
    }

    /// Key file first, then the keychain, then (by the caller) the database: whatever dies in between, the
    /// next start is a first run again. The entry is read back before it is trusted.
    fn first_run(&self, file: &KeyFile) -> Result<KeyState, KeyError> {
        file.write(&self.directory)?;
        let key = DatabaseKey::generate()?;
        if self.kept(&entry(file), &key) {
            Ok(KeyState::Ready(key))
        } else {
            Ok(KeyState::FirstRunNeedsPassphrase)
        }
    }

    fn kept(&self, name: &str, key: &DatabaseKey) -> bool {
        let kept = self.keychain.write(name, key.bytes()).and_then(|()| self.keychain.read(name));
        matches!(kept, Ok(Some(secret)) if secret.as_slice() == key.bytes())
    }

    fn database_exists(&self) -> bool {
        // What cannot be looked at is taken to exist.
        self.directory.join(DATABASE_FILE).try_exists().unwrap_or(true)
    }
}

fn entry(file: &KeyFile) -> String {
    format!("database {}", file.vault)
}
