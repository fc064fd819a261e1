//! Sources that back each other up, end to end: the built program against one local server that speaks for
//! every source in its own format, from the demo's closes, and lets any of them fail in any way.
//!
//! `world` is the server, `wire` its formats, `report` reads what the program said; the other files are
//! the tests: sources that are down, closes that are wrong, what the user chooses, keys, and pauses.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "fallback/believed.rs"]
mod believed;
#[path = "fallback/choice.rs"]
mod choice;
#[path = "fallback/down.rs"]
mod down;
#[path = "fallback/kept.rs"]
mod kept;
#[path = "fallback/keys.rs"]
mod keys;
#[path = "fallback/pauses.rs"]
mod pauses;
#[allow(dead_code)]
#[path = "cli/replay.rs"]
mod replay;
#[path = "fallback/report.rs"]
mod report;
#[allow(dead_code)]
mod support;
#[path = "fallback/wire.rs"]
mod wire;
#[path = "fallback/world.rs"]
mod world;
