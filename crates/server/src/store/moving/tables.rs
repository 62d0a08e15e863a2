//! Every table of an office with its columns, in an order in which rows may be inserted.

use serde_json::Value;

/// A table that both databases have.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Kind)],
}

/// What a column holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Number,
}

/// A value of a row.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
}

impl Cell {
    pub(super) fn text(self) -> Option<String> {
        if let Self::Text(text) = self { text } else { None }
    }

    pub(super) fn number(self) -> Option<i64> {
        if let Self::Number(number) = self { number } else { None }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_deref().into(),
            Self::Number(number) => (*number).into(),
        }
    }
}

impl Table {
    pub(super) fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.names(), self.name)
    }

    /// The next rows in SQLite behind a row, whose number comes last.
    pub(super) fn page(&self, rows: usize) -> String {
        format!(
            "SELECT {}, rowid FROM {} WHERE rowid > ?1 ORDER BY rowid LIMIT {rows}",
            self.names(),
            self.name
        )
    }

    /// An array for each column.
    pub(super) fn insert(&self) -> String {
        let arrays: Vec<_> = (1..)
            .zip(self.columns)
            .map(|(at, (_, kind))| match kind {
                Kind::Text => format!("${at}::TEXT[]"),
                Kind::Number => format!("${at}::BIGINT[]"),
            })
            .collect();
        format!("INSERT INTO {} ({}) SELECT * FROM UNNEST({})", self.name, self.names(), arrays.join(", "))
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

macro_rules! tables {
    ($($table:ident: $($column:ident $kind:ident),+;)+) => {
        &[$(Table { name: stringify!($table), columns: &[$((stringify!($column), Kind::$kind)),+] }),+]
    };
}

/// All of them, but for what a database keeps about itself.
pub(super) const TABLES: &[Table] = tables! {
    office_facts: name Text, value Text;
    feed_epochs: position Number, epoch Text, begun_at Number;
    editions: sha256 Text, edition Number, bundle Text, served_at Number;
    accounts: id Text, secret_sha256 Text, opened_at Number, feed_seq Number;
    applications: id Text, account_id Text, service Text, service_version Number, revision Number, number Text,
        status Text, applicant Text, received_at Number, due_on Text, claimed_by Text, findings Text, reason Text,
        supplement_by Text, feed_seq Number, due_estimated Number, supplement_estimated Number;
    revisions: application_id Text, revision Number, manifest_hash Text, manifest Text, applicant Text,
        received_at Number, due_on Text, completed_at Number, receipt Text, begun_at Number, account_id Text,
        due_estimated Number;
    submissions: account_id Text, idempotency_key Text, application_id Text, revision Number, manifest_hash Text,
        reused_at Number;
    declared_blobs: account_id Text, sha256 Text, size_bytes Number, kind Text;
    held_blobs: account_id Text, sha256 Text, size_bytes Number, kind Text, pages Number, stored_at Number;
    day_counters: day Text, last Number;
    timeline: application_id Text, position Number, at Number, status Text, note Text;
    reviewers: id Text, name Text, password_hash Text, created_at Number;
    sessions: token_sha256 Text, reviewer_id Text, opened_at Number, seen_at Number;
    login_guards: name Text, failures Number, last_at Number, locked_until Number;
    audit: chain Number, seq Number, at Number, actor Text, action Text, subject Text, detail Text, previous Text,
        hash Text;
};
