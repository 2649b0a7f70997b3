//! The fuzzer's program for [`fuzz::forwarded`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::forwarded::check(bytes));
