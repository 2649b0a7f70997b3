//! The fuzzer's program for [`fuzz::cidr`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::cidr::check(bytes));
