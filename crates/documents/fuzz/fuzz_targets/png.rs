//! PNG. Its checksums are not compared in a fuzzing build, so that changes reach what lies behind them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| documents_fuzz::beginning(&[b"\x89PNG\r\n\x1A\n"], bytes));
