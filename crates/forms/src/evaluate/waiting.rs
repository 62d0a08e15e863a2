//! The waiting period of an application, where the service asks what it follows from.

use jiff::civil::Date;

use super::{local::Local, year};
use crate::{Answer, Catalogue, FieldId, FieldState, ServiceDefinition, WaitingPeriod, expression::Scope};

pub(super) fn period(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    local: &Local<'_>,
    states: &[FieldState],
    scope: &Scope<'_>,
    today: Date,
) -> Option<WaitingPeriod> {
    let waiting = definition.waiting.as_ref()?;
    let rules = catalogue.waiting_rules(&waiting.rules, &local.place)?;
    if let Some((_, reason)) = waiting.exempt.iter().find(|(when, _)| when.holds(scope)) {
        return Some(rules.exempted(reason));
    }
    let state = |id: &FieldId| {
        let mut fields = definition.fields.iter().zip(states);
        fields.find(|(field, _)| field.view.id == *id).map(|(_, state)| state)
    };
    let number = |id: &FieldId| match state(id)?.value.as_ref()? {
        Answer::Text(number) => number.parse::<u32>().ok(),
        Answer::Bool(_) | Answer::Rows(_) => None,
    };
    let lapsed = number(&waiting.lapsed_years)?;
    let repaid = waiting.repaid_years.as_ref().and_then(number).unwrap_or(0);
    let fee = definition.fee.as_ref();
    let window = fee.map(|fee| &fee.window).or(rules.window.as_ref());
    let window = window.and_then(|window| catalogue.window_at(window, &local.place));
    let wanted = fee.and_then(|fee| fee.year.as_ref()).and_then(state).and_then(year::chosen);
    let in_window = window.is_some_and(|window| {
        let open = window.open_year(today);
        open.is_some() && wanted.is_none_or(|wanted| open == Some(wanted))
    });
    Some(rules.period((lapsed, repaid), in_window, window, today))
}
