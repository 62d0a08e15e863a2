//! Words that blame and explain nothing are kept out of everything a person may read: pages, messages, catalogue.
//! Comments and tests are not looked at.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// Refused wherever they stand.
const UNWELCOME: [&str; 6] = ["非法", "无效", "校验失败", "参数错误", "系统异常", "系统繁忙"];

/// Refused where nothing else is said: no reason, no way out.
const EMPTY_ADVICE: [&str; 9] = [
    "please try again",
    "please try again later",
    "try again later",
    "请重试",
    "请再试",
    "请再试一次",
    "请稍后重试",
    "请稍后再试",
    "稍后再试",
];

/// Everything with sentences for people, and the endings of its files.
const TEXTS: [(&str, &[&str]); 4] = [
    ("ui/src", &["vue", "ts"]),
    ("crates", &["rs"]),
    ("src-tauri/src", &["rs"]),
    ("catalog", &["toml", "tsv"]),
];

/// The one place that must name the words: the catalogue's own guard.
const NAMES_THEM: &str = "crates/forms/src/catalogue/wording.rs";

/// Looks through all texts of the product; names every place.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut files = vec![];
    for (folder, endings) in TEXTS {
        collect(&root.join(folder), endings, &mut files)?;
    }
    files.sort();
    let mut found = vec![];
    for file in &files {
        let path = file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        if !is_read_by_people(&path) {
            continue;
        }
        let text = fs::read_to_string(file).with_context(|| format!("could not read {path}"))?;
        found.extend(unwelcome(&text).into_iter().map(|(line, word)| format!("   {path}:{line}: {word}")));
    }
    if found.is_empty() {
        println!("   {} files speak like a good clerk", files.len());
        return Ok(());
    }
    bail!(
        "these tell nobody what to do; say what is wrong, what is expected, and how to get there:\n{}",
        found.join("\n")
    )
}

fn is_read_by_people(path: &str) -> bool {
    let of_a_crate = !path.starts_with("crates/") || path.split('/').nth(2) == Some("src");
    let of_a_test = path.ends_with(".test.ts") || path.ends_with("/tests.rs") || path.contains("/tests/");
    of_a_crate && !of_a_test && path != NAMES_THEM
}

/// Line and word of everything unwelcome in a text.
fn unwelcome(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = vec![];
    for (at, line) in text.lines().enumerate() {
        // What follows in a Rust file is a test.
        if line.trim() == "#[cfg(test)]" {
            break;
        }
        if is_comment(line) {
            continue;
        }
        found.extend(UNWELCOME.iter().filter(|word| line.contains(**word)).map(|word| (at + 1, *word)));
        let alone = |advice: &&&str| sentences(line).any(|said| said == **advice);
        found.extend(EMPTY_ADVICE.iter().filter(alone).map(|advice| (at + 1, *advice)));
    }
    found
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["//", "#", "/*", "* ", "<!--"].iter().any(|mark| line.starts_with(mark))
}

/// What stands between quotes or tags, in small letters and without the punctuation around it.
fn sentences(line: &str) -> impl Iterator<Item = String> {
    line.split(['"', '\'', '`', '<', '>'])
        .map(|said| said.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase())
}

fn collect(path: &Path, endings: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(path).with_context(|| format!("could not list {}", path.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            // Packages of a crate's tests are nobody's text.
            if path.file_name().is_none_or(|name| name != "node_modules" && name != "target") {
                collect(&path, endings, files)?;
            }
        } else if path.extension().and_then(|ending| ending.to_str()).is_some_and(|e| endings.contains(&e)) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_speaks_like_a_good_clerk() {
        check(&crate::shell::root()).unwrap();
    }

    /// The guard itself: planted in a copy of the tree's shape, each word is found where it stands.
    #[test]
    fn a_planted_word_is_found() {
        let root = std::env::temp_dir().join(format!("yiban-wording-{}", std::process::id()));
        let planted = [
            ("ui/src/Page.vue", "<p>\n身份证号非法</p>", "ui/src/Page.vue:2: 非法"),
            ("ui/src/words.ts", "const a = { zh: \"请重试。\" };", "ui/src/words.ts:1: 请重试"),
            (
                "crates/desk/src/told.rs",
                "f(\"Please try again.\")",
                "crates/desk/src/told.rs:1: please try again",
            ),
            ("src-tauri/src/a.rs", "let x = \"参数错误\";", "src-tauri/src/a.rs:1: 参数错误"),
            ("catalog/services/a.toml", "zh = \"系统繁忙，请打电话\"", "catalog/services/a.toml:1: 系统繁忙"),
        ];
        for (path, text, _) in planted {
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let told = format!("{:#}", check(&root).unwrap_err());
        fs::remove_dir_all(&root).unwrap();
        for (_, _, place) in planted {
            assert!(told.contains(place), "{place} is missing in: {told}");
        }
    }

    #[test]
    fn advice_with_a_reason_or_a_way_out_is_welcome() {
        assert!(unwelcome("hint: \"请关掉一些别的程序，再试一次。\"").is_empty());
        assert!(unwelcome("\"The disk is full. Make room and please try again.\"").is_empty());
        assert!(unwelcome("// 非法 in a comment is no sentence").is_empty());
        assert_eq!(unwelcome("en: 'Please try again!'"), [(1, "please try again")]);
        assert_eq!(unwelcome("<p>请稍后再试</p>"), [(1, "请稍后再试")]);
    }
}
