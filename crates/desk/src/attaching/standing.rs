//! Documents that stand in their slots: drawn, turned, removed and brought back, accepted, looked at.

use base64::{Engine, engine::general_purpose::STANDARD};
use documents::{Change, Edit, Kind, Limits};
use protocol::{ApplicationId, DocumentKind};
use serde_json::json;
use store::{DocumentKey, DocumentRow, NewDocument};

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
    name: &str,
    edit: &Edit,
    fit: Fit,
) -> NewDocument {
    let Fit { source, prepared } = fit;
    NewDocument {
        application,
        slot: slot.to_owned(),
        source_name: name.to_owned(),
        source_bytes: source,
        source_width: prepared.source.width,
        source_height: prepared.source.height,
        edit: serde_json::to_value(edit).unwrap_or_default(),
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

/// Where files are to go. It names the document to be replaced and not its position: that may have changed by the
/// time the files are ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub(super) slot: String,
    pub(super) max: u32,
    /// Files that can be taken now, the one that replaces included.
    pub(super) room: u32,
    pub(super) replaces: Option<DocumentKey>,
}

impl Place {
    /// Whether more than one file makes sense here.
    #[must_use]
    pub fn takes_several(&self) -> bool {
        self.replaces.is_none() && self.room > 1
    }
}

pub(super) fn place_in(case: &Case, slot: &str, index: Option<u32>) -> Result<Place, Explained> {
    slot_may_change(case.editable.as_ref(), slot)?;
    let max = room_of(case, slot)?;
    let replaces = index.and_then(|index| find(case, slot, index).ok()).map(|document| document.key);
    let room = max.saturating_sub(standing_in(case, slot)).saturating_add(u32::from(replaces.is_some()));
    Ok(Place { slot: slot.to_owned(), max, room, replaces })
}

/// What brings a document back. The slot travels with the token, so that bringing back can be judged by it; with
/// a replacement also what stands in its place.
pub(super) fn undo_of(token: &str, slot: &str, replaced_by: Option<DocumentKey>) -> String {
    match replaced_by {
        Some(key) => format!("{token}/{slot}/{key}"),
        None => format!("{token}/{slot}"),
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

fn find_by<'a>(case: &'a Case, slot: &str, key: DocumentKey) -> Result<&'a DocumentRow, Explained> {
    let found = case.documents.iter().find(|document| document.slot == slot && document.key == key);
    found.ok_or_else(no_document)
}

impl Desk {
    /// Where files could go now, settled before a person is asked for them.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `slot_unknown`, `slot_full`, the store's.
    pub async fn room(&self, id: ApplicationId, slot: &str, index: Option<u32>) -> Result<Place, Explained> {
        let opened = self.opened().await?;
        let place = place_in(&self.case(&opened, id).await?, slot, index)?;
        if place.room == 0 { Err(slot_full(place.max)) } else { Ok(place) }
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
        let mut key = None;
        loop {
            let (document, source, edited) = self.source_of(&opened, id, slot, index, key).await?;
            key = Some(document.key);
            let edit = edited.turned(document.pages, quarter_turns);
            let wanted = edit.clone();
            let fit = self
                .on_the_pool(move || {
                    let prepared = documents::prepare(&source, &wanted, &Limits::default(), &());
                    prepared
                        .map(|prepared| Fit { source, prepared })
                        .map_err(|refusal| refusals::explain(&refusal))
                })
                .await?;
            // Nothing else waits while pixels are worked on; so look again.
            let _editing = opened.editing.lock().await;
            let case = self.case(&opened, id).await?;
            slot_may_change(case.editable.as_ref(), slot)?;
            let now = find_by(&case, slot, document.key)?;
            if (now.sha256, &now.edit) != (document.sha256, &document.edit) {
                // Changed meanwhile: this turn comes on top of that.
                continue;
            }
            let mut new = new_document(id, slot, &now.source_name, &edit, fit);
            new.accepted = now.accepted;
            opened.store.redo_document(document.key, &new, self.0.clock.now()).await?;
            return Ok(self.case(&opened, id).await?.view());
        }
    }

    /// A document with what it is prepared from, and the changes made to that so far.
    async fn source_of(
        &self,
        opened: &Opened,
        id: ApplicationId,
        slot: &str,
        index: u32,
        key: Option<DocumentKey>,
    ) -> Result<(DocumentRow, Vec<u8>, Edit), Explained> {
        let _editing = opened.editing.lock().await;
        let case = self.case(opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        let document = match key {
            Some(key) => find_by(&case, slot, key)?,
            None => find(&case, slot, index)?,
        }
        .clone();
        // Once the office has receipted it, what was handed in is the original.
        let (source, edited) = match opened.store.document_original(id, slot, document.index).await? {
            Some(original) => (original, serde_json::from_value(document.edit.clone()).unwrap_or_default()),
            None => (opened.store.document_bytes(id, slot, document.index).await?, Edit::default()),
        };
        Ok((document, source, edited))
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
        Ok(Removed { undo: undo_of(&token, slot, None), application })
    }

    /// Undoes a removal or a replacement.
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
        let (token, rest) = undo.split_once('/').ok_or_else(no_document)?;
        let (slot, replaced_by) = match rest.split_once('/') {
            Some((slot, key)) => (slot, key.parse().ok()),
            None => (rest, None),
        };
        slot_may_change(case.editable.as_ref(), slot)?;
        let max = room_of(&case, slot)?;
        let instead_of = replaced_by.filter(|key| find_by(&case, slot, *key).is_ok());
        if instead_of.is_none() && standing_in(&case, slot) >= max {
            return Err(slot_full(max));
        }
        opened.store.restore_document(token, instead_of, self.0.clock.now()).await?;
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
