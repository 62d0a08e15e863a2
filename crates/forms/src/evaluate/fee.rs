//! What it will cost. Where no tariff is published the quote says so and names no amount.

use jiff::civil::Date;

use super::year;
use crate::{
    Answer, Catalogue, FeeLine, FeeQuote, FieldState, ServiceDefinition, Text,
    catalogue::{Place, Rate},
};

pub(super) fn quote(
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    place: &Place<'_>,
    states: &[FieldState],
    today: Date,
) -> Option<FeeQuote> {
    let fee = definition.fee.as_ref()?;
    let window = catalogue.window_at(&fee.window, place)?;
    let running = window.insurance_year(today);
    let chosen = fee.year.as_ref().map(|id| {
        let mut fields = definition.fields.iter().zip(states);
        fields.find(|(field, _)| field.view.id == *id).and_then(|(_, state)| year::chosen(state))
    });
    let year = chosen.unwrap_or(Some(running));
    let nothing_yet = FeeQuote {
        year: year.unwrap_or(running),
        personal_fen: None,
        lines: vec![],
        source: None,
        note: None,
    };
    let Some(year) = year else {
        let choose = Text::new("选好年度，就能看到要缴多少。", "Choose a year to see the amount.");
        return Some(FeeQuote { note: Some(choose), ..nothing_yet });
    };
    let Some(tariff) = catalogue.tariff_year(&fee.tariff, year, place) else {
        let unpublished = Text::new(
            format!("{year} 年度缴费标准未公布，请咨询当地医保经办机构或拨打 12393。"),
            format!("The tariff of {year} is not published yet. Ask your local office or call 12393."),
        );
        return Some(FeeQuote { note: Some(join(&window.note(year, today), &unpublished)), ..nothing_yet });
    };
    let category = definition.fields.iter().zip(states).find(|(field, _)| field.view.id == fee.category);
    let category = match category.and_then(|(_, state)| state.value.as_ref()) {
        Some(Answer::Text(category)) => category.as_str(),
        _ => "",
    };
    let rate = tariff.rates.iter().find(|rate| rate.categories.iter().any(|known| known == category));
    let hint = rate.map_or_else(
        || Text::new("选好人员类别，就能看到要缴多少。", "Choose a category to see the amount."),
        |_| tariff.note.clone(),
    );
    Some(FeeQuote {
        personal_fen: rate.map(|rate| rate.personal_fen),
        lines: rate.map(lines).unwrap_or_default(),
        source: Some(tariff.source.clone()),
        note: Some(join(&window.note(year, today), &hint)),
        ..nothing_yet
    })
}

fn lines(rate: &Rate) -> Vec<FeeLine> {
    let own = FeeLine { label: rate.label.clone(), amount_fen: rate.personal_fen, included: false };
    let parts = rate.included.iter().map(|part| FeeLine {
        label: part.label.clone(),
        amount_fen: part.amount_fen,
        included: true,
    });
    std::iter::once(own).chain(parts).collect()
}

fn join(first: &Text, second: &Text) -> Text {
    Text::new(format!("{}{}", first.zh, second.zh), format!("{} {}", first.en, second.en))
}
