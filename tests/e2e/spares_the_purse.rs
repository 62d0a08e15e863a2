//! Over a network that is charged by volume the manifest goes and the documents wait; once it costs nothing they go.

use std::time::Duration;

use tests::{
    album::Album,
    axe,
    browser::PATIENCE,
    charged::ChargedNetwork,
    office::Office,
    pages::{cases, header},
    sample,
    screen::{Keyring, Screen},
    window::Window,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_wait_for_a_network_that_costs_nothing() {
    let screen = Screen::start(Keyring::Unlocked).await.unwrap();
    let Some(network) = ChargedNetwork::start(&screen).await.unwrap() else { return };
    let mut office = Office::closed(&screen).unwrap();
    office.open().await.unwrap();
    let window = Window::open_with(&screen, &office.url(), &[network.environment()]).await.unwrap();
    let album = Album::of_test("spares_the_purse").unwrap();
    let application = sample::hand_in(&window, &screen).await.unwrap();
    cases::open(&window, application).await.unwrap();
    window.says("offline-bar", "1 项的材料还没有传", PATIENCE).await.unwrap();
    window.says("on-its-way", "填好的内容已经送到", PATIENCE).await.unwrap();
    for look in header::LOOKS {
        header::wear(&window, look).await.unwrap();
        axe::check(&window, look.name).await.unwrap();
        album.take(&window, &format!("held-back-{}", look.name)).await.unwrap();
    }
    header::wear(&window, header::STANDARD).await.unwrap();
    let reviewer = office.reviewer().await.unwrap();
    assert_eq!(
        reviewer.queue().await.unwrap().as_array().unwrap().len(),
        0,
        "no application without its files"
    );

    network.becomes_free().unwrap();
    cases::becomes(&window, "已提交", Duration::from_secs(60)).await.unwrap();
    assert_eq!(reviewer.queue().await.unwrap().as_array().unwrap().len(), 1);
    window.close().await.unwrap();
}
