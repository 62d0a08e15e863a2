//! Several documents of a slot become one PDF: made from what was handed over for each, with the edits made so far,
//! so that nothing is encoded twice.

use documents::{Edit, Limits, PageEdit, Refusal};
use protocol::ApplicationId;
use store::DocumentRow;

use super::{
    Changed, preparing, refusals,
    standing::{Standing, find_by, new_document},
    undoing::Undo,
};
use crate::{Desk, Explained, editing::slot_may_change};

/// Longest name of a file that is kept, in characters.
pub(super) const LONGEST_NAME: usize = 255;

impl Desk {
    /// Binds documents of a slot into one, in the order in which they are named; it stands at the first of their
    /// places. The undo brings all of them back.
    ///
    /// # Errors
    /// `nothing_to_bind` for fewer than two, `already_handed_in`, `not_opened`, `document_gone`, a refusal, the
    /// store's. Whatever it is, the documents stay as they were.
    pub async fn bind_documents(
        &self,
        id: ApplicationId,
        slot: &str,
        indexes: &[u32],
    ) -> Result<Changed, Explained> {
        let opened = self.opened().await?;
        let mut parts: Vec<Standing> = Vec::with_capacity(indexes.len());
        for index in indexes {
            let part = self.source_of(&opened, id, slot, *index, None).await?;
            if parts.iter().all(|known| known.row.key != part.row.key) {
                parts.push(part);
            }
        }
        if parts.len() < 2 {
            return Err(refusals::nothing_to_bind());
        }
        let rows: Vec<DocumentRow> = parts.iter().map(|part| part.row.clone()).collect();
        let name = joined(rows.iter().map(|row| row.source_name.as_str()));
        let task = self.begin_task(id, slot, &name);
        let fit = self.work_on(&task, move |watching| {
            let edit = together(&parts).map_err(|refusal| refusals::explain(&refusal))?;
            let sources = parts.into_iter().flat_map(|part| part.sources).collect();
            preparing::make(sources, &edit, watching).map(|fit| fit.map(|fit| (edit, fit)))
        });
        let fit = fit.await?;
        let undo = match fit {
            Some((edit, fit)) if task.saving() => {
                let _editing = opened.editing.lock().await;
                let case = self.case(&opened, id).await?;
                slot_may_change(case.editable.as_ref(), slot)?;
                for row in &rows {
                    let now = find_by(&case, slot, row.key)?;
                    if (now.sha256, &now.edit) != (row.sha256, &row.edit) {
                        return Err(refusals::changed_meanwhile());
                    }
                }
                let mut new = new_document(id, slot, &name, &edit, fit);
                new.accepted = rows.iter().all(|row| row.accepted || no_findings(row));
                let keys: Vec<_> = rows.iter().map(|row| row.key).collect();
                let (tokens, key) = opened.store.bind_documents(&keys, &new, self.0.clock.now()).await?;
                Some(Undo::Bound { slot: slot.to_owned(), tokens, key: key.to_string() }.written())
            }
            _ => None,
        };
        Ok(Changed { undo, application: self.case(&opened, id).await?.view() })
    }
}

fn no_findings(row: &DocumentRow) -> bool {
    row.findings.as_array().is_none_or(Vec::is_empty)
}

/// What the bound document is called: by all of its parts, cut where that gets long.
pub(super) fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(" + ").chars().take(LONGEST_NAME).collect()
}

/// The edits of all parts as one, whose pages count over all files.
fn together(parts: &[Standing]) -> Result<Edit, Refusal> {
    if parts.iter().all(|part| part.edit.pages.is_empty()) {
        return Ok(Edit::default());
    }
    let limits = Limits::default();
    let (mut pages, mut before) = (Vec::new(), 0u32);
    for part in parts {
        let mut own = 0u32;
        for source in &part.sources {
            own = own.saturating_add(documents::page_count(source, &limits)?);
        }
        if part.edit.pages.is_empty() {
            pages.extend(
                (0..own).map(|page| PageEdit { page: before.saturating_add(page), ..PageEdit::default() }),
            );
        } else {
            pages.extend(
                part.edit
                    .pages
                    .iter()
                    .map(|edit| PageEdit { page: edit.page.saturating_add(before), ..edit.clone() }),
            );
        }
        before = before.saturating_add(own);
    }
    Ok(Edit { pages })
}
