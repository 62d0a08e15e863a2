//! Documents that stand in their slots: drawn, turned, removed and brought back, accepted, looked at.

use base64::{Engine, engine::general_purpose::STANDARD};
use documents::{Change, Edit, Kind, Limits};
use protocol::{ApplicationId, DocumentKind};
use serde_json::json;
use store::{DocumentRow, NewDocument};

use super::{
    Removed, findings,
    preparing::Fit,
    refusals::{self, no_document, slot_full},
};
use crate::{
    ApplicationView, Desk, DocumentChange, DocumentView, Explained, case::Case, editing::slot_may_change,
    opening::Opened,
};

/// Longest edge of a page that the window may ask for, in pixels.
const LARGEST_VIEW: u32 = 4096;

/// As the window draws it.
pub(crate) fn document_view(row: &DocumentRow) -> DocumentView {
    DocumentView {
        slot: row.slot.clone(),
        index: row.index,
        name: row.source_name.clone(),
        kind: row.kind,
        pages: row.pages,
        width: row.width,
        height: row.height,
        size_bytes: row.size_bytes,
        source_size_bytes: row.source_size_bytes,
        source_width: row.source_width,
        source_height: row.source_height,
        change: serde_json::from_value(json!(row.change)).unwrap_or(DocumentChange::Converted),
        findings: findings::read(&row.findings),
        accepted: row.accepted,
        thumbnail: data_url("image/jpeg", &row.thumbnail),
    }
}

fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// Everything the store keeps of a fit file.
pub(super) fn new_document(
    application: ApplicationId,
    slot: &str,
    index: Option<u32>,
    name: &str,
    quarter_turns: u8,
    fit: Fit,
) -> NewDocument {
    let Fit { source, prepared } = fit;
    NewDocument {
        application,
        slot: slot.to_owned(),
        index,
        source_name: name.to_owned(),
        source_bytes: source,
        source_width: prepared.source.width,
        source_height: prepared.source.height,
        quarter_turns,
        bytes: prepared.bytes,
        kind: match prepared.kind {
            Kind::Jpeg => DocumentKind::Jpeg,
            Kind::Pdf => DocumentKind::Pdf,
        },
        pages: prepared.pages,
        width: prepared.width,
        height: prepared.height,
        change: match prepared.change {
            Change::Kept => "kept",
            Change::Stripped => "stripped",
            Change::Converted => "converted",
            Change::Shrunk => "shrunk",
        }
        .to_owned(),
        findings: serde_json::to_value(&prepared.findings).unwrap_or_default(),
        thumbnail: prepared.thumbnail,
        accepted: false,
    }
}

/// How many documents a slot holds at most.
pub(super) fn room_of(case: &Case, slot: &str) -> Result<u32, Explained> {
    let materials = &case.definition.view().materials;
    let mut slots = materials.iter().flat_map(|material| &material.alternatives).flat_map(|one| &one.slots);
    slots.find(|one| one.id == slot).map(|one| one.max).ok_or_else(|| refusals::slot_unknown(slot))
}

/// How many stand in it.
pub(super) fn standing_in(case: &Case, slot: &str) -> u32 {
    u32::try_from(case.documents.iter().filter(|document| document.slot == slot).count()).unwrap_or(u32::MAX)
}

fn find<'a>(case: &'a Case, slot: &str, index: u32) -> Result<&'a DocumentRow, Explained> {
    let found = case.documents.iter().find(|document| document.slot == slot && document.index == index);
    found.ok_or_else(no_document)
}

impl Desk {
    /// How many files could be attached now: 1 where one is to be replaced, at most what the slot still holds.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `slot_unknown`, `slot_full`, the store's.
    pub async fn room(&self, id: ApplicationId, slot: &str, index: Option<u32>) -> Result<u32, Explained> {
        let opened = self.opened().await?;
        let case = self.case(&opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        let max = room_of(&case, slot)?;
        let standing = standing_in(&case, slot);
        match (index, max.saturating_sub(standing)) {
            (Some(index), _) if index < standing => Ok(1),
            (_, 0) => Err(slot_full(max)),
            (_, room) => Ok(room),
        }
    }

    /// Turns clockwise by quarter turns, from the original, so that nothing gets worse by turning.
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
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        let document = find(&case, slot, index)?;
        // Once the office has receipted it, what was handed in is the original.
        let (source, turned) = match opened.store.document_original(id, slot, index).await? {
            Some(original) => (original, document.quarter_turns),
            None => (opened.store.document_bytes(id, slot, index).await?, 0),
        };
        let turns = turned.wrapping_add(quarter_turns) % 4;
        let edit = Edit { quarter_turns: turns };
        let fit = self
            .on_the_pool(move || {
                let prepared = documents::prepare(&source, &edit, &Limits::default(), &());
                prepared
                    .map(|prepared| Fit { source, prepared })
                    .map_err(|refusal| refusals::explain(&refusal))
            })
            .await?;
        let mut new = new_document(id, slot, Some(index), &document.source_name, turns, fit);
        new.accepted = document.accepted;
        opened.store.put_document(&new, self.0.clock.now()).await?;
        Ok(self.case(&opened, id).await?.view())
    }

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
        // The slot travels with the token, so that bringing back can be judged by it.
        Ok(Removed { undo: format!("{token}/{slot}"), application })
    }

    /// Undoes a removal.
    ///
    /// # Errors
    /// `already_handed_in`, `slot_full` where something else stands there now, `document_gone`, the store's.
    pub async fn restore_document(
        &self,
        id: ApplicationId,
        undo: &str,
    ) -> Result<ApplicationView, Explained> {
        let opened = self.opened().await?;
        let _editing = opened.editing.lock().await;
        let case = self.case(&opened, id).await?;
        let (token, slot) = undo.split_once('/').ok_or_else(no_document)?;
        slot_may_change(case.editable.as_ref(), slot)?;
        let max = room_of(&case, slot)?;
        if standing_in(&case, slot) >= max {
            return Err(slot_full(max));
        }
        opened.store.restore_document(token, self.0.clock.now()).await?;
        Ok(self.case(&opened, id).await?.view())
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

    /// A page as a picture: `data:image/png;base64,…`. Pages count from 0.
    ///
    /// # Errors
    /// `document_gone`, `no_such_page`, the store's.
    pub async fn render_page(
        &self,
        id: ApplicationId,
        slot: &str,
        index: u32,
        page: u32,
        long_edge: u32,
    ) -> Result<String, Explained> {
        let opened: std::sync::Arc<Opened> = self.opened().await?;
        let bytes = opened.store.document_bytes(id, slot, index).await?;
        self.on_the_pool(move || {
            let long_edge = long_edge.clamp(1, LARGEST_VIEW);
            documents::render_page(&bytes, page, long_edge, &Limits::default())
                .map(|page| data_url("image/png", &page.png))
                .map_err(|refusal| refusals::explain(&refusal))
        })
        .await
    }
}
