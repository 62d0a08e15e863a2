//! A file of the catalogue, and where its entries stand.

use serde::de::DeserializeOwned;

use super::{Complaint, Complaints};
use crate::Text;

/// A file as it was handed in.
#[derive(Debug)]
pub(crate) struct TomlFile {
    /// Path within the catalogue.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// Files below this folder are made up, for showing what regions may change.
const EXAMPLES: &str = "examples/";

impl TomlFile {
    pub(crate) fn all<P: Into<String>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> impl Iterator<Item = Self> {
        files.into_iter().map(|(path, text)| Self { path: path.into(), text: text.as_ref().to_owned() })
    }

    pub(crate) fn is_example(&self) -> bool {
        self.path.starts_with(EXAMPLES)
    }

    /// The folder and what follows; examples stand in the same folders.
    pub(crate) fn room(&self) -> (&str, &str) {
        let path = self.path.strip_prefix(EXAMPLES).unwrap_or(&self.path);
        path.split_once('/').unwrap_or(("", path))
    }

    /// Reads the file into its shape, or complains with line and column.
    pub(crate) fn parse<T: DeserializeOwned>(&self, complaints: &mut Complaints) -> Option<T> {
        match toml::from_str(&self.text) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let line = error.span().map(|span| self.text[..span.start].matches('\n').count() + 1);
                complaints.add(Complaint {
                    file: self.path.clone(),
                    line,
                    place: String::new(),
                    problem: Text::new(
                        format!("这里读不懂：{}", error.message()),
                        format!("cannot be read: {}", error.message()),
                    ),
                    remedy: Text::new(
                        "请看这一行的拼写、引号和方括号；每句话都要有 zh 和 en",
                        "look at the spelling, quotes and brackets of this line; every text needs zh and en",
                    ),
                });
                None
            }
        }
    }

    /// The first line that begins so, from 1.
    pub(crate) fn line_starting(&self, beginning: &str) -> Option<usize> {
        self.text.lines().position(|line| line.trim_start().starts_with(beginning)).map(|at| at + 1)
    }

    /// The line where the last part of `place` that is an `id`, `code` or key of the file stands.
    pub(crate) fn line_of(&self, place: &str) -> Option<usize> {
        place.rsplit('.').find_map(|part| {
            let named = format!("\"{part}\"");
            let is_name = |line: &str| {
                let line = line.trim_start();
                ["id = ", "code = ", "value = "].iter().any(|key| line.starts_with(key))
                    && line.contains(&named)
            };
            self.text.lines().position(is_name).map(|at| at + 1)
        })
    }
}
