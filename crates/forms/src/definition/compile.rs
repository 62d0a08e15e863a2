//! From the file's shape to rules ready to evaluate: expressions compiled, order of evaluation found.

use super::{
    Constraint, FeeRules, FieldRules, MaterialRules, Rule, ServiceDefinition, check,
    source::{Condition, FieldSource, MaterialSource, SectionSource, ServiceFile},
    view,
};
use crate::{
    Catalogue, Section, Service, Text,
    catalogue::{Complaints, TomlFile, words_of},
    expression::{Expression, Unusable},
};

/// Compiles and checks one service; `None` where anything was to complain about.
pub(crate) fn compile(
    file: &TomlFile,
    source: ServiceFile,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) -> Option<ServiceDefinition> {
    let before = complaints.len();
    let mut compiler = Compiler { file, complaints };
    let definition = compiler.definition(source);
    check::check(file, &definition, catalogue, complaints);
    (complaints.len() == before).then_some(definition)
}

struct Compiler<'a> {
    file: &'a TomlFile,
    complaints: &'a mut Complaints,
}

impl Compiler<'_> {
    fn definition(&mut self, source: ServiceFile) -> ServiceDefinition {
        let mut fields = vec![];
        let mut sections = vec![];
        for (at, section) in source.sections.into_iter().enumerate() {
            let SectionSource { id, title, hint, fields: sources } = section;
            let first = fields.len();
            fields.extend(sources.into_iter().map(|source| self.field(at, source)));
            let views = fields[first..].iter().map(|field: &FieldRules| field.view.clone()).collect();
            sections.push(Section { id, title, hint, fields: views });
        }
        let materials: Vec<_> = source.materials.into_iter().map(|source| self.material(source)).collect();
        let mut search_words = words_of(&source.title);
        search_words.extend(source.keywords.iter().flat_map(|word| words_of(&Text::same(word))));
        search_words.extend([&source.group, &source.summary].into_iter().flat_map(words_of));
        let view = Service {
            id: source.id,
            version: source.version,
            group: source.group,
            title: source.title,
            summary: source.summary,
            minutes: source.minutes,
            bring: source.bring,
            keywords: source.keywords,
            review: view::review(&source.review),
            notice: view::notice(source.notice),
            sections,
            materials: materials.iter().map(|material| material.view.clone()).collect(),
            declaration: source.declaration,
            guides: source.guides.into_iter().map(view::guide).collect(),
        };
        let order = self.order(&fields);
        let fee =
            source.fee.map(|fee| FeeRules { tariff: fee.tariff, window: fee.window, category: fee.category });
        ServiceDefinition { view, search_words, fields, order, materials, fee }
    }

    fn field(&mut self, section: usize, source: FieldSource) -> FieldRules {
        let place = format!("fields.{}", source.id);
        let view = view::field(&source);
        FieldRules {
            section,
            relevant: self.rule(&format!("{place}.relevant"), source.relevant),
            required: self.rule(&format!("{place}.required"), source.required),
            calculate: source
                .calculate
                .and_then(|text| self.expression(&format!("{place}.calculate"), &text)),
            constraints: source
                .constraints
                .into_iter()
                .filter_map(|constraint| {
                    let expect =
                        self.expression(&format!("{place}.{}", constraint.code), &constraint.expect)?;
                    let (code, severity) = (constraint.code, constraint.severity);
                    Some(Constraint { code, expect, severity, message: constraint.message })
                })
                .collect(),
            texts: source.texts,
            max_chars: source.max_chars,
            min: source.min,
            max: source.max,
            personal: source.personal,
            view,
        }
    }

    fn material(&mut self, source: MaterialSource) -> MaterialRules {
        let place = format!("materials.{}", source.id);
        let view = view::material(&source);
        MaterialRules {
            relevant: self.rule(&format!("{place}.relevant"), source.relevant),
            required: self.rule(&format!("{place}.required"), source.required),
            reasons: source
                .reasons
                .into_iter()
                .map(|reason| (self.rule(&format!("{place}.reasons"), reason.when), reason.text))
                .collect(),
            view,
        }
    }

    fn rule(&mut self, place: &str, condition: Condition) -> Rule {
        match condition {
            Condition::Fixed(truth) => Rule::Fixed(truth),
            Condition::When(text) => self.expression(place, &text).map_or(Rule::Fixed(false), Rule::When),
        }
    }

    fn expression(&mut self, place: &str, text: &str) -> Option<Expression> {
        let (problem, remedy) = match Expression::compile(text) {
            Ok(expression) => return Some(expression),
            Err(Unusable::Syntax(message)) => (
                Text::new(
                    format!("表达式 {text} 读不懂：{message}"),
                    format!("the expression {text} cannot be read: {message}"),
                ),
                Text::new(
                    "请按 CEL 的写法改，例如 category == 'student'",
                    "write it in CEL, for example category == 'student'",
                ),
            ),
            Err(Unusable::UnknownFunction(name)) => (
                Text::new(format!("表达式里的函数 {name} 不存在"), format!("there is no function {name}")),
                Text::new(
                    "可以用 age、birth_date_of、sex_of、province_of、within 和 CEL 自带的函数",
                    "use age, birth_date_of, sex_of, province_of, within or those of CEL itself",
                ),
            ),
        };
        self.complaints.about(self.file, place, problem, remedy);
        None
    }

    /// Each field after those its relevance and calculation look at; otherwise in the order of the form.
    fn order(&mut self, fields: &[FieldRules]) -> Vec<usize> {
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
                self.complaints.about(
                    self.file,
                    &format!("fields.{}", stuck.first().unwrap_or(&"")),
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
    /// What must be known before this field's relevance and value.
    fn looks_at(&self) -> impl Iterator<Item = &String> {
        self.relevant.expression().into_iter().chain(&self.calculate).flat_map(Expression::variables)
    }
}
