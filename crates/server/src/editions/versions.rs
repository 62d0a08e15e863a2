//! A version of a service that was served once never changes: applications were started with it. Comments, blank
//! lines and the order of entries do not count.

use std::collections::BTreeMap;

use forms::{Complaint, Text};
use protocol::ContentHash;

use super::{CatalogueFault, Files};

/// Where a version of a service stands, and what it says.
pub(super) struct Written {
    file: String,
    /// Of the canonical text.
    hash: ContentHash,
}

/// Every service of a catalogue by id and version. Files that do not read are the reader's business.
pub(super) fn of(files: &Files) -> BTreeMap<(String, u32), Written> {
    let services = files.iter().filter(|(path, _)| path.starts_with("services/"));
    services
        .filter_map(|(file, text)| {
            let content: serde_json::Value = toml::from_str(text).ok()?;
            let id = content.get("id")?.as_str()?.to_owned();
            let version = u32::try_from(content.get("version")?.as_u64()?).ok()?;
            let hash = ContentHash::of(&serde_jcs::to_vec(&content).ok()?);
            Some(((id, version), Written { file: file.clone(), hash }))
        })
        .collect()
}

/// Refuses a catalogue in which a version says something else than when it was served.
pub(super) fn unchanged<'a>(
    files: &Files,
    served: impl Iterator<Item = &'a Files>,
) -> Result<(), CatalogueFault> {
    let now = of(files);
    let mut newest: BTreeMap<String, u32> = BTreeMap::new();
    let mut changed = BTreeMap::new();
    for (key, before) in served.flat_map(of) {
        let newest = newest.entry(key.0.clone()).or_default();
        *newest = key.1.max(*newest);
        if let Some(written) = now.get(&key).filter(|written| written.hash != before.hash) {
            changed.insert(key, written);
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let complaints = changed.into_iter().map(|((id, version), written)| {
        let next = newest.get(&id).copied().unwrap_or(version).saturating_add(1);
        let line = files.get(&written.file).and_then(|text| line_of_version(text));
        Complaint {
            file: written.file.clone(),
            line,
            place: "version".into(),
            problem: Text::new(
                format!("{id} 的第 {version} 版已经对外提供过，现在的内容和那时不一样"),
                format!("version {version} of {id} was served before and said something else then"),
            ),
            remedy: Text::new(
                format!("请把 version 改成 {next}；已经用第 {version} 版开始办理的人会继续用那一版"),
                format!("set version to {next}; whoever started with version {version} goes on with it"),
            ),
        }
    });
    Err(CatalogueFault::Changed(complaints.collect()))
}

fn line_of_version(text: &str) -> Option<usize> {
    text.lines().position(|line| line.trim_start().starts_with("version")).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> Files {
        [("services/wish.toml".to_owned(), text.to_owned())].into()
    }

    #[test]
    fn only_a_change_of_meaning_needs_a_new_version() {
        let before = files("id = \"wish\"\nversion = 1\ntitle = \"a\"\n");
        let with_comment = files("# checked in March\ntitle = 'a'\nversion = 1\nid = \"wish\"\n");
        assert!(unchanged(&with_comment, [&before].into_iter()).is_ok());
        let raised = files("id = \"wish\"\nversion = 2\ntitle = \"b\"\n");
        assert!(unchanged(&raised, [&before].into_iter()).is_ok());
        let changed = files("# checked in March\nid = \"wish\"\nversion = 1\ntitle = \"b\"\n");
        let Err(fault) = unchanged(&changed, [&before, &raised].into_iter()) else { panic!("is refused") };
        let told = fault.to_string();
        assert!(told.contains("services/wish.toml:3"), "{told}");
        assert!(told.contains("set version to 3") && told.contains("请把 version 改成 3"), "{told}");
    }
}
