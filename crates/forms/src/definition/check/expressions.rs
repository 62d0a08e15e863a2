//! Every expression, tried out with little and with everything filled.

use cel::Value;

use super::{Check, SOME_DAY};
use crate::{
    definition::{FieldRules, MaterialRules, RowsRules, Rule, ServiceDefinition},
    expression::{Expression, GIVEN, Scope},
    kinds::Asked,
};

impl Check<'_> {
    /// Every expression names only what is declared, and gives a value of the right sort when tried out with as
    /// little filled as may be and with everything filled.
    pub(super) fn expressions(&mut self) {
        let Self { definition, .. } = *self;
        let mut filled = self.empty();
        for field in &definition.fields {
            self.fill(&mut filled, field);
        }
        for placed in definition.expressions() {
            let Placed { place, expression, wanted, own, group } = &placed;
            let source = expression.source();
            let columns = group.map_or(&[][..], |group| &group.columns);
            let is_known = |name: &str| {
                GIVEN.contains(&name)
                    || definition.parameters.contains_key(name)
                    || definition.fields.iter().chain(columns).any(|field| field.view.id == name)
            };
            if let Some(unknown) = expression.variables().iter().find(|name| !is_known(name)) {
                self.complain(
                    place,
                    format!("表达式 {source} 里的 {unknown} 不是本事项的栏目"),
                    format!("{unknown} in {source} is no field of this service"),
                    ("请改成已有的栏目编号", "name an existing field"),
                );
                continue;
            }
            let names = || columns.iter().map(|column| column.view.id.as_str());
            let service = self.empty();
            let mut with_little = service.row(names());
            own.iter().for_each(|own| self.fill(&mut with_little, own));
            let mut with_all = filled.row(names());
            columns.iter().for_each(|column| self.fill(&mut with_all, column));
            let trials = [(with_little, "其他都没填", "nothing else is"), (with_all, "都填了", "all is")];
            for (scope, zh, en) in trials {
                let result = expression.evaluate(&scope);
                if wanted.is_met(&result) {
                    continue;
                }
                let got = result.map_or_else(|error| error, |value| format!("{value:?}"));
                self.complain(
                    place,
                    format!("{zh}的时候，表达式 {source} 得不出结果：{got}"),
                    format!("when {en} filled, {source} gives no fit value: {got}"),
                    (
                        "先判断栏目不是 null，例如 birth_date != null && age(birth_date, today) < 14",
                        "ask first whether the field is null, for example birth_date != null && age(birth_date, today) < 14",
                    ),
                );
            }
        }
    }

    fn empty(&self) -> Scope<'static> {
        let names = self.definition.fields.iter().map(|field| field.view.id.as_str());
        let mut scope = Scope::new(SOME_DAY, 2026, names);
        self.definition.parameters.iter().for_each(|(name, value)| scope.set(name, (*value).into()));
        scope
    }

    /// Gives a field its kind's example, a group one row.
    fn fill(&self, scope: &mut Scope<'_>, field: &FieldRules) {
        let example = |field: &FieldRules| {
            let kind = field.view.kind.rules();
            kind.operand(&kind.example(&Asked { field, catalogue: self.catalogue, today: SOME_DAY }))
        };
        match &field.rows {
            Some(group) => {
                let row = group.columns.iter().map(|column| (column.view.id.as_str(), example(column)));
                scope.set_rows(&field.view.id, std::iter::once(row.collect()));
            }
            None => scope.set(&field.view.id, example(field)),
        }
    }
}

/// An expression where it stands.
struct Placed<'a> {
    place: String,
    expression: &'a Expression,
    wanted: Wanted,
    /// The field that surely has a value where the expression is asked.
    own: Option<&'a FieldRules>,
    /// The group whose columns it sees.
    group: Option<&'a RowsRules>,
}

#[derive(Clone, Copy)]
enum Wanted {
    Truth,
    Text,
}

impl Wanted {
    fn is_met(self, result: &Result<Value, String>) -> bool {
        match self {
            Self::Truth => matches!(result, Ok(Value::Bool(_))),
            Self::Text => matches!(result, Ok(Value::String(_) | Value::Int(_) | Value::Null)),
        }
    }
}

impl ServiceDefinition {
    fn expressions(&self) -> Vec<Placed<'_>> {
        let mut all = vec![];
        for field in &self.fields {
            all.extend(field.placed(None));
            let columns = field.rows.iter().flat_map(|group| group.columns.iter().map(move |c| (group, c)));
            all.extend(columns.flat_map(|(group, column)| column.placed(Some(group))));
        }
        for MaterialRules { view, relevant, required, reasons, region: _ } in &self.materials {
            let rules = [("relevant", relevant), ("required", required)].into_iter();
            for (name, rule) in rules.chain(reasons.iter().map(|(when, _)| ("reasons", when))) {
                let place = format!("materials.{}.{name}", view.id);
                let placed =
                    |expression| Placed { place, expression, wanted: Wanted::Truth, own: None, group: None };
                all.extend(rule.expression().map(placed));
            }
        }
        for (when, _) in self.waiting.iter().flat_map(|waiting| &waiting.exempt) {
            let place = "waiting.exempt".to_owned();
            let placed =
                |expression| Placed { place, expression, wanted: Wanted::Truth, own: None, group: None };
            all.extend(when.expression().map(placed));
        }
        all
    }
}

impl FieldRules {
    fn placed<'a>(&'a self, group: Option<&'a RowsRules>) -> Vec<Placed<'a>> {
        let mut all = vec![];
        let mut add = |name: &str, expression: Option<_>, wanted, own| {
            let place = format!("fields.{}.{name}", self.path);
            all.extend(expression.map(|expression| Placed { place, expression, wanted, own, group }));
        };
        add("relevant", self.relevant.expression(), Wanted::Truth, None);
        add("required", self.required.expression(), Wanted::Truth, None);
        add("calculate", self.calculate.as_ref(), Wanted::Text, None);
        for constraint in &self.constraints {
            add(&constraint.code, Some(&constraint.expect), Wanted::Truth, Some(self));
        }
        all
    }
}

impl Rule {
    pub(crate) fn expression(&self) -> Option<&Expression> {
        match self {
            Self::When(expression) => Some(expression),
            Self::Fixed(_) => None,
        }
    }
}
