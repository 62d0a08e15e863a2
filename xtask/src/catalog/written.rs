//! What the file of a service says and its compiled definition no longer tells: conditions as they were written.

use toml::{Table, Value};

use super::files::Files;

/// The text of a service.
#[derive(Debug)]
pub(super) struct Written(Table);

impl Written {
    /// The file of a service, the newest version where there are several.
    pub(super) fn find(files: &Files, service: &str) -> Option<Self> {
        let tables = files.within("services").filter_map(|(_, text)| toml::from_str::<Table>(text).ok());
        let own = tables.filter(|table| table.get("id").and_then(Value::as_str) == Some(service));
        own.max_by_key(|table| table.get("version").and_then(Value::as_integer)).map(Self)
    }

    /// The field that chooses regional rules.
    pub(super) fn place(&self) -> Option<&str> {
        self.0.get("place")?.as_str()
    }

    /// An entry of a field, as written: `relevant`, `required`, `calculate`.
    pub(super) fn of_field(&self, id: &str, key: &str) -> Option<&str> {
        let sections = list(&self.0, "sections");
        let mut fields = sections.flat_map(|section| list(section, "fields"));
        fields.find(|field| is(field, id))?.get(key)?.as_str()
    }

    /// The same of a column of a repeated group.
    pub(super) fn of_column(&self, field: &str, id: &str, key: &str) -> Option<&str> {
        let sections = list(&self.0, "sections");
        let mut fields = sections.flat_map(|section| list(section, "fields"));
        let rows = fields.find(|table| is(table, field))?.get("rows")?.as_table()?;
        list(rows, "columns").find(|column| is(column, id))?.get(key)?.as_str()
    }

    /// When a material is asked for.
    pub(super) fn of_material(&self, id: &str) -> Option<&str> {
        list(&self.0, "materials").find(|material| is(material, id))?.get("relevant")?.as_str()
    }
}

fn list<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn is(table: &Table, id: &str) -> bool {
    table.get("id").and_then(Value::as_str) == Some(id)
}
