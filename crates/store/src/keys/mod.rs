//! Where the database key lives: the operating system's keychain, else wrapped by a passphrase, and always
//! openable by a recovery code once one was made. The key itself is random and never changes with them.
//!
//! All of it blocks (D-Bus, key derivation): call it from a blocking thread.

mod code;
mod file;
mod keychain;
mod ring;
mod wrapping;

use std::fmt;

use zeroize::Zeroizing;

pub use code::RecoveryCode;
pub use keychain::{Keychain, KeychainError, MemoryKeychain, SystemKeychain};
pub use ring::{KeyError, KeyRing, KeyState, MIN_PASSPHRASE_CHARS};

/// The 32 random bytes that open the database. Erased from memory when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    /// A new random one.
    ///
    /// # Errors
    /// Where the operating system has no randomness to give.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// From its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As SQLCipher takes a raw key: `"x'<64 hex>'"`.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let hex = Zeroizing::new(hex::encode(self.bytes()));
        Zeroizing::new(format!("\"x'{}'\"", hex.as_str()))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

#[cfg(test)]
mod tests;
