//! The fuzzer's program for [`fuzz::route`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::route::check(bytes));
