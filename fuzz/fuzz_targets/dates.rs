//! Dates, instants, times and horizons of the command line, and the calendar's lines, as `entry/dates.rs` reads them.

#![no_main]

#[path = "../entry/dates.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::run(data));
