//! Every expression, tried out with little and with everything filled.

use cel::Value;
use jiff::civil::Date;

use super::Check;
use crate::{
    definition::{FieldRules, MaterialRules, Rule, ServiceDefinition},
    expression::{Expression, GIVEN, Scope},
    kinds::Asked,
};

/// Any day; expressions are only tried out on it.
const SOME_DAY: Date = Date::constant(2025, 10, 15);

impl Check<'_> {
    /// Every expression names only what is declared, and gives a value of the right sort when tried out with as
    /// little filled as may be and with everything filled.
    pub(super) fn expressions(&mut self) {
        let Self { definition, catalogue, .. } = *self;
        let names = || definition.fields.iter().map(|field| field.view.id.as_str());
        let example = |field: &FieldRules| {
            let kind = field.view.kind.rules();
            kind.operand(&kind.example(&Asked { field, catalogue, today: SOME_DAY }))
        };
        let parameters = &definition.parameters;
        let scope = || {
            let mut scope = Scope::new(SOME_DAY, 2026, names());
            parameters.iter().for_each(|(name, value)| scope.set(name, (*value).into()));
            scope
        };
        let mut filled = scope();
        for field in &definition.fields {
            filled.set(&field.view.id, example(field));
        }
        for Placed { place, expression, wanted, own } in definition.expressions() {
            let source = expression.source();
            let known = |name: &str| {
                GIVEN.contains(&name) || parameters.contains_key(name) || names().any(|field| field == name)
            };
            if let Some(unknown) = expression.variables().iter().find(|name| !known(name)) {
                self.complain(
                    &place,
                    format!("表达式 {source} 里的 {unknown} 不是本事项的栏目"),
                    format!("{unknown} in {source} is no field of this service"),
                    ("请改成已有的栏目编号", "name an existing field"),
                );
                continue;
            }
            let mut empty = scope();
            if let Some(own) = own {
                empty.set(&own.view.id, example(own));
            }
            for (scope, zh, en) in [(&empty, "其他都没填", "nothing else is"), (&filled, "都填了", "all is")]
            {
                let result = expression.evaluate(scope);
                if wanted.is_met(&result) {
                    continue;
                }
                let got = result.map_or_else(|error| error, |value| format!("{value:?}"));
                self.complain(
                    &place,
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
}

/// An expression where it stands.
struct Placed<'a> {
    place: String,
    expression: &'a Expression,
    wanted: Wanted,
    /// The field that surely has a value where the expression is asked.
    own: Option<&'a FieldRules>,
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
            let id = &field.view.id;
            let mut add = |name: &str, expression: Option<_>, wanted, own| {
                let place = format!("fields.{id}.{name}");
                all.extend(expression.map(|expression| Placed { place, expression, wanted, own }));
            };
            add("relevant", field.relevant.expression(), Wanted::Truth, None);
            add("required", field.required.expression(), Wanted::Truth, None);
            add("calculate", field.calculate.as_ref(), Wanted::Text, None);
            for constraint in &field.constraints {
                add(&constraint.code, Some(&constraint.expect), Wanted::Truth, Some(field));
            }
        }
        for MaterialRules { view, relevant, required, reasons, region: _ } in &self.materials {
            let rules = [("relevant", relevant), ("required", required)].into_iter();
            for (name, rule) in rules.chain(reasons.iter().map(|(when, _)| ("reasons", when))) {
                let place = format!("materials.{}.{name}", view.id);
                let placed = |expression| Placed { place, expression, wanted: Wanted::Truth, own: None };
                all.extend(rule.expression().map(placed));
            }
        }
        for (when, _) in self.waiting.iter().flat_map(|waiting| &waiting.exempt) {
            let place = "waiting.exempt".to_owned();
            let placed = |expression| Placed { place, expression, wanted: Wanted::Truth, own: None };
            all.extend(when.expression().map(placed));
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
