//! Every material can be shown, in some way.

use super::Check;

impl Check<'_> {
    pub(super) fn materials(&mut self) {
        for material in &self.definition.view.materials {
            let place = format!("materials.{}", material.id);
            let slots: Vec<_> = material.alternatives.iter().map(|alternative| &alternative.slots).collect();
            let counts_fit = slots.iter().copied().flatten().all(|slot| slot.min <= slot.max && slot.max > 0);
            if slots.is_empty() || slots.iter().any(|slots| slots.is_empty()) || !counts_fit {
                self.complain(
                    &place,
                    "每种材料至少要有一个办法，每个办法至少一个位置，min 不能大于 max",
                    "each material needs an alternative, each alternative a slot, and min may not exceed max",
                    ("请补上 alternatives 和 slots", "add alternatives and slots"),
                );
            }
        }
    }
}
