//! `kill -9` between any two steps, and the program opened again: everything that was said to be saved is there,
//! and one stands where one was.

use std::time::Duration;

use testkit::person;
use tests::{
    browser::{PATIENCE, eventually},
    office::Office,
    pages::{cases, check, form, home, materials},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

struct Desk {
    screen: Screen,
    office: Office,
    window: Window,
}

impl Desk {
    /// Kills the program, opens it again, and goes on with the unfinished application.
    async fn killed_and_reopened(self, after: &str) -> Self {
        println!("killed after {after}");
        self.window.kill().await.unwrap();
        let window = Window::open(&self.screen, &self.office.url()).await.unwrap();
        if window.page().await.unwrap() == "home" {
            let unfinished = eventually("the unfinished application", PATIENCE, async || {
                Ok(home::unfinished(&window).await?.first().copied())
            })
            .await
            .unwrap();
            home::resume(&window, unfinished).await.unwrap();
        }
        Self { window, ..self }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loses_nothing_between_any_two_steps() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let office = Office::closed(&screen).unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let mut desk = Desk { screen, office, window };

    // After the consents: they need not be given again.
    sample::start(&desk.window).await.unwrap();
    desk = desk.killed_and_reopened("the consents").await;
    desk.window.ready("form").await.unwrap();

    // In the middle of a page: what was typed before is there.
    form::fill(&desk.window, "full_name", person::NAME).await.unwrap();
    form::fill(&desk.window, "id_number", &person::ID_NUMBER).await.unwrap();
    desk.window.says("field-birth_date", "1958", PATIENCE).await.unwrap();
    desk = desk.killed_and_reopened("half a page").await;
    desk.window.ready("form").await.unwrap();
    assert_eq!(form::value(&desk.window, "full_name").await.unwrap(), person::NAME);
    let number: String = form::value(&desk.window, "id_number")
        .await
        .unwrap()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    assert_eq!(number, *person::ID_NUMBER);

    // After each page.
    sample::fill_person(&desk.window).await.unwrap();
    sample::fill_contact(&desk.window).await.unwrap();
    desk.window.saved().await.unwrap();
    desk = desk.killed_and_reopened("two pages").await;
    desk.window.ready("form").await.unwrap();
    assert_eq!(form::value(&desk.window, "address").await.unwrap(), person::ADDRESS);
    for region in ["household_region", "residence_region"] {
        form::holds(&desk.window, &format!("{region}-county"), person::COUNTY).await.unwrap();
    }
    sample::fill_enrolment(&desk.window).await.unwrap();
    desk.window.press("continue").await.unwrap();
    desk.window.ready("materials").await.unwrap();
    desk = desk.killed_and_reopened("the form").await;
    desk.window.ready("materials").await.unwrap();

    // After each document.
    for (done, attachment) in sample::ATTACHMENTS.iter().enumerate() {
        let file = desk.screen.file(attachment.name, &(attachment.bytes)()).unwrap();
        materials::attach(&desk.window, &desk.screen, attachment.slot, 0, &file).await.unwrap();
        desk = desk.killed_and_reopened(attachment.name).await;
        desk.window.ready("materials").await.unwrap();
        for before in &sample::ATTACHMENTS[..=done] {
            materials::stands(&desk.window, before.slot, 0).await.unwrap();
        }
    }

    // On the page to check, and after handing in while the office is closed.
    desk.window.press("continue").await.unwrap();
    desk.window.ready("check").await.unwrap();
    desk = desk.killed_and_reopened("the materials").await;
    check::submit(&desk.window).await.unwrap();
    let local = check::number(&desk.window).await.unwrap();
    desk.window.kill().await.unwrap();
    desk.window = Window::open(&desk.screen, &desk.office.url()).await.unwrap();
    let application = cases::first(&desk.window).await.unwrap();
    cases::open(&desk.window, application).await.unwrap();
    desk.window.says(&format!("case-{application}"), &local, PATIENCE).await.unwrap();

    // Killed again and again while it is being sent.
    desk.office.open().await.unwrap();
    for pause in [40, 120, 300] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        desk.window.kill().await.unwrap();
        desk.window = Window::open(&desk.screen, &desk.office.url()).await.unwrap();
    }
    cases::open(&desk.window, application).await.unwrap();
    cases::becomes(&desk.window, "已提交", Duration::from_secs(60)).await.unwrap();

    // The office has it once, with all five documents.
    let reviewer = desk.office.reviewer().await.unwrap();
    assert_eq!(reviewer.queue().await.unwrap().as_array().unwrap().len(), 1);
    let case = reviewer.case(application).await.unwrap();
    assert_eq!(case["revision"], 1);
    assert_eq!(case["documents"].as_array().unwrap().len(), sample::ATTACHMENTS.len());

    // The office itself is killed; nothing of its word is lost either.
    desk.office.kill().await.unwrap();
    desk.office.open().await.unwrap();
    let reviewer = desk.office.reviewer().await.unwrap();
    assert_eq!(reviewer.case(application).await.unwrap()["number"], case["number"]);
    desk.window.close().await.unwrap();
}
