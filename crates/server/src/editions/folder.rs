//! An office's own catalogue: a folder of text files that somebody edits.

use std::{fs, path::Path};

use super::{CatalogueFault, Files};

/// Path (with `/`) and text of every file; what begins with a dot (`.git`, `.DS_Store`) is passed over.
pub(super) fn read(folder: &Path) -> Result<Files, CatalogueFault> {
    let mut files = Files::new();
    walk(folder, "", &mut files)?;
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), CatalogueFault> {
    let unreadable = |error| CatalogueFault::Unreadable(folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let (path, inside) = (entry.path(), format!("{prefix}{name}"));
        if path.is_dir() {
            walk(&path, &format!("{inside}/"), files)?;
        } else {
            let text = fs::read_to_string(&path).map_err(|error| CatalogueFault::Unreadable(path, error))?;
            // Editors on Windows put a mark before the text.
            files.insert(inside, text.trim_start_matches('\u{feff}').to_owned());
        }
    }
    Ok(())
}
