//! All rows of an office's SQLite file, moved into an empty PostgreSQL: in one transaction, which is committed only
//! where every table has the same rows on both sides and the audit log is whole there.

mod digest;
mod tables;

use std::collections::BTreeSet;

use futures::{Stream, TryStreamExt};
use sqlx::{
    AssertSqlSafe, PgConnection, Row, SqliteConnection,
    postgres::{PgArguments, PgRow},
    sqlite::SqliteRow,
};

use super::{AuditFault, StoreError, postgres::PostgresStore, sqlite::SqliteStore, tx::Tx, units::audit};
use digest::Digest;
use tables::{Cell, Kind, TABLES, Table};

/// Rows that are sent in one statement.
const TOGETHER: usize = 500;

/// A table that was compared on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows it has on both sides.
    pub rows: u64,
    /// The same on both sides: the sum of the SHA-256 of all rows, in hexadecimal digits.
    pub digest: String,
}

/// Why rows were not moved. Nothing of them is in the new database then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MoveError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source has a table that this program would leave behind.
    #[error("the database has a table {0} that this program does not know; use the version that made it")]
    UnknownTable(String),
    /// The target holds something else.
    #[error(
        "the new database is not empty: its table {0} has rows that this office does not have. Name an empty one"
    )]
    NotEmpty(&'static str),
    /// What arrived is not what was sent.
    #[error("table {0} is not the same on both sides; nothing was moved")]
    Different(&'static str),
    #[error("{0}; nothing was moved")]
    BrokenChain(AuditFault),
}

impl From<sqlx::Error> for MoveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Moves all rows. Where they are there already (the same command went through before and its answer was lost), they
/// are compared only.
pub(crate) async fn move_rows(from: &SqliteStore, to: &PostgresStore) -> Result<Vec<MovedTable>, MoveError> {
    let mut source = from.view().await?;
    know_every_table(&mut source).await?;
    audit::verify(&mut Tx::Sqlite(&mut source)).await?.map_err(MoveError::BrokenChain)?;
    let mut target = to.transaction().await?;
    let occupied = occupied(&mut target).await?;
    let mut moved = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let sent = match occupied {
            None => send(table, &mut source, &mut target).await?,
            Some(_) => sum(read(table, &mut source)).await?,
        };
        let arrived = sum(read_back(table, &mut target)).await?;
        match occupied {
            _ if sent == arrived => {}
            None => return Err(MoveError::Different(table.name)),
            Some(_) => return Err(MoveError::NotEmpty(table.name)),
        }
        moved.push(MovedTable { name: table.name, rows: sent.rows, digest: sent.to_string() });
    }
    audit::verify(&mut Tx::Postgres(&mut target)).await?.map_err(MoveError::BrokenChain)?;
    target.commit().await?;
    Ok(moved)
}

async fn know_every_table(source: &mut SqliteConnection) -> Result<(), MoveError> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name <> '_sqlx_migrations'",
    )
    .fetch_all(source)
    .await?;
    let known: BTreeSet<_> = TABLES.iter().map(|table| table.name).collect();
    match names.into_iter().find(|name| !known.contains(name.as_str())) {
        Some(unknown) => Err(MoveError::UnknownTable(unknown)),
        None => Ok(()),
    }
}

/// The first table of the new database that has rows.
async fn occupied(target: &mut PgConnection) -> Result<Option<&'static str>, MoveError> {
    for table in TABLES {
        let sql = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {})", table.name));
        if sqlx::query_scalar::<_, bool>(sql).fetch_one(&mut *target).await? {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Sends a table over; the digest of what was read.
async fn send(
    table: &'static Table,
    source: &mut SqliteConnection,
    target: &mut PgConnection,
) -> Result<Digest, MoveError> {
    let mut digest = Digest::default();
    let mut pages = std::pin::pin!(read(table, source).try_chunks(TOGETHER));
    while let Some(rows) = pages.try_next().await.map_err(|error| error.1)? {
        for row in &rows {
            digest.add(row);
        }
        let arguments = transposed(table, rows)?;
        sqlx::query_with(AssertSqlSafe(table.insert()), arguments).execute(&mut *target).await?;
    }
    Ok(digest)
}

/// The rows as one array for each column.
fn transposed(table: &Table, rows: Vec<Vec<Cell>>) -> Result<PgArguments, MoveError> {
    use sqlx::Arguments;
    let mut columns: Vec<Vec<Cell>> = table.columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let mut arguments = PgArguments::default();
    for ((_, kind), cells) in table.columns.iter().zip(columns) {
        let added = match kind {
            Kind::Text => arguments.add(cells.into_iter().map(Cell::text).collect::<Vec<_>>()),
            Kind::Number => arguments.add(cells.into_iter().map(Cell::number).collect::<Vec<_>>()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

async fn sum(rows: impl Stream<Item = Result<Vec<Cell>, MoveError>>) -> Result<Digest, MoveError> {
    let mut digest = Digest::default();
    let mut rows = std::pin::pin!(rows);
    while let Some(row) = rows.try_next().await? {
        digest.add(&row);
    }
    Ok(digest)
}

fn read<'c>(
    table: &'static Table,
    source: &'c mut SqliteConnection,
) -> impl Stream<Item = Result<Vec<Cell>, MoveError>> + 'c {
    let rows = sqlx::query(AssertSqlSafe(table.select())).fetch(source);
    rows.map_err(MoveError::from).and_then(move |row: SqliteRow| async move {
        let cells = table.columns.iter().enumerate().map(|(at, (_, kind))| match kind {
            // What PostgreSQL cannot keep as it is would also change the audit log, which is looked at afterwards.
            Kind::Text => row.try_get(at).map(Cell::Text),
            Kind::Number => row.try_get(at).map(Cell::Number),
        });
        Ok(cells.collect::<Result<_, _>>()?)
    })
}

fn read_back<'c>(
    table: &'static Table,
    target: &'c mut PgConnection,
) -> impl Stream<Item = Result<Vec<Cell>, MoveError>> + 'c {
    let rows = sqlx::query(AssertSqlSafe(table.select())).fetch(target);
    rows.map_err(MoveError::from).and_then(move |row: PgRow| async move {
        let cells = table.columns.iter().enumerate().map(|(at, (_, kind))| match kind {
            Kind::Text => row.try_get(at).map(Cell::Text),
            Kind::Number => row.try_get(at).map(Cell::Number),
        });
        Ok(cells.collect::<Result<_, _>>()?)
    })
}
