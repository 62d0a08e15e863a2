//! Bringing back what was removed, replaced, changed or bound.

use protocol::ApplicationId;
use serde::{Deserialize, Serialize};
use store::{DocumentKey, UndoToken};

use super::{
    refusals::{no_document, slot_full},
    standing::{find_by, room_of, standing_in},
};
use crate::{ApplicationView, Desk, Explained, editing::slot_may_change};

/// What it takes to bring a document back. The slot travels with the tokens, so that it can be judged whether that
/// may change; the window keeps the whole as one word.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(super) enum Undo {
    Removed { slot: String, token: UndoToken },
    Replaced { slot: String, token: UndoToken, by: String },
    Changed { slot: String, token: UndoToken, key: String },
    Bound { slot: String, tokens: Vec<UndoToken>, key: String },
}

impl Undo {
    /// As the window keeps it.
    pub(super) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn slot(&self) -> &str {
        match self {
            Self::Removed { slot, .. }
            | Self::Replaced { slot, .. }
            | Self::Changed { slot, .. }
            | Self::Bound { slot, .. } => slot,
        }
    }
}

impl Desk {
    /// Undoes a removal, a replacement, an edit or a binding.
    ///
    /// # Errors
    /// `already_handed_in`, `slot_full` where something else stands there now, `document_gone`, the store's.
    pub async fn restore_document(
        &self,
        id: ApplicationId,
        undo: &str,
    ) -> Result<ApplicationView, Explained> {
        let undo: Undo = serde_json::from_str(undo).map_err(|_| no_document())?;
        let slot = undo.slot();
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        let (max, standing, now) = (room_of(&case, slot)?, standing_in(&case, slot), self.0.clock.now());
        let stands = |key: &str| {
            let key: DocumentKey = key.parse().ok()?;
            find_by(&case, slot, key).is_ok().then_some(key)
        };
        match &undo {
            Undo::Removed { token, .. } | Undo::Replaced { token, .. } => {
                let instead_of = match &undo {
                    Undo::Replaced { by, .. } => stands(by),
                    _ => None,
                };
                if instead_of.is_none() && standing >= max {
                    return Err(slot_full(max));
                }
                opened.store.restore_document(token, instead_of, now).await?;
            }
            Undo::Changed { token, key, .. } => {
                let key = stands(key).ok_or_else(no_document)?;
                opened.store.undo_change(id, slot, key, token, now).await?;
            }
            Undo::Bound { tokens, key, .. } => {
                let key = stands(key).ok_or_else(no_document)?;
                let parts = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
                if standing.saturating_sub(1).saturating_add(parts) > max {
                    return Err(slot_full(max));
                }
                opened.store.unbind_documents(key, tokens, now).await?;
            }
        }
        Ok(self.case(&opened, id).await?.view())
    }
}
