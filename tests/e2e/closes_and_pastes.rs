//! What a person does with the keyboard while files are being prepared: pastes a picture over one that is there, and
//! closes the window too early.

use std::time::Duration;

use testkit::papers;
use tests::{
    album::Album,
    browser::PATIENCE,
    clipboard,
    office::Office,
    pages::{editor, home, materials},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

/// One document, and a slot that is full with it.
const SLOT: &str = "id_card_back";
/// A photograph of 12 megapixels goes here: it takes long enough to be interrupted.
const SLOW: &str = "id_card_front";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_pasted_over_another_and_the_window_is_closed_too_early() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let album = Album::of_test("closes_and_pastes").unwrap();
    sample::start(&window).await.unwrap();
    sample::fill_person(&window).await.unwrap();
    sample::fill_contact(&window).await.unwrap();
    sample::fill_enrolment(&window).await.unwrap();
    window.press("continue").await.unwrap();
    window.ready("materials").await.unwrap();

    pasted_over_another(&window, &screen, &album).await;

    // Closed too early, and kept open after all: the photograph arrives.
    close_too_early(&window, &screen).await;
    album.take_as_seen(&window, "closing").await.unwrap();
    window.press("closing-stay").await.unwrap();
    window.gone("closing-stay").await.unwrap();
    materials::stands(&window, SLOW, 0).await.unwrap();
    window.press(&format!("remove-{SLOW}-0")).await.unwrap();
    window.gone(&format!("document-{SLOW}-0")).await.unwrap();

    // Closed too early, and told to wait: the program ends by itself, and the photograph is there.
    close_too_early(&window, &screen).await;
    window.press("closing-wait").await.unwrap();
    window.ended(Duration::from_secs(60)).await.unwrap();
    let window = reopened(&screen, &office).await;
    materials::stands(&window, SLOW, 0).await.unwrap();
    window.press(&format!("remove-{SLOW}-0")).await.unwrap();
    window.gone(&format!("document-{SLOW}-0")).await.unwrap();

    // Closed at once: what was not ready is not there, what was is.
    close_too_early(&window, &screen).await;
    window.press("closing-now").await.unwrap();
    window.ended(PATIENCE).await.unwrap();
    let window = reopened(&screen, &office).await;
    materials::stands(&window, SLOT, 0).await.unwrap();
    assert!(!window.has(&format!("document-{SLOW}-0")).await.unwrap(), "it was said that it is not kept");

    // With nothing under way nobody is asked.
    window.keys(&screen, "alt+F4").unwrap();
    window.ended(PATIENCE).await.unwrap();
}

/// With the focus in a slot that is full a pasted picture takes the place of what is there, and may be taken back.
async fn pasted_over_another(window: &Window, screen: &Screen, album: &Album) {
    let file = screen.file("身份证背面.png", &papers::id_card_back_png()).unwrap();
    materials::attach(window, screen, SLOT, 0, &file).await.unwrap();
    let before = materials::row(window, SLOT, 0).await.unwrap();
    editor::tab_to(window, &format!("replace-{SLOT}-0")).await.unwrap();
    let clipboard = clipboard::copy_png(screen, &papers::id_card_back_png()).unwrap();
    window.keys(screen, "ctrl+v").unwrap();
    window.find(&format!("undo-{SLOT}")).await.unwrap();
    materials::stands(window, SLOT, 0).await.unwrap();
    let after = materials::row(window, SLOT, 0).await.unwrap();
    println!("{before}\n→\n{after}");
    assert!(!after.contains("身份证背面.png"), "the pasted one stands there: {after}");
    assert!(!window.has(&format!("document-{SLOT}-1")).await.unwrap(), "beside the other");
    album.take(window, "pasted").await.unwrap();
    window.press(&format!("undo-{SLOT}")).await.unwrap();
    window.says(&format!("document-{SLOT}-0"), "身份证背面.png", PATIENCE).await.unwrap();
    drop(clipboard);

    // A file that was copied in the file manager goes where the focus is, too.
    let copied = screen.file("copied.png", &papers::id_card_back_png()).unwrap();
    let clipboard = clipboard::copy_file(screen, &copied).unwrap();
    editor::tab_to(window, &format!("replace-{SLOT}-0")).await.unwrap();
    window.keys(screen, "ctrl+v").unwrap();
    window.says(&format!("document-{SLOT}-0"), "copied.png", Duration::from_secs(60)).await.unwrap();
    materials::stands(window, SLOT, 0).await.unwrap();
    drop(clipboard);

    // Words are nothing to hand in: it is said what would be.
    let _clipboard = clipboard::copy_text(screen, "only words").unwrap();
    editor::tab_to(window, &format!("replace-{SLOT}-0")).await.unwrap();
    window.keys(screen, "ctrl+v").unwrap();
    window.says("advice", "没有可以粘贴的照片或文件", PATIENCE).await.unwrap();
}

/// Chooses a photograph and closes the window while it is prepared.
async fn close_too_early(window: &Window, screen: &Screen) {
    let photo = screen.file("身份证正面.jpg", &papers::id_card_front_photo()).unwrap();
    let before = tests::dialog::windows(screen).unwrap();
    window.press(&format!("choose-{SLOW}")).await.unwrap();
    tests::dialog::choose(screen, &before, &photo).await.unwrap();
    window.keys(screen, "alt+F4").unwrap();
    window.find("closing-wait").await.unwrap();
}

async fn reopened(screen: &Screen, office: &Office) -> Window {
    let window = Window::open(screen, &office.url()).await.unwrap();
    if window.page().await.unwrap() == "home" {
        let unfinished = home::unfinished(&window).await.unwrap();
        home::resume(&window, unfinished[0]).await.unwrap();
    }
    window.ready("materials").await.unwrap();
    window
}
