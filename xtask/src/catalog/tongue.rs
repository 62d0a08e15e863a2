//! The language of what is printed: asked for, or the terminal's.

use clap::ValueEnum;
use forms::{Language, Text};

/// `--lang`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Tongue {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

impl Tongue {
    /// The one asked for, or the one that the terminal speaks.
    pub(super) fn chosen(asked: Option<Self>) -> Language {
        let of_terminal = || {
            let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
            if locale.starts_with("zh") { Self::Zh } else { Self::En }
        };
        match asked.unwrap_or_else(of_terminal) {
            Self::Zh => Language::Zh,
            Self::En => Language::En,
        }
    }
}

/// A sentence in one of the two languages.
pub(super) fn say(language: Language, zh: impl Into<String>, en: impl Into<String>) -> String {
    Text::new(zh, en).get(language).to_owned()
}
