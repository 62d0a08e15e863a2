//! 补正: what a supplement opens, and whether a new revision keeps to it. One rule for desk and office; pure.
//! When it may come, and who asks for it, is the office's business.

use std::collections::BTreeSet;

use forms::{
    Answers, Catalogue, Evaluation, FieldId, Material, MaterialState, ServiceDefinition, SlotId, Supplied,
    Target,
};
use jiff::civil::Date;

use crate::{ContentHash, Manifest, ReviewFinding};

/// A revision that the office wants mended, and what it said of it.
#[derive(Debug, Clone, Copy)]
pub struct Supplement<'a> {
    /// What can be applied for.
    pub catalogue: &'a Catalogue,
    /// The service of the application, in its version.
    pub definition: &'a ServiceDefinition,
    /// The office's day on which the first revision arrived: a supplement is not judged by another one.
    pub day: Date,
    /// What the office wants mended.
    pub findings: &'a [ReviewFinding],
    /// The newest revision that the office took.
    pub before: &'a Manifest,
}

/// What may be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Fields; `material.<id>` is the choice among the alternatives of a material.
    pub fields: BTreeSet<FieldId>,
    /// Places for documents.
    pub slots: BTreeSet<SlotId>,
}

impl Supplement<'_> {
    /// What may be changed, given what is filled in now. `None` = everything: the office named the whole, or
    /// nothing, and a dead end helps nobody.
    ///
    /// Open are the named items, another way of showing a named document, and what follows from the answers
    /// given to open items: what is asked for only now, proofs that are asked for another reason, and what
    /// stands in the way. What was once opened that way stays open when it is mended, for only closed items are
    /// looked at as they were handed in.
    #[must_use]
    pub fn opens(&self, answers: &Answers, supplied: &[Supplied]) -> Option<Opened> {
        let mut opened = self.named()?;
        let before = self.judged(&self.before.answers, &self.before.supplied());
        // Grows with every turn and is bounded by the service.
        loop {
            let (answers, supplied) = self.with_open_items(&opened, answers, supplied);
            let known = opened.clone();
            self.add_what_follows(&mut opened, &before, &self.judged(&answers, &supplied));
            if opened == known {
                return Some(opened);
            }
        }
    }

    /// Where a new revision differs from the old one although that was not open. What is no longer asked for
    /// may be gone.
    #[must_use]
    pub fn strays(&self, after: &Manifest) -> Vec<Target> {
        let (before, supplied) = (self.before, after.supplied());
        let Some(opened) = self.opens(&after.answers, &supplied) else { return Vec::new() };
        let then = self.judged(&before.answers, &before.supplied());
        let now = self.judged(&after.answers, &supplied);
        let fields: BTreeSet<_> = before.answers.0.keys().chain(after.answers.0.keys()).collect();
        let slots: BTreeSet<_> = before.documents.iter().chain(&after.documents).map(|d| &d.slot).collect();
        let fields = fields.into_iter().filter(|id| {
            let same = before.answers.0.get(*id) == after.answers.0.get(*id);
            !same && !opened.fields.contains(*id) && answer_counts(id, &then, &now)
        });
        let slots = slots.into_iter().filter(|id| {
            let same = in_slot(before, id) == in_slot(after, id);
            !same && !opened.slots.contains(*id) && slot_is_asked(id, &now)
        });
        fields
            .map(|id| Target::Field { id: id.clone() })
            .chain(slots.map(|id| Target::Slot { id: id.clone() }))
            .collect()
    }

    fn judged(&self, answers: &Answers, supplied: &[Supplied]) -> Evaluation {
        self.definition.evaluate(self.catalogue, answers, supplied, self.day)
    }

    fn named(&self) -> Option<Opened> {
        let mut opened = Opened::default();
        for finding in self.findings {
            match &finding.target {
                Target::Whole => return None,
                Target::Field { id } | Target::Cell { id, .. } => {
                    opened.fields.insert(id.clone());
                }
                Target::Slot { id } => {
                    opened.slots.insert(id.clone());
                    let materials = self.definition.view().materials.iter();
                    let shown_by = materials.filter(|material| slots_of(material).any(|slot| slot == id));
                    opened.fields.extend(shown_by.filter_map(choice_among));
                }
            }
        }
        (opened != Opened::default()).then_some(opened)
    }

    /// The old revision, with what is filled in now wherever that is open.
    fn with_open_items(
        &self,
        opened: &Opened,
        answers: &Answers,
        supplied: &[Supplied],
    ) -> (Answers, Vec<Supplied>) {
        let mut mixed = self.before.answers.clone();
        for field in &opened.fields {
            mixed.set(field.clone(), answers.0.get(field).cloned());
        }
        let mut counts = self.before.supplied();
        counts.retain(|one| !opened.slots.contains(&one.slot));
        counts.extend(supplied.iter().filter(|one| opened.slots.contains(&one.slot)).cloned());
        (mixed, counts)
    }

    fn add_what_follows(&self, opened: &mut Opened, before: &Evaluation, now: &Evaluation) {
        for (id, state) in &now.fields {
            let was = before.fields.get(id).is_some_and(|state| state.relevant);
            if state.relevant && !state.derived && !was {
                opened.fields.insert(id.clone());
            }
        }
        for state in now.materials.iter().filter(|state| state.relevant) {
            let Some(material) = self.definition.view().materials.iter().find(|one| one.id == state.id)
            else {
                continue;
            };
            match before.materials.iter().find(|was| was.id == state.id && was.relevant) {
                Some(was) if was.reason == state.reason => {
                    if was.chosen != state.chosen {
                        opened.slots.extend(state.slots.iter().map(|slot| slot.id.clone()));
                    }
                }
                // Asked for only now, or something else is to be proven.
                _ => {
                    opened.fields.extend(choice_among(material));
                    opened.slots.extend(slots_of(material).cloned());
                }
            }
        }
        for finding in &now.blocking {
            match &finding.target {
                Target::Field { id } | Target::Cell { id, .. } => opened.fields.insert(id.clone()),
                Target::Slot { id } => opened.slots.insert(id.clone()),
                Target::Whole => false,
            };
        }
    }
}

/// The answer that chooses among the alternatives of a material, where there is a choice.
fn choice_among(material: &Material) -> Option<FieldId> {
    (material.alternatives.len() > 1).then(|| format!("{CHOICE}{}", material.id))
}

const CHOICE: &str = "material.";

fn slots_of(material: &Material) -> impl Iterator<Item = &SlotId> {
    material.alternatives.iter().flat_map(|alternative| &alternative.slots).map(|slot| &slot.id)
}

fn material<'a>(evaluation: &'a Evaluation, id: &str) -> Option<&'a MaterialState> {
    evaluation.materials.iter().find(|material| material.id == id)
}

/// Whether an answer that differs says something else: it is asked for, is no consequence of others, and does
/// not merely write out the alternative that stood anyway.
fn answer_counts(id: &str, then: &Evaluation, now: &Evaluation) -> bool {
    match id.strip_prefix(CHOICE) {
        Some(id) => material(now, id).is_none_or(|now| {
            now.relevant && material(then, id).is_none_or(|then| then.chosen != now.chosen)
        }),
        None => now.fields.get(id).is_none_or(|state| state.relevant && !state.derived),
    }
}

fn slot_is_asked(id: &str, now: &Evaluation) -> bool {
    let asked = now.materials.iter().filter(|material| material.relevant);
    asked.flat_map(|material| &material.slots).any(|slot| slot.id == id)
}

fn in_slot<'a>(manifest: &'a Manifest, slot: &str) -> BTreeSet<(u32, &'a ContentHash)> {
    let there = manifest.documents.iter().filter(|document| document.slot == slot);
    there.map(|document| (document.index, &document.sha256)).collect()
}

#[cfg(test)]
mod tests;
