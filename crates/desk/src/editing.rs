//! What may be changed, and when: everything in a draft, exactly the named items of a supplement (and what they
//! bring with them), nothing after handing in. Pure; `store` holds the coarse half of the same rule.

use std::collections::BTreeSet;

use forms::{Evaluation, MaterialState, Service, Target};
use protocol::{Manifest, ManifestDocument, ReviewFinding};
use serde_json::json;

use crate::{Editable, Explained, explained::already_handed_in};

/// The answer that chooses among the alternatives of a material.
pub(crate) fn choice_of(material: &str) -> String {
    format!("material.{material}")
}

/// What a supplement opens. `None` = everything: the office named no item at all, and a dead end helps nobody.
///
/// `before` judges the revision that the office has, `now` what has been filled since.
pub(crate) fn opened_by(
    findings: &[ReviewFinding],
    service: &Service,
    before: &Evaluation,
    now: &Evaluation,
) -> Option<Editable> {
    let mut fields = BTreeSet::new();
    let mut slots = BTreeSet::new();
    open(findings.iter().map(|finding| &finding.target), &mut fields, &mut slots);
    if fields.is_empty() && slots.is_empty() {
        return None;
    }
    // What became relevant because of them …
    for (id, state) in &now.fields {
        let was = before.fields.get(id).is_some_and(|state| state.relevant);
        if state.relevant && !state.derived && !was {
            fields.insert(id.clone());
        }
    }
    for material in now.materials.iter().filter(|material| material.relevant) {
        if !was_relevant(before, material) {
            fields.insert(choice_of(&material.id));
            let alternatives = service.materials.iter().filter(|one| one.id == material.id);
            slots.extend(
                alternatives
                    .flat_map(|one| &one.alternatives)
                    .flat_map(|one| &one.slots)
                    .map(|one| one.id.clone()),
            );
        }
    }
    // … and what stands in the way because of them.
    open(now.blocking.iter().map(|finding| &finding.target), &mut fields, &mut slots);
    Some(Editable { fields: fields.into_iter().collect(), slots: slots.into_iter().collect() })
}

fn open<'a>(
    targets: impl Iterator<Item = &'a Target>,
    fields: &mut BTreeSet<String>,
    slots: &mut BTreeSet<String>,
) {
    for target in targets {
        match target {
            Target::Field { id } => fields.insert(id.clone()),
            Target::Slot { id } => slots.insert(id.clone()),
            Target::Whole => false,
        };
    }
}

fn was_relevant(before: &Evaluation, material: &MaterialState) -> bool {
    before.materials.iter().any(|was| was.id == material.id && was.relevant)
}

/// Whether a field may be answered now.
pub(crate) fn field_may_change(editable: Option<&Editable>, field: &str) -> Result<(), Explained> {
    permit(editable, |editable| editable.fields.iter().any(|open| open == field))
}

/// Whether documents of a slot may be changed now.
pub(crate) fn slot_may_change(editable: Option<&Editable>, slot: &str) -> Result<(), Explained> {
    permit(editable, |editable| editable.slots.iter().any(|open| open == slot))
}

fn permit(editable: Option<&Editable>, open: impl FnOnce(&Editable) -> bool) -> Result<(), Explained> {
    match editable {
        None => Ok(()),
        Some(editable) if editable.is_empty() => Err(already_handed_in()),
        Some(editable) if open(editable) => Ok(()),
        Some(_) => Err(Explained::new(
            "not_opened",
            "这一项审核没有要求改，不能动。",
            "The office did not ask for this item; it stays as it was handed in.",
        )
        .hint(
            "只能改标着“需补充”的那几项。别的地方也填错了，请拨打 12393 说明。",
            "Only the items marked for mending can be changed. If something else is wrong too, call 12393.",
        )),
    }
}

/// The last look before a supplement goes out: nothing but the open items (and what follows from them) differs.
pub(crate) fn only_open_items_differ(
    editable: Option<&Editable>,
    now: &Evaluation,
    before: &Manifest,
    after: &Manifest,
) -> Result<(), Explained> {
    let Some(editable) = editable else { return Ok(()) };
    let derived = |field: &str| now.fields.get(field).is_some_and(|state| state.derived);
    let stray_answer = after.answers.0.iter().find(|(field, answer)| {
        before.answers.0.get(*field).is_some_and(|old| old != *answer)
            && !derived(field)
            && !editable.fields.contains(field)
    });
    let stray_document = after.documents.iter().find(|document| {
        !editable.slots.contains(&document.slot) && standing(before, document) != Some(document)
    });
    let stray = stray_answer.map(|(field, _)| field).or(stray_document.map(|document| &document.slot));
    stray.map_or(Ok(()), |item| {
        Err(Explained::new(
            "changed_outside_supplement",
            "有一项审核没有要求改，但内容和上次提交的不一样。",
            "An item that the office did not ask for differs from what was handed in.",
        )
        .hint(
            "请拨打 12393 说明情况，您填的都还在。",
            "Please call 12393 and explain. What you filled in is still here.",
        )
        .details(json!({ "item": item })))
    })
}

fn standing<'a>(manifest: &'a Manifest, like: &ManifestDocument) -> Option<&'a ManifestDocument> {
    manifest.documents.iter().find(|one| one.slot == like.slot && one.index == like.index)
}
