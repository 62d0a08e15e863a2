//! The worked example of docs/catalogue.md is a service: it reads, and its examples make it ready.

mod edited;

use jiff::civil::date;

const PAGE: &str = include_str!("../../../docs/catalogue.md");

#[test]
fn the_worked_example_can_be_applied_for() {
    let (_, rest) = PAGE.split_once("```toml\n").expect("the page shows a service");
    let (service, _) = rest.split_once("\n```").expect("the service ends");
    let catalogue =
        edited::with(&[("services/chronic-disease.toml", service)]).unwrap_or_else(|error| panic!("{error}"));
    let definition = catalogue.service("chronic-disease", None).expect("was read");
    let example = definition.example(&catalogue, date(2026, 11, 22), None);
    assert_eq!(example.evaluation.blocking, []);
    assert_eq!(example.evaluation.warnings, []);
}
