//! Finding the markers of a JPEG among its bytes.

/// The next marker at or after `at`, with the position of its 0xFF; fill bytes are skipped.
pub(super) fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let mut from = at;
    loop {
        let start = from + memchr::memchr(0xFF, bytes.get(from..)?)?;
        match bytes.get(start + 1)? {
            0xFF => from = start + 1,
            0x00 => from = start + 2,
            marker => return Some((*marker, start)),
        }
    }
}

/// Payload of the segment whose marker stands at `start`, and where it ends.
pub(super) fn payload(bytes: &[u8], start: usize) -> Option<(&[u8], usize)> {
    let length = bytes.get(start + 2..start + 4)?;
    let end = start + 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
    Some((bytes.get(start + 4..end)?, end))
}

/// Where the entropy-coded data that begins at `at` ends: at the next marker that is not a restart.
pub(super) fn end_of_scan(bytes: &[u8], at: usize) -> usize {
    let mut from = at;
    while let Some((marker, start)) = next_marker(bytes, from) {
        if !(0xD0..=0xD7).contains(&marker) {
            return start;
        }
        from = start + 2;
    }
    bytes.len()
}
