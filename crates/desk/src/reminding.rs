//! Reminders: a supplement must be in soon. Told once with three days left and once with one, or at the first look
//! after that, while the desk is open.
//!
//! What was told is kept with the day it is about, before it is told: a clock that jumps, a second start and a
//! deadline that stays the same tell nothing twice, at most two things of one deadline in all, and nothing of one
//! that has passed.

use std::{sync::Arc, time::Duration};

use protocol::Status;
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Desk, DeskEvent, Explained};

/// With so many days left or fewer; the last day has none left.
const DAYS_LEFT: [i32; 2] = [1, 3];
/// Between two looks at the calendar. A computer that slept looks within that time after it wakes.
const EVERY: Duration = Duration::from_secs(10 * 60);

impl Desk {
    /// Looks at once and from then on, until the guard is dropped.
    pub(crate) fn keep_reminding(&self) -> DropGuard {
        let stop = CancellationToken::new();
        let (stopped, inner) = (stop.clone(), Arc::downgrade(&self.0));
        tokio::spawn(async move {
            while let Some(inner) = inner.upgrade() {
                if let Err(error) = Self(inner).remind().await {
                    tracing::warn!(code = %error, "looking for deadlines");
                }
                tokio::select! {
                    () = stopped.cancelled() => return,
                    () = sleep(EVERY) => {}
                }
            }
        });
        stop.drop_guard()
    }

    /// Tells of every supplement whose last day has come near, where that was not told yet.
    ///
    /// # Errors
    /// `vault_locked`, the store's.
    pub async fn remind(&self) -> Result<(), Explained> {
        let opened = self.opened().await?;
        for row in opened.store.applications().await? {
            let case = opened.store.case(row.id).await?.filter(|_| row.status == Status::SupplementNeeded);
            let Some(by) = case.and_then(|case| case.supplement_by) else { continue };
            let days_left = (by - self.0.clock.today()).get_days();
            let mut near = DAYS_LEFT.iter().filter(|days| (0..=**days).contains(&days_left));
            let Some(nearest) = near.next() else { continue };
            let more: Vec<i32> = near.copied().collect();
            if opened.store.note_reminder(row.id, by, *nearest, &more).await? {
                self.0.events.send(DeskEvent::SupplementDue { application_id: row.id, days_left });
            }
        }
        Ok(())
    }
}
