//! Real photos and scans in the real window: progress, before and after, what is found, warnings that end, editing
//! by keyboard alone, pages in another order, several photos as one, and the original back.

use std::time::Duration;

use fantoccini::key::Key;
use testkit::papers::{self, doubtful};
use tests::{
    album::{self, Album},
    browser::{Browser, PATIENCE, eventually},
    office::Office,
    pages::{check, editor, header, materials},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

/// Remembers everything that is said of progress, and presses 不传了 at once where `STOP` is set.
const WATCH: &str = "
    window.progressSeen = [];
    new MutationObserver(() => {
      for (const task of document.querySelectorAll('[data-testid^=progress-]')) {
        window.progressSeen.push(task.innerText);
        if (window.stopNext) { window.stopNext = false; task.querySelector('button').click(); }
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });";

async fn to_materials(window: &Window) {
    sample::start(window).await.unwrap();
    sample::fill_person(window).await.unwrap();
    sample::fill_contact(window).await.unwrap();
    sample::fill_enrolment(window).await.unwrap();
    window.press("continue").await.unwrap();
    window.ready("materials").await.unwrap();
    window.script(WATCH).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn photos_are_made_fit_doubted_edited_and_handed_in() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let album = Album::of_test("edits_documents").unwrap();
    to_materials(&window).await;

    progress_and_sizes(&window, &screen).await;
    the_paper_is_found_and_cut(&window, &album).await;
    what_is_stopped_leaves_nothing(&window, &screen).await;
    doubts_are_told_twice(&window, &screen, &album).await;
    what_stands_on_its_head_is_set_upright(&window, &screen, &album).await;
    by_keyboard_alone(&window, &screen).await;
    pages_in_another_order(&window, &screen, &album).await;
    several_become_one(&window, &screen, &album).await;

    for attachment in &sample::ATTACHMENTS {
        let asked = window.has(&format!("slot-{}", attachment.slot)).await.unwrap();
        if asked && !window.has(&format!("document-{}-0", attachment.slot)).await.unwrap() {
            let file = screen.file(attachment.name, &(attachment.bytes)()).unwrap();
            materials::attach(&window, &screen, attachment.slot, 0, &file).await.unwrap();
        }
    }
    window.press("continue").await.unwrap();
    check::submit(&window).await.unwrap();
    window.close().await.unwrap();
}

async fn progress_and_sizes(window: &Window, screen: &Screen) {
    let photo = screen.file("身份证正面.jpg", &papers::id_card_front_photo()).unwrap();
    materials::attach(window, screen, "id_card_front", 0, &photo).await.unwrap();
    let seen = window.script("return window.progressSeen.join('|')").await.unwrap();
    let seen = seen.as_str().unwrap();
    assert!(seen.contains('%') && seen.contains("身份证正面.jpg"), "{seen}");
    let row = materials::row(window, "id_card_front", 0).await.unwrap();
    println!("{row}");
    assert!(row.contains("MB") && row.contains('→') && row.contains("已自动变小"), "{row}");
    assert!(row.contains("4032×3024 → "), "{row}");
}

/// The editor finds the card on the table; cut there, the photo shows nothing but the card, which lies.
async fn the_paper_is_found_and_cut(window: &Window, album: &Album) {
    let slot = "id_card_front";
    let before = materials::row(window, slot, 0).await.unwrap();
    editor::open(window, slot, 0).await.unwrap();
    window.find("crop-proposed").await.unwrap();
    it_is_seen_without_scrolling(window, album).await;
    let standing = editor::standing(window).await.unwrap();
    window.press("crop-take").await.unwrap();
    focus_is_on(window, "corner-0").await;
    album.take_as_seen(window, "crop-taken").await.unwrap();
    window.gone("crop-proposal").await.unwrap();
    assert_eq!(editor::standing(window).await.unwrap(), standing, "nothing moves when the question goes");
    // Taken back, it is offered again; and it may be declined.
    window.press("editor-undo").await.unwrap();
    window.press("crop-decline").await.unwrap();
    focus_is_on(window, "editor-crop").await;
    window.gone("crop-proposed").await.unwrap();
    window.press("editor-redo").await.unwrap();
    editor::finish(window).await.unwrap();
    let after = materials::row(window, slot, 0).await.unwrap();
    println!("{before}\n→\n{after}");
    assert_ne!(after, before, "the crop made it smaller");
}

/// In the window as it opens, in that of a small screen, and in the smallest.
async fn it_is_seen_without_scrolling(window: &Window, album: &Album) {
    let opened = window.client().get_window_size().await.unwrap();
    for (width, height) in [opened, (1280, 800), (640, 480)] {
        let (across, down) = (u32::try_from(width).unwrap(), u32::try_from(height).unwrap());
        window.client().set_window_size(across, down).await.unwrap();
        let size = format!("{width}×{height}");
        eventually(&format!("a window of {size}"), PATIENCE, async || {
            let now = window.script("return `${innerWidth}×${innerHeight}`").await?;
            Ok((now == size.as_str()).then_some(()))
        })
        .await
        .unwrap();
        album.take_as_seen(window, &format!("paper-found-{size}")).await.unwrap();
        for mark in ["crop-proposal", "crop-take", "crop-decline"] {
            assert!(editor::is_seen(window, mark).await.unwrap(), "“{mark}” in a window of {size}");
        }
    }
    let (width, height) = (u32::try_from(opened.0).unwrap(), u32::try_from(opened.1).unwrap());
    window.client().set_window_size(width, height).await.unwrap();
    album::settle(window).await.unwrap();
}

async fn what_is_stopped_leaves_nothing(window: &Window, screen: &Screen) {
    let photo = screen.file("又一张.jpg", &papers::id_card_front_photo()).unwrap();
    window.script("window.stopNext = true").await.unwrap();
    let before = tests::dialog::windows(screen).unwrap();
    window.press("choose-id_card_back").await.unwrap();
    tests::dialog::choose(screen, &before, &photo).await.unwrap();
    eventually("the file to be stopped", PATIENCE, async || {
        let stopped = window.script("return window.stopNext").await? == false;
        Ok((stopped && !window.has("progress-id_card_back").await?).then_some(()))
    })
    .await
    .unwrap();
    assert!(!window.has("document-id_card_back-0").await.unwrap());
    assert!(!window.has("refused-id_card_back").await.unwrap(), "who stops a file knows it");
}

async fn doubts_are_told_twice(window: &Window, screen: &Screen, album: &Album) {
    let slot = "id_card_front";
    for (name, bytes, word) in
        [("糊了.jpg", doubtful::blurred(), "糊"), ("反光.jpg", doubtful::glary(), "反光")]
    {
        let file = screen.file(name, &bytes).unwrap();
        materials::replace(window, screen, slot, 0, &file).await.unwrap();
        let row = materials::row(window, slot, 0).await.unwrap();
        assert!(row.contains(word) && row.contains("就用这张"), "{name}: {row}");
        assert!(window.has("accept-id_card_front-0").await.unwrap(), "{name}: no way on");
        album.take(window, "doubt").await.unwrap();
    }
    // Glare is shown where it is.
    window.press("preview-id_card_front-0").await.unwrap();
    window.find("preview-place").await.unwrap();
    album.take(window, "glare").await.unwrap();
    window.press("close-dialog").await.unwrap();
    window.gone("preview-page").await.unwrap();

    let file = screen.file("太暗.jpg", &doubtful::dark()).unwrap();
    materials::replace(window, screen, slot, 0, &file).await.unwrap();
    let row = materials::row(window, slot, 0).await.unwrap();
    assert!(row.contains("太暗") && row.contains("已按“就用这张”放好"), "the third is taken: {row}");
    assert!(!window.has("accept-id_card_front-0").await.unwrap(), "nothing is left to press");
}

async fn what_stands_on_its_head_is_set_upright(window: &Window, screen: &Screen, album: &Album) {
    let slot = "id_card_back";
    let file = screen.file("倒着.jpg", &doubtful::upside_down()).unwrap();
    materials::attach(window, screen, slot, 0, &file).await.unwrap();
    let doubted = materials::row(window, slot, 0).await.unwrap();
    assert!(doubted.contains("好像是倒着的") && doubted.contains("转正"), "{doubted}");
    for look in header::LOOKS {
        header::wear(window, look).await.unwrap();
        album.take(window, &format!("on-its-head-{}", look.name)).await.unwrap();
    }
    header::wear(window, header::STANDARD).await.unwrap();
    window.press("upright-id_card_back-0").await.unwrap();
    window.gone("upright-id_card_back-0").await.unwrap();
    materials::stands(window, slot, 0).await.unwrap();
    let upright = materials::row(window, slot, 0).await.unwrap();
    assert!(!upright.contains("倒着的") && upright.contains("已按您的修改存好"), "{upright}");
    album.take(window, "set-upright").await.unwrap();
}

async fn by_keyboard_alone(window: &Window, screen: &Screen) {
    let slot = "household_head_page";
    let file = screen.file("户口本首页.tif", &papers::household_head_tiff()).unwrap();
    materials::attach(window, screen, slot, 0, &file).await.unwrap();
    let before = materials::row(window, slot, 0).await.unwrap();

    let arrows = |key: Key, times: usize| key.to_string().repeat(times);
    let enter = Key::Enter.to_string();
    editor::tab_to(window, &format!("edit-{slot}-0")).await.unwrap();
    editor::keys(window, &enter).await.unwrap();
    editor::drawn(window).await.unwrap();

    editor::tab_to(window, "editor-crop").await.unwrap();
    editor::keys(window, &enter).await.unwrap();
    focus_is_on(window, "corner-0").await;
    let start = editor::label(window, "corner-0").await.unwrap();
    assert!(start.starts_with("左上角，横 "), "{start}");
    editor::keys(window, &arrows(Key::Right, 4)).await.unwrap();
    editor::keys(window, &(Key::Shift + &arrows(Key::Down, 1))).await.unwrap();
    let moved = editor::label(window, "corner-0").await.unwrap();
    assert_ne!(moved, start);

    editor::tab_to(window, "editor-hide").await.unwrap();
    editor::keys(window, &enter).await.unwrap();
    editor::tab_to(window, "hide-add").await.unwrap();
    editor::keys(window, &enter).await.unwrap();
    focus_is_on(window, "hidden-0").await;
    editor::keys(window, &arrows(Key::Up, 3)).await.unwrap();
    let hidden = editor::label(window, "hidden-0").await.unwrap();

    // Two steps back, and forth again.
    let undo = Key::Control + "z";
    editor::keys(window, &undo).await.unwrap();
    assert_ne!(editor::label(window, "hidden-0").await.unwrap(), hidden);
    editor::keys(window, &undo).await.unwrap();
    window.gone("hidden-0").await.unwrap();
    assert_eq!(editor::label(window, "corner-0").await.unwrap(), moved);
    for _ in 0..2 {
        editor::tab_to(window, "editor-redo").await.unwrap();
        editor::keys(window, &enter).await.unwrap();
    }
    assert_eq!(editor::label(window, "hidden-0").await.unwrap(), hidden);

    editor::tab_to(window, "editor-done").await.unwrap();
    editor::keys(window, &enter).await.unwrap();
    editor::see_result(window).await.unwrap();
    let after = materials::row(window, slot, 0).await.unwrap();
    println!("{before}\n→\n{after}");
    assert_ne!(after, before, "the crop made it smaller");

    // The original comes back, and even that can be taken back.
    editor::open(window, slot, 0).await.unwrap();
    window.press("editor-reset").await.unwrap();
    editor::finish(window).await.unwrap();
    assert_eq!(materials::row(window, slot, 0).await.unwrap(), before);
}

async fn pages_in_another_order(window: &Window, screen: &Screen, album: &Album) {
    let slot = "household_person_page";
    let file = screen.file("本人页.pdf", &papers::household_person_pdf()).unwrap();
    materials::attach(window, screen, slot, 0, &file).await.unwrap();
    editor::open(window, slot, 0).await.unwrap();
    window.press("strip-later-0").await.unwrap();
    window.says("strip-0", "第 2 页", PATIENCE).await.unwrap();
    editor::finish(window).await.unwrap();
    editor::open(window, slot, 0).await.unwrap();
    window.says("strip-0", "第 2 页", PATIENCE).await.unwrap();
    album.take(window, "pages").await.unwrap();
    window.press("strip-out-0").await.unwrap();
    editor::finish(window).await.unwrap();
    let row = materials::row(window, slot, 0).await.unwrap();
    assert!(row.contains("1 页"), "{row}");
    album.take(window, "may-be-undone").await.unwrap();
    window.press(&format!("undo-{slot}")).await.unwrap();
    window.says(&format!("document-{slot}-0"), "2 页", Duration::from_secs(10)).await.unwrap();
}

async fn several_become_one(window: &Window, screen: &Screen, album: &Album) {
    window.choose("alternative-residence_proof-residence_permit").await.unwrap();
    let slot = "residence_permit";
    for (index, bytes) in [(0, papers::portrait_jpeg()), (1, papers::id_card_back_png())] {
        let file = screen.file(&format!("第{index}张.jpg"), &bytes).unwrap();
        materials::attach(window, screen, slot, index, &file).await.unwrap();
    }
    window.press("earlier-residence_permit-1").await.unwrap();
    window.says("document-residence_permit-0", "第1张", PATIENCE).await.unwrap();
    album.take(window, "several").await.unwrap();
    window.press("bind-residence_permit").await.unwrap();
    window.says("document-residence_permit-0", "PDF 文件，2 页", Duration::from_secs(60)).await.unwrap();
    assert!(!window.has("document-residence_permit-1").await.unwrap(), "one document is left");
}

async fn focus_is_on(browser: &Browser, mark: &str) {
    eventually(&format!("the focus on “{mark}”"), PATIENCE, async || {
        Ok((editor::focused(browser).await? == mark).then_some(()))
    })
    .await
    .unwrap();
}
