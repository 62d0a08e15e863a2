//! Several documents of a slot become one, and come apart again.

use jiff::Timestamp;

use super::{
    NewDocument, UndoToken,
    row::DocumentKey,
    tables::{bring_back, insert, place, removed, shift, take_out},
};
use crate::{Store, StoreError, applications};

impl Store {
    /// Puts one document in the place of several of its slot, at the first of their places. Each of `parts` is taken
    /// out as by [`Store::remove_document`]; the tokens bring them back, all at once by
    /// [`Store::unbind_documents`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where one of them no longer stands in the slot; [`StoreError::NotAllowed`].
    pub async fn bind_documents(
        &self,
        parts: &[DocumentKey],
        new: &NewDocument,
        at: Timestamp,
    ) -> Result<(Vec<UndoToken>, DocumentKey), StoreError> {
        let mut transaction = self.write().await?;
        applications::touch(new.application, at, &mut transaction).await?;
        let mut places = Vec::with_capacity(parts.len());
        for key in parts {
            places.push((place(*key, new.application, &new.slot, &mut transaction).await?, *key));
        }
        // From the last, so that each remembers where it stood among all.
        places.sort_by(|(one, _), (other, _)| other.cmp(one));
        let (first, _) = *places.last().ok_or(StoreError::NotFound { what: "document" })?;
        let mut tokens = Vec::with_capacity(places.len());
        for (index, key) in places {
            tokens.push(take_out(key, &mut transaction).await?);
            shift(new.application, &new.slot, index, -1, &mut transaction).await?;
        }
        tokens.reverse();
        shift(new.application, &new.slot, first, 1, &mut transaction).await?;
        let key = insert(new, first, &mut transaction).await?;
        transaction.commit().await?;
        Ok((tokens, key))
    }

    /// Takes a bound document out and brings back what it was bound from, in the order of the tokens.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where one of them is gone for good, or the bound one no longer stands;
    /// [`StoreError::NotAllowed`].
    pub async fn unbind_documents(
        &self,
        bound: DocumentKey,
        tokens: &[UndoToken],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let mut parts = Vec::with_capacity(tokens.len());
        for token in tokens {
            parts.push(removed(token, &mut transaction).await?);
        }
        let first = parts.first().ok_or(StoreError::NotFound { what: "document" })?;
        applications::touch(first.application, at, &mut transaction).await?;
        let index = place(bound, first.application, &first.slot, &mut transaction).await?;
        take_out(bound, &mut transaction).await?;
        shift(first.application, &first.slot, index, -1, &mut transaction).await?;
        for part in &parts {
            bring_back(part, &mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}
