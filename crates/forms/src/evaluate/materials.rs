//! Which materials are owed, why, in which way, and what is still missing.

use super::local::Local;
use crate::{
    Answers, Finding, Material, MaterialState, ServiceDefinition, Severity, Slot, SlotState, Supplied,
    Target, Text,
    definition::{MATERIAL_PREFIX, MaterialRules},
    expression::Scope,
};

pub(super) fn evaluate(
    definition: &ServiceDefinition,
    local: &Local<'_>,
    answers: &Answers,
    supplied: &[Supplied],
    scope: &Scope<'_>,
) -> (Vec<MaterialState>, Vec<Finding>) {
    let mut findings = vec![];
    let states = definition
        .materials
        .iter()
        .map(|material| {
            let state = state(material, local.asks_for(material), answers, supplied, scope);
            if state.relevant {
                findings.extend(judge(&material.view, &state));
            }
            state
        })
        .collect();
    (states, findings)
}

fn state(
    rules: &MaterialRules,
    here: bool,
    answers: &Answers,
    supplied: &[Supplied],
    scope: &Scope<'_>,
) -> MaterialState {
    let Material { id, alternatives, .. } = &rules.view;
    let relevant = here && rules.relevant.holds(scope);
    let required = relevant && rules.required.holds(scope);
    let reason =
        rules.reasons.iter().find(|(when, _)| relevant && when.holds(scope)).map(|(_, text)| text.clone());
    let wanted = answers.text(&format!("{MATERIAL_PREFIX}{id}"));
    let chosen = alternatives
        .iter()
        .find(|alternative| Some(alternative.id.as_str()) == wanted)
        .or_else(|| alternatives.first());
    let slots = chosen.map_or(&[][..], |chosen| &chosen.slots);
    MaterialState {
        id: id.clone(),
        relevant,
        required,
        reason,
        chosen: chosen.map(|chosen| chosen.id.clone()).unwrap_or_default(),
        slots: slots.iter().map(|slot| slot_state(slot, required, supplied)).collect(),
    }
}

fn slot_state(slot: &Slot, required: bool, supplied: &[Supplied]) -> SlotState {
    let count =
        supplied.iter().filter(|s| s.slot == slot.id).fold(0u32, |sum, s| sum.saturating_add(s.count));
    // Half of an optional material is no use: once begun, all of its slots are owed.
    let needed = if required || count > 0 { slot.min } else { 0 };
    SlotState {
        id: slot.id.clone(),
        supplied: count,
        missing: needed.saturating_sub(count),
        room: count < slot.max,
    }
}

fn judge(material: &Material, state: &MaterialState) -> Vec<Finding> {
    let slots = material.alternatives.iter().filter(|a| a.id == state.chosen).flat_map(|a| &a.slots);
    slots
        .zip(&state.slots)
        .filter_map(|(slot, now)| {
            let title = &slot.title;
            let (code, severity, message) = if now.missing > 0 && now.supplied == 0 {
                let message = Text::new(
                    format!("还差“{}”，请添加照片或 PDF", title.zh),
                    format!("“{}” is missing; add a photo or a PDF", title.en),
                );
                ("material.missing", Severity::Missing, message)
            } else if now.missing > 0 {
                let message = Text::new(
                    format!(
                        "“{}”还差 {} 份：现在 {} 份，至少 {} 份",
                        title.zh, now.missing, now.supplied, slot.min
                    ),
                    format!(
                        "“{}” needs {} more: {} now, at least {}",
                        title.en, now.missing, now.supplied, slot.min
                    ),
                );
                ("material.missing", Severity::Missing, message)
            } else if now.supplied > slot.max {
                let message = Text::new(
                    format!(
                        "“{}”多 {} 份：现在 {} 份，最多 {} 份。请删掉多余的",
                        title.zh,
                        now.supplied - slot.max,
                        now.supplied,
                        slot.max
                    ),
                    format!(
                        "“{}” has {} too many: {} now, at most {}. Remove the surplus",
                        title.en,
                        now.supplied - slot.max,
                        now.supplied,
                        slot.max
                    ),
                );
                ("material.surplus", Severity::Wrong, message)
            } else {
                return None;
            };
            Some(Finding {
                code: code.into(),
                severity,
                target: Target::Slot { id: slot.id.clone() },
                message,
            })
        })
        .collect()
}
