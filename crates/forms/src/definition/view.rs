//! The part of a definition that the window draws.

use sha2::{Digest, Sha256};

use super::source::{
    AlternativeSource, ChoiceSource, ConsentSource, FieldSource, GuideSource, MaterialSource, NoticeSource,
    Otherwise, ReviewSource, RowsSource, SlotSource,
};
use crate::{
    Alternative, Choice, Consent, Field, Guide, Material, Notice, ReviewPromise, ReviewTime, Rows, Slot,
    Text, catalogue::words_of,
};

pub(super) fn review(source: &ReviewSource) -> ReviewTime {
    let promise = match (source.at_once, source.min_working_days, source.max_working_days) {
        (true, ..) => ReviewPromise::AtOnce,
        (false, Some(min), Some(max)) => ReviewPromise::WorkingDays { min, max },
        (false, ..) => ReviewPromise::NotPromised,
    };
    ReviewTime {
        promise,
        supplement_working_days: source.supplement_working_days,
        written_answer: source.written_answer,
    }
}

pub(super) fn notice(source: NoticeSource) -> Notice {
    let consent = |ConsentSource { id, class, text }| Consent { id, class, text };
    let consents: Vec<Consent> = source.consents.into_iter().map(consent).collect();
    let hash = text_hash(source.paragraphs.iter().chain(consents.iter().map(|consent| &consent.text)));
    Notice { version: source.version, hash, paragraphs: source.paragraphs, consents }
}

/// SHA-256 over all sentences, Chinese before English, each followed by a line break.
pub(super) fn text_hash<'a>(texts: impl Iterator<Item = &'a Text>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        for sentence in [&text.zh, &text.en] {
            hash.update(sentence);
            hash.update("\n");
        }
    }
    hex::encode(hash.finalize())
}

pub(super) fn field(source: &FieldSource) -> Field {
    Field {
        id: source.id.clone(),
        label: source.label.clone(),
        hint: source.hint.clone(),
        kind: source.kind,
        choices: source.choices.iter().map(choice).collect(),
        assumed: source.assumed.clone(),
        table: source.table.clone().or_else(|| source.kind.own_table().map(str::to_owned)),
        calculated: source.calculate.is_some() && source.otherwise == Otherwise::Leave,
        consent: source.consent,
        rows: source.rows.as_ref().map(rows),
    }
}

fn rows(source: &RowsSource) -> Rows {
    let RowsSource { title, columns, min, max, counted: _, unique: _ } = source;
    Rows { title: title.clone(), columns: columns.iter().map(field).collect(), min: *min, max: *max }
}

pub(super) fn guide(source: GuideSource) -> Guide {
    let GuideSource { id, title, steps, channel } = source;
    Guide { id, title, steps, channel }
}

fn choice(source: &ChoiceSource) -> Choice {
    Choice {
        value: source.value.clone(),
        label: source.label.clone(),
        hint: source.hint.clone(),
        search: words_of(&source.label).join(" "),
    }
}

pub(super) fn material(source: &MaterialSource) -> Material {
    let alternatives = source.alternatives.iter().map(alternative).collect();
    Material { id: source.id.clone(), title: source.title.clone(), alternatives }
}

fn alternative(source: &AlternativeSource) -> Alternative {
    let slots = source.slots.iter().map(slot).collect();
    Alternative { id: source.id.clone(), title: source.title.clone(), slots }
}

fn slot(source: &SlotSource) -> Slot {
    let SlotSource { id, title, hint, min, max } = source;
    Slot { id: id.clone(), title: title.clone(), hint: hint.clone(), min: *min, max: *max }
}
