//! A service that asks for one field of each kind of number, for tests that judge numbers through the front door.

use std::{fs, path::Path};

use forms::{Answer, Answers, Catalogue, FieldState};
use jiff::civil::date;

/// The real catalogue with a service beside the others that asks for nothing but these numbers.
pub(crate) fn catalogue() -> Catalogue {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let mut files = vec![("services/probe.toml".to_owned(), include_str!("probe.toml").to_owned())];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the catalogue is there") {
            let path = entry.expect("readable").path();
            let name = path.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
            if !path.is_dir() {
                files.push((name, fs::read_to_string(&path).expect("text")));
            } else if name != "examples" {
                folders.push(path);
            }
        }
    }
    Catalogue::read(files).unwrap_or_else(|error| panic!("{error}"))
}

/// What the field `id` of the probe makes of `typed` on 21 November 2026.
pub(crate) fn judge(catalogue: &Catalogue, id: &str, typed: &str) -> FieldState {
    let service = catalogue.service("probe", None).expect("read");
    let mut answers = Answers::default();
    answers.set(id, Some(Answer::Text(typed.to_owned())));
    let mut evaluation = service.evaluate(catalogue, &answers, &[], date(2026, 11, 21));
    evaluation.fields.remove(id).expect("the probe has this field")
}
