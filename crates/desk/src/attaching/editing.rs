//! Editing a document: cropped, hidden in places, pages put in order or left out. The whole edit is applied once to
//! what was handed over, so nothing is encoded twice and everything can be taken back.

use documents::Edit;
use protocol::ApplicationId;

use super::{
    Changed, preparing,
    standing::{Standing, find_by, new_document},
    undoing::Undo,
};
use crate::{Desk, Explained, editing::slot_may_change};

impl Desk {
    /// Makes a document anew from its originals with this edit and no other; an empty one brings the original back.
    /// Progress and cancelling are those of attaching.
    ///
    /// # Errors
    /// `bad_edit`, `already_handed_in`, `not_opened`, `document_gone`, another refusal, the store's. Whatever it is,
    /// the document stays as it was.
    pub async fn edit_document(
        &self,
        id: ApplicationId,
        slot: &str,
        index: u32,
        edit: Edit,
    ) -> Result<Changed, Explained> {
        let opened = self.opened().await?;
        let Standing { row, sources, .. } = self.source_of(&opened, id, slot, index, None).await?;
        let task = self.begin_task(id, slot, &row.source_name);
        let wanted = edit.clone();
        let fit = self.work_on(&task, move |watching| preparing::make(sources, &wanted, watching)).await?;
        let undo = match fit {
            Some(fit) if task.saving() => {
                let _editing = opened.editing.lock().await;
                let case = self.case(&opened, id).await?;
                slot_may_change(case.editable.as_ref(), slot)?;
                let now = find_by(&case, slot, row.key)?;
                let mut new = new_document(id, slot, &now.source_name, &edit, fit);
                new.accepted = now.accepted;
                let token = opened.store.redo_document(row.key, &new, self.0.clock.now()).await?;
                let undo = Undo::Changed { slot: slot.to_owned(), token, key: row.key.to_string() };
                Some(undo.written())
            }
            _ => None,
        };
        Ok(Changed { undo, application: self.case(&opened, id).await?.view() })
    }
}
