//! All rows of an office's SQLite file, moved into an empty PostgreSQL: in one transaction, which is committed only
//! where every table has the same rows on both sides and the audit log is whole there.

mod digest;
mod tables;

use futures::TryStreamExt;
use rusqlite::Connection;
use sqlx::{
    AssertSqlSafe, PgConnection, Row,
    postgres::{PgArguments, PgRow},
};

use super::{
    AuditFault, StoreError,
    postgres::PostgresStore,
    sqlite::{SqliteStore, statement},
    tx::Tx,
    units::audit,
};
use digest::Digest;
use tables::{Cell, Kind, TABLES, Table};

/// Rows that are read at a time and sent in one statement.
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
    /// The source has a table or a column that this program would leave behind.
    #[error("the database has {0}, which this program does not know; use the version that made it")]
    Unknown(String),
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
    /// The new database did not say whether it committed.
    #[error("the new database did not answer whether it keeps them: {0}")]
    Unsure(StoreError),
}

impl From<sqlx::Error> for MoveError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for MoveError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Moves all rows. Where they are there already (the same command went through before and its answer was lost), they
/// are compared only.
pub(crate) async fn move_rows(from: &SqliteStore, to: &PostgresStore) -> Result<Vec<MovedTable>, MoveError> {
    let mut source = from.view()?;
    know_everything(&source)?;
    audit::verify(&mut Tx::Sqlite(&mut source)).await?.map_err(MoveError::BrokenChain)?;
    let mut target = to.long_transaction().await?;
    let occupied = occupied(&mut target).await?;
    let mut moved = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let into = if occupied.is_none() { Some(&mut *target) } else { None };
        let sent = send(table, &mut source, into).await?;
        let arrived = arrived(table, &mut target).await?;
        match occupied {
            _ if sent == arrived => {}
            None => return Err(MoveError::Different(table.name)),
            Some(_) => return Err(MoveError::NotEmpty(table.name)),
        }
        moved.push(MovedTable { name: table.name, rows: sent.rows, digest: sent.to_string() });
    }
    audit::verify(&mut Tx::Postgres(&mut target)).await?.map_err(MoveError::BrokenChain)?;
    target.commit().await.map_err(|error| MoveError::Unsure(error.into()))?;
    Ok(moved)
}

/// A table or a column that is not in [`TABLES`] would stay behind, and both sides would still be called the same.
fn know_everything(source: &Connection) -> Result<(), MoveError> {
    let columns: Vec<(String, String)> = statement::all(
        source,
        "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> '_sqlx_migrations'",
        &[],
    )?;
    for (table, column) in columns {
        let known = TABLES.iter().find(|known| known.name == table);
        let known = known.ok_or_else(|| MoveError::Unknown(format!("a table {table}")))?;
        if known.columns.iter().all(|(name, _)| *name != column) {
            return Err(MoveError::Unknown(format!("a column {column} in the table {table}")));
        }
    }
    Ok(())
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

/// Sends a table over, or only walks it; the digest of what was read.
async fn send(
    table: &'static Table,
    source: &mut Connection,
    mut target: Option<&mut PgConnection>,
) -> Result<Digest, MoveError> {
    let (mut digest, mut after) = (Digest::default(), i64::MIN);
    loop {
        let rows = page(table, source, &mut after)?;
        if rows.is_empty() {
            return Ok(digest);
        }
        for row in &rows {
            digest.add(row);
        }
        if let Some(target) = &mut target {
            let arguments = transposed(table, rows)?;
            sqlx::query_with(AssertSqlSafe(table.insert()), arguments).execute(&mut **target).await?;
        }
    }
}

/// The next rows of a table behind the row `after`, which becomes the last of them; empty after the last.
fn page(table: &Table, source: &Connection, after: &mut i64) -> Result<Vec<Vec<Cell>>, MoveError> {
    let mut select = source.prepare_cached(&table.page(TOGETHER))?;
    let mut rows = select.query([*after])?;
    let mut page = Vec::with_capacity(TOGETHER);
    while let Some(row) = rows.next()? {
        *after = row.get(table.columns.len())?;
        let cells = table.columns.iter().enumerate().map(|(at, (_, kind))| match kind {
            Kind::Text => row.get(at).map(Cell::Text),
            Kind::Number => row.get(at).map(Cell::Number),
        });
        page.push(cells.collect::<Result<_, _>>()?);
    }
    Ok(page)
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

/// The digest of what arrived. What PostgreSQL cannot keep as it is would also change the audit log, which is looked at
/// afterwards.
async fn arrived(table: &'static Table, target: &mut PgConnection) -> Result<Digest, MoveError> {
    let mut digest = Digest::default();
    let mut rows = sqlx::query(AssertSqlSafe(table.select())).fetch(target);
    while let Some(row) = rows.try_next().await? {
        digest.add(&cells(table, &row)?);
    }
    Ok(digest)
}

fn cells(table: &Table, row: &PgRow) -> Result<Vec<Cell>, MoveError> {
    let cells = table.columns.iter().enumerate().map(|(at, (_, kind))| match kind {
        Kind::Text => row.try_get(at).map(Cell::Text),
        Kind::Number => row.try_get(at).map(Cell::Number),
    });
    Ok(cells.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::Engine;

    #[tokio::test]
    async fn what_this_program_would_leave_behind_is_named() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("office.sqlite");
        let store = SqliteStore::open(&file).await.expect("opens");
        let named = || know_everything(&store.view().expect("a view"));
        named().expect("every table and column of this version is known");
        let newer = Connection::open(&file).expect("opens");
        for (change, wanted) in [
            ("ALTER TABLE accounts ADD COLUMN phone TEXT", "a column phone in the table accounts"),
            ("CREATE TABLE aaa (id TEXT)", "a table aaa"),
        ] {
            newer.execute_batch(change).expect("changes");
            let refused = named().expect_err("is refused").to_string();
            assert!(refused.contains(wanted), "{refused}");
            let back = if wanted.contains("phone") {
                "ALTER TABLE accounts DROP COLUMN phone"
            } else {
                "DROP TABLE aaa"
            };
            newer.execute_batch(back).expect("changes");
        }
        store.end().await;
    }
}
