//! Where documents stand: put behind the others, in the place of another, taken out, brought back, moved.

use jiff::Timestamp;
use protocol::ApplicationId;

use super::{
    NewDocument, UndoToken,
    row::DocumentKey,
    tables::{bring_back, find, insert, place, removed, shift, stand, standing, take_out},
};
use crate::{Store, StoreError, applications};

impl Store {
    /// Puts a document behind the last of its slot and says where it came to stand.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] while the application is not the desk's to change; [`StoreError::DiskFull`].
    pub async fn put_document(&self, new: &NewDocument, at: Timestamp) -> Result<u32, StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(new.application, at, &mut transaction).await?;
        let index = standing(new.application, &new.slot, &mut transaction).await?;
        insert(new, index, &mut transaction).await?;
        transaction.commit().await?;
        Ok(index)
    }

    /// Puts a document in the place of another, which is taken out as by [`Store::remove_document`]. Says how
    /// to bring that back and what stands there now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the other no longer stands in the slot; [`StoreError::NotAllowed`].
    pub async fn replace_document(
        &self,
        old: DocumentKey,
        new: &NewDocument,
        at: Timestamp,
    ) -> Result<(UndoToken, DocumentKey), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(new.application, at, &mut transaction).await?;
        let index = place(old, new.application, &new.slot, &mut transaction).await?;
        let token = take_out(old, &mut transaction).await?;
        let key = insert(new, index, &mut transaction).await?;
        transaction.commit().await?;
        Ok((token, key))
    }

    /// Takes a document out of its slot. Nothing is erased before the next start.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotAllowed`].
    pub async fn remove_document(
        &self,
        application: ApplicationId,
        slot: &str,
        index: u32,
        at: Timestamp,
    ) -> Result<UndoToken, StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(application, at, &mut transaction).await?;
        let document = find(application, slot, index, &mut transaction).await?;
        let document = document.ok_or(StoreError::NotFound { what: "document" })?;
        let token = take_out(DocumentKey(document), &mut transaction).await?;
        shift(application, slot, index, -1, &mut transaction).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// Puts a removed document back where it stood; `instead_of` is taken out for it, where a replacement is
    /// undone.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where it is gone for good, or `instead_of` no longer stands in its slot;
    /// [`StoreError::NotAllowed`].
    pub async fn restore_document(
        &self,
        token: &str,
        instead_of: Option<DocumentKey>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let removed = removed(token, &mut transaction).await?;
        applications::touch(removed.application, at, &mut transaction).await?;
        if let Some(other) = instead_of {
            let index = place(other, removed.application, &removed.slot, &mut transaction).await?;
            take_out(other, &mut transaction).await?;
            stand(removed.id, index, &mut transaction).await?;
        } else {
            bring_back(&removed, &mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Moves a document to another place in its slot; the others make room. Beyond the last place means the last.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotAllowed`].
    pub async fn move_document(
        &self,
        application: ApplicationId,
        slot: &str,
        from: u32,
        to: u32,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(application, at, &mut transaction).await?;
        let moved = find(application, slot, from, &mut transaction).await?;
        let moved = moved.ok_or(StoreError::NotFound { what: "document" })?;
        let last = standing(application, slot, &mut transaction).await?.saturating_sub(1);
        // Out of the way under a token that nobody learns, as if it were removed for a moment.
        take_out(DocumentKey(moved), &mut transaction).await?;
        shift(application, slot, from, -1, &mut transaction).await?;
        shift(application, slot, to.min(last), 1, &mut transaction).await?;
        stand(moved, to.min(last), &mut transaction).await?;
        Ok(transaction.commit().await?)
    }
}
