//! Every state of the keychain against every state of the disk.
#![allow(clippy::expect_used, clippy::panic)]

use std::{fs, sync::Arc};

use tempfile::TempDir;

use super::*;
use crate::opening::DATABASE_FILE;

struct Desk {
    directory: TempDir,
    keychain: Arc<MemoryKeychain>,
}

impl Desk {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory"), keychain: Arc::default() }
    }

    fn ring(&self) -> KeyRing {
        KeyRing::new(self.directory.path(), Arc::clone(&self.keychain))
    }

    fn with_database(self) -> Self {
        fs::write(self.directory.path().join(DATABASE_FILE), b"encrypted").expect("writes");
        self
    }

    fn ready(&self) -> DatabaseKey {
        match self.ring().locate().expect("locates") {
            KeyState::Ready(key) => key,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_first_run_makes_one_key_and_every_start_after_it_finds_it() {
    let desk = Desk::new();
    let key = desk.ready();
    assert_eq!(desk.ready(), key);
    let text = fs::read_to_string(desk.directory.path().join("key.json")).expect("reads");
    assert!(!text.contains(&hex::encode(key.bytes())), "the key file holds no key");
}

#[test]
fn two_data_directories_do_not_share_an_entry() {
    let (one, mut two) = (Desk::new(), Desk::new());
    two.keychain = Arc::clone(&one.keychain);
    let key = one.ready();
    assert_ne!(two.ready(), key);
    assert_eq!(one.ready(), key);
}

#[test]
fn a_database_whose_key_is_not_there_never_gets_a_new_one() {
    let desk = Desk::new();
    let _ = desk.ready();
    let desk = desk.with_database();
    desk.keychain.refuse(Some(KeychainError::Locked));
    assert!(matches!(desk.ring().locate(), Err(KeyError::KeychainLocked)));
    desk.keychain.refuse(Some(KeychainError::Absent));
    assert!(matches!(desk.ring().locate(), Err(KeyError::KeychainUnreachable(_))));
    desk.keychain.refuse(None);
    desk.keychain.forget();
    assert!(matches!(desk.ring().locate(), Err(KeyError::KeyMissing)));
    assert!(matches!(desk.ring().create_passphrase("a long passphrase"), Err(KeyError::AlreadyMade)));
    fs::remove_file(desk.directory.path().join("key.json")).expect("removes");
    assert!(matches!(desk.ring().locate(), Err(KeyError::KeyMissing)));
}

#[test]
fn a_damaged_key_file_is_an_error_and_is_left_as_it_is() {
    let desk = Desk::new();
    fs::write(desk.directory.path().join("key.json"), b"{").expect("writes");
    assert!(matches!(desk.ring().locate(), Err(KeyError::KeyFile(_))));
    assert_eq!(fs::read(desk.directory.path().join("key.json")).expect("reads"), b"{");
}

#[test]
fn without_a_keychain_a_passphrase_and_its_recovery_code_both_open_it() {
    let desk = Desk::new();
    desk.keychain.refuse(Some(KeychainError::Absent));
    assert!(matches!(desk.ring().locate(), Ok(KeyState::FirstRunNeedsPassphrase)));
    assert!(matches!(desk.ring().create_passphrase("七个字不够长啊"), Err(KeyError::PassphraseTooShort)));
    let key = desk.ring().create_passphrase("医保办事要用的口令").expect("creates");
    let again = desk.ring().create_passphrase("医保办事要用的口令").expect("no database came of it");
    assert_eq!(again, key, "a retry finds the same key");
    assert!(matches!(desk.ring().create_passphrase("另外想的一句口令"), Err(KeyError::AlreadyMade)));
    assert!(!desk.ring().has_recovery_code().expect("reads"), "none that was never shown");
    let code = desk.ring().make_recovery_code(&key).expect("makes");
    let desk = desk.with_database();
    assert!(matches!(desk.ring().locate(), Ok(KeyState::NeedsPassphrase { recovery_only: false })));
    assert_eq!(desk.ring().unlock("医保办事要用的口令").expect("opens"), key);
    let sloppy = code.to_string().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    assert_eq!(desk.ring().unlock(&sloppy).expect("opens"), key);
    assert!(matches!(desk.ring().unlock("医保办事要用的口今"), Err(KeyError::WrongPassphrase)));
    desk.keychain.refuse(None);
    assert!(!desk.ring().put_back(&key).expect("reads"), "what a passphrase protects does not go elsewhere");
    assert!(matches!(desk.ring().locate(), Ok(KeyState::NeedsPassphrase { .. })));
}

#[test]
fn a_key_that_the_keychain_lost_comes_back_with_the_recovery_code() {
    let desk = Desk::new();
    let key = desk.ready();
    let code = desk.ring().make_recovery_code(&key).expect("makes");
    let desk = desk.with_database();
    desk.keychain.forget();
    assert!(matches!(desk.ring().locate(), Ok(KeyState::NeedsPassphrase { recovery_only: true })));
    let opened = desk.ring().unlock(&code.to_string()).expect("opens");
    assert_eq!(opened, key);
    assert!(desk.ring().put_back(&opened).expect("reads"));
    assert_eq!(desk.ready(), key, "the code is not asked for again");
}

#[test]
fn a_wrap_does_not_open_in_another_vault() {
    let key = DatabaseKey::generate().expect("generates");
    let (one, two) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    let wrap = wrapping::Wrap::seal(&key, "passphrase", wrapping::Purpose::Passphrase, one).expect("seals");
    assert_eq!(wrap.open("passphrase", one), Some(key));
    assert_eq!(wrap.open("passphrase", two), None);
}

#[test]
fn neither_key_nor_code_is_ever_printed() {
    let key = DatabaseKey::from_bytes([0xab; 32]);
    assert_eq!(format!("{key:?}"), "DatabaseKey(…)");
    assert_eq!(format!("{:?}", RecoveryCode::generate().expect("generates")), "RecoveryCode(…)");
}
