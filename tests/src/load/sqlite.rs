//! SQLite itself: the rows that our office wrote, written again into the same schema with the same pragmas, by prepared
//! statements, nobody asked anything and nothing computed, and as many units to a commit as our office puts there at
//! most. Faster than this no program keeps these rows in SQLite.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use rusqlite::{Connection, Transaction, params_from_iter, types::Value};

/// As the office's writer does (`server::store::sqlite::writer`).
const TOGETHER: usize = 128;

type Row = Vec<Value>;

/// What an office wrote, by table, oldest first.
pub(super) struct Written {
    accounts: Vec<Row>,
    applications: Vec<Row>,
    submissions: Vec<Row>,
    revisions: Vec<Row>,
    declared: Vec<Row>,
    held: Vec<Row>,
    timeline: Vec<Row>,
    audit: Vec<Row>,
    schema: Vec<String>,
}

impl Written {
    /// Reads an office's database, which nobody has open.
    pub(super) fn by(office: &Path) -> Result<Self> {
        let database = Connection::open(office)?;
        let all = |columns: &str, table: &str| -> Result<Vec<Row>> {
            let mut select = database.prepare(&format!("SELECT {columns} FROM {table} ORDER BY rowid"))?;
            let width = select.column_count();
            let rows =
                select.query_map([], |row| (0..width).map(|at| row.get(at)).collect::<Result<Row, _>>())?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        let schema = "sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'";
        let schema = database
            .prepare(&format!("SELECT {schema}"))?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Self {
            accounts: all("id, secret_sha256, opened_at", "accounts")?,
            applications: all(
                "id, account_id, service, service_version, applicant, revision, number, due_on, received_at, status, feed_seq",
                "applications",
            )?,
            submissions: all(
                "account_id, idempotency_key, application_id, revision, manifest_hash",
                "submissions",
            )?,
            revisions: all(
                "application_id, revision, manifest_hash, manifest, applicant, received_at, begun_at, due_on, account_id, completed_at, receipt",
                "revisions",
            )?,
            declared: all("account_id, sha256, size_bytes, kind", "declared_blobs")?,
            held: all("account_id, sha256, size_bytes, kind, pages, stored_at", "held_blobs")?,
            timeline: all("application_id, position, at, status, note", "timeline")?,
            // What was written down when accounts were opened is not part of this.
            audit: all(
                "chain, seq, at, actor, action, subject, detail, previous, hash",
                "audit WHERE action <> 'account_opened'",
            )?,
            schema,
        })
    }

    /// How many applications.
    pub(super) fn applications(&self) -> usize {
        self.applications.len()
    }

    /// Writes it again into `file`; how long that took.
    pub(super) fn again(&self, file: &Path) -> Result<Duration> {
        let mut database = Connection::open(file)?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA cache_size = -65536;",
        )?;
        for statement in &self.schema {
            database.execute_batch(statement)?;
        }
        database.set_prepared_statement_cache_capacity(64);
        let before = database.transaction()?;
        for account in &self.accounts {
            put(&before, "INSERT INTO accounts (id, secret_sha256, opened_at) VALUES (?, ?, ?)", account)?;
        }
        before.commit()?;
        let begun = Instant::now();
        self.write(&mut database)?;
        let took = begun.elapsed();
        let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0));
        let receipts = count("SELECT COUNT(receipt) FROM revisions")?;
        let audit = count("SELECT COUNT(*) FROM audit")?;
        ensure!(
            usize::try_from(receipts)? == self.applications() && usize::try_from(audit)? == self.audit.len(),
            "SQLite has {receipts} receipts and {audit} audit rows"
        );
        Ok(took)
    }

    fn write(&self, database: &mut Connection) -> Result<()> {
        let mut audit = self.audit.iter();
        let each = self.declared.len() / self.applications.len().max(1);
        let mut held = self.held.iter();
        let groups = self.applications.chunks(TOGETHER).zip(self.submissions.chunks(TOGETHER));
        let groups = groups.zip(self.revisions.chunks(TOGETHER).zip(self.declared.chunks(TOGETHER * each)));
        let mut number = 0_i64;
        for ((applications, submissions), (revisions, declared)) in groups {
            let accepted = database.transaction()?;
            for (at, application) in applications.iter().enumerate() {
                put(
                    &accepted,
                    "INSERT INTO applications (id, account_id, service, service_version, applicant) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    &application[..5],
                )?;
                put(
                    &accepted,
                    "INSERT INTO submissions (account_id, idempotency_key, application_id, revision, manifest_hash) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    &submissions[at],
                )?;
                put(
                    &accepted,
                    "INSERT INTO revisions (application_id, revision, manifest_hash, manifest, applicant, received_at, begun_at, due_on, account_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    &revisions[at][..9],
                )?;
                for document in &declared[at * each..(at + 1) * each] {
                    put(
                        &accepted,
                        "INSERT INTO declared_blobs (account_id, sha256, size_bytes, kind) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        document,
                    )?;
                }
                append(&accepted, audit.next())?;
            }
            accepted.commit()?;
            for _ in 0..each {
                let stored = database.transaction()?;
                for document in held.by_ref().take(applications.len()) {
                    put(
                        &stored,
                        "INSERT INTO held_blobs (account_id, sha256, size_bytes, kind, pages, stored_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        document,
                    )?;
                    append(&stored, audit.next())?;
                }
                stored.commit()?;
            }
            let complete = database.transaction()?;
            for (application, revision) in applications.iter().zip(revisions) {
                number += 1;
                let id = &application[0];
                put(
                    &complete,
                    "INSERT INTO day_counters (day, last) VALUES ('2026-11-22', 1) ON CONFLICT (day) DO UPDATE SET last = day_counters.last + 1",
                    &[],
                )?;
                put(
                    &complete,
                    "UPDATE revisions SET completed_at = ?, receipt = ? WHERE application_id = ? AND revision = 1",
                    &[revision[9].clone(), revision[10].clone(), id.clone()],
                )?;
                put(
                    &complete,
                    "UPDATE accounts SET feed_seq = ? WHERE id = ?",
                    &[application[10].clone(), application[1].clone()],
                )?;
                let moved: Vec<Value> = application[5..].iter().chain([id]).cloned().collect();
                put(
                    &complete,
                    "UPDATE applications SET revision = ?, number = ?, due_on = ?, findings = '[]', received_at = ?, status = ?, feed_seq = ? WHERE id = ?",
                    &moved,
                )?;
                let [_, _, at, status, note] = self.timeline[usize::try_from(number - 1)?].as_slice() else {
                    continue;
                };
                put(
                    &complete,
                    "INSERT INTO timeline (application_id, position, at, status, note) VALUES (?, 1, ?, ?, ?)",
                    &[id.clone(), at.clone(), status.clone(), note.clone()],
                )?;
                append(&complete, audit.next())?;
            }
            complete.commit()?;
        }
        Ok(())
    }
}

fn append(to: &Transaction<'_>, row: Option<&Row>) -> Result<()> {
    let Some(row) = row else { return Ok(()) };
    put(
        to,
        "INSERT INTO audit (chain, seq, at, actor, action, subject, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
}

fn put(to: &Transaction<'_>, sql: &str, row: &[Value]) -> Result<()> {
    to.prepare_cached(sql)?.execute(params_from_iter(row))?;
    Ok(())
}
