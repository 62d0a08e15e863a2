//! Questions and answers, found by what people type and by the code of the error they explain.

use std::collections::BTreeSet;

use serde::{
    Deserialize, Serialize,
    de::{IntoDeserializer, value::Error},
};
use ts_rs::TS;

use super::{Catalogue, Complaints, TomlFile, search, words_of};
use crate::{FieldKind, Text};

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct HelpEntry {
    /// `photo_too_large`.
    pub id: String,
    /// 照片太大怎么办？
    pub question: Text,
    /// The answer, in order.
    pub paragraphs: Vec<Text>,
    /// Under which it stands, for example 材料.
    pub topic: Text,
    /// Errors and findings that it explains.
    pub codes: Vec<String>,
    /// Services it is about.
    pub services: Vec<String>,
    /// Channels that help on.
    pub channels: Vec<String>,
    /// Other words by which people look for it.
    pub keywords: Vec<String>,
}

/// All entries and, in the same order, what finds them.
#[derive(Debug, Default)]
pub(super) struct Help {
    pub(super) entries: Vec<HelpEntry>,
    found_by: Vec<FoundBy>,
}

/// What finds an entry.
#[derive(Debug)]
struct FoundBy {
    /// The most telling first.
    words: Vec<String>,
    /// Question and answer as one, for queries that are sentences.
    prose: String,
}

/// A file of `help/`: one topic.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HelpFile {
    topic: Text,
    entries: Vec<EntrySource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntrySource {
    id: String,
    question: Text,
    paragraphs: Vec<Text>,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    keywords: Vec<String>,
}

pub(super) fn read(
    files: Vec<(TomlFile, HelpFile)>,
    catalogue: &Catalogue,
    complaints: &mut Complaints,
) -> Help {
    let mut ids = BTreeSet::new();
    let mut help = Help::default();
    for (file, HelpFile { topic, entries }) in files {
        for source in entries {
            let EntrySource { id, question, paragraphs, codes, services, channels, keywords } = source;
            let topic = topic.clone();
            let entry = HelpEntry { id, question, paragraphs, topic, codes, services, channels, keywords };
            let twice = !ids.insert(entry.id.clone());
            for (problem, remedy) in mistakes(&entry, twice, catalogue) {
                complaints.about(&file, &format!("entries.{}", entry.id), problem, remedy);
            }
            help.found_by.push(FoundBy::new(&entry));
            help.entries.push(entry);
        }
    }
    help
}

fn mistakes(entry: &HelpEntry, twice: bool, catalogue: &Catalogue) -> Vec<(Text, Text)> {
    let HelpEntry { id, paragraphs, codes, services, channels, .. } = entry;
    let mut told = vec![];
    if twice {
        told.push((
            Text::new(format!("编号“{id}”用了两次"), format!("the id “{id}” is used twice")),
            Text::new("请换一个编号", "choose another id"),
        ));
    }
    if paragraphs.is_empty() {
        told.push((
            Text::new("这个问题没有回答", "this question has no answer"),
            Text::new("请写 paragraphs，至少一段", "write at least one paragraph"),
        ));
    }
    for code in codes.iter().filter(|code| !may_be_code(code, catalogue)) {
        told.push((
            Text::new(format!("没有“{code}”这个代码"), format!("there is no code “{code}”")),
            Text::new(
                "栏目的错误写成 类型.代码，例如 id_number.checksum；其他错误用它在程序里的小写代码",
                "faults of fields are kind.fault, for example id_number.checksum; other errors have a lower-case code",
            ),
        ));
    }
    for service in services.iter().filter(|service| catalogue.service(service, None).is_none()) {
        told.push((
            Text::new(format!("没有“{service}”这个事项"), format!("there is no service “{service}”")),
            Text::new(
                "请写 services/ 里有的编号，或删掉它",
                "name one that stands in services/, or remove it",
            ),
        ));
    }
    for channel in channels.iter().filter(|channel| !catalogue.has_channel(channel)) {
        told.push((
            Text::new(format!("没有“{channel}”这个渠道"), format!("there is no channel “{channel}”")),
            Text::new(
                "请写 channels/ 里有的编号，或删掉它",
                "name one that stands in channels/, or remove it",
            ),
        ));
    }
    told
}

/// Codes of field kinds must exist; other codes belong to other rooms of the house and need only look like codes.
fn may_be_code(code: &str, catalogue: &Catalogue) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !code.split('.').all(is_word) {
        return false;
    }
    let Some((subject, fault)) = code.split_once('.') else { return true };
    let deserializer: serde::de::value::StrDeserializer<'_, Error> = subject.into_deserializer();
    let Ok(kind) = FieldKind::deserialize(deserializer) else { return true };
    kind.rules().codes().contains(&fault)
        || ["missing", "contradiction", "shape"].contains(&fault)
        || catalogue.services.iter().any(|service| service.has_constraint(subject, fault))
}

impl Help {
    /// The best first, all for an empty query.
    pub(super) fn search(&self, query: &str) -> Vec<HelpEntry> {
        let ranked = self.entries.iter().zip(&self.found_by);
        let mut found: Vec<_> =
            ranked.filter_map(|(entry, found_by)| Some((found_by.rank(query)?, entry))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, entry)| entry.clone()).collect()
    }
}

impl FoundBy {
    fn new(entry: &HelpEntry) -> Self {
        let texts = || std::iter::once(&entry.question).chain(&entry.paragraphs);
        let mut words = words_of(&entry.question);
        words.extend(entry.keywords.iter().flat_map(|word| words_of(&Text::same(word))));
        words.extend(words_of(&entry.topic));
        words.extend(texts().skip(1).flat_map(|text| [search::plain(&text.zh), search::plain(&text.en)]));
        let prose = texts().map(|text| search::plain(&text.zh));
        let prose = prose.chain(entry.keywords.iter().map(|word| search::plain(word))).collect();
        Self { words, prose }
    }

    /// Every blank-separated word must be found; failing that, a third of the pairs of neighbouring characters of a
    /// Chinese sentence. Smaller is better.
    fn rank(&self, query: &str) -> Option<usize> {
        let by_word =
            query.split_whitespace().try_fold(0, |sum, word| Some(sum + search::rank(&self.words, word)?));
        by_word.or_else(|| self.rank_as_sentence(query))
    }

    fn rank_as_sentence(&self, query: &str) -> Option<usize> {
        let chars: Vec<char> = search::plain(query).chars().filter(|c| c.is_alphanumeric()).collect();
        if chars.len() < 3 || chars.iter().all(char::is_ascii) {
            return None;
        }
        let pairs = chars.windows(2).map(|pair| pair.iter().collect::<String>());
        let found = pairs.filter(|pair| self.prose.contains(pair)).count();
        (found >= 2 && found * 3 >= chars.len()).then_some(SENTENCE + chars.len() - found)
    }
}

/// What is found only in parts stands behind everything found as a whole.
const SENTENCE: usize = 1000;
