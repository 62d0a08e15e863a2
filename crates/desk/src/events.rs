//! What the desk tells whoever listens (the window, a kiosk, a test). Events carry ids, never personal data.

use protocol::{ApplicationId, Status};
use tokio::sync::broadcast;

use crate::{AttachingProgress, Connection};

/// Something happened that a page may want to redraw for.
#[derive(Debug, Clone, PartialEq)]
pub enum DeskEvent {
    /// An application stands elsewhere than before, or its answers from the office changed.
    ApplicationChanged {
        /// Which one.
        application_id: ApplicationId,
        /// Where it stands now.
        status: Status,
        /// Where it stood before; equal to `status` where only its remarks or dates changed.
        previous: Status,
    },
    /// The office was reached or lost, or the outbox moved.
    ConnectionChanged(Connection),
    /// The office has another edition of the catalogue: services, tables and help may differ. Applications stay
    /// with what they were started with.
    CatalogueChanged {
        /// The edition that counts now.
        edition: u32,
    },
    /// A supplement must be in soon; of each deadline told at most twice.
    SupplementDue {
        /// Which one.
        application_id: ApplicationId,
        /// Days left at the office: 0 = today is the last one.
        days_left: i32,
    },
    /// A document is on its way into its slot.
    Attaching(AttachingProgress),
}

/// Hands events out to any number of listeners; nobody listening is no error.
#[derive(Debug, Clone)]
pub struct Events(broadcast::Sender<DeskEvent>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(256).0)
    }
}

impl Events {
    /// Tells everyone.
    pub fn send(&self, event: DeskEvent) {
        // An error only means that nobody listens.
        let _ = self.0.send(event);
    }

    /// Listens from now on. A listener that falls 256 events behind misses the oldest.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<DeskEvent> {
        self.0.subscribe()
    }
}
