//! TIFF, both orders of bytes, one page and several.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| documents_fuzz::beginning(&[b"II\x2A\0", b"MM\0\x2A"], bytes));
