//! Every service of the catalogue in the real window: filled by the kinds of its fields, each required field left
//! missing in turn, its papers added, and handed in. What the window says is held against the engine's own word.

mod missing;
mod papers;
mod sample;
mod unpublished;
mod walk;

use std::time::Instant;

use forms::Catalogue;
use serde_json::json;
use tests::{
    browser::{PATIENCE, eventually},
    host,
    office::Office,
    screen::{Keyring, Screen},
    window::Window,
};
use walk::Walk;

/// The day at the office, as the program sees it.
fn today() -> jiff::civil::Date {
    jiff::tz::offset(8).to_datetime(jiff::Timestamp::now()).date()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn can_be_filled_and_handed_in() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let mut office = Office::closed(&screen).unwrap();
    office.open().await.unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let catalogue = Catalogue::embedded().unwrap();
    papers::bring(&window).await.unwrap();

    sample::is_refused(&window, catalogue).await.unwrap();
    let mut failed = vec![];
    let mut with_rows = 0;
    for service in catalogue.services() {
        let started = Instant::now();
        let definition = catalogue.service(&service.id, None).unwrap();
        let mut walk = Walk::new(&window, catalogue, definition, None);
        if walk.waits_for_a_tariff() {
            match unpublished::holds_back(&mut walk).await {
                Ok(told) => println!("{}: held back, {told}", service.id),
                Err(error) => failed.push(format!("{}: {error:#}", service.id)),
            }
            continue;
        }
        match walk.whole_way().await {
            Ok(number) => {
                let took = started.elapsed().as_secs_f32();
                println!("{}: {} fields left missing in turn, {number}, {took:.1} s", service.id, walk.tried);
                with_rows += u32::from(walk.has_rows());
            }
            // All of them in one run, each with what the page said.
            Err(error) => failed.push(format!("{}: {error:#}", service.id)),
        }
    }
    window.close().await.unwrap();
    office.close();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(
        with_rows > 0 || catalogue.service("reimbursement", None).is_none(),
        "no service with rows was handed in"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_of_a_made_up_region_hold_in_the_window() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let mut office = Office::closed(&screen).unwrap();
    office.open_with(&["--example-regions"]).await.unwrap();
    let window = Window::open(&screen, &office.url()).await.unwrap();
    let catalogue = Catalogue::embedded_with_examples().unwrap();
    // The desk takes the office's catalogue by itself.
    eventually("the office's regions", PATIENCE, async || {
        let provinces = host::ask(&window, "list_regions", json!({ "parent": null })).await?;
        Ok(provinces.to_string().contains("示例省").then_some(()))
    })
    .await
    .unwrap();
    papers::bring(&window).await.unwrap();

    // The same enrolment in both, for the same person, who is asked about that: another tariff, other papers. Then one
    // whose rules both of them change, and the payment, which waits elsewhere until a tariff is published.
    let mut quotes = vec![];
    for (service, county, city) in [
        ("resident-enrolment", "990101", "示例一市"),
        ("resident-enrolment", "990201", "示例二市"),
        ("newborn-enrolment", "990201", "示例二市"),
        ("premium-payment", "990101", "示例一市"),
    ] {
        let definition = catalogue.service(service, None).unwrap();
        let mut walk = Walk::new(&window, catalogue, definition, Some(county));
        walk.again = (service, county) == ("resident-enrolment", "990201");
        if walk.waits_for_a_tariff() {
            println!("{city}, {service}: SKIPPED, the example region has no tariff for today's years");
            continue;
        }
        let number = walk.whole_way().await.unwrap();
        let evaluation = walk.judge(&walk.given);
        if service == "newborn-enrolment" {
            let region = evaluation.region.as_ref().unwrap();
            assert!(region.name.zh.contains(city), "{region:?}");
        }
        let relevant = evaluation.materials.iter().filter(|material| material.relevant);
        let asked: Vec<String> = relevant.map(|material| material.id.clone()).collect();
        let fen = evaluation.fee.as_ref().and_then(|fee| fee.personal_fen);
        println!("{city}, {service}: {fen:?} fen, {asked:?}, {number}");
        quotes.push((fen, asked));
    }
    window.close().await.unwrap();
    office.close();
    assert_ne!(quotes[0].0, quotes[1].0, "the tariffs differ");
    assert_ne!(quotes[0].1, quotes[1].1, "the papers differ");
}
