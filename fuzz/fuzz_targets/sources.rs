//! Answers of every source, as `entry/sources.rs` reads them.

#![no_main]

#[path = "../entry/sources.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
