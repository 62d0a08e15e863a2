//! From the file's shape to rules ready to evaluate: expressions compiled, order of evaluation found.

use super::{
    FeeRules, FieldRules, MaterialRules, PlaceRules, Rule, ServiceDefinition, WaitingRules, check,
    source::{Condition, MaterialSource, SectionSource, ServiceFile, WaitingSource},
    subject, view,
};
use crate::{
    Catalogue, Section, Service, Text,
    catalogue::{Complaints, TomlFile, words_of},
    expression::{Expression, FUNCTIONS, STANDARD, Unusable},
};

/// Compiles and checks one service; `None` where anything was to complain about.
pub(crate) fn compile(
    file: &TomlFile,
    source: ServiceFile,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) -> Option<ServiceDefinition> {
    let before = complaints.len();
    let mut compiler = Compiler::new(file, complaints);
    let definition = compiler.definition(source);
    check::check(file, &definition, catalogue, complaints);
    (complaints.len() == before).then_some(definition)
}

/// Compiles a condition that stands outside a service.
pub(super) fn rule(file: &TomlFile, place: &str, condition: Condition, complaints: &mut Complaints) -> Rule {
    Compiler::new(file, complaints).rule(place, condition)
}

/// Compiles one file, collecting complaints on the way.
pub(super) struct Compiler<'a> {
    file: &'a TomlFile,
    complaints: &'a mut Complaints,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(file: &'a TomlFile, complaints: &'a mut Complaints) -> Self {
        Self { file, complaints }
    }
}

impl Compiler<'_> {
    pub(super) fn complain(&mut self, place: &str, problem: Text, remedy: Text) {
        self.complaints.about(self.file, place, problem, remedy);
    }

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
        let mut order = self.order("fields", &fields);
        let parameters = source.parameters.into_iter().map(|(name, source)| (name, source.value)).collect();
        let place = source.place.map(|field| PlaceRules {
            until: self.place_first(&field, &fields, &parameters, &mut order),
            field,
        });
        let about = subject::about(source.about, &view.sections);
        let fee = source.fee.map(|fee| FeeRules {
            tariff: fee.tariff,
            window: fee.window,
            category: fee.category,
            year: fee.year,
        });
        let waiting = source.waiting.map(|waiting| self.waiting(waiting));
        ServiceDefinition {
            view,
            search_words,
            fields,
            order,
            materials,
            fee,
            place,
            about,
            parameters,
            waiting,
        }
    }

    fn waiting(&mut self, source: WaitingSource) -> WaitingRules {
        let WaitingSource { rules, lapsed_years, repaid_years, exempt } = source;
        let exempt = exempt.into_iter().map(|source| (self.rule("waiting.exempt", source.when), source.text));
        WaitingRules { rules, lapsed_years, repaid_years, exempt: exempt.collect() }
    }

    pub(super) fn material(&mut self, source: MaterialSource) -> MaterialRules {
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
            region: None,
            view,
        }
    }

    pub(super) fn rule(&mut self, place: &str, condition: Condition) -> Rule {
        match condition {
            Condition::Fixed(truth) => Rule::Fixed(truth),
            Condition::When(text) => self.expression(place, &text).map_or(Rule::Fixed(false), Rule::When),
        }
    }

    pub(super) fn expression(&mut self, place: &str, text: &str) -> Option<Expression> {
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
                    format!("可以用 {}，和 CEL 自带的 {}", FUNCTIONS.join("、"), STANDARD.join("、")),
                    format!("use {}, or CEL's own {}", FUNCTIONS.join(", "), STANDARD.join(", ")),
                ),
            ),
            Err(Unusable::Loop) => (
                Text::new(
                    format!("表达式 {text} 里有循环（all、exists、map 等），这里不能用"),
                    format!(
                        "the expression {text} loops (all, exists, map and the like), which is not done here"
                    ),
                ),
                Text::new(
                    "对每一行的要求请写在这一列的 constraints 里；合计用 total，行数用 count，不重复用 unique",
                    "what holds for each row belongs to the column's constraints; for sums there is total, for the number of rows count, against repetition unique",
                ),
            ),
        };
        self.complain(place, problem, remedy);
        None
    }
}
