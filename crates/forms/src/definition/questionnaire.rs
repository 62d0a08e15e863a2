//! Questions without an application, for example those of the adviser: judged like the fields of a service.

use super::{
    Rule, ServiceDefinition,
    compile::{self, compile},
    source::{Condition, FieldSource, NoticeSource, ReviewSource, SectionSource, ServiceFile},
};
use crate::{
    Catalogue, Text,
    catalogue::{Complaints, TomlFile},
};

/// Compiles and checks questions; `None` where anything was to complain about.
pub(crate) fn questionnaire(
    file: &TomlFile,
    questions: Vec<FieldSource>,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) -> Option<ServiceDefinition> {
    let text = Text::default;
    let section = SectionSource { id: "questions".into(), title: text(), hint: None, fields: questions };
    let source = ServiceFile {
        id: String::new(),
        version: 1,
        group: text(),
        title: text(),
        summary: text(),
        minutes: 0,
        bring: text(),
        keywords: vec![],
        review: ReviewSource {
            min_working_days: None,
            max_working_days: None,
            at_once: false,
            written_answer: false,
            supplement_working_days: 0,
        },
        notice: NoticeSource { version: 1, paragraphs: vec![], consents: vec![] },
        sections: vec![section],
        materials: vec![],
        fee: None,
        waiting: None,
        place: None,
        about: vec![],
        parameters: [].into(),
        guides: vec![],
        declaration: text(),
    };
    compile(file, source, catalogue, complaints)
}

/// Compiles a condition that stands outside a service.
pub(crate) fn rule(file: &TomlFile, place: &str, condition: Condition, complaints: &mut Complaints) -> Rule {
    compile::rule(file, place, condition, complaints)
}
