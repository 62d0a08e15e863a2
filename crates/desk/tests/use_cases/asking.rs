//! Questions without an application: nothing is kept, and only the directory's own pages are ever opened.

use forms::{ChannelKind, WaitingQuestion};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_the_directory_are_opened() {
    let world = World::new();
    let desk = world.closed_desk();
    let catalogue = desk.catalogue();
    let mut pages = 0;
    for channel in catalogue.channels() {
        match (desk.channel_address(&channel.id), &channel.url) {
            (Ok(address), Some(url)) => {
                assert_eq!(address, *url);
                pages += 1;
            }
            (Err(error), None) => assert_eq!(error.code, "channel_unknown"),
            (told, _) => panic!("{}: {told:?}", channel.id),
        }
    }
    assert!(pages > 0);
    assert!(catalogue.channels().iter().any(|channel| channel.kind == ChannelKind::Hotline));
    for strange in ["", "https://example.org", "file:///etc/passwd", "--help"] {
        let error = desk.channel_address(strange).unwrap_err();
        assert_eq!(error.code, "channel_unknown");
        assert!(!error.hint.zh.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_waiting_period_shows_its_working_before_anything_is_open() {
    let world = World::new();
    let desk = world.closed_desk();
    let question = WaitingQuestion { place: None, lapsed_years: 3, repaid_years: 1, in_window: false };
    let told = desk.waiting_period(&question).unwrap();
    let sum: i32 = told.lines.iter().map(|line| line.months).sum();
    assert_eq!(u32::try_from(sum).unwrap(), told.months);
    assert!(told.months > 0 && !told.source.zh.is_empty());
}
