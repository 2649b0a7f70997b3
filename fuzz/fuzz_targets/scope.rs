//! The fuzzer's program for [`fuzz::scope`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::scope::check(bytes));
