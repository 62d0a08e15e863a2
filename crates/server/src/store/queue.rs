//! What is asked of the reviewers' queue, and a page of it.

use super::QueueRecord;

/// Which cases are listed, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Those that wait for the office: untouched before those in hand, the oldest first; those for which no day is
    /// promised come after the others.
    Open,
    /// Those that wait for the applicant, in the same order.
    Waiting,
    /// Those that are over, the newest first.
    Closed,
    /// All, the newest first.
    All,
    /// Those whose number lies between two of fifteen digits, both included; the newest first.
    Numbered { least: String, most: String },
}

impl Listed {
    /// Those whose number begins with what somebody typed, with blanks or without. `None` where that is no part of a
    /// number.
    pub(crate) fn numbered(typed: &str) -> Option<Self> {
        let mut digits = String::new();
        for digit in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            // Chinese keyboards write them as wide as letters.
            let plain = match digit {
                '０'..='９' => u32::from(digit) - u32::from('０'),
                _ => digit.to_digit(10)?,
            };
            digits.push(char::from_digit(plain, 10)?);
        }
        if digits.is_empty() || digits.len() > DIGITS {
            return None;
        }
        // Numbers are of one length, so that their order as text is that of the digits in every collation.
        Some(Self::Numbered { least: format!("{digits:0<DIGITS$}"), most: format!("{digits:9<DIGITS$}") })
    }
}

/// Of an application number.
const DIGITS: usize = 15;

/// Behind which row a page begins. Rows are ordered by what never changes as long as they stay in a list, so that
/// nothing is told twice or left out because something else moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueuePlace {
    /// The class of the row within the list.
    pub(crate) class: i64,
    /// When it arrived, in milliseconds since 1970.
    pub(crate) at: i64,
    /// Its id; in a list of numbers its number.
    pub(crate) id: String,
}

impl QueuePlace {
    /// As a cursor.
    pub(crate) fn text(&self) -> String {
        format!("{}.{}.{}", self.class, self.at, self.id)
    }

    /// `None` where it was not written by [`Self::text`].
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let class = parts.next()?.parse().ok()?;
        let at = parts.next()?.parse().ok()?;
        let id = parts.next().filter(|id| !id.is_empty() && id.len() <= 36)?.to_owned();
        Some(Self { class, at, id })
    }
}

/// A page that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct QueueAsked {
    pub(crate) listed: Listed,
    /// `None` = from the beginning.
    pub(crate) after: Option<QueuePlace>,
    /// Most rows.
    pub(crate) limit: u32,
}

/// A page, and how much work there is.
#[derive(Debug)]
pub(crate) struct QueueRead {
    pub(crate) rows: Vec<QueueRecord>,
    /// Where there is more.
    pub(crate) next: Option<QueuePlace>,
    /// Cases that wait for the office.
    pub(crate) open: u64,
    /// Cases that wait for the applicant.
    pub(crate) waiting: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_its_beginning_however_it_is_typed() {
        let between = |least: &str, most: &str| {
            Some(Listed::Numbered { least: least.to_owned(), most: most.to_owned() })
        };
        let whole = between("202611230000014", "202611230000014");
        for typed in
            ["202611230000014", "20261123 000001 4", " 20261123-000001-4", "２０２６１１２３　０００００１４"]
        {
            assert_eq!(Listed::numbered(typed), whole, "{typed}");
        }
        assert_eq!(Listed::numbered("20261123"), between("202611230000000", "202611239999999"));
        for typed in ["", "  ", "林小满", "2026112300000145", "暂12345678", "20261123%"] {
            assert_eq!(Listed::numbered(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let place = QueuePlace { class: 3, at: -1, id: "0190-x".into() };
        assert_eq!(QueuePlace::read(&place.text()), Some(place));
        for text in ["", "1", "1.2", "1.2.", "x.2.3", "1.99999999999999999999.3"] {
            assert_eq!(QueuePlace::read(text), None, "{text}");
        }
    }
}
