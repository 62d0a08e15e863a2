//! GIF.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| documents_fuzz::beginning(&[b"GIF89a", b"GIF87a"], bytes));
