//! Whatever the adviser is told: no panic, the same advice again, and only what it asked.

use forms::{Answer, Answers, Catalogue};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 22);

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded().expect("the embedded catalogue is fit")
}

proptest! {
    #[test]
    fn whatever_is_answered(
        texts in proptest::collection::vec("\\PC{0,8}|yes|no|none|adult|student|retired", 0..8),
        days in 0i32..4000,
    ) {
        let questions = &catalogue().adviser().questions;
        let ids = questions.iter().map(|question| question.id.clone()).chain(["stray".to_owned()]);
        let answers = Answers(ids.zip(texts.into_iter().map(Answer::Text)).collect());
        let today = TODAY.saturating_add(days.days());
        let advice = catalogue().advise(&answers, today);
        prop_assert_eq!(&advice, &catalogue().advise(&answers, today));
        let mut asked: Vec<&String> = questions.iter().map(|question| &question.id).collect();
        asked.sort();
        prop_assert_eq!(advice.fields.keys().collect::<Vec<_>>(), asked);
    }
}
