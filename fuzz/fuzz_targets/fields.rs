//! The fuzzer's program for [`fuzz::fields`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::fields::check(bytes));
