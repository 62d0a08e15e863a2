//! What a definition must fulfil before anyone fills it in; every mistake is told with its remedy.

use std::collections::BTreeSet;

use cel::Value;
use jiff::civil::Date;

use super::{FieldRules, MaterialRules, Rule, ServiceDefinition};
use crate::{
    Catalogue, FieldKind, Text,
    catalogue::{Complaint, Complaints, TomlFile},
    expression::{Expression, GIVEN, Scope},
    kinds::Asked,
};

/// Any day; expressions are only tried out on it.
const SOME_DAY: Date = Date::constant(2025, 10, 15);

pub(super) fn check(
    file: &TomlFile,
    definition: &ServiceDefinition,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) {
    let mut check = Check { file, definition, catalogue, complaints };
    check.ids();
    check.fields();
    check.materials();
    check.fee();
    check.expressions();
}

struct Check<'a> {
    file: &'a TomlFile,
    definition: &'a ServiceDefinition,
    catalogue: &'a Catalogue,
    complaints: &'a mut Complaints,
}

impl Check<'_> {
    fn complain(&mut self, place: &str, zh: impl Into<String>, en: impl Into<String>, remedy: (&str, &str)) {
        self.complaints.about(self.file, place, Text::new(zh, en), Text::new(remedy.0, remedy.1));
    }

    fn ids(&mut self) {
        let view = &self.definition.view;
        let alternatives = view.materials.iter().flat_map(|material| &material.alternatives);
        let kinds: [(&str, Vec<&String>); 5] = [
            ("sections", view.sections.iter().map(|section| &section.id).collect()),
            ("fields", self.definition.fields.iter().map(|field| &field.view.id).collect()),
            ("consents", view.notice.consents.iter().map(|consent| &consent.id).collect()),
            ("materials", view.materials.iter().map(|material| &material.id).collect()),
            ("slots", alternatives.flat_map(|alternative| &alternative.slots).map(|slot| &slot.id).collect()),
        ];
        for (kind, ids) in kinds {
            let mut seen = BTreeSet::new();
            for id in ids {
                if !is_identifier(id) || GIVEN.contains(&id.as_str()) {
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

    fn fields(&mut self) {
        for field in &self.definition.fields {
            let place = format!("fields.{}", field.view.id);
            let codes = field.view.kind.rules().codes();
            if let Some(unknown) = field.texts.keys().find(|code| {
                !codes.contains(&code.as_str()) && *code != "missing" && *code != "contradiction"
            }) {
                self.complain(
                    &place,
                    format!("texts 里的“{unknown}”不是这种栏目的错误"),
                    format!("“{unknown}” in texts is no fault of this kind"),
                    (
                        "请看 kinds 里这种栏目的代码，或删掉这一句",
                        "see the codes of this kind, or remove the sentence",
                    ),
                );
            }
            let may_be_required = !matches!(field.required, Rule::Fixed(false));
            if may_be_required && !field.texts.contains_key("missing") {
                self.complain(
                    &place,
                    "必填的栏目没有写空着时的话",
                    "a required field has no words for being empty",
                    (
                        "请加 texts.missing = { zh = \"…\", en = \"…\" }",
                        "add texts.missing = { zh = \"…\", en = \"…\" }",
                    ),
                );
            }
            if may_be_required && field.view.calculated {
                self.complain(
                    &place,
                    "自动算出的栏目不能设为必填，因为没有人能填它",
                    "a calculated field cannot be required, because nobody can fill it",
                    ("请删掉 required", "remove required"),
                );
            }
            self.choices(field, &place);
        }
    }

    fn choices(&mut self, field: &FieldRules, place: &str) {
        let Self { catalogue, .. } = *self;
        let (inline, table) = (&field.view.choices, &field.view.table);
        let is_fit = match (field.view.kind, table) {
            (FieldKind::Choice, Some(table)) => inline.is_empty() && catalogue.has_table(table),
            (FieldKind::Choice, None) => !inline.is_empty(),
            (_, Some(table)) => inline.is_empty() && catalogue.has_table(table),
            (_, None) => inline.is_empty(),
        };
        let distinct: BTreeSet<_> = inline.iter().map(|choice| &choice.value).collect();
        if !is_fit || distinct.len() != inline.len() {
            self.complain(
                place,
                "选项不对：没有、重复，或者代码表不存在",
                "the choices are missing or repeated, or there is no such table",
                (
                    "choice 要么写 choices，要么写 tables/ 里有的 table；其他栏目都不写",
                    "a choice has either choices or a table that stands in tables/; other kinds have neither",
                ),
            );
        }
    }

    fn materials(&mut self) {
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

    fn fee(&mut self) {
        let Self { catalogue, definition, .. } = *self;
        let Some(fee) = &definition.fee else { return };
        let (tariff, window) = (catalogue.tariff(&fee.tariff), catalogue.window(&fee.window));
        let category = definition.fields.iter().find(|field| field.view.id == fee.category);
        let (Some(tariff), Some(_), Some(category)) = (tariff, window, category) else {
            self.complain(
                "fee",
                "缴费标准、参保期或人员类别栏目不存在",
                "the tariff, the window or the category field does not exist",
                (
                    "tariff 要在 tariffs/ 里，window 要在 windows/ 里，category 要是一个栏目",
                    "tariff stands in tariffs/, window in windows/, category is a field",
                ),
            );
            return;
        };
        for year in &tariff.years {
            for choice in &category.view.choices {
                let rates = year.rates.iter().filter(|rate| rate.categories.contains(&choice.value)).count();
                if rates != 1 {
                    self.complaints.add(Complaint {
                        file: format!("tariffs/{}.toml", fee.tariff),
                        line: None,
                        place: format!("years.{}.rates", year.year),
                        problem: Text::new(
                            format!("{} 年标准里，类别 {} 出现了 {rates} 次", year.year, choice.value),
                            format!("in {} the category {} stands {rates} times", year.year, choice.value),
                        ),
                        remedy: Text::new(
                            "每个类别在每一年只属于一档",
                            "each category belongs to one rate of each year",
                        ),
                    });
                }
            }
        }
    }

    /// Every expression names only what is declared, and gives a value of the right sort when tried out with as
    /// little filled as may be and with everything filled.
    fn expressions(&mut self) {
        let Self { definition, catalogue, .. } = *self;
        let names = || definition.fields.iter().map(|field| field.view.id.as_str());
        let example = |field: &FieldRules| {
            let kind = field.view.kind.rules();
            kind.operand(&kind.example(&Asked { field, catalogue, today: SOME_DAY }))
        };
        let mut filled = Scope::new(SOME_DAY, 2026, names());
        for field in &definition.fields {
            filled.set(&field.view.id, example(field));
        }
        for Placed { place, expression, wanted, own } in definition.expressions() {
            let source = expression.source();
            let known = |name: &str| GIVEN.contains(&name) || names().any(|field| field == name);
            if let Some(unknown) = expression.variables().iter().find(|name| !known(name)) {
                self.complain(
                    &place,
                    format!("表达式 {source} 里的 {unknown} 不是本事项的栏目"),
                    format!("{unknown} in {source} is no field of this service"),
                    ("请改成已有的栏目编号", "name an existing field"),
                );
                continue;
            }
            let mut empty = Scope::new(SOME_DAY, 2026, names());
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
        for MaterialRules { view, relevant, required, reasons } in &self.materials {
            let rules = [("relevant", relevant), ("required", required)].into_iter();
            for (name, rule) in rules.chain(reasons.iter().map(|(when, _)| ("reasons", when))) {
                let place = format!("materials.{}.{name}", view.id);
                let placed = |expression| Placed { place, expression, wanted: Wanted::Truth, own: None };
                all.extend(rule.expression().map(placed));
            }
        }
        all
    }
}

impl Rule {
    pub(super) fn expression(&self) -> Option<&Expression> {
        match self {
            Self::When(expression) => Some(expression),
            Self::Fixed(_) => None,
        }
    }
}

fn is_identifier(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
