//! Several editions side by side: an application goes on with the version of the service that it was started with.

use std::sync::Arc;

use crate::{Catalogue, ServiceDefinition};

/// Editions of the catalogue, the newest first.
#[derive(Debug, Clone)]
pub struct Library {
    newest: Arc<Catalogue>,
    older: Vec<Arc<Catalogue>>,
}

impl Library {
    /// With one edition.
    #[must_use]
    pub const fn new(catalogue: Arc<Catalogue>) -> Self {
        Self { newest: catalogue, older: vec![] }
    }

    /// With one more. The highest edition becomes the current one; of two that call themselves the same, the added.
    #[must_use]
    pub fn with(mut self, catalogue: Arc<Catalogue>) -> Self {
        if catalogue.edition() >= self.newest.edition() {
            self.older.insert(0, std::mem::replace(&mut self.newest, catalogue));
        } else {
            let at = self.older.partition_point(|older| older.edition() > catalogue.edition());
            self.older.insert(at, catalogue);
        }
        self
    }

    /// With one that is only kept for what was started with it, after all that are there; what is offered stays.
    #[must_use]
    pub fn keeping(mut self, catalogue: Arc<Catalogue>) -> Self {
        self.older.push(catalogue);
        self
    }

    /// What is offered now.
    #[must_use]
    pub const fn current(&self) -> &Arc<Catalogue> {
        &self.newest
    }

    /// Every edition, the newest first.
    pub fn editions(&self) -> impl Iterator<Item = &Arc<Catalogue>> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// A definition and the newest edition that has it. Without a version: what the current edition offers.
    #[must_use]
    pub fn service(
        &self,
        id: &str,
        version: Option<u32>,
    ) -> Option<(Arc<Catalogue>, Arc<ServiceDefinition>)> {
        let found = |catalogue: &Arc<Catalogue>| {
            let definition = catalogue.service(id, version)?;
            Some((Arc::clone(catalogue), Arc::clone(definition)))
        };
        match version {
            Some(_) => self.editions().find_map(found),
            None => found(&self.newest),
        }
    }
}
