//! Catalogues made up for a test: this repository's tables and one service of the test's own.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::BTreeMap;

use forms::{Answer, Answers, Catalogue, CatalogueError};

const EDITION: &str = "format = 1\nedition = 1\n";
const SEX: &str = include_str!("../../../../catalog/tables/sex.toml");

/// What stands in every service of this kind.
const HEAD: &str = r#"
id = "made-up"
version = 3
group = { zh = "试用", en = "Trial" }
title = { zh = "试用事项", en = "Trial service" }
summary = { zh = "只为测试", en = "For tests only" }
minutes = 1
bring = { zh = "不用带", en = "Nothing" }
keywords = []
declaration = { zh = "我声明都是真的", en = "I declare that all is true" }
review = { supplement_working_days = 10 }
notice = { version = 2, paragraphs = [], consents = [{ id = "notice", class = "notice", text = { zh = "我同意", en = "I agree" } }] }
"#;

/// The catalogue with a service whose file goes on so after its head.
pub(crate) fn catalogue(rest: &str) -> Result<Catalogue, CatalogueError> {
    let service = format!("{HEAD}{rest}");
    let files =
        [("catalogue.toml", EDITION), ("tables/sex.toml", SEX), ("services/made-up.toml", service.as_str())];
    Catalogue::read(files)
}

/// Answers of text.
pub(crate) fn answers<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Answers {
    let pairs = pairs.into_iter().map(|(field, value)| (field.to_owned(), Answer::Text(value.to_owned())));
    Answers(pairs.collect::<BTreeMap<_, _>>())
}

/// Rows of such answers.
pub(crate) fn rows<const N: usize>(rows: [&[(&str, &str)]; N]) -> Answer {
    Answer::Rows(rows.into_iter().map(|row| answers(row.iter().copied())).collect())
}
