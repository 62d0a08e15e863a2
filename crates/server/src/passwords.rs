//! Reviewers' passwords: argon2id, computed on a bounded number of threads so that logins cannot starve the
//! rest of the office.

use std::{io, sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};
use zeroize::Zeroizing;

use crate::keys::random_bytes;

/// Longest password that is looked at, in bytes.
pub(crate) const LONGEST_PASSWORD: usize = 256;
/// Longest to wait for a thread.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hashes and compares.
#[derive(Clone)]
pub(crate) struct Passwords {
    places: Arc<Semaphore>,
    /// Compared with where nobody has the name, so that both cases take the same time.
    decoy: Arc<str>,
}

/// A place among those that may compute.
pub(crate) struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Passwords {
    pub(crate) async fn new() -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let decoy = hash(generate()?).await?;
        Ok(Self { places: Arc::new(Semaphore::new(cores)), decoy: decoy.into() })
    }

    /// Waits for a place; `None` when the queue is too long.
    pub(crate) async fn place(&self) -> Option<Place> {
        let permit = timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await.ok()?.ok()?;
        Some(Place(permit))
    }

    /// Whether a password fits; always takes the time of one comparison.
    pub(crate) async fn fits(
        &self,
        _place: Place,
        password: Zeroizing<String>,
        stored: Option<String>,
    ) -> bool {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.to_string());
        let fits = spawn_blocking(move || {
            PasswordHash::new(&stored).is_ok_and(|hash| {
                hasher().is_ok_and(|argon| argon.verify_password(password.as_bytes(), &hash).is_ok())
            })
        });
        fits.await.unwrap_or(false) && known
    }
}

/// 64 MiB, three passes: for the few people who log in here, a quarter of a second is well spent.
fn hasher() -> Result<Argon2<'static>, argon2::Error> {
    let params = Params::new(64 * 1024, 3, 1, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The stored form of a password.
pub(crate) async fn hash(password: Zeroizing<String>) -> io::Result<String> {
    let hashed = spawn_blocking(move || {
        let argon = hasher().map_err(io::Error::other)?;
        let hash: PasswordHash = argon.hash_password(password.as_bytes()).map_err(io::Error::other)?;
        Ok(hash.to_string())
    });
    hashed.await.map_err(io::Error::other)?
}

/// A random password of 16 characters that nobody mistakes for another: 80 bits.
pub(crate) fn generate() -> io::Result<Zeroizing<String>> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let bytes = Zeroizing::new(random_bytes::<16>()?);
    let mut password = Zeroizing::new(String::with_capacity(19));
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0 && position % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_name_fits() {
        let passwords = Passwords::new().await.expect("ready");
        let stored = hash(Zeroizing::new("right horse".into())).await.expect("hashed");
        let cases = [
            ("right horse", Some(stored.clone()), true),
            ("wrong horse", Some(stored), false),
            ("right horse", None, false),
            ("right horse", Some("not a hash".into()), false),
        ];
        for (password, stored, expected) in cases {
            let place = passwords.place().await.expect("free");
            assert_eq!(passwords.fits(place, Zeroizing::new(password.into()), stored).await, expected);
        }
    }

    #[test]
    fn generated_passwords_differ_and_are_grouped() {
        let (one, other) = (generate().expect("made"), generate().expect("made"));
        assert_ne!(*one, *other);
        assert_eq!(one.len(), 19);
        assert_eq!(one.matches('-').count(), 3);
    }
}
