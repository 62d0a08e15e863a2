//! A box to tick. Not ticked is empty, so that a required box must be ticked.

use super::{Asked, Kind, Reading};
use crate::{Answer, Text};

pub(super) struct Checkbox;

impl Kind for Checkbox {
    fn codes(&self) -> &'static [&'static str] {
        &[]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        if typed == "true" { Reading::right("true") } else { Reading::Empty }
    }

    fn display(&self, _: &str, _: &Asked<'_>) -> Text {
        Text::new("已勾选", "Ticked")
    }

    fn operand(&self, _: &str) -> cel::Value {
        true.into()
    }

    fn answer(&self, _: &str) -> Answer {
        Answer::Bool(true)
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "true".into()
    }
}
