//! JPEG.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| documents_fuzz::beginning(&[b"\xFF\xD8\xFF"], bytes));
