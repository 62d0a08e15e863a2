//! Wraps the database key under something a person knows: argon2id makes a key of it, XChaCha20-Poly1305
//! seals. A wrap is bound to its vault and purpose, so that none can be moved to another file.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::DatabaseKey;

/// What a wrap is opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    Passphrase,
    RecoveryCode,
}

/// A sealed key, as it stands in the key file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wrap {
    pub(crate) purpose: Purpose,
    kdf: Kdf,
    salt: String,
    nonce: String,
    sealed: String,
}

/// Argon2id's cost. RFC 9106 §4's second choice: 64 MiB, three passes; one lane, since this is no server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Kdf {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

const COST: Kdf = Kdf { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/// A file from elsewhere cannot make the program eat all memory or time.
const MAX_COST: Kdf = Kdf { memory_kib: 1024 * 1024, passes: 16, lanes: 8 };

/// Could not be sealed: no randomness, or no memory for the derivation.
#[derive(Debug, thiserror::Error)]
#[error("the key could not be sealed: {0}")]
pub(crate) struct SealError(String);

impl Wrap {
    pub(crate) fn seal(
        key: &DatabaseKey,
        secret: &str,
        purpose: Purpose,
        vault: Uuid,
    ) -> Result<Self, SealError> {
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        getrandom::fill(&mut salt).map_err(|error| SealError(error.to_string()))?;
        getrandom::fill(&mut nonce).map_err(|error| SealError(error.to_string()))?;
        let cipher = cipher(secret, &salt, COST).ok_or_else(|| SealError("derivation".into()))?;
        let bound = bound_to(purpose, vault);
        let payload = Payload { msg: key.bytes(), aad: &bound };
        let sealed =
            cipher.encrypt(&XNonce::from(nonce), payload).map_err(|error| SealError(error.to_string()))?;
        Ok(Self {
            purpose,
            kdf: COST,
            salt: hex::encode(salt),
            nonce: hex::encode(nonce),
            sealed: hex::encode(sealed),
        })
    }

    /// `None`: not with this secret, or the wrap is damaged.
    pub(crate) fn open(&self, secret: &str, vault: Uuid) -> Option<DatabaseKey> {
        let nonce: [u8; 24] = hex::decode(&self.nonce).ok()?.try_into().ok()?;
        let sealed = hex::decode(&self.sealed).ok()?;
        let cipher = cipher(secret, &hex::decode(&self.salt).ok()?, self.kdf)?;
        let bound = bound_to(self.purpose, vault);
        let payload = Payload { msg: &sealed, aad: &bound };
        let opened = Zeroizing::new(cipher.decrypt(&XNonce::from(nonce), payload).ok()?);
        Some(DatabaseKey::from_bytes(opened.as_slice().try_into().ok()?))
    }
}

fn cipher(secret: &str, salt: &[u8], cost: Kdf) -> Option<XChaCha20Poly1305> {
    let allowed = cost.memory_kib <= MAX_COST.memory_kib
        && cost.passes <= MAX_COST.passes
        && cost.lanes <= MAX_COST.lanes;
    if !allowed {
        return None;
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut derived = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret.as_bytes(), salt, derived.as_mut())
        .ok()?;
    XChaCha20Poly1305::new_from_slice(derived.as_ref()).ok()
}

fn bound_to(purpose: Purpose, vault: Uuid) -> Vec<u8> {
    let word = match purpose {
        Purpose::Passphrase => "passphrase",
        Purpose::RecoveryCode => "recovery_code",
    };
    format!("yiban key file 1/{vault}/{word}").into_bytes()
}
