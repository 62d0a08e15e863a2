//! Single statements, prepared once for each connection. Placeholders are `$1`, `$2`, … as in PostgreSQL; to SQLite
//! these are names, numbered in the order in which it meets them.

use rusqlite::{
    CachedStatement, Connection,
    types::{ToSql, ToSqlOutput, ValueRef},
};

use crate::store::{
    StoreError,
    tx::{Record, Value},
};

/// Runs a statement; how many rows it touched.
pub(in crate::store) fn execute(
    connection: &Connection,
    sql: &str,
    values: &[Value],
) -> Result<u64, StoreError> {
    let touched = bound(connection, sql, values)?.raw_execute()?;
    Ok(u64::try_from(touched).unwrap_or(u64::MAX))
}

/// Runs a statement that takes nothing and answers nothing.
pub(super) fn command(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    execute(connection, sql, &[]).map(drop)
}

/// All rows.
pub(in crate::store) fn all<T: Record>(
    connection: &Connection,
    sql: &str,
    values: &[Value],
) -> Result<Vec<T>, StoreError> {
    let mut statement = bound(connection, sql, values)?;
    let mut rows = statement.raw_query();
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        read.push(T::try_from(row)?);
    }
    Ok(read)
}

/// The first row, where there is one.
pub(in crate::store) fn optional<T: Record>(
    connection: &Connection,
    sql: &str,
    values: &[Value],
) -> Result<Option<T>, StoreError> {
    let mut statement = bound(connection, sql, values)?;
    let mut rows = statement.raw_query();
    Ok(rows.next()?.map(T::try_from).transpose()?)
}

fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    values: &[Value],
) -> Result<CachedStatement<'c>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    for at in 1..=statement.parameter_count() {
        let number =
            statement.parameter_name(at).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let value = number.and_then(|number| values.get(number.checked_sub(1)?));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(values.len(), at))?;
        statement.raw_bind_parameter(at, value)?;
    }
    Ok(statement)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Number(Some(number)) => ValueRef::Integer(*number),
            Self::Text(None) | Self::Number(None) => ValueRef::Null,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_go_by_their_number_not_by_their_place() {
        let connection = Connection::open_in_memory().expect("opens");
        let row: Option<(String, i64, String)> = optional(
            &connection,
            "SELECT $2, $1, $2 || $3",
            &[Value::from(7_i64), Value::from("a"), Value::from("b")],
        )
        .expect("reads");
        assert_eq!(row, Some(("a".to_owned(), 7, "ab".to_owned())));
        for lacking in ["SELECT $4", "SELECT ?", "SELECT $0"] {
            let read = optional::<(i64,)>(&connection, lacking, &[1_i64, 2, 3].map(Value::from));
            assert!(matches!(read, Err(StoreError::Sqlite(_))), "{lacking}: {read:?}");
        }
    }
}
