//! Layers of PDFs that are bound: those that are switched off stay switched off.

use lopdf::{Dictionary, Document, Object, dictionary};

use super::renumber::shift;

#[derive(Default)]
pub(super) struct Layers {
    all: Vec<Object>,
    hidden: Vec<Object>,
}

impl Layers {
    /// Takes over the layers of a file whose objects move up `by` numbers.
    pub(super) fn take(&mut self, document: &Document, by: u32) {
        let layers = document
            .catalog()
            .and_then(|catalog| catalog.get_deref(b"OCProperties", document))
            .and_then(Object::as_dict);
        let Ok(layers) = layers else { return };
        let list = |from: &Dictionary, key: &[u8]| {
            let mut list =
                from.get_deref(key, document).and_then(Object::as_array).cloned().unwrap_or_default();
            list.iter_mut().for_each(|layer| shift(layer, by));
            list
        };
        let all = list(layers, b"OCGs");
        if let Ok(usual) = layers.get_deref(b"D", document).and_then(Object::as_dict) {
            let off = usual.get(b"BaseState").and_then(Object::as_name).is_ok_and(|state| state == b"OFF");
            let on = list(usual, b"ON");
            let hidden = if off {
                all.iter().filter(|layer| !on.contains(layer)).cloned().collect()
            } else {
                list(usual, b"OFF")
            };
            self.hidden.extend(hidden);
        }
        self.all.extend(all);
    }

    /// The catalogue's entry; `None` without layers.
    pub(super) fn properties(self) -> Option<Dictionary> {
        let usual = dictionary! { "OFF" => self.hidden };
        (!self.all.is_empty()).then(|| dictionary! { "OCGs" => self.all, "D" => usual })
    }
}
