//! Every page in every look: axe-core finds nothing, and a photograph is kept for people.

use std::time::Duration;

use tests::{
    album::Album,
    axe,
    browser::{Browser, PATIENCE},
    office::Office,
    pages::{cases, check, console, editor, form, header, home, materials, notice},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

/// Collects what axe finds everywhere, so that one run shows all of it.
struct Walk {
    album: Album,
    found: Vec<String>,
}

impl Walk {
    /// Looks at the page that is shown, in every look.
    async fn look(&mut self, browser: &Browser, page: &str) {
        for look in header::LOOKS {
            header::wear(browser, look).await.unwrap();
            self.look_once(browser, &format!("{page}-{}", look.name)).await;
        }
        header::wear(browser, header::STANDARD).await.unwrap();
    }

    async fn look_once(&mut self, browser: &Browser, name: &str) {
        if let Err(error) = axe::check(browser, name).await {
            self.found.push(format!("{error:#}"));
        }
        self.album.take(browser, name).await.unwrap();
        let wide = browser
            .script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await
            .unwrap();
        if wide.as_i64().is_some_and(|more| more > 0) {
            self.found.push(format!("{name}: {wide} px wider than the window"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_in_every_look() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let mut office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let mut walk = Walk { album: Album::of_test("accessible").unwrap(), found: Vec::new() };

    window.ready("home").await.unwrap();
    walk.look(&window, "home").await;
    for (place, page) in [("nav-certificate", "certificate"), ("nav-help", "help"), ("nav-cases", "cases")] {
        window.press(place).await.unwrap();
        window.ready(page).await.unwrap();
        walk.look(&window, if page == "cases" { "cases-empty" } else { page }).await;
    }
    // The question in writing stands beside the hotline on every page.
    window.press("ask-question").await.unwrap();
    window.ready("notice").await.unwrap();
    assert_eq!(window.script("return location.hash").await.unwrap(), "#/services/consultation");
    window.press("nav-home").await.unwrap();
    home::start(&window, "居民", sample::SERVICE).await.unwrap();
    walk.look(&window, "notice").await;
    notice::agree(&window).await.unwrap();

    // The first page with everything wrong: the summary and the errors are looked at too.
    window.fill("field-id_number", "11010119900307888").await.unwrap();
    // It moves what stands below it.
    window.find("field-id_number-error").await.unwrap();
    window.press("continue").await.unwrap();
    window.find("error-summary").await.unwrap();
    walk.look(&window, "form-errors").await;
    sample::fill_person(&window).await.unwrap();
    walk.look(&window, "form-person").await;
    sample::fill_contact(&window).await.unwrap();
    walk.look(&window, "form-contact").await;
    sample::fill_enrolment(&window).await.unwrap();
    walk.look(&window, "form-enrolment").await;
    window.press("continue").await.unwrap();
    window.ready("materials").await.unwrap();
    walk.look(&window, "materials-empty").await;
    sample::attach_here(&window, &screen).await.unwrap();
    walk.look(&window, "materials").await;
    window.press("preview-id_card_front-0").await.unwrap();
    window.find("preview-page").await.unwrap();
    walk.look_once(&window, "preview").await;
    window.press("close-dialog").await.unwrap();
    window.gone("preview-page").await.unwrap();
    window.press("continue").await.unwrap();
    window.ready("check").await.unwrap();
    walk.look(&window, "check").await;
    check::submit(&window).await.unwrap();
    walk.look(&window, "receipt").await;
    cases::open_list(&window).await.unwrap();
    walk.look(&window, "cases-offline").await;
    let application = *cases::listed(&window).await.unwrap().first().unwrap();
    cases::open(&window, application).await.unwrap();
    walk.look(&window, "case-waiting").await;

    office.open().await.unwrap();
    cases::becomes(&window, "已提交", Duration::from_secs(60)).await.unwrap();
    let browser = console::open_page(&screen, &office).await.unwrap();
    walk.look_once(&browser, "console-login").await;
    console::log_in_here(&browser, &office).await.unwrap();
    walk.look_once(&browser, "console-queue").await;
    console::open(&browser, application).await.unwrap();
    walk.look_once(&browser, "console-case").await;
    browser.choose("request-supplement").await.unwrap();
    walk.look_once(&browser, "console-supplement").await;
    console::request_supplement(&browser, &[("slot", "id_card_back", "反光，有效期看不清")]).await.unwrap();
    cases::becomes(&window, "需补充材料", Duration::from_secs(10)).await.unwrap();
    walk.look(&window, "case-supplement").await;
    window.press("supplement").await.unwrap();
    window.ready("materials").await.unwrap();
    walk.look(&window, "supplement").await;

    browser.close().await.unwrap();
    window.close().await.unwrap();
    assert!(walk.found.is_empty(), "{}", walk.found.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_that_answers_questions_in_every_look() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let mut walk = Walk { album: Album::of_test("accessible-asking").unwrap(), found: Vec::new() };

    window.ready("home").await.unwrap();
    window.press("tool-adviser").await.unwrap();
    window.ready("adviser").await.unwrap();
    walk.look(&window, "adviser").await;
    form::choose(&window, "employed", "no").await.unwrap();
    form::choose(&window, "stage", "newborn").await.unwrap();
    window.find("begin-newborn-enrolment").await.unwrap();
    walk.look(&window, "adviser-told").await;

    window.press("back").await.unwrap();
    window.ready("home").await.unwrap();
    window.press("tool-waiting-period").await.unwrap();
    window.ready("waiting-period").await.unwrap();
    window.press("calculate").await.unwrap();
    window.find("error-summary").await.unwrap();
    walk.look(&window, "waiting-period-errors").await;
    form::region(&window, "residence_region", testkit::person::COUNTY).await.unwrap();
    form::fill(&window, "lapsed_years", "4").await.unwrap();
    form::fill(&window, "repaid_years", "1").await.unwrap();
    form::choose(&window, "in_window", "no").await.unwrap();
    window.find("waiting").await.unwrap();
    walk.look(&window, "waiting-period").await;

    // Help through an error, and back to it.
    window.press("nav-home").await.unwrap();
    home::start(&window, "居民", sample::SERVICE).await.unwrap();
    notice::agree(&window).await.unwrap();
    form::fill(&window, "id_number", "110101199003078888").await.unwrap();
    window.find("field-id_number-error").await.unwrap();
    window.press("help-for-id_number.checksum").await.unwrap();
    window.ready("help").await.unwrap();
    walk.look(&window, "help-entry").await;
    window.press("back").await.unwrap();
    window.ready("form").await.unwrap();
    form::holds(&window, "id_number", "110101199003078888").await.unwrap();

    window.press("nav-home").await.unwrap();
    home::start(&window, "激活", "credential-assistance").await.unwrap();
    walk.look(&window, "notice-guides").await;

    window.press("nav-home").await.unwrap();
    home::start(&window, "报销", "reimbursement").await.unwrap();
    walk.look(&window, "notice-consents").await;
    notice::agree(&window).await.unwrap();
    window.script("location.hash = location.hash.replace(/form.*/, 'form/bills')").await.unwrap();
    window.find("field-invoices-add").await.unwrap();
    window.ready("form").await.unwrap();
    walk.look(&window, "rows-empty").await;
    for row in 0..2 {
        window.press("field-invoices-add").await.unwrap();
        form::fill(&window, &format!("invoices-{row}-number"), "0045678912").await.unwrap();
        form::fill(&window, &format!("invoices-{row}-amount"), "1286.40").await.unwrap();
    }
    window.says("field-invoices-1-number-error", "一样", PATIENCE).await.unwrap();
    window.press("continue").await.unwrap();
    window.find("error-summary").await.unwrap();
    walk.look(&window, "rows-errors").await;
    window.press("field-invoices-1-remove").await.unwrap();
    window.find("field-invoices-undo").await.unwrap();
    walk.look_once(&window, "rows-removed").await;

    window.close().await.unwrap();
    assert!(walk.found.is_empty(), "{}", walk.found.join("\n\n"));
}

/// While it is open the reading aids cannot be pressed, so the editor is opened in each look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_editor_in_every_look() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let mut walk = Walk { album: Album::of_test("accessible-editor").unwrap(), found: Vec::new() };

    sample::start(&window).await.unwrap();
    window.script("location.hash = location.hash.replace(/form.*/, 'materials')").await.unwrap();
    window.ready("materials").await.unwrap();
    let pdf = screen.file("本人页.pdf", &testkit::papers::household_person_pdf()).unwrap();
    materials::attach(&window, &screen, "household_person_page", 0, &pdf).await.unwrap();
    let photo = screen.file("身份证正面.jpg", &testkit::papers::id_card_front_photo()).unwrap();
    materials::attach(&window, &screen, "id_card_front", 0, &photo).await.unwrap();
    for look in header::LOOKS {
        header::wear(&window, look).await.unwrap();
        editor::open(&window, "id_card_front", 0).await.unwrap();
        window.find("crop-proposal").await.unwrap();
        walk.album.take_as_seen(&window, &format!("editor-as-seen-{}", look.name)).await.unwrap();
        for mark in ["crop-proposal", "crop-take", "crop-decline"] {
            assert!(editor::is_seen(&window, mark).await.unwrap(), "“{mark}” in “{}”", look.name);
        }
        walk.look_once(&window, &format!("editor-proposal-{}", look.name)).await;
        window.press("editor-cancel").await.unwrap();
        window.gone("editor").await.unwrap();
        editor::open(&window, "household_person_page", 0).await.unwrap();
        walk.look_once(&window, &format!("editor-{}", look.name)).await;
        window.press("editor-crop").await.unwrap();
        window.press("editor-hide").await.unwrap();
        window.press("hide-add").await.unwrap();
        window.find("hidden-0").await.unwrap();
        walk.look_once(&window, &format!("editor-busy-{}", look.name)).await;
        window.press("editor-cancel").await.unwrap();
        window.gone("editor").await.unwrap();
    }

    window.close().await.unwrap();
    assert!(walk.found.is_empty(), "{}", walk.found.join("\n\n"));
}
