//! Bytes of any kind: which decoder they reach is decided by their own beginning.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| documents_fuzz::anything(bytes));
