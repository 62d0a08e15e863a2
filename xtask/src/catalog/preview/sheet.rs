//! Lines of a printed form: headings, indented paragraphs, both languages.

use forms::{Language, Text};

/// What is being printed.
#[derive(Debug)]
pub(super) struct Sheet {
    language: Language,
    text: String,
}

impl Sheet {
    /// An empty one.
    pub(super) fn new(language: Language) -> Self {
        Self { language, text: String::new() }
    }

    /// A heading, with an empty line before it.
    pub(super) fn heading(&mut self, title: &str) {
        self.text.push_str(&format!("\n── {title}\n"));
    }

    /// A line, `depth` steps from the margin.
    pub(super) fn line(&mut self, depth: usize, line: impl AsRef<str>) {
        self.text.push_str(&format!("{}{}\n", "  ".repeat(depth), line.as_ref().trim_end()));
    }

    /// A sentence of the catalogue in the language of the sheet.
    pub(super) fn say<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.language)
    }

    /// Our own words in the language of the sheet.
    pub(super) fn own(&self, zh: impl Into<String>, en: impl Into<String>) -> String {
        super::super::tongue::say(self.language, zh, en)
    }

    /// Everything printed so far.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}
