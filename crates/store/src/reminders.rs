//! What the person was reminded of already.

use jiff::civil::Date;
use protocol::ApplicationId;

use crate::{Store, StoreError};

impl Store {
    /// Notes that of a supplement until `by` the person is told with `days` or fewer left; with them go the marks for
    /// more days, which nobody needs any more. Says whether it is to be told: of each number of days once.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_reminder(
        &self,
        application: ApplicationId,
        by: Date,
        days: i32,
        more: &[i32],
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write().await?;
        let mut news = false;
        for mark in std::iter::once(&days).chain(more) {
            let done = sqlx::query(
                "INSERT OR IGNORE INTO reminders (application, supplement_by, days_left) VALUES (?1, ?2, ?3)",
            )
            .bind(application.to_string())
            .bind(by.to_string())
            .bind(i64::from(*mark))
            .execute(&mut *transaction)
            .await?;
            news |= *mark == days && done.rows_affected() > 0;
        }
        transaction.commit().await?;
        Ok(news)
    }
}
