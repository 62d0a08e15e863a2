//! The vault: whatever stands in the way, the desk comes up, says so, and loses nothing.

use desk::{Settings, Size, VaultState};
use store::keys::KeychainError;

use crate::world::{World, text};

#[tokio::test(flavor = "multi_thread")]
async fn while_the_vault_is_closed_everything_else_says_so() {
    let world = World::new();
    let desk = world.closed_desk();
    let codes = [
        desk.cases().await.unwrap_err().code,
        desk.settings().await.unwrap_err().code,
        desk.start("resident-enrolment").await.unwrap_err().code,
        desk.connection().await.unwrap_err().code,
    ];
    assert!(codes.iter().all(|code| code == "vault_locked"), "{codes:?}");
    assert!(!desk.catalogue().services().is_empty(), "the catalogue is no secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_window_is_told_and_comes_up_once_the_first_is_gone() {
    let world = World::new();
    let first = world.desk().await;
    let second = world.closed_desk();
    let vault = second.vault().await;
    assert_eq!(vault.state, VaultState::InUse);
    assert_eq!(vault.problem.unwrap().code, "store_in_use");
    assert_eq!(second.cases().await.unwrap_err().code, "vault_locked");
    first.close().await;
    assert_eq!(second.vault().await.state, VaultState::Open);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_passphrase_and_its_code_open_the_vault() {
    let world = World::new();
    world.keychain.refuse(Some(KeychainError::Absent));
    let desk = world.closed_desk();
    assert_eq!(desk.vault().await.state, VaultState::NewPassphraseNeeded);
    assert_eq!(desk.create_passphrase("短".into()).await.unwrap_err().code, "passphrase_too_short");
    let code = desk.create_passphrase("门前大桥下游过一群鸭".into()).await.unwrap().recovery_code;
    assert_eq!(desk.vault().await.state, VaultState::Open);
    let id = desk.start("resident-enrolment").await.unwrap().id;
    desk.answer(id, "address", text("文三路 1 号")).await.unwrap();
    desk.close().await;

    for secret in ["门前大桥下游过一群鸭".to_owned(), code.to_lowercase()] {
        let desk = world.closed_desk();
        let vault = desk.vault().await;
        assert_eq!((vault.state, vault.has_recovery_code), (VaultState::Locked, true));
        assert_eq!(desk.unlock("不是这句话".into()).await.unwrap_err().code, "wrong_passphrase");
        assert_eq!(desk.unlock(secret).await.unwrap().state, VaultState::Open);
        assert_eq!(desk.view(id).await.unwrap().answers.text("address"), Some("文三路 1 号"));
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_forgot_is_no_first_start_and_the_code_still_opens() {
    let world = World::new();
    let desk = world.desk().await;
    desk.start("resident-enrolment").await.unwrap();
    let code = desk.make_recovery_code().await.unwrap().recovery_code;
    desk.close().await;

    world.keychain.forget();
    let desk = world.closed_desk();
    let vault = desk.vault().await;
    assert_eq!(vault.state, VaultState::Locked);
    assert_eq!(vault.problem.unwrap().code, "recovery_code_needed");
    desk.unlock(code).await.unwrap();
    assert_eq!(desk.cases().await.unwrap().len(), 1);
    desk.close().await;
    let desk = world.desk().await;
    assert_eq!(desk.cases().await.unwrap().len(), 1, "the keychain has its key again");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_offered_until_somebody_says_that_it_is_written_down() {
    let world = World::new();
    let desk = world.desk().await;
    desk.make_recovery_code().await.unwrap();
    let vault = desk.vault().await;
    assert_eq!((vault.has_recovery_code, vault.recovery_code_kept), (true, false));
    desk.confirm_recovery_code().await.unwrap();
    desk.close().await;

    let desk = world.desk().await;
    assert!(desk.vault().await.recovery_code_kept);
    desk.make_recovery_code().await.unwrap();
    assert!(!desk.vault().await.recovery_code_kept, "that was said of the one before");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_failed_half_way_shows_a_code_at_the_next_try() {
    let world = World::new();
    world.keychain.refuse(Some(KeychainError::Absent));
    let desk = world.closed_desk();
    assert_eq!(desk.vault().await.state, VaultState::NewPassphraseNeeded);
    // Something is in the way of the database, as a full disk would be.
    let in_the_way = world.folder.join("yiban.lock");
    std::fs::create_dir_all(&in_the_way).unwrap();
    let passphrase = "门前大桥下游过一群鸭";
    assert_eq!(desk.create_passphrase(passphrase.into()).await.unwrap_err().code, "disk_refused");
    std::fs::remove_dir(&in_the_way).unwrap();
    let vault = desk.vault().await;
    assert_eq!((vault.state, vault.has_recovery_code), (VaultState::Locked, false));
    let code = desk.create_passphrase(passphrase.into()).await.unwrap().recovery_code;
    assert_eq!(desk.vault().await.state, VaultState::Open);
    desk.close().await;
    let desk = world.closed_desk();
    assert_eq!(desk.unlock(code).await.unwrap().state, VaultState::Open);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_keychain_is_locked_the_code_may_be_entered_where_there_is_one() {
    for with_code in [true, false] {
        let world = World::new();
        let desk = world.desk().await;
        let code =
            if with_code { Some(desk.make_recovery_code().await.unwrap().recovery_code) } else { None };
        desk.close().await;
        world.keychain.refuse(Some(KeychainError::Locked));
        let desk = world.closed_desk();
        let vault = desk.vault().await;
        assert_eq!((vault.state, vault.has_recovery_code), (VaultState::Failed, with_code));
        let problem = vault.problem.unwrap();
        assert_eq!(problem.code, "keychain_locked");
        assert_eq!(problem.hint.zh.contains("恢复码"), with_code, "no hint at what nobody has");
        if let Some(code) = code {
            assert_eq!(desk.unlock(code).await.unwrap().state, VaultState::Open);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_gone_is_said_and_nothing_is_overwritten() {
    let world = World::new();
    let desk = world.desk().await;
    desk.start("resident-enrolment").await.unwrap();
    desk.close().await;
    let before = std::fs::read(world.folder.join(store::DATABASE_FILE)).unwrap();
    world.keychain.forget();
    let desk = world.closed_desk();
    let vault = desk.vault().await;
    assert_eq!((vault.state, vault.problem.unwrap().code.as_str()), (VaultState::WrongKey, "key_missing"));
    assert_eq!(std::fs::read(world.folder.join(store::DATABASE_FILE)).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_questions_at_once_make_one_key() {
    let world = World::new();
    let desk = world.closed_desk();
    let (one, other) = tokio::join!(desk.vault(), desk.vault());
    assert_eq!((one.state, other.state), (VaultState::Open, VaultState::Open));
    desk.start("resident-enrolment").await.unwrap();
    desk.close().await;
    assert_eq!(world.desk().await.cases().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_stay() {
    let world = World::new();
    let desk = world.desk().await;
    assert_eq!(desk.settings().await.unwrap(), Settings::default());
    let settings = Settings { size: Size::Elder, size_offered: true, ..Settings::default() };
    desk.save_settings(&settings).await.unwrap();
    desk.close().await;
    assert_eq!(world.desk().await.settings().await.unwrap(), settings);
}
