//! Documents that stand in their slots: how they are drawn and found, where there is room.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use documents::{Change, Edit, Kind};
use protocol::{ApplicationId, DocumentKind};
use serde_json::json;
use store::{DocumentKey, DocumentRow, NewDocument};

use super::{
    findings,
    preparing::Fit,
    refusals::{self, no_document, slot_full},
};
use crate::{
    Desk, DocumentChange, DocumentView, Explained, case::Case, editing::slot_may_change, opening::Opened,
};

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
        change: change(row),
        findings: findings::read(&row.findings, row.pages),
        accepted: row.accepted,
        thumbnail: data_url("image/jpeg", &row.thumbnail),
    }
}

fn change(row: &DocumentRow) -> DocumentChange {
    let edited = || serde_json::from_value::<Edit>(row.edit.clone()).is_ok_and(|edit| !edit.is_nothing());
    match serde_json::from_value(json!(row.change)).unwrap_or(DocumentChange::Converted) {
        DocumentChange::Converted if edited() => DocumentChange::Edited,
        change => change,
    }
}

pub(super) fn data_url(media_type: &str, bytes: &[u8]) -> String {
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
    let Fit { sources, prepared } = fit;
    NewDocument {
        application,
        slot: slot.to_owned(),
        source_name: name.to_owned(),
        sources,
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
        warns: false,
    }
}

/// A document, what it is prepared from, and how.
pub(super) struct Standing {
    pub(super) row: DocumentRow,
    pub(super) sources: Vec<Arc<[u8]>>,
    pub(super) edit: Edit,
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

pub(super) fn place_in(case: &Case, slot: &str, index: Option<u32>) -> Result<Place, Explained> {
    slot_may_change(case.editable.as_ref(), slot)?;
    let max = room_of(case, slot)?;
    let replaces = index.and_then(|index| find(case, slot, index).ok()).map(|document| document.key);
    let room = max.saturating_sub(standing_in(case, slot)).saturating_add(u32::from(replaces.is_some()));
    Ok(Place { slot: slot.to_owned(), max, room, replaces })
}

/// Where files go that were dropped or pasted. Onto the one document of a slot for one they can only be meant to take
/// its place, which is undone by one word.
pub(super) fn place_for_arrivals(case: &Case, slot: &str, index: Option<u32>) -> Result<Place, Explained> {
    let only = || (room_of(case, slot) == Ok(1)).then_some(0);
    place_in(case, slot, index.or_else(only))
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

pub(super) fn find<'a>(case: &'a Case, slot: &str, index: u32) -> Result<&'a DocumentRow, Explained> {
    let found = case.documents.iter().find(|document| document.slot == slot && document.index == index);
    found.ok_or_else(no_document)
}

pub(super) fn find_by<'a>(
    case: &'a Case,
    slot: &str,
    key: DocumentKey,
) -> Result<&'a DocumentRow, Explained> {
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

    /// A document with what it is prepared from, part by part, and the changes made to that so far.
    pub(super) async fn source_of(
        &self,
        opened: &Opened,
        id: ApplicationId,
        slot: &str,
        index: u32,
        key: Option<DocumentKey>,
    ) -> Result<Standing, Explained> {
        let _editing = opened.editing.lock().await;
        let case = self.case(opened, id).await?;
        slot_may_change(case.editable.as_ref(), slot)?;
        let row = match key {
            Some(key) => find_by(&case, slot, key)?,
            None => find(&case, slot, index)?,
        }
        .clone();
        let originals = opened.store.document_originals(id, slot, row.index).await?;
        // Once the office has receipted it, what was handed in is the original.
        let (sources, edit) = if originals.is_empty() {
            (vec![opened.store.document_bytes(id, slot, row.index).await?], Edit::default())
        } else {
            (originals, serde_json::from_value(row.edit.clone()).unwrap_or_default())
        };
        Ok(Standing { row, sources: sources.into_iter().map(Arc::from).collect(), edit })
    }
}
