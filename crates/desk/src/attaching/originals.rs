//! What was handed over, page by page, for the editor: pictures before any edit.

use std::sync::Arc;

use documents::{Edit, Limits, Page, Refusal};
use protocol::ApplicationId;

use super::{
    OriginalPage,
    looking::LARGEST_VIEW,
    refusals,
    standing::{Standing, data_url},
};
use crate::{Desk, Explained};

/// Which part a page lies in and its number there; the page count of all parts goes with it. Pages count from 0 over
/// all files that were bound.
fn locate<'a>(sources: &'a [Arc<[u8]>], page: u32, limits: &Limits) -> Result<(&'a [u8], u32, u32), Refusal> {
    let mut before = 0u32;
    let mut found = None;
    for source in sources {
        let pages = documents::page_count(source, limits)?;
        if let Some(there) = page.checked_sub(before).filter(|there| *there < pages) {
            found = Some((&**source, there));
        }
        before = before.saturating_add(pages);
    }
    let (source, there) = found.ok_or(Refusal::NoSuchPage { page, pages: before })?;
    Ok((source, there, before))
}

/// A page of any file, upright. What is neither JPEG nor PDF is drawn from what it would be handed in as.
fn picture(source: &[u8], page: u32, long_edge: u32, limits: &Limits) -> Result<Page, Refusal> {
    match documents::render_page(source, page, long_edge, limits) {
        Err(Refusal::Unsupported { .. }) => {
            let fit = documents::prepare(source, &Edit::default(), limits, &())?;
            documents::render_page(&fit.bytes, page, long_edge, limits)
        }
        drawn => drawn,
    }
}

impl Desk {
    /// A page of what was handed over for a document, upright, before any edit, with the edit so far.
    ///
    /// # Errors
    /// `already_handed_in`, `not_opened`, `document_gone`, `no_such_page`, the store's.
    pub async fn original_page(
        &self,
        id: ApplicationId,
        slot: &str,
        index: u32,
        page: u32,
        long_edge: u32,
    ) -> Result<OriginalPage, Explained> {
        let opened = self.opened().await?;
        let Standing { sources, edit, .. } = self.source_of(&opened, id, slot, index, None).await?;
        self.on_the_pool(move || {
            let limits = Limits::default();
            let long_edge = long_edge.clamp(1, LARGEST_VIEW);
            let shown = locate(&sources, page, &limits).and_then(|(source, there, pages)| {
                picture(source, there, long_edge, &limits).map(|shown| (shown, pages))
            });
            let (shown, pages) = shown.map_err(|refusal| refusals::explain(&refusal))?;
            let picture = data_url("image/png", &shown.png);
            Ok(OriginalPage { picture, width: shown.width, height: shown.height, pages, edit })
        })
        .await
    }
}
