//! What may be changed, and when: everything in a draft, in a supplement what [`Supplement`] opens, nothing after
//! handing in. Pure; `store` holds the coarse half of the same rule.

use forms::{Answers, Supplied, Target};
use protocol::{Manifest, Supplement};
use serde_json::json;

use crate::{Editable, Explained, explained::already_handed_in};

/// The answer that chooses among the alternatives of a material.
pub(crate) fn choice_of(material: &str) -> String {
    format!("material.{material}")
}

/// What a supplement opens, as the window reads it. `None` = everything.
pub(crate) fn opened_by(
    supplement: &Supplement<'_>,
    answers: &Answers,
    supplied: &[Supplied],
) -> Option<Editable> {
    let opened = supplement.opens(answers, supplied)?;
    Some(Editable { fields: opened.fields.into_iter().collect(), slots: opened.slots.into_iter().collect() })
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
/// The office looks with the same rule.
pub(crate) fn only_open_items_differ(supplement: &Supplement<'_>, after: &Manifest) -> Result<(), Explained> {
    let item = match supplement.strays(after).into_iter().next() {
        None => return Ok(()),
        Some(Target::Field { id } | Target::Cell { id, .. } | Target::Slot { id }) => id,
        Some(Target::Whole) => String::new(),
    };
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
}
