//! Bad input in the real window: a clear sentence, and nothing that was filled in is lost.

use testkit::{papers::refused, person};
use tests::{
    browser::PATIENCE,
    office::Office,
    pages::{form, materials},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_numbers_are_explained_and_sloppy_ones_simply_work() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    sample::start(&window).await.unwrap();
    form::fill(&window, "full_name", person::NAME).await.unwrap();

    // The mission's own sample: its check digit is wrong.
    form::fill(&window, "id_number", "110101199003078888").await.unwrap();
    form::complains(&window, "id_number", "最后一位对不上").await.unwrap();
    form::fill(&window, "id_number", &person::ID_NUMBER[..17]).await.unwrap();
    form::complains(&window, "id_number", "少 1 位").await.unwrap();
    // Born in the year 2098.
    form::fill(&window, "id_number", &person::with_check("33000020980312002")).await.unwrap();
    form::complains(&window, "id_number", "日").await.unwrap();
    // A 30th of February.
    form::fill(&window, "id_number", &person::with_check("33000019580230002")).await.unwrap();
    form::complains(&window, "id_number", "日").await.unwrap();

    // Full-width digits, blanks and a small x are what keyboards make; they simply work.
    let number = person::id_number_ending_in_x();
    let sloppy: String = number
        .chars()
        .map(|c| match c {
            '0'..='9' => char::from_u32(u32::from(c) - u32::from('0') + u32::from('０')).unwrap(),
            _ => 'x',
        })
        .collect();
    form::fill(&window, "id_number", &format!(" {} {}", &sloppy[..18], &sloppy[18..])).await.unwrap();
    form::accepts(&window, "id_number").await.unwrap();
    window.says("field-birth_date", "1958", PATIENCE).await.unwrap();
    assert_eq!(form::value(&window, "full_name").await.unwrap(), person::NAME);
    window.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_cannot_be_used_are_refused_with_a_way_out() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    sample::start(&window).await.unwrap();
    sample::fill_person(&window).await.unwrap();
    sample::fill_contact(&window).await.unwrap();
    sample::fill_enrolment(&window).await.unwrap();
    window.press("continue").await.unwrap();
    window.ready("materials").await.unwrap();

    // One good document first: the refusals must leave it alone.
    let good = &sample::ATTACHMENTS[4];
    let file = screen.file(good.name, &(good.bytes)()).unwrap();
    materials::attach(&window, &screen, good.slot, 0, &file).await.unwrap();

    for (name, bytes) in [
        ("空文件.jpg", refused::empty()),
        ("其实是文字.jpg", refused::text_named_jpg()),
        ("截断.jpg", refused::truncated_jpeg()),
        ("炸弹.png", refused::bomb_png()),
        ("加密.pdf", refused::encrypted_pdf()),
        ("四十兆.jpg", refused::forty_megabytes()),
    ] {
        let file = screen.file(name, &bytes).unwrap();
        materials::attach_refused(&window, &screen, "id_card_front", &file, name).await.unwrap();
        println!("{name}: {}", window.text("refused-id_card_front").await.unwrap());
        assert!(!window.has("document-id_card_front-0").await.unwrap(), "{name} was taken");
    }
    materials::stands(&window, good.slot, 0).await.unwrap();
    window.close().await.unwrap();
}
