//! A transaction on either database. Both are spoken to in the same SQL: numbered placeholders, `TEXT` and `BIGINT`
//! only, `ON CONFLICT` and `RETURNING` as both know them. What differs is here: how a row is kept from changing.

use jiff::{Timestamp, civil::Date};
use protocol::{AccountId, ApplicationId, ContentHash};
use sqlx::{
    Arguments, FromRow, PgConnection, Postgres,
    postgres::{PgArguments, PgRow},
    query, query_as_with, query_with,
};

use super::{StoreError, sqlite::statement};

/// A transaction, or a consistent view for reading.
pub(super) enum Tx<'c> {
    /// The only one that writes, or one of those that read. It is spoken to on the calling thread: a unit of work on it
    /// is done when it is first polled.
    Sqlite(&'c mut rusqlite::Connection),
    /// One of many.
    Postgres(&'c mut PgConnection),
}

/// What must not change under a unit of work until it is committed. Whoever takes several takes them in this order,
/// so that no two wait for each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lock<'l> {
    /// One of the facts about the whole office.
    Fact(&'l str),
    /// Everything that is written about an account's applications.
    Account(&'l str),
    /// The count of failed logins of a name.
    LoginGuard(&'l str),
    /// The end of one of the chains of the audit log.
    AuditChain(i64),
}

/// A row that can be read from both databases: tuples, and what [`record`] makes.
pub(super) trait Record:
    for<'r> TryFrom<&'r rusqlite::Row<'r>, Error = rusqlite::Error> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Record for T where
    T: for<'r> TryFrom<&'r rusqlite::Row<'r>, Error = rusqlite::Error>
        + for<'r> FromRow<'r, PgRow>
        + Send
        + Unpin
{
}

/// A struct whose fields are the columns of the same names.
macro_rules! record {
    ($(#[$about:meta])* struct $name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(sqlx::FromRow)]
        struct $name { $($field: $kind),* }

        impl<'r> TryFrom<&'r rusqlite::Row<'r>> for $name {
            type Error = rusqlite::Error;

            fn try_from(row: &'r rusqlite::Row<'r>) -> rusqlite::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?),* })
            }
        }
    };
}
pub(super) use record;

/// A value for a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(Option<String>),
    Number(Option<i64>),
}

/// The values of `$1`, `$2`, … of anything that has a form in a column.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::tx::Value::from($value)),*] };
}
pub(super) use values;

impl Tx<'_> {
    /// Runs a statement; how many rows it touched.
    pub(super) async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(connection) => statement::execute(connection, sql, &values)?,
            Self::Postgres(connection) => query_with::<Postgres, _>(sql, for_postgres(values)?)
                .execute(&mut **connection)
                .await?
                .rows_affected(),
        })
    }

    /// All rows.
    pub(super) async fn all<T: Record>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(connection) => statement::all(connection, sql, &values)?,
            Self::Postgres(connection) => {
                query_as_with::<Postgres, T, _>(sql, for_postgres(values)?)
                    .fetch_all(&mut **connection)
                    .await?
            }
        })
    }

    /// The row, where there is one.
    pub(super) async fn optional<T: Record>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(connection) => statement::optional(connection, sql, &values)?,
            Self::Postgres(connection) => {
                query_as_with::<Postgres, T, _>(sql, for_postgres(values)?)
                    .fetch_optional(&mut **connection)
                    .await?
            }
        })
    }

    /// The row that must be there.
    pub(super) async fn one<T: Record>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<T, StoreError> {
        self.optional(sql, values).await?.ok_or(StoreError::Other(sqlx::Error::RowNotFound))
    }

    /// Keeps others out until the commit. On SQLite they are out already: there is one writer.
    pub(super) async fn lock(&mut self, what: Lock<'_>) -> Result<(), StoreError> {
        let Self::Postgres(connection) = self else { return Ok(()) };
        let locking = match what {
            Lock::Fact(name) => query("SELECT name FROM office_facts WHERE name = $1 FOR UPDATE").bind(name),
            Lock::Account(id) => query("SELECT id FROM accounts WHERE id = $1 FOR UPDATE").bind(id),
            Lock::LoginGuard(name) => {
                query("SELECT name FROM login_guards WHERE name = $1 FOR UPDATE").bind(name)
            }
            Lock::AuditChain(chain) => {
                query("SELECT chain FROM audit_chains WHERE chain = $1 FOR UPDATE").bind(chain)
            }
        };
        locking.execute(&mut **connection).await?;
        Ok(())
    }

    /// In how many chains the audit log is kept. One writer needs one; many would wait for each other at its end.
    pub(super) fn audit_chains(&self) -> i64 {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => super::postgres::AUDIT_CHAINS,
        }
    }
}

/// PostgreSQL has no text with U+0000, which JSON from outside may contain.
fn for_postgres(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(
                text.map(|text| if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }),
            ),
            Value::Number(number) => arguments.add(number),
        }
        .map_err(|error| StoreError::Other(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(Some(number.into()))
    }
}

/// 1 = true: neither database has to have a type for it.
impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Number(Some(yes.into()))
    }
}

/// Milliseconds since 1970.
impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Number(Some(at.as_millisecond()))
    }
}

macro_rules! as_text {
    ($($kind:ty),*) => { $(
        impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                Self::Text(Some(value.to_string()))
            }
        }
    )* };
}
as_text!(AccountId, ApplicationId, ContentHash, Date);

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<Date>> for Value {
    fn from(day: Option<Date>) -> Self {
        Self::Text(day.map(|day| day.to_string()))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}
