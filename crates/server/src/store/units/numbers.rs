//! Application numbers: one after the other on each day.

use jiff::{SignedDuration, Timestamp};
use protocol::ApplicationNumber;

use crate::{
    numbering::office_day,
    store::{
        StoreError,
        tx::{Tx, values},
    },
};

/// A revision is finished this long after it arrived at the latest, as far as anybody has seen; it takes its number
/// from the day on which it arrived.
const FINISHED_WITHIN: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The next number of the day on which the manifest arrived; `None` when the day has no more. A row for each day:
/// whoever comes next waits for the commit, so no number is lost and none is given twice.
pub(super) async fn next(
    tx: &mut Tx<'_>,
    received_at: Timestamp,
) -> Result<Option<ApplicationNumber>, StoreError> {
    let day = office_day(received_at);
    let (sequence,): (i64,) = tx
        .one(
            "INSERT INTO day_counters (day, last) VALUES ($1, 1) \
             ON CONFLICT (day) DO UPDATE SET last = day_counters.last + 1 RETURNING last",
            values![day],
        )
        .await?;
    Ok(u32::try_from(sequence).ok().and_then(|sequence| ApplicationNumber::issue(day, sequence).ok()))
}

/// Whether a number that was given before the office came back from a backup may be given again, to the application that
/// it was given to; `false` where another one has it by now. Holds the day until the commit, as [`next`] does, and whoever
/// comes next gets a later one.
pub(super) async fn give_again(tx: &mut Tx<'_>, number: &ApplicationNumber) -> Result<bool, StoreError> {
    let Ok((day, sequence)) = number.place() else { return Ok(false) };
    tx.execute(
        "INSERT INTO day_counters (day, last) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET last = \
         CASE WHEN day_counters.last < excluded.last THEN excluded.last ELSE day_counters.last END",
        values![day, i64::from(sequence)],
    )
    .await?;
    let taken: Option<(String,)> =
        tx.optional("SELECT id FROM applications WHERE number = $1", values![number.as_str()]).await?;
    Ok(taken.is_none())
}

/// What was given since a backup was made is unknown to an office that came back from it, and stands on receipts. Half
/// of what is left of each day is left out: more than a day has used, and enough for coming back again.
pub(super) async fn leave_out_what_may_have_been_given(
    tx: &mut Tx<'_>,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let earliest = since.checked_sub(FINISHED_WITHIN).unwrap_or(since);
    let last = office_day(now);
    let days = std::iter::successors(Some(office_day(earliest)), |day| day.tomorrow().ok());
    for day in days.take_while(|day| *day <= last) {
        tx.execute(
            "INSERT INTO day_counters (day, last) VALUES ($1, 0) ON CONFLICT DO NOTHING",
            values![day],
        )
        .await?;
    }
    tx.execute(
        "UPDATE day_counters SET last = last + ($1 - last) / 2 WHERE last < $1",
        values![i64::from(ApplicationNumber::LAST_OF_DAY)],
    )
    .await?;
    Ok(())
}
