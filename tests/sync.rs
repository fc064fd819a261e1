//! Bringing the store up to date: runs in this process at a clock of their own, and the built program that is
//! killed, stopped and started several times at once. `world` is a server that speaks for several sources.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "sync/ends.rs"]
mod ends;
#[path = "sync/history.rs"]
mod history;
#[path = "sync/holes.rs"]
mod holes;
#[path = "sync/killed.rs"]
mod killed;
#[path = "sync/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "cli/replay.rs"]
mod replay;
#[allow(dead_code)]
mod support;
#[allow(dead_code)]
#[path = "fallback/wire.rs"]
mod wire;
#[path = "sync/world.rs"]
mod world;
