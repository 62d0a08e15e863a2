//! The whole way: fill, attach, submit while the office is closed, received, asked for a supplement, supplied, approved.

use std::time::{Duration, Instant};

use testkit::papers;
use tests::{
    album::Album,
    office::Office,
    pages::{cases, check, console, form, materials},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

/// From the reviewer's click to the words in the open window. The promise is two seconds, and what it took is
/// printed; the limit only tells an answer that was pushed from one that was found by the next poll, 25 s later.
const AT_ONCE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_the_whole_way() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let mut office = Office::closed(&screen).unwrap();
    let album = Album::of_test("resident_enrols").unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();

    // Filled and handed in while nobody answers.
    sample::start(&window).await.unwrap();
    sample::fill_person(&window).await.unwrap();
    sample::fill_contact(&window).await.unwrap();
    sample::fill_enrolment(&window).await.unwrap();
    sample::attach_all(&window, &screen).await.unwrap();
    let photo = materials::row(&window, "id_card_front", 0).await.unwrap();
    assert!(photo.contains("MB"), "the row tells the sizes: {photo}");
    album.take(&window, "materials").await.unwrap();
    window.press("continue").await.unwrap();
    check::submit(&window).await.unwrap();
    let local = check::number(&window).await.unwrap();
    assert!(local.contains('暂'), "offline there is only a local number: {local}");
    let slip = window.text("receipt-slip").await.unwrap();
    assert!(
        slip.contains("年") && slip.contains(" 份") && !slip.contains("今天"),
        "paper lasts longer: {slip}"
    );
    album.take(&window, "receipt-offline").await.unwrap();

    // Gone back to, the page says that it is done and offers nothing to hand in once more.
    window.script("history.back()").await.unwrap();
    window.ready("check").await.unwrap();
    window.find("closed").await.unwrap();
    assert!(!window.has("submit").await.unwrap() && !window.has("declare").await.unwrap());
    cases::open_list(&window).await.unwrap();
    window.find("offline-bar").await.unwrap();
    let application = *cases::listed(&window).await.unwrap().first().unwrap();
    cases::open(&window, application).await.unwrap();
    album.take(&window, "case-waiting").await.unwrap();

    // The office opens: it goes by itself.
    office.open().await.unwrap();
    cases::becomes(&window, "已提交", Duration::from_secs(60)).await.unwrap();
    album.take(&window, "case-submitted").await.unwrap();

    // The reviewer asks for a better portrait and a fuller address.
    let browser = console::log_in(&screen, &office).await.unwrap();
    album.take(&browser, "console-queue").await.unwrap();
    console::open(&browser, application).await.unwrap();
    cases::becomes(&window, "受理中", Duration::from_secs(10)).await.unwrap();
    album.take(&browser, "console-case").await.unwrap();
    console::request_supplement(
        &browser,
        &[("field", "address", "请写到门牌号"), ("slot", "portrait", "照片太小，请换一张大一点的")],
    )
    .await
    .unwrap();
    console::shows(&browser, "需补充材料").await.unwrap();
    let decided = Instant::now();
    cases::becomes(&window, "需补充材料", AT_ONCE).await.unwrap();
    println!("the request was visible after {:?}", decided.elapsed());
    album.take(&window, "case-supplement").await.unwrap();

    // Exactly these two are open; they are supplied and go round again.
    window.press("supplement").await.unwrap();
    form::fill(&window, "address", "文新街道样本路 1 号 2 幢 301 室").await.unwrap();
    assert!(!form::is_open(&window, "mobile").await.unwrap(), "nothing else is open");
    album.take(&window, "supplement-form").await.unwrap();
    window.press("continue").await.unwrap();
    window.ready("materials").await.unwrap();
    let file = screen.file("更好的证件照.jpg", &papers::better_portrait_jpeg()).unwrap();
    materials::replace(&window, &screen, "portrait", 0, &file).await.unwrap();
    assert!(!window.has("replace-id_card_front-0").await.unwrap(), "nothing else is open");
    album.take(&window, "supplement-materials").await.unwrap();
    window.press("continue").await.unwrap();
    check::submit(&window).await.unwrap();
    let number = check::official_number(&window).await.unwrap();
    album.take(&window, "receipt-supplement").await.unwrap();
    cases::open(&window, application).await.unwrap();
    cases::becomes(&window, "受理中", Duration::from_secs(60)).await.unwrap();

    // The reviewer finds both, and approves.
    console::reopen(&browser, &office, application).await.unwrap();
    browser.press("reveal").await.unwrap();
    browser.says("case", "2 幢 301 室", Duration::from_secs(10)).await.unwrap();
    album.take(&browser, "console-case-again").await.unwrap();
    console::answer(&browser, "请带身份证原件到窗口领取。").await.unwrap();
    console::approve(&browser).await.unwrap();
    console::shows(&browser, "审核通过").await.unwrap();
    let decided = Instant::now();
    cases::becomes(&window, "审核通过", AT_ONCE).await.unwrap();
    println!("the approval was visible after {:?}", decided.elapsed());
    window.says("reason", "请带身份证原件到窗口领取。", Duration::from_secs(5)).await.unwrap();
    album.take(&window, "case-approved").await.unwrap();

    // A notification went to the desktop, and the number is the office's own.
    assert!(screen.notifications().contains("审核通过"), "{}", screen.notifications());
    let reviewer = office.reviewer().await.unwrap();
    let case = reviewer.case(application).await.unwrap();
    assert_eq!(case["number"], number.as_str());
    assert_eq!(case["revision"], 2);

    browser.close().await.unwrap();
    window.close().await.unwrap();
    office.close();
}
