//! Finding services by what people type: 汉字, pinyin, initials, English, everyday words.

use pinyin::{Pinyin, ToPinyin};

use crate::{Text, typing};

/// Lower case, narrow, without blanks.
pub(super) fn plain(text: &str) -> String {
    typing::code_keeping_dashes(text).to_lowercase()
}

/// What finds a text: itself in both languages, its pinyin, its initials.
pub(crate) fn words_of(text: &Text) -> Vec<String> {
    let syllables: Vec<&str> = text.zh.as_str().to_pinyin().flatten().map(Pinyin::plain).collect();
    let initials: String = syllables.iter().filter_map(|syllable| syllable.chars().next()).collect();
    [plain(&text.zh), plain(&text.en), syllables.concat(), initials]
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect()
}

/// How well `words`, the most telling first, fit a query; smaller is better, `None` where they do not.
pub(super) fn rank(words: &[String], query: &str) -> Option<usize> {
    let query = plain(query);
    words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| match word.find(query.as_str())? {
            0 => Some(at),
            _ => Some(at + words.len()),
        })
        .min()
}
