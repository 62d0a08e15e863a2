//! The catalogue this program was built with.

use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};

use super::{Catalogue, CatalogueError};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalog");

type Read = Result<Arc<Catalogue>, CatalogueError>;

impl Catalogue {
    /// The catalogue this program was built with, read on first use.
    ///
    /// # Errors
    /// What is wrong with it; tests make sure that nothing is.
    pub fn embedded() -> Result<&'static Arc<Self>, &'static CatalogueError> {
        static READ: OnceLock<Read> = OnceLock::new();
        READ.get_or_init(|| Self::read(Self::embedded_files()).map(Arc::new)).as_ref()
    }

    /// The same with two made-up regions beside the real ones, for trying out what regions may change.
    ///
    /// # Errors
    /// What is wrong with it; tests make sure that nothing is.
    pub fn embedded_with_examples() -> Result<&'static Arc<Self>, &'static CatalogueError> {
        static READ: OnceLock<Read> = OnceLock::new();
        READ.get_or_init(|| Self::read_with_examples(Self::embedded_files()).map(Arc::new)).as_ref()
    }

    /// Path and text of every file this program was built with, those of `examples/` among them.
    #[must_use]
    pub fn embedded_files() -> Vec<(String, &'static str)> {
        fn walk(dir: &'static Dir<'static>, files: &mut Vec<(String, &'static str)>) {
            for file in dir.files() {
                let path = file.path().to_string_lossy().replace('\\', "/");
                files.push((path, file.contents_utf8().unwrap_or_default()));
            }
            dir.dirs().for_each(|dir| walk(dir, files));
        }
        let mut files = vec![];
        walk(&FILES, &mut files);
        files
    }
}
