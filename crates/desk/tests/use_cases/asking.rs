//! Questions without an application: nothing is kept, and only the directory's own pages are ever opened.

use forms::{Answer, Answers, ChannelKind, Severity};

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

fn answers(given: &[(&str, &str)]) -> Answers {
    Answers(given.iter().map(|(id, answer)| ((*id).to_owned(), Answer::Text((*answer).to_owned()))).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_waiting_period_shows_its_working_before_anything_is_open() {
    let world = World::new();
    let desk = world.closed_desk();
    let asked = desk.waiting_period(&Answers::default());
    let ids: Vec<_> = asked.questions.iter().map(|question| question.id.as_str()).collect();
    assert_eq!(ids, ["residence_region", "lapsed_years", "repaid_years", "in_window"]);
    assert!(asked.blocking.iter().all(|finding| finding.severity == Severity::Missing));
    assert_eq!(
        (asked.blocking.len(), asked.period),
        (3, None),
        "repaying is asked only of who missed a year"
    );

    let mut given = vec![("residence_region", "330106"), ("lapsed_years", "3"), ("in_window", "no")];
    let missing = desk.waiting_period(&answers(&given));
    assert_eq!((missing.blocking[0].code.as_str(), missing.period), ("number.missing", None));
    assert!(!missing.fields["repaid_years"].findings.is_empty(), "it is what is missing");
    given.push(("repaid_years", "1"));
    let told = desk.waiting_period(&answers(&given)).period.unwrap();
    let sum: i32 = told.lines.iter().map(|line| line.months).sum();
    assert_eq!(u32::try_from(sum).unwrap(), told.months);
    assert!(told.months > 0 && !told.source.zh.is_empty());

    given.push(("repaid_years", "5"));
    let too_many = desk.waiting_period(&answers(&given));
    assert_eq!(
        (too_many.blocking[0].code.as_str(), too_many.period),
        ("repaid_years.more_than_lapsed", None)
    );
}
