//! What a definition must fulfil before anyone fills it in; every mistake is told with its remedy.

mod about;
mod consents;
mod examples;
mod expressions;
mod fee;
mod fields;
mod guides;
mod ids;
mod materials;
mod regional;
mod rows;

use jiff::civil::Date;

use super::ServiceDefinition;
use crate::{
    Catalogue, Text,
    catalogue::{Complaints, TomlFile},
};

/// Any day; expressions and examples are only tried out on it.
const SOME_DAY: Date = Date::constant(2025, 10, 15);

pub(super) fn check(
    file: &TomlFile,
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) {
    let mut check = Check { file, definition, catalogue, complaints };
    check.ids();
    check.fields();
    check.rows();
    check.about();
    check.consents();
    check.examples();
    check.steps();
    check.materials();
    check.fee();
    check.parameters();
    check.braces();
    check.year();
    check.waiting();
    check.guides();
    check.expressions();
}

struct Check<'a> {
    file: &'a TomlFile,
    definition: &'a ServiceDefinition,
    catalogue: &'a Catalogue,
    complaints: &'a mut Complaints,
}

impl Check<'_> {
    fn complain(&mut self, place: &str, zh: impl Into<String>, en: impl Into<String>, remedy: (&str, &str)) {
        self.complaints.about(self.file, place, Text::new(zh, en), Text::new(remedy.0, remedy.1));
    }
}
