//! What keyboards, input methods and pasted text do to plain characters, undone.
//! Which of these a field wants is decided by its kind.

/// Full-width ASCII (U+FF01–U+FF5E) and the ideographic space become their plain forms.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{3000}' | '\u{00A0}' | '\u{2007}' | '\u{202F}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Zero-width characters, byte-order marks, direction marks and control characters other than line breaks.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
        || (c.is_control() && c != '\n' && c != '\t')
}

/// The dashes that keyboards and web pages offer.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}')
}

/// For codes and numbers: narrow, without blanks, dashes and invisible characters.
pub(crate) fn code(typed: &str) -> String {
    code_keeping_dashes(typed).chars().filter(|&c| !is_dash(c)).collect()
}

/// As [`code`], for what may contain dashes: addresses, negative numbers.
pub(crate) fn code_keeping_dashes(typed: &str) -> String {
    typed.chars().map(narrow).filter(|&c| !is_invisible(c) && !c.is_whitespace()).collect()
}

/// For one line of prose: invisible characters gone, every run of blanks one blank, nothing at the ends.
pub(crate) fn line(typed: &str) -> String {
    let visible: String = typed.chars().filter(|&c| !is_invisible(c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// For several lines: as [`line`], line by line; blank lines at the ends go.
pub(crate) fn paragraphs(typed: &str) -> String {
    typed
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .split('\n')
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

/// Puts a blank between groups of the given lengths; the last length repeats.
pub(crate) fn grouped(text: &str, groups: &[usize]) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut lengths = groups.iter().copied();
    let mut length = lengths.next().unwrap_or(usize::MAX);
    let mut taken = 0;
    for c in text.chars() {
        if taken == length {
            out.push(' ');
            taken = 0;
            length = lengths.next().unwrap_or(length);
        }
        out.push(c);
        taken += 1;
    }
    out
}

/// Replaces all but `first` characters at the start and `last` at the end by asterisks.
pub(crate) fn starred(text: &str, first: usize, last: usize) -> String {
    let length = text.chars().count();
    let hidden = first..length.saturating_sub(last);
    text.chars().enumerate().map(|(at, c)| if hidden.contains(&at) { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lose_what_input_methods_add() {
        assert_eq!(code("１１０１０１ 1990-0307\u{200B}　8881"), "110101199003078881");
    }

    #[test]
    fn groups_and_stars() {
        assert_eq!(grouped("110101199003078881", &[6, 4]), "110101 1990 0307 8881");
        assert_eq!(grouped("13800138000", &[3, 4]), "138 0013 8000");
        assert_eq!(starred("张三丰", 1, 0), "张**");
        assert_eq!(starred("ab", 1, 4), "ab");
    }

    #[test]
    fn prose_keeps_its_lines_and_loses_stray_blanks() {
        assert_eq!(line("  文三路\t 1 号\u{FEFF} "), "文三路 1 号");
        assert_eq!(paragraphs("\r\n a \r\n\r\nb\n"), "a\n\nb");
    }
}
