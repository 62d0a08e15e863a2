//! Looking at pages as they will be handed in.

use documents::Limits;
use protocol::ApplicationId;

use super::{refusals, standing::data_url};
use crate::{Desk, Explained};

/// Longest edge of a page that the window may ask for, in pixels.
pub(super) const LARGEST_VIEW: u32 = 4096;

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
        self.on_the_pool(move || {
            let long_edge = long_edge.clamp(1, LARGEST_VIEW);
            documents::render_page(&bytes, page, long_edge, &Limits::default())
                .map(|page| data_url("image/png", &page.png))
                .map_err(|refusal| refusals::explain(&refusal))
        })
        .await
    }
}
