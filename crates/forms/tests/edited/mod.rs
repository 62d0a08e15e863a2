//! The repository's catalogue with changes, and what is said about it.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::panic, reason = "a failed expectation tells what was taken")]

use std::{collections::BTreeMap, fs, path::Path};

use forms::{Catalogue, CatalogueError, Language};

/// The catalogue of this repository, as `xtask` reads it.
pub(crate) fn files() -> BTreeMap<String, String> {
    fn walk(root: &Path, dir: &Path, files: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(dir).expect("the catalogue is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let mut files = BTreeMap::new();
    walk(&root, &root, &mut files);
    files
}

/// The catalogue with more or other files.
pub(crate) fn with(changes: &[(&str, &str)]) -> Result<Catalogue, CatalogueError> {
    let mut files = files();
    files.extend(changes.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    Catalogue::read(files)
}

/// The mistake is told: in the file, with these words and a remedy in both languages.
pub(crate) fn assert_told(changes: &[(&str, &str)], file: &str, words: &str) {
    let error = with(changes).err().unwrap_or_else(|| panic!("taken without “{words}”"));
    let told = error.explain(Language::En);
    let about = |complaint: &&forms::Complaint| {
        complaint.file == file && complaint.explain(Language::En).contains(words)
    };
    let complaint =
        error.complaints.iter().find(about).unwrap_or_else(|| panic!("“{words}” is not in\n{told}"));
    assert!(!complaint.remedy.zh.is_empty() && !complaint.remedy.en.is_empty());
    assert!(!error.needs_newer_program());
}
