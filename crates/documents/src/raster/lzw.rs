//! LZW as TIFF has it, twice as fast as through the general decoder: whatever a code stands for has been
//! written before, and is copied from there.

/// Codes that stand for no byte.
const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
/// Longest code, bits.
const LONGEST: u32 = 12;
const CODES: usize = 1 << LONGEST;
/// Most strings are shorter than this: they are copied at once, whatever their length.
const SHORT: usize = 8;

/// Whether data are of the kind that is read here; those of before 1992 have their bits the other way round.
pub(super) fn is_read(packed: &[u8]) -> bool {
    !matches!(packed, [0, second, ..] if second & 1 == 1)
}

/// Unpacks as many bytes as `unpacked` holds; `None` where there are fewer, or where the data make no sense.
pub(super) fn unpack(packed: &[u8], unpacked: &mut [u8]) -> Option<()> {
    let mut bits = Bits { rest: packed, held: 0, count: 0 };
    // Where the string of each code was written, and its length.
    let mut strings = [(0_usize, 0_usize); CODES];
    let (mut next, mut width) = (FIRST, 9);
    let mut before: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < unpacked.len() {
        let code = bits.take(width)?;
        if code == CLEAR {
            (next, width, before) = (FIRST, 9, None);
            continue;
        }
        if code == END {
            return None;
        }
        // What came before and the byte that comes now: it lies there already, or will in a moment.
        if let Some((start, length)) = before
            && next < CODES
        {
            strings[next] = (start, length + 1);
            next += 1;
            // One code early, as every TIFF has it.
            if next + 1 >= 1 << width && width < LONGEST {
                width += 1;
            }
        }
        let length = if code < CLEAR {
            unpacked[at] = u8::try_from(code).ok()?;
            1
        } else {
            let (start, length) = *strings.get(code).filter(|_| code < next && code >= FIRST)?;
            copy(unpacked, start, at, length);
            length
        };
        before = Some((at, length));
        at = at.saturating_add(length);
    }
    Some(())
}

/// Copies `length` bytes from `start` to `at`, which comes later; the end of a string may be its own beginning.
fn copy(bytes: &mut [u8], start: usize, at: usize, length: usize) {
    let length = length.min(bytes.len() - at);
    if length <= SHORT && start + SHORT <= at && at + SHORT <= bytes.len() {
        let (done, rest) = bytes.split_at_mut(at);
        if let (Some(from), Some(to)) =
            (done[start..].first_chunk::<SHORT>(), rest.first_chunk_mut::<SHORT>())
        {
            *to = *from;
        }
    } else if start + length <= at {
        bytes.copy_within(start..start + length, at);
    } else {
        for offset in 0..length {
            bytes[at + offset] = bytes[start + offset];
        }
    }
}

/// Bits, highest first.
struct Bits<'a> {
    rest: &'a [u8],
    held: u64,
    count: u32,
}

impl Bits<'_> {
    fn take(&mut self, width: u32) -> Option<usize> {
        if self.count < width {
            if let Some((four, rest)) = self.rest.split_first_chunk::<4>() {
                self.held = self.held << 32 | u64::from(u32::from_be_bytes(*four));
                (self.count, self.rest) = (self.count + 32, rest);
            } else {
                while let Some((byte, rest)) = self.rest.split_first().filter(|_| self.count < width) {
                    self.held = self.held << 8 | u64::from(*byte);
                    (self.count, self.rest) = (self.count + 8, rest);
                }
            }
        }
        let left = self.count.checked_sub(width)?;
        let code = self.held >> left & ((1 << width) - 1);
        self.count = left;
        usize::try_from(code).ok()
    }
}

/// Undoes what `Predictor` 2 did to rows of eight-bit samples: each is the difference to the pixel on its left.
pub(super) fn add_up(rows: &mut [u8], row_bytes: usize, samples: usize) {
    for row in rows.chunks_exact_mut(row_bytes.max(1)) {
        match samples {
            1 => add_up_row::<1>(row),
            3 => add_up_row::<3>(row),
            4 => add_up_row::<4>(row),
            _ => {
                for at in samples..row.len() {
                    row[at] = row[at].wrapping_add(row[at - samples]);
                }
            }
        }
    }
}

fn add_up_row<const N: usize>(row: &mut [u8]) {
    let mut left = [0_u8; N];
    for pixel in row.as_chunks_mut::<N>().0 {
        for (sample, left) in pixel.iter_mut().zip(&mut left) {
            *left = left.wrapping_add(*sample);
            *sample = *left;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation, reason = "samples of test pictures")]

    use tiff::encoder::{Compression, TiffEncoder, colortype};

    use super::{add_up, is_read, unpack};

    /// The only strip of a TIFF that another program's encoder packed.
    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        let encoder = TiffEncoder::new(&mut file).expect("into memory");
        let mut encoder = encoder.with_compression(Compression::Lzw);
        let width = u32::try_from(bytes.len()).expect("small");
        encoder.write_image::<colortype::Gray8>(width, 1, bytes).expect("into memory");
        let file = file.into_inner();
        let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(&file)).expect("just written");
        let number =
            |decoder: &mut tiff::decoder::Decoder<_>, tag| decoder.get_tag_u32_vec(tag).expect("there")[0];
        let at = number(&mut decoder, tiff::tags::Tag::StripOffsets) as usize;
        let length = number(&mut decoder, tiff::tags::Tag::StripByteCounts) as usize;
        file[at..at + length].to_vec()
    }

    fn back(packed: &[u8], length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        unpack(packed, &mut bytes).map(|()| bytes)
    }

    #[test]
    fn what_was_packed_comes_back() {
        let noise = |length: usize| (0..length).map(|at| ((at * at * 31 + at / 7) % 251) as u8).collect();
        let samples: [Vec<u8>; 5] =
            [vec![7], vec![9; 60_000], noise(50), noise(60_000), b"abababababababcabcabc".repeat(900)];
        for sample in samples {
            let packed = packed(&sample);
            assert!(is_read(&packed));
            assert!(back(&packed, sample.len()).as_ref() == Some(&sample), "{} bytes", sample.len());
            assert!(back(&packed[..packed.len() / 2], sample.len()).is_none(), "half of {}", sample.len());
        }
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(back(&[], 1), None);
        assert_eq!(back(&[0xFF; 40], 100), None, "a code that stands for nothing yet");
        assert!(!is_read(&[0, 1, 4]));
    }

    #[test]
    fn differences_add_up_pixel_by_pixel() {
        let mut rows = [1, 2, 3, 1, 1, 255, 10, 10, 10, 1, 0, 0];
        add_up(&mut rows, 6, 3);
        assert_eq!(rows, [1, 2, 3, 2, 3, 2, 10, 10, 10, 11, 10, 10]);
    }
}
