//! Expressions of `check`, as `entry/expressions.rs` reads them.

#![no_main]

#[path = "../entry/expressions.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
