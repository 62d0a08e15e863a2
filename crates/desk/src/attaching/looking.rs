//! Looking at pages: as they will be handed in, as they came, and where those could be cut.

use std::sync::Arc;

use documents::{Limits, Quad, Refusal};
use protocol::ApplicationId;

use super::{
    OriginalPage, refusals,
    standing::{Standing, data_url},
};
use crate::{Desk, Explained};

/// Longest edge of a page that the window may ask for, in pixels.
const LARGEST_VIEW: u32 = 4096;

impl Desk {
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
        let opened = self.opened().await?;
        let bytes = opened.store.document_bytes(id, slot, index).await?;
        self.look(move |limits| {
            documents::render_page(&bytes, page, long_edge.clamp(1, LARGEST_VIEW), limits)
        })
        .await
        .map(|page| data_url("image/png", &page.png))
    }

    /// A page of what was handed over for a document, upright, before any edit, with the edit so far. Pages count
    /// from 0 over all files that were bound.
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
        let drawn = self.look(move |limits| {
            let place = locate(&sources, page, limits)?;
            let long_edge = long_edge.clamp(1, LARGEST_VIEW);
            Ok((documents::render_source(place.source, place.page, long_edge, limits)?, place.of))
        });
        let (shown, pages) = drawn.await?;
        let picture = data_url("image/png", &shown.png);
        Ok(OriginalPage { picture, width: shown.width, height: shown.height, pages, edit })
    }

    /// The corners of the paper on a page of what was handed over, which a person may cut at or not; `None` where
    /// none is seen surely enough. Pages count as in [`Desk::original_page`].
    ///
    /// # Errors
    /// As [`Desk::original_page`].
    pub async fn propose_crop(
        &self,
        id: ApplicationId,
        slot: &str,
        index: u32,
        page: u32,
    ) -> Result<Option<Quad>, Explained> {
        let opened = self.opened().await?;
        let Standing { sources, .. } = self.source_of(&opened, id, slot, index, None).await?;
        self.look(move |limits| {
            let place = locate(&sources, page, limits)?;
            documents::propose_crop(place.source, place.page, limits)
        })
        .await
    }

    async fn look<T: Send + 'static>(
        &self,
        at: impl FnOnce(&Limits) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Explained> {
        self.on_the_pool(move || at(&Limits::default()).map_err(|refusal| refusals::explain(&refusal))).await
    }
}

/// A page of one of several files.
struct Place<'a> {
    source: &'a [u8],
    /// Its number there.
    page: u32,
    /// Pages of all files.
    of: u32,
}

/// Finds a page that is counted over all files.
fn locate<'a>(sources: &'a [Arc<[u8]>], page: u32, limits: &Limits) -> Result<Place<'a>, Refusal> {
    let mut before = 0u32;
    let mut found = None;
    for source in sources {
        let pages = documents::page_count(source, limits)?;
        if let Some(there) = page.checked_sub(before).filter(|there| *there < pages) {
            found = Some((&**source, there));
        }
        before = before.saturating_add(pages);
    }
    let (source, page) = found.ok_or(Refusal::NoSuchPage { page, pages: before })?;
    Ok(Place { source, page, of: before })
}
