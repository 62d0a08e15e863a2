//! Code tables: what is stored, what is shown, what finds it.

use serde::Deserialize;

use super::{Complaints, TomlFile, reading::Filed};
use crate::{Choice, Text};

/// A code table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) choices: Vec<Choice>,
}

impl Filed for Table {
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    /// The standard it comes from; for readers of the file.
    #[expect(dead_code, reason = "read by people, required of every table")]
    source: String,
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    value: String,
    zh: String,
    en: String,
    #[serde(default)]
    search: String,
}

pub(super) fn read(file: &TomlFile, complaints: &mut Complaints) -> Option<Table> {
    let File { id, rows, .. } = file.parse(complaints)?;
    let mut choices: Vec<Choice> = vec![];
    for row in rows {
        if choices.iter().any(|choice| choice.value == row.value) {
            complaints.about(
                file,
                &row.value,
                Text::new(
                    format!("代码 {} 出现了两次", row.value),
                    format!("the code {} stands twice", row.value),
                ),
                Text::new("每个代码只写一行", "write each code once"),
            );
        }
        let label = Text::new(row.zh, row.en);
        choices.push(Choice { value: row.value, label, hint: None, search: row.search });
    }
    Some(Table { id, choices })
}
