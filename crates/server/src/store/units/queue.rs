//! The reviewers' queue, page by page; a case by its number.

use protocol::Status;

use super::columns::{count, from_code, parsed, time};
use crate::store::{
    Listed, QueueAsked, QueuePlace, QueueRead, QueueRecord, StoreError,
    tx::{Tx, record, values},
};

record! {
    /// An application that has a number, with its class within the list.
    struct Row {
        id: String,
        service: String,
        service_version: i64,
        revision: i64,
        number: String,
        status: String,
        applicant: String,
        received_at: i64,
        due_on: Option<String>,
        claimed_by: Option<String>,
        class: i64,
    }
}

impl Row {
    fn queued(self) -> Result<QueueRecord, StoreError> {
        Ok(QueueRecord {
            application: parsed(&self.id)?,
            number: parsed(&self.number)?,
            service: self.service,
            service_version: count(self.service_version)?,
            status: from_code(self.status)?,
            revision: count(self.revision)?,
            applicant: self.applicant,
            received_at: time(self.received_at)?,
            due_on: self.due_on.as_deref().map(parsed).transpose()?,
            claimed_by: self.claimed_by,
        })
    }
}

/// A select of [`Row`]s; the first part is their class.
macro_rules! rows {
    ($class:literal, $($rest:literal),+) => {
        concat!(
            "SELECT id, service, service_version, revision, number, status, applicant, received_at, due_on, \
             claimed_by, ", $class, " AS class FROM applications WHERE number IS NOT NULL AND ",
            $($rest),+
        )
    };
}

/// What there is to do, which is not much at any time: sorted as it is read.
macro_rules! at_work {
    ($statuses:literal) => {
        at_work!(
            "CAST(CASE status WHEN 'in_review' THEN 2 ELSE 0 END + CASE WHEN due_on IS NULL THEN 1 ELSE 0 END \
             AS BIGINT)",
            $statuses
        )
    };
    ($class:literal, $statuses:literal) => {
        rows!(
            $class,
            "status IN (", $statuses, ") AND (", $class, ", received_at, id) > ($1, $2, $3) \
             ORDER BY ", $class, ", received_at, id LIMIT $4"
        )
    };
}

/// Everything that ever came is read backwards along its index (`applications_by_arrival`).
macro_rules! newest_first {
    ($($which:literal),*) => {
        rows!(
            "CAST(0 AS BIGINT)",
            $($which,)* "(received_at, id) < ($1, $2) ORDER BY received_at DESC, id DESC LIMIT $3"
        )
    };
}

/// The statement that reads a page of a list.
pub(in crate::store) const fn sql(listed: &Listed) -> &'static str {
    match listed {
        Listed::Open => at_work!("'submitted', 'in_review'"),
        Listed::Waiting => at_work!("'supplement_needed'"),
        // Said so that no database looks for the statuses first and sorts what it finds.
        Listed::Closed => newest_first!("status NOT IN ('submitted', 'in_review', 'supplement_needed') AND "),
        Listed::All => newest_first!(),
        Listed::Numbered { .. } => rows!(
            "CAST(0 AS BIGINT)",
            "number >= $1 AND number <= $2 AND number <> $3 ORDER BY number DESC LIMIT $4"
        ),
    }
}

pub(in crate::store) async fn page(tx: &mut Tx<'_>, asked: &QueueAsked) -> Result<QueueRead, StoreError> {
    let (after, limit) = (asked.after.as_ref(), asked.limit);
    // One more shows whether there is more.
    let most = i64::from(limit) + 1;
    let values = match &asked.listed {
        Listed::Open | Listed::Waiting => {
            let (class, at, id) = after.map_or((-1, 0, ""), |place| (place.class, place.at, &*place.id));
            values![class, at, id, most]
        }
        Listed::Closed | Listed::All => {
            let (at, id) = after.map_or((i64::MAX, ""), |place| (place.at, &*place.id));
            values![at, id, most]
        }
        Listed::Numbered { least, most: last } => {
            let told = after.map_or("", |place| &*place.id);
            let last = if told.is_empty() { last.as_str() } else { told };
            values![least, last, told, most]
        }
    };
    let mut rows: Vec<Row> = tx.all(sql(&asked.listed), values).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|rows| rows == most);
    if more {
        rows.pop();
    }
    let place = |row: &Row| {
        let numbered = matches!(asked.listed, Listed::Numbered { .. });
        let id = if numbered { &row.number } else { &row.id };
        QueuePlace { class: row.class, at: row.received_at, id: id.clone() }
    };
    let next = rows.last().filter(|_| more).map(place);
    let rows = rows.into_iter().map(Row::queued).collect::<Result<_, _>>()?;
    let (open, waiting) = counts(tx).await?;
    Ok(QueueRead { rows, next, open, waiting })
}

/// How many cases wait for the office, and for their applicants. Counted along `applications_by_queue`.
async fn counts(tx: &mut Tx<'_>) -> Result<(u64, u64), StoreError> {
    let counted: Vec<(String, i64)> = tx
        .all(
            "SELECT status, COUNT(*) FROM applications \
             WHERE status IN ('submitted', 'in_review', 'supplement_needed') GROUP BY status",
            values![],
        )
        .await?;
    let (mut open, mut waiting) = (0, 0);
    for (status, cases) in counted {
        let cases: u64 = count(cases)?;
        match from_code(status)? {
            Status::SupplementNeeded => waiting += cases,
            _ => open += cases,
        }
    }
    Ok((open, waiting))
}
