//! Pages of a TIFF. The decoder we use reads the first page only, so the file is shown to it once per
//! page with the header pointing at that page; colours and compressions stay the decoder's business.

use std::sync::Arc;

use crate::{Limits, Refusal};

/// Byte offsets of the pages' directories.
pub(crate) struct Pages {
    offsets: Vec<u64>,
    big: bool,
    little: bool,
}

impl Pages {
    /// Walks the chain of directories, leaving out reduced copies (thumbnails) of other pages.
    pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let little = bytes.starts_with(b"II");
        let cursor = Cursor { bytes, little };
        let big = cursor.number(2, 2) == Some(43);
        let mut pages = Self { offsets: Vec::new(), big, little };
        let mut next = if big { cursor.number(8, 8) } else { cursor.number(4, 4) }.ok_or(Refusal::Damaged)?;
        let mut seen = std::collections::HashSet::new();
        while next != 0 && seen.insert(next) {
            // A chain that leads out of the file ends there; what stands before it is still good.
            let Some((after, reduced)) = pages.directory(&cursor, next) else { break };
            if !reduced {
                pages.offsets.push(next);
            }
            let count = u32::try_from(seen.len()).unwrap_or(u32::MAX);
            if count > limits.max_pages.saturating_mul(2) || pages.count() > limits.max_pages {
                return Err(Refusal::TooManyPages { pages: pages.count(), max: limits.max_pages });
            }
            next = after;
        }
        if pages.offsets.is_empty() {
            return Err(Refusal::Damaged);
        }
        Ok(pages)
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.offsets.len()).unwrap_or(u32::MAX)
    }

    /// The file with page `index` (from 0) as its first one; copied only where that is another.
    pub(crate) fn shown(&self, file: Arc<[u8]>, index: usize) -> Arc<[u8]> {
        let first = if self.big { file.get(8..16) } else { file.get(4..8) };
        let mut head = [0; 16];
        let length = head.len().min(file.len());
        head[..length].copy_from_slice(&file[..length]);
        self.show(&mut head, index);
        if first == head.get(if self.big { 8..16 } else { 4..8 }) {
            return file;
        }
        let mut bytes = file.to_vec();
        self.show(&mut bytes, index);
        bytes.into()
    }

    /// Makes page `index` (from 0) the first one of the file in `bytes`.
    pub(crate) fn show(&self, bytes: &mut [u8], index: usize) {
        let Some(offset) = self.offsets.get(index) else { return };
        let all = if self.little { offset.to_le_bytes() } else { offset.to_be_bytes() };
        let (at, value) = match (self.big, self.little) {
            (true, _) => (8, &all[..]),
            (false, true) => (4, &all[..4]),
            (false, false) => (4, &all[4..]),
        };
        if let Some(place) = bytes.get_mut(at..at + value.len()) {
            place.copy_from_slice(value);
        }
    }

    /// Where the next directory stands, and whether this one is a reduced copy.
    fn directory(&self, cursor: &Cursor<'_>, at: u64) -> Option<(u64, bool)> {
        let at = usize::try_from(at).ok()?;
        let (count_size, entry_size, offset_size) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let entries = usize::try_from(cursor.number(at, count_size)?).ok()?;
        let first = at.checked_add(count_size)?;
        let end = first.checked_add(entries.checked_mul(entry_size)?)?;
        let next = cursor.number(end, offset_size)?;
        // NewSubfileType (254), bit 0: a reduced-resolution copy.
        let subfile = (0..entries)
            .map(|index| first + index * entry_size)
            .find(|entry| cursor.number(*entry, 2) == Some(254));
        let value_at = if self.big { 12 } else { 8 };
        let reduced =
            subfile.and_then(|entry| cursor.number(entry + value_at, 4)).is_some_and(|value| value & 1 == 1);
        Some((next, reduced))
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl Cursor<'_> {
    fn number(&self, at: usize, size: usize) -> Option<u64> {
        let field = self.bytes.get(at..at.checked_add(size)?)?;
        let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.little { field.iter().rev().fold(0, fold) } else { field.iter().fold(0, fold) })
    }
}
