//! Transactions that stood in each other's way: one of them is taken back and runs again.

use std::{future::Future, time::Duration};

use crate::store::StoreError;

/// How often a unit of work is tried before whoever asked is told to come later.
const TRIES: u32 = 8;
/// The longest wait before the second try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(10);

/// Runs `once` until nobody stands in its way.
///
/// # Errors
/// [`StoreError::Busy`] where that was so too often; what else `once` answers.
pub(super) async fn until_alone<T, F>(once: impl Fn() -> F + Send) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>> + Send,
{
    for tried in 0..TRIES {
        match once().await {
            Err(StoreError::Conflict) => tokio::time::sleep(wait(tried)).await,
            outcome => return outcome,
        }
    }
    Err(StoreError::Busy)
}

/// Drawn at random up to a limit that doubles, so that those who met do not meet again.
fn wait(tried: u32) -> Duration {
    let most = FIRST_WAIT * 2_u32.saturating_pow(tried);
    most * (getrandom::u32().unwrap_or(u32::MAX) >> 16) / (1 << 16)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn conflicts(times: u32) -> (Result<u32, StoreError>, u32) {
        let tried = AtomicU32::new(0);
        let outcome = until_alone(|| async {
            let now = tried.fetch_add(1, Ordering::SeqCst);
            if now < times { Err(StoreError::Conflict) } else { Ok(now) }
        })
        .await;
        (outcome, tried.into_inner())
    }

    #[tokio::test]
    async fn who_stood_in_anothers_way_runs_again_but_not_for_ever() {
        assert!(matches!(conflicts(0).await, (Ok(0), 1)));
        assert!(matches!(conflicts(5).await, (Ok(5), 6)));
        assert!(matches!(conflicts(100).await, (Err(StoreError::Busy), TRIES)));
    }

    #[tokio::test]
    async fn nothing_else_is_tried_again() {
        let tried = AtomicU32::new(0);
        let outcome: Result<(), _> = until_alone(|| async {
            tried.fetch_add(1, Ordering::SeqCst);
            Err(StoreError::Busy)
        })
        .await;
        assert!(matches!(outcome, Err(StoreError::Busy)), "{outcome:?}");
        assert_eq!(tried.into_inner(), 1, "nobody knows what became of it");
    }
}
