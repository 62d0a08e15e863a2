//! The papers: why each is asked for, the ways to show it, and the places for pictures.

use forms::{Evaluation, Service};

use super::{super::written::Written, sheet::Sheet};

/// The page of materials.
pub(super) fn materials(sheet: &mut Sheet, service: &Service, written: &Written, evaluation: &Evaluation) {
    if evaluation.materials.is_empty() {
        return;
    }
    sheet.heading(&sheet.own("上传材料", "Documents"));
    for state in &evaluation.materials {
        let Some(material) = service.materials.iter().find(|material| material.id == state.id) else {
            continue;
        };
        let need = match (state.relevant, state.required) {
            (false, _) => sheet.own("现在不要", "not asked for now"),
            (true, true) => sheet.own("必交", "required"),
            (true, false) => sheet.own("可不交", "optional"),
        };
        let sign = if state.relevant { "•" } else { "·" };
        sheet.line(1, format!("{sign} {}  [{} · {need}]", sheet.say(&material.title), material.id));
        if let Some(condition) = written.of_material(&material.id) {
            sheet.line(
                3,
                sheet.own(format!("只在这时要：{condition}"), format!("asked for only when: {condition}")),
            );
        }
        if let Some(reason) = &state.reason {
            sheet.line(3, sheet.say(reason));
        }
        for way in &material.alternatives {
            let several = material.alternatives.len() > 1;
            if several {
                let chosen = if way.id == state.chosen { "●" } else { "○" };
                sheet.line(3, format!("{chosen} {}  [{}]", sheet.say(&way.title), way.id));
            }
            for slot in &way.slots {
                let count = if (slot.min, slot.max) == (1, 1) {
                    String::new()
                } else {
                    format!(" {}–{}", slot.min, slot.max)
                };
                let supplied =
                    state.slots.iter().find(|state| state.id == slot.id).map_or(0, |slot| slot.supplied);
                let there = if supplied > 0 { format!(" ✓{supplied}") } else { String::new() };
                let hint =
                    slot.hint.as_ref().map(|hint| format!(" — {}", sheet.say(hint))).unwrap_or_default();
                let depth = if several { 5 } else { 3 };
                sheet.line(depth, format!("□ {}{count}{there}{hint}  [{}]", sheet.say(&slot.title), slot.id));
            }
        }
    }
}
