//! HEIC, which an ordinary build only recognises.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    documents_fuzz::beginning(&[b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypmif1"], bytes);
});
