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

impl TomlFile {
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
