//! The shipped catalogue as it will be once the tariff of every year is published. No figure is that of a real year;
//! services that ask which year is paid for can be handed in on any day only then.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{fmt::Write, sync::OnceLock};

use forms::Catalogue;

const TARIFF: &str = "tariffs/resident.toml";
const BLOCK: &str = "[[years]]\n";

pub(crate) fn catalogue() -> &'static Catalogue {
    static READ: OnceLock<Catalogue> = OnceLock::new();
    READ.get_or_init(|| crate::edited::with(&[(TARIFF, &tariff())]).expect("fit"))
}

/// The first year that is written down, for every year that a test may live in.
fn tariff() -> String {
    let files = crate::edited::files();
    let mut blocks = files[TARIFF].split(BLOCK);
    let mut text = blocks.next().expect("a head").to_owned();
    let first = blocks.next().expect("a year");
    let line = first.lines().find(|line| line.starts_with("year = ")).expect("which one");
    for year in 2019..=2036 {
        let _ = write!(text, "{BLOCK}{}", first.replacen(line, &format!("year = {year}"), 1));
    }
    text
}
