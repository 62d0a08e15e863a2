//! Every text of a catalogue exists in both languages and speaks like a good clerk.

use toml::Value;

use super::{Complaints, TomlFile};
use crate::Text;

/// Words that blame or explain nothing (design language, chapter on copy).
pub(crate) const UNWELCOME: [&str; 7] =
    ["非法", "无效", "校验失败", "参数错误", "系统异常", "系统繁忙", "!!"];

/// Complains about every `{ zh, en }` of a file that is empty or worded badly.
pub(super) fn check(file: &TomlFile, complaints: &mut Complaints) {
    // A file that is no TOML was complained about when it was read.
    if let Ok(table) = toml::from_str::<toml::Table>(&file.text) {
        walk(file, &Value::Table(table), complaints);
    }
}

fn walk(file: &TomlFile, value: &Value, complaints: &mut Complaints) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| walk(file, value, complaints)),
        Value::Table(table) => {
            for language in ["zh", "en"] {
                if let Some(Value::String(sentence)) = table.get(language) {
                    check_sentence(file, language, sentence, complaints);
                }
            }
            table.values().for_each(|value| walk(file, value, complaints));
        }
        _ => {}
    }
}

fn check_sentence(file: &TomlFile, language: &str, sentence: &str, complaints: &mut Complaints) {
    if sentence.trim().is_empty() {
        complaints.about(
            file,
            language,
            Text::new(format!("有一句话的 {language} 是空的"), format!("a text is empty in {language}")),
            Text::new("每句话都要有中文和英文", "write every text in Chinese and in English"),
        );
    }
    if let Some(word) = UNWELCOME.iter().find(|word| sentence.contains(**word)) {
        complaints.about(
            file,
            language,
            Text::new(
                format!("“{sentence}”里有“{word}”，没有告诉人该怎么做"),
                format!("“{sentence}” contains “{word}”, which tells nobody what to do"),
            ),
            Text::new(
                "请写：哪里不对、应该怎样、怎么改",
                "say what is wrong, what is expected and how to get there",
            ),
        );
    }
}
