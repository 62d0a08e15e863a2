//! Taking a document out, and keeping one in spite of what was found.

use protocol::ApplicationId;

use super::{Removed, standing::find, undoing::Undo};
use crate::{ApplicationView, Desk, Explained, editing::slot_may_change};

impl Desk {
    /// Takes a document out of its slot.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `document_gone`, the store's.
    pub async fn remove(&self, id: ApplicationId, slot: &str, index: u32) -> Result<Removed, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        find(&case, slot, index)?;
        let token = opened.store.remove_document(id, slot, index, self.0.clock.now()).await?;
        let application = self.case(&opened, id).await?.view();
        let undo = Undo::Removed { slot: slot.to_owned(), token };
        Ok(Removed { undo: undo.written(), application })
    }

    /// 就用这张: in spite of what was found.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `document_gone`, the store's.
    pub async fn accept(
        &self,
        id: ApplicationId,
        slot: &str,
        index: u32,
    ) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        find(&case, slot, index)?;
        opened.store.accept_document(id, slot, index, self.0.clock.now()).await?;
        Ok(self.case(&opened, id).await?.view())
    }
}
