//! The order of the documents in a slot.

use protocol::ApplicationId;

use super::standing::find;
use crate::{ApplicationView, Desk, Explained, editing::slot_may_change};

impl Desk {
    /// Moves a document to another place in its slot; beyond the last means the last.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `document_gone`, the store's.
    pub async fn move_document(
        &self,
        id: ApplicationId,
        slot: &str,
        from: u32,
        to: u32,
    ) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        find(&case, slot, from)?;
        opened.store.move_document(id, slot, from, to, self.0.clock.now()).await?;
        Ok(self.case(&opened, id).await?.view())
    }
}
