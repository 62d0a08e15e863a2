//! Guides tell how, step by step.

use super::Check;

impl Check<'_> {
    pub(super) fn steps(&mut self) {
        for guide in &self.definition.view.guides {
            if guide.steps.is_empty() {
                self.complain(
                    &format!("guides.{}", guide.id),
                    "这份指引没有步骤",
                    "the guide has no steps",
                    ("请在 steps 里一步一步写", "write it step by step in steps"),
                );
            }
        }
    }
}
