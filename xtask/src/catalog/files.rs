//! The files of a catalogue on disk. `examples/` holds the same folders and is read only on demand.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use forms::{Catalogue, CatalogueError};

/// Made-up regions, to try regional rules on.
const EXAMPLES: &str = "examples/";

/// Every file by its path within the catalogue, written with `/`.
#[derive(Debug)]
pub(super) struct Files {
    dir: PathBuf,
    texts: BTreeMap<String, String>,
}

impl Files {
    /// Reads a folder.
    pub(super) fn read(dir: &Path) -> Result<Self> {
        if !dir.is_dir() {
            bail!("{} is not a folder", dir.display());
        }
        let mut texts = BTreeMap::new();
        collect(dir, "", &mut texts)?;
        if texts.is_empty() {
            bail!("{} is empty", dir.display());
        }
        Ok(Self { dir: dir.to_path_buf(), texts })
    }

    /// Whether there are examples.
    pub(super) fn have_examples(&self) -> bool {
        self.texts.keys().any(|path| path.starts_with(EXAMPLES))
    }

    /// The catalogue of the folder, with its examples where asked for.
    pub(super) fn catalogue(&self, examples: bool) -> Result<Catalogue, CatalogueError> {
        let files = self.texts.iter().map(|(path, text)| (path.as_str(), text));
        let read = if examples { Catalogue::read_with_examples(files) } else { Catalogue::read(files) };
        read.map_err(|mut error| {
            for complaint in &mut error.complaints {
                // So that a terminal can open it.
                complaint.file = self.dir.join(&complaint.file).to_string_lossy().replace('\\', "/");
            }
            error
        })
    }

    /// Path and text of the files in one folder, examples aside.
    pub(super) fn within<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let prefix = format!("{folder}/");
        self.texts
            .iter()
            .filter(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

fn collect(dir: &Path, prefix: &str, texts: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("could not list {}", dir.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // What editors leave behind.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        let inside = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{inside}/"), texts)?;
        } else {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("could not read {} as UTF-8 text", path.display()))?;
            texts.insert(inside, text);
        }
    }
    Ok(())
}
