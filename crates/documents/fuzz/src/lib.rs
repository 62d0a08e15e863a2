//! What the targets share. The promise itself stands beside the crate's tests, which replay the kept inputs.
//!
//! A panic counts, wherever it happens: libFuzzer's hook ends the process before the crate's fence, which
//! would answer `Damaged`, ever sees it.

#[path = "../../tests/fitness/promise.rs"]
mod promise;

/// Judges bytes as they are.
pub fn anything(bytes: &[u8]) {
    promise::judge_by_its_own_wish(bytes);
}

/// Judges bytes that begin as one of these formats do; the first is put before those that begin otherwise.
pub fn beginning(magics: &[&[u8]], bytes: &[u8]) {
    match magics.iter().any(|magic| bytes.starts_with(magic)) {
        true => anything(bytes),
        false => anything(&[magics[0], bytes].concat()),
    }
}

/// The same for WebP, whose name stands after the length.
pub fn webp(bytes: &[u8]) {
    match bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        true => anything(bytes),
        false => {
            let length = u32::try_from(bytes.len() + 4).unwrap_or(u32::MAX).to_le_bytes();
            anything(&[b"RIFF", &length[..], b"WEBP", bytes].concat());
        }
    }
}
