//! 姓名: 2–50 characters, CJK with `·`, or Latin. Rare characters are kept as they are: no Unicode
//! normalisation of ideographs, because it would replace some of them.

use unicode_normalization::UnicodeNormalization;

use super::{Asked, Kind, Reading};
use crate::{Text, typing};

const MIN: usize = 2;
const MAX: usize = 50;

pub(super) struct PersonName;

/// Ideographs of every extension, `〇`, and the private-use characters by which old systems wrote rare names.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{E000}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' | '\u{F0000}'..='\u{10FFFD}')
}

/// Every dot that people type between the parts of a name becomes `·`.
fn dot(c: char) -> char {
    match c {
        '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22C5}' | '\u{25CF}' | '\u{25E6}'
        | '\u{2E31}' | '\u{2E33}' | '\u{30FB}' | '\u{FE52}' | '\u{FF65}' | '\u{0387}' | '\u{16EB}' => '·',
        _ => c,
    }
}

fn normalise(typed: &str) -> String {
    let narrow: String =
        typed.chars().map(typing::narrow).map(dot).filter(|&c| !typing::is_invisible(c)).collect();
    if narrow.chars().any(is_ideograph) {
        // A full stop between ideographs is a mistyped dot; blanks are the input method's.
        narrow
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| if matches!(c, '.' | '。' | '\u{FF61}') { '·' } else { c })
            .collect()
    } else {
        typing::line(&narrow).nfc().collect()
    }
}

fn is_latin_name(c: char) -> bool {
    (c.is_alphabetic() && !is_ideograph(c)) || matches!(c, ' ' | '-' | '\'' | '’' | '.' | ',' | '·')
}

impl Kind for PersonName {
    fn codes(&self) -> &'static [&'static str] {
        &["character", "short", "long", "dot", "mixed"]
    }

    fn read(&self, typed: &str, _: &Asked<'_>) -> Reading {
        let name = normalise(typed);
        if name.is_empty() {
            return Reading::Empty;
        }
        if let Some(odd) = name.chars().find(|&c| !is_ideograph(c) && !is_latin_name(c)) {
            return Reading::wrong(
                "character",
                format!("姓名里有“{odd}”。请只写姓名，要和证件上一样"),
                format!("The name contains “{odd}”. Write only the name, as on the identity document"),
            );
        }
        let length = name.chars().count();
        if length < MIN {
            return Reading::wrong(
                "short",
                format!("姓名现在 {length} 个字，至少 {MIN} 个字。请写全名"),
                format!("The name has {length} character, at least {MIN} are needed. Write the full name"),
            );
        }
        if length > MAX {
            return Reading::wrong(
                "long",
                format!("姓名现在 {length} 个字，最多 {MAX} 个字。请只写姓名"),
                format!("The name has {length} characters, at most {MAX} fit. Write only the name"),
            );
        }
        if name.starts_with('·') || name.ends_with('·') || name.contains("··") {
            return Reading::wrong(
                "dot",
                "姓名里的“·”要写在两个部分中间，例如 买买提·艾力",
                "The “·” stands between two parts of a name, for example 买买提·艾力",
            );
        }
        let ideographs = name.chars().filter(|&c| is_ideograph(c)).count();
        let letters = name.chars().filter(|&c| c.is_alphabetic() && !is_ideograph(c)).count();
        if ideographs > 0 && letters > 0 {
            return Reading::doubtful(
                name,
                "mixed",
                "姓名里既有汉字又有字母。请对着证件看一遍，一样就不用改",
                "The name mixes Chinese characters and letters. Compare it with the document; if it is the same, leave it",
            );
        }
        Reading::right(name)
    }

    fn display(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(value)
    }

    fn masked(&self, value: &str, _: &Asked<'_>) -> Text {
        Text::same(typing::starred(value, 1, 0))
    }

    fn example(&self, _: &Asked<'_>) -> String {
        "张三".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{message, shown, value};
    use crate::FieldKind::PersonName;

    #[test]
    fn names_of_many_sorts() {
        for name in ["张三", "买买提·艾力", "𠮷田𬭎", "﨑〇", "José O’Neill-García", "\u{E863}\u{E82A}"]
        {
            assert_eq!(value(PersonName, name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn rare_characters_of_every_extension_survive() {
        // The first characters of extensions A to I, a radical that normalisation would replace, and a code point
        // beyond all of them; none counts as more than one character.
        for rare in "㐀𠀀𪜀𫝀𫠠𬺰𰀀𱍐𮯰﨎神\u{323B0}".chars() {
            let name = format!("王{rare}");
            assert_eq!(value(PersonName, &name).as_deref(), Ok(name.as_str()), "{rare}");
        }
        let longest = "𱍐".repeat(50);
        assert_eq!(value(PersonName, &longest), Ok(longest.clone()));
        assert_eq!(shown(PersonName, "𠮷𬭎").1, "𠮷*");
    }

    #[test]
    fn every_dot_of_every_keyboard_becomes_the_one_of_the_register() {
        for dot in "·•․‧∙⋅●◦⸱⸳・﹒･·᛫.．。｡".chars() {
            assert_eq!(value(PersonName, &format!("阿依{dot}古丽")).as_deref(), Ok("阿依·古丽"), "{dot:?}");
        }
    }

    #[test]
    fn dots_and_blanks_are_put_right() {
        for typed in ["买买提•艾力", "买买提・艾力", " 买买提 . 艾力 ", "买买提．艾力"]
        {
            assert_eq!(value(PersonName, typed).as_deref(), Ok("买买提·艾力"), "{typed}");
        }
        assert_eq!(value(PersonName, "  Ａnn   Lee ").as_deref(), Ok("Ann Lee"));
    }

    #[test]
    fn faults() {
        assert_eq!(value(PersonName, "张"), Err("short"));
        assert_eq!(value(PersonName, "张3"), Err("character"));
        assert_eq!(value(PersonName, "·张三"), Err("dot"));
        assert_eq!(value(PersonName, &"王".repeat(51)), Err("long"));
        assert_eq!(value(PersonName, " \u{200B} "), Err("empty"));
        assert!(message(PersonName, "李Ann").contains("汉字又有字母"));
    }

    #[test]
    fn masked_after_the_family_name() {
        assert_eq!(shown(PersonName, "张三丰").1, "张**");
    }
}
