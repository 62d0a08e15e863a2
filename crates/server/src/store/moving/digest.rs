//! What a table holds, as one number that does not depend on the order of its rows: databases sort text differently.

use std::fmt;

use protocol::ContentHash;

use super::tables::Cell;

/// How many rows, and the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) rows: u64,
    sum: [u64; 4],
}

impl Digest {
    pub(super) fn add(&mut self, row: &[Cell]) {
        self.rows += 1;
        // JSON is unambiguous about where a value ends, and tells an empty text from none.
        let json = serde_json::Value::Array(row.iter().map(Cell::json).collect()).to_string();
        let hash = ContentHash::of(json.as_bytes()).to_string();
        for (at, part) in self.sum.iter_mut().enumerate() {
            let digits = &hash[at * 16..(at + 1) * 16];
            *part = part.wrapping_add(u64::from_str_radix(digits, 16).unwrap_or_default());
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sum.iter().try_for_each(|part| write!(f, "{part:016x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[Cell]]) -> Digest {
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.add(row));
        digest
    }

    fn text(text: &str) -> Cell {
        Cell::Text(Some(text.to_owned()))
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_everything_else_does() {
        let (a, b) = ([text("a"), Cell::Number(Some(1))], [text("b"), Cell::Number(None)]);
        let whole = of(&[&a, &b]);
        assert_eq!(whole, of(&[&b, &a]));
        for other in [
            of(&[&a]),
            of(&[&a, &b, &b]),
            of(&[&a, &[text("b"), Cell::Number(Some(0))]]),
            of(&[&[text("a"), Cell::Number(None)], &[text("b"), Cell::Number(Some(1))]]),
            of(&[&a, &[text("b\0"), Cell::Number(None)]]),
        ] {
            assert_ne!(whole, other);
        }
        assert_ne!(of(&[&[text("")]]), of(&[&[Cell::Text(None)]]));
        assert_ne!(of(&[&[text("ab"), text("c")]]), of(&[&[text("a"), text("bc")]]));
    }
}
