//! The vault in the real window: a passphrase where there is no keychain, a lost key, a second program on the same
//! data. Whatever is wrong is told, and nothing that was kept is touched.

use testkit::person;
use tests::{
    album::Album,
    axe,
    browser::PATIENCE,
    pages::{form, header, home},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

/// No office listens here; none is needed.
const NOWHERE: &str = "http://127.0.0.1:9";
const PASSPHRASE: &str = "湖边 三棵 老柳树";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passphrase_opens_what_it_locked_and_nothing_else_does() {
    let screen = Screen::start(Keyring::Absent).await.unwrap();
    let album = Album::of_test("keeps_the_key").unwrap();
    let window = Window::open(&screen, NOWHERE).await.unwrap();
    window.ready("unlock").await.unwrap();
    for look in header::LOOKS {
        header::wear(&window, look).await.unwrap();
        axe::check(&window, "unlock-new").await.unwrap();
        album.take(&window, &format!("unlock-new-{}", look.name)).await.unwrap();
    }
    header::wear(&window, header::STANDARD).await.unwrap();
    window.fill("passphrase", PASSPHRASE).await.unwrap();
    window.fill("passphrase-again", PASSPHRASE).await.unwrap();
    window.press("create-passphrase").await.unwrap();
    let recovery = window.text("recovery-code").await.unwrap();
    axe::check(&window, "recovery-code").await.unwrap();
    album.take(&window, "recovery-code").await.unwrap();
    window.choose("recovery-kept").await.unwrap();
    window.press("recovery-continue").await.unwrap();
    sample::start(&window).await.unwrap();
    form::fill(&window, "full_name", person::NAME).await.unwrap();
    window.saved().await.unwrap();

    // A second program on the same data, from another login: told, and the first goes on.
    let other = Screen::start(Keyring::Absent).await.unwrap();
    let data = screen.path("data").to_string_lossy().into_owned();
    let second = Window::open_with(&other, NOWHERE, &[("YIBAN_DATA_DIR", data.as_str())]).await.unwrap();
    second.ready("unlock").await.unwrap();
    second.fill("unlock", PASSPHRASE).await.unwrap();
    second.press("unlock-open").await.unwrap();
    second.find_in("[role=alert]", "已经在另一个窗口里打开").await.unwrap();
    axe::check(&second, "in-use").await.unwrap();
    album.take(&second, "in-use").await.unwrap();
    second.close().await.unwrap();
    assert_eq!(form::value(&window, "full_name").await.unwrap(), person::NAME);
    window.kill().await.unwrap();

    // A wrong one first: told, and it stays shut.
    let window = Window::open(&screen, NOWHERE).await.unwrap();
    window.ready("unlock").await.unwrap();
    window.fill("unlock", "不是这个口令").await.unwrap();
    window.press("unlock-open").await.unwrap();
    window.find_in("[role=alert]", "口令").await.unwrap();
    axe::check(&window, "unlock-wrong").await.unwrap();
    album.take(&window, "unlock-wrong").await.unwrap();
    window.fill("unlock", PASSPHRASE).await.unwrap();
    window.press("unlock-open").await.unwrap();
    name_is_there(&window).await;
    window.kill().await.unwrap();

    // The code on the paper opens it too.
    let window = Window::open(&screen, NOWHERE).await.unwrap();
    window.ready("unlock").await.unwrap();
    window.fill("unlock", &recovery).await.unwrap();
    window.press("unlock-open").await.unwrap();
    name_is_there(&window).await;
    assert!(!window.has("make-recovery-code").await.unwrap(), "it is said to be written down");
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_key_is_told_and_nothing_is_destroyed() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let window = Window::open(&screen, NOWHERE).await.unwrap();
    sample::start(&window).await.unwrap();
    form::fill(&window, "full_name", person::NAME).await.unwrap();
    window.saved().await.unwrap();

    window.close().await.unwrap();

    // Another login on the same computer, with a keyring of its own that does not hold the key.
    let other = Screen::start(Keyring::Unlocked).await.unwrap();
    let album = Album::of_test("keeps_the_key_from_others").unwrap();
    let data = screen.path("data").to_string_lossy().into_owned();
    let second = Window::open_with(&other, NOWHERE, &[("YIBAN_DATA_DIR", data.as_str())]).await.unwrap();
    second.ready("unlock").await.unwrap();
    second.find_in("main", "内容没有被改动").await.unwrap();
    axe::check(&second, "lost-key").await.unwrap();
    album.take(&second, "lost-key").await.unwrap();
    second.close().await.unwrap();

    // Where the key is, everything still is.
    let window = Window::open(&screen, NOWHERE).await.unwrap();
    name_is_there(&window).await;
    window.close().await.unwrap();
}

async fn name_is_there(window: &Window) {
    window.ready("home").await.unwrap();
    let unfinished = tests::browser::eventually("the unfinished application", PATIENCE, async || {
        Ok(home::unfinished(window).await?.first().copied())
    })
    .await
    .unwrap();
    home::resume(window, unfinished).await.unwrap();
    window.ready("form").await.unwrap();
    form::holds(window, "full_name", person::NAME).await.unwrap();
}
