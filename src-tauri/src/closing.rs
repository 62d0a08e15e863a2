//! Closing the window: the page is asked once for what was typed last and has not been sent yet, and is given a
//! second for it. Where files would be lost that are still being prepared, it may let the person decide first.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use desk::Desk;
use tauri::{Emitter, Manager, WebviewWindow};
use tokio::{sync::oneshot, time::timeout};

use crate::{events::WindowClosing, window::LABEL};

/// A page that hangs does not keep the window open for longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The question that the page has not answered yet, if any.
#[derive(Debug, Default)]
pub struct Closing(Mutex<Option<oneshot::Sender<bool>>>);

impl Closing {
    /// `None` while the page is being asked already.
    fn begin(&self) -> Option<oneshot::Receiver<bool>> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_some() {
            return None;
        }
        let (answer, answered) = oneshot::channel();
        *asked = Some(answer);
        Some(answered)
    }

    /// The page has sent everything: the window may close, or stays because the person has to decide.
    pub(crate) fn answer(&self, close: bool) {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Nobody waits any more where the answer came too late.
        let _ = asked.map(|asked| asked.send(close));
    }
}

/// Whether to close: as the page says, and without its word after a while.
async fn decided(answered: oneshot::Receiver<bool>, patience: Duration) -> bool {
    match timeout(patience, answered).await {
        Ok(Ok(close)) => close,
        _ => true,
    }
}

/// Tells the page; says whether the window must stay open for now. It closes by itself then.
pub(crate) fn ask_page(window: &WebviewWindow) -> bool {
    let Some(answered) = window.state::<Closing>().begin() else { return false };
    let files = u32::try_from(window.state::<Desk>().files_on_their_way()).unwrap_or(u32::MAX);
    if let Err(error) = window.emit_to(LABEL, "closing", WindowClosing { files }) {
        tracing::warn!(%error, "the page was not told of closing");
        return false;
    }
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        let close = decided(answered, PATIENCE).await;
        tracing::info!(close, files, "asked to close");
        if close && let Err(error) = window.destroy() {
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
        let answered = closing.begin().expect("the first wish asks");
        assert!(closing.begin().is_none(), "a second wish is followed at once");
        assert!(decided(answered, Duration::from_millis(10)).await, "a page that hangs");
    }

    #[tokio::test]
    async fn the_page_may_let_the_person_decide_and_is_asked_again() {
        let closing = Closing::default();
        let answered = closing.begin().expect("asks");
        closing.answer(false);
        assert!(!decided(answered, PATIENCE).await, "an answer that came before the waiting counts");
        let answered = closing.begin().expect("the next wish asks again");
        closing.answer(true);
        assert!(decided(answered, PATIENCE).await);
        closing.answer(true);
    }
}
