//! What is wrong with a catalogue, said so that whoever wrote it can mend it.

use std::fmt;

use super::TomlFile;
use crate::{Language, Text};

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Path within the catalogue.
    pub file: String,
    /// Where known, from 1.
    pub line: Option<usize>,
    /// The entry, for example `fields.id_number.relevant`.
    pub place: String,
    /// What is wrong.
    pub problem: Text,
    /// What to do.
    pub remedy: Text,
}

impl Complaint {
    /// Code by which programs know any complaint.
    pub const CODE: &'static str = "catalogue_unfit";

    /// One paragraph: file, line, place, what is wrong, what to do.
    #[must_use]
    pub fn explain(&self, language: Language) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = if self.place.is_empty() { String::new() } else { format!(" [{}]", self.place) };
        let (problem, remedy) = (self.problem.get(language), self.remedy.get(language));
        format!("{}{line}{place}\n  {problem}\n  → {remedy}", self.file)
    }
}

/// Everything that is wrong with a catalogue; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// In the order of the files.
    pub complaints: Vec<Complaint>,
    newer_format: bool,
}

impl CatalogueError {
    pub(super) fn newer_format(complaint: Complaint) -> Self {
        Self { complaints: vec![complaint], newer_format: true }
    }

    /// Nothing is wrong with the catalogue, but it is written in a form that only a newer program reads.
    #[must_use]
    pub const fn needs_newer_program(&self) -> bool {
        self.newer_format
    }

    /// All complaints, one paragraph each.
    #[must_use]
    pub fn explain(&self, language: Language) -> String {
        self.complaints.iter().map(|complaint| complaint.explain(language)).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain(Language::En))
    }
}

impl std::error::Error for CatalogueError {}

/// Collects complaints while a catalogue is read, so that all are told at once.
#[derive(Debug, Default)]
pub(crate) struct Complaints(Vec<Complaint>);

impl Complaints {
    pub(crate) fn add(&mut self, complaint: Complaint) {
        self.0.push(complaint);
    }

    /// About an entry of a file; the line is found by the last part of the place.
    pub(crate) fn about(&mut self, file: &TomlFile, place: &str, problem: Text, remedy: Text) {
        let line = file.line_of(place);
        self.add(Complaint { file: file.path.clone(), line, place: place.into(), problem, remedy });
    }

    /// About a line of a file.
    pub(crate) fn at(
        &mut self,
        file: &TomlFile,
        line: Option<usize>,
        place: &str,
        problem: Text,
        remedy: Text,
    ) {
        self.add(Complaint { file: file.path.clone(), line, place: place.into(), problem, remedy });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_result<T>(self, good: T) -> Result<T, CatalogueError> {
        if self.0.is_empty() {
            Ok(good)
        } else {
            Err(CatalogueError { complaints: self.0, newer_format: false })
        }
    }
}
