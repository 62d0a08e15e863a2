//! Turning a document by quarter turns. Nothing gets worse by it: it is made from the original each time.

use protocol::ApplicationId;

use super::{
    preparing,
    standing::{Standing, find_by, new_document},
};
use crate::{ApplicationView, Desk, Explained, editing::slot_may_change};

impl Desk {
    /// Turns clockwise by quarter turns, from the original, so that nothing gets worse by turning. Progress and
    /// cancelling are those of attaching.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `document_gone`, a refusal, the store's.
    pub async fn rotate(
        &self,
        id: ApplicationId,
        slot: &str,
        index: u32,
        quarter_turns: u8,
    ) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let mut standing = self.source_of(&opened, id, slot, index, None).await?;
        let task = self.begin_task(id, slot, &standing.row.source_name);
        loop {
            let Standing { row, sources, edit } = standing;
            let edit = edit.turned(row.pages, quarter_turns);
            let wanted = edit.clone();
            let fit =
                self.work_on(&task, move |watching| preparing::make(sources, &wanted, watching)).await?;
            // Nothing else waits while pixels are worked on; so look again.
            let editing = opened.editing.lock().await;
            let case = self.case(&opened, id).await?;
            slot_may_change(case.editable.as_ref(), slot)?;
            let now = find_by(&case, slot, row.key)?;
            if (now.sha256, &now.edit) != (row.sha256, &row.edit) {
                // Changed meanwhile: this turn comes on top of that.
                drop(editing);
                standing = self.source_of(&opened, id, slot, index, Some(row.key)).await?;
                continue;
            }
            if let Some(fit) = fit.filter(|_| task.saving()) {
                let mut new = new_document(id, slot, &now.source_name, &edit, fit);
                new.accepted = now.accepted;
                opened.store.redo_document(row.key, &new, self.0.clock.now()).await?;
            }
            return Ok(self.case(&opened, id).await?.view());
        }
    }
}
