//! Closing the window: the page is asked once for what was typed last and has not been sent yet, and is given a
//! second for it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tauri::{Emitter, Manager, WebviewWindow};
use tokio::{sync::Notify, time::timeout};

use crate::window::LABEL;

/// A page that hangs does not keep the window open for longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether closing has begun, and whether the page is done.
#[derive(Debug, Default)]
pub struct Closing {
    begun: AtomicBool,
    flushed: Notify,
}

impl Closing {
    /// Whether this is the first time somebody wants to close.
    fn begin(&self) -> bool {
        !self.begun.swap(true, Ordering::SeqCst)
    }

    /// The page has sent everything.
    pub(crate) fn flushed(&self) {
        self.flushed.notify_one();
    }

    /// Says whether the page was done in time.
    async fn wait(&self, patience: Duration) -> bool {
        timeout(patience, self.flushed.notified()).await.is_ok()
    }
}

/// Tells the page; says whether the window must stay open for now. It closes by itself then.
pub(crate) fn ask_page(window: &WebviewWindow) -> bool {
    if !window.state::<Closing>().begin() {
        return false;
    }
    if let Err(error) = window.emit_to(LABEL, "closing", ()) {
        tracing::warn!(%error, "the page was not told of closing");
        return false;
    }
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        let in_time = window.state::<Closing>().wait(PATIENCE).await;
        tracing::info!(in_time, "closing");
        if let Err(error) = window.destroy() {
            tracing::warn!(%error, "the window did not close");
        }
    });
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_page_is_waited_for_once_and_not_for_ever() {
        let closing = Closing::default();
        assert!(closing.begin());
        assert!(!closing.begin(), "a second wish is followed at once");
        let patience = Duration::from_millis(10);
        assert!(!closing.wait(patience).await, "a page that hangs");
        closing.flushed();
        assert!(closing.wait(patience).await, "an answer that came before the waiting counts");
    }
}
