//! Every id is one that expressions and programs can name, and is used once.

use std::collections::BTreeSet;

use super::Check;
use crate::expression::GIVEN;

impl Check<'_> {
    pub(super) fn ids(&mut self) {
        let view = &self.definition.view;
        let alternatives = view.materials.iter().flat_map(|material| &material.alternatives);
        let kinds: [(&str, Vec<&String>); 6] = [
            ("sections", view.sections.iter().map(|section| &section.id).collect()),
            ("fields", self.definition.fields.iter().map(|field| &field.view.id).collect()),
            ("guides", view.guides.iter().map(|guide| &guide.id).collect()),
            ("consents", view.notice.consents.iter().map(|consent| &consent.id).collect()),
            ("materials", view.materials.iter().map(|material| &material.id).collect()),
            ("slots", alternatives.flat_map(|alternative| &alternative.slots).map(|slot| &slot.id).collect()),
        ];
        for (kind, ids) in kinds {
            let mut seen = BTreeSet::new();
            for id in ids {
                if !is_usable(id) {
                    self.complain(
                        &format!("{kind}.{id}"),
                        format!("编号“{id}”不能用"),
                        format!("the id “{id}” cannot be used"),
                        (
                            "编号用小写字母、数字和下划线，以字母开头",
                            "ids are lower-case letters, digits and underscores, beginning with a letter",
                        ),
                    );
                }
                if !seen.insert(id) {
                    self.complain(
                        &format!("{kind}.{id}"),
                        format!("编号“{id}”用了两次"),
                        format!("the id “{id}” is used twice"),
                        ("请换一个编号", "choose another id"),
                    );
                }
            }
        }
    }
}

/// An identifier that means nothing else.
pub(super) fn is_usable(id: &str) -> bool {
    is_identifier(id) && !GIVEN.contains(&id)
}

fn is_identifier(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
