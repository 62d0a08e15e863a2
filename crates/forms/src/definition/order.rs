//! The order of evaluation: each field after those its relevance and value look at.

use super::{FieldRules, compile::Compiler};
use crate::{Text, expression::Expression};

impl Compiler<'_> {
    /// Indices in the order of evaluation; otherwise in the order of the form. `place` is where the fields stand.
    pub(super) fn order(&mut self, place: &str, fields: &[FieldRules]) -> Vec<usize> {
        let mut order: Vec<usize> = vec![];
        let is_placed = |order: &[usize], name: &str| order.iter().any(|&at| fields[at].view.id == name);
        while order.len() < fields.len() {
            let next = (0..fields.len()).find(|&at| {
                !order.contains(&at)
                    && fields[at].looks_at().all(|name| {
                        is_placed(&order, name) || !fields.iter().any(|field| field.view.id == *name)
                    })
            });
            let Some(next) = next else {
                let stuck: Vec<&str> = (0..fields.len())
                    .filter(|at| !order.contains(at))
                    .map(|at| fields[at].view.id.as_str())
                    .collect();
                let names = stuck.join(", ");
                self.complain(
                    &format!("{place}.{}", stuck.first().unwrap_or(&"")),
                    Text::new(
                        format!("这些栏目互相依赖，算不出先后：{names}"),
                        format!("these fields depend on each other in a circle: {names}"),
                    ),
                    Text::new(
                        "请改 relevant 或 calculate，让其中一个不再看另一个",
                        "change relevant or calculate so that one no longer looks at the other",
                    ),
                );
                return order;
            };
            order.push(next);
        }
        order
    }
}

impl FieldRules {
    /// What must be known before this field's relevance and value. A column's own row is known with it.
    pub(super) fn looks_at(&self) -> impl Iterator<Item = &String> {
        let columns = self.rows.iter().flat_map(|rows| &rows.columns);
        let is_column = |name: &&String| {
            self.rows.iter().flat_map(|rows| &rows.columns).any(|column| column.view.id == **name)
        };
        let own = self.relevant.expression().into_iter().chain(&self.calculate);
        let of_columns =
            columns.flat_map(|column| column.relevant.expression().into_iter().chain(&column.calculate));
        own.chain(of_columns).flat_map(Expression::variables).filter(move |name| !is_column(name))
    }
}
