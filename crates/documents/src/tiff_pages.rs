//! Pages of a TIFF. The decoder we use reads the first page only, so the file is shown to it once per
//! page with the header pointing at that page; colours and compressions stay the decoder's business. The file itself
//! is neither changed nor copied.

use std::io::{self, Cursor as Rest, Read, Seek, SeekFrom};

use crate::{Limits, Refusal};

/// Bytes of the longer of the two headers there are.
const HEAD: usize = 16;

/// Values of one entry that the decoder unpacks: each takes 32 bytes of memory however few it takes in the file, and the
/// offsets of the smallest tiles of the largest picture are fewer.
const MOST_VALUES: u64 = 1 << 20;
/// Bytes of a profile, which are unpacked in the same way; those of presses have up to 2.7 million.
const MOST_PROFILE: u64 = 2_900_000;

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
            let Some(directory) = pages.directory(&cursor, next) else { break };
            if directory.too_much {
                return Err(Refusal::TooComplex);
            }
            if !directory.reduced {
                pages.offsets.push(next);
            }
            let count = u32::try_from(seen.len()).unwrap_or(u32::MAX);
            if count > limits.max_pages.saturating_mul(2) || pages.count() > limits.max_pages {
                return Err(Refusal::TooManyPages { pages: pages.count(), max: limits.max_pages });
            }
            next = directory.next;
        }
        if pages.offsets.is_empty() {
            return Err(Refusal::Damaged);
        }
        Ok(pages)
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.offsets.len()).unwrap_or(u32::MAX)
    }

    /// Page `index` (from 0) of the file, as if it were the first one. Beyond the last it is the file as it stands.
    pub(crate) fn sheet<'a>(&self, bytes: &'a [u8], index: usize) -> Sheet<'a> {
        let mut head = [0; HEAD];
        let length = HEAD.min(bytes.len());
        head[..length].copy_from_slice(&bytes[..length]);
        if let Some(offset) = self.offsets.get(index) {
            let all = if self.little { offset.to_le_bytes() } else { offset.to_be_bytes() };
            let (at, value) = match (self.big, self.little) {
                (true, _) => (8, &all[..]),
                (false, true) => (4, &all[..4]),
                (false, false) => (4, &all[4..]),
            };
            head[at..at + value.len()].copy_from_slice(value);
        }
        Sheet { bytes, head, length }
    }

    fn directory(&self, cursor: &Cursor<'_>, at: u64) -> Option<Directory> {
        let at = usize::try_from(at).ok()?;
        let (count_size, entry_size, offset_size) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let entries = usize::try_from(cursor.number(at, count_size)?).ok()?;
        let first = at.checked_add(count_size)?;
        let end = first.checked_add(entries.checked_mul(entry_size)?)?;
        let mut directory =
            Directory { next: cursor.number(end, offset_size)?, reduced: false, too_much: false };
        let (values_size, value_at) = if self.big { (8, 12) } else { (4, 8) };
        let mut told = false;
        for entry in (0..entries).map(|index| first + index * entry_size) {
            let tag = cursor.number(entry, 2)?;
            directory.too_much |= cursor.number(entry + 4, values_size)? > most_values(tag);
            // NewSubfileType (254), bit 0: a reduced-resolution copy. The first word counts.
            if tag == 254 && !told {
                told = true;
                directory.reduced = cursor.number(entry + value_at, 4)? & 1 == 1;
            }
        }
        Some(directory)
    }
}

/// One page of a file.
#[derive(Clone, Copy)]
pub(crate) struct Sheet<'a> {
    /// All of the file, whose own header points at its first page.
    pub(crate) bytes: &'a [u8],
    /// The header that points at this one; `length` bytes of it are there.
    head: [u8; HEAD],
    length: usize,
}

impl<'a> Sheet<'a> {
    pub(crate) fn reader(&self) -> SheetReader<'a> {
        SheetReader { head: self.head, length: self.length, rest: Rest::new(self.bytes) }
    }
}

/// Reads a sheet's own header and, behind it, the file.
pub(crate) struct SheetReader<'a> {
    head: [u8; HEAD],
    length: usize,
    rest: Rest<&'a [u8]>,
}

impl Read for SheetReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.rest.position()).unwrap_or(usize::MAX);
        match self.head[..self.length].get(at..) {
            Some(mut head) if !head.is_empty() => {
                let count = head.read(buffer)?;
                self.rest.seek_relative(i64::try_from(count).unwrap_or_default())?;
                Ok(count)
            }
            _ => self.rest.read(buffer),
        }
    }
}

impl Seek for SheetReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.rest.seek(to)
    }
}

/// How many values an entry may have. The decoder asks for those of the standard below 32768, XMP (700) left out, and
/// for the profile (34675); what programs put beside them stays where it is.
fn most_values(tag: u64) -> u64 {
    match tag {
        34675 => MOST_PROFILE,
        700 | 32768.. => u64::MAX,
        _ => MOST_VALUES,
    }
}

/// What a directory says.
struct Directory {
    /// Where the next one stands; 0 after the last.
    next: u64,
    /// It is a reduced copy of another page.
    reduced: bool,
    /// To read it would take more memory than a page is worth.
    too_much: bool,
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, SeekFrom};

    use super::Pages;
    use crate::Limits;

    /// Two directories without entries, at 8 and at 14.
    const FILE: &[u8] = b"II*\0\x08\0\0\0\0\0\x0E\0\0\0\0\0\0\0\0\0";

    #[test]
    fn each_page_stands_first_in_a_file_that_is_not_copied() {
        let pages = Pages::read(FILE, &Limits::default()).expect("two pages");
        assert_eq!(pages.count(), 2);
        for (index, first) in [(0, 8), (1, 14), (2, 8)] {
            let sheet = pages.sheet(FILE, index);
            assert!(std::ptr::eq(sheet.bytes, FILE));
            let mut read = Vec::new();
            sheet.reader().read_to_end(&mut read).expect("from memory");
            assert_eq!((read.len(), read[4]), (FILE.len(), first), "page {index}");
            assert_eq!((&read[..4], &read[5..]), (&FILE[..4], &FILE[5..]));
            let (mut reader, mut two) = (sheet.reader(), [0; 2]);
            reader.seek(SeekFrom::Start(4)).expect("is there");
            reader.read_exact(&mut two).expect("is there");
            assert_eq!(two, [first, 0]);
            reader.seek(SeekFrom::Current(4)).expect("is there");
            reader.read_exact(&mut two).expect("is there");
            assert_eq!(two, [14, 0], "behind the header it is the file");
        }
    }

    /// Shorter than the longer header.
    #[test]
    fn a_short_file_has_an_end() {
        let short = &FILE[..14];
        let pages = Pages::read(short, &Limits::default()).expect("one page");
        let mut read = Vec::new();
        pages.sheet(short, 0).reader().read_to_end(&mut read).expect("from memory");
        assert_eq!(read, short);
    }
}
