//! marketsnap: a daily market snapshot reporter.
//!
//! Someone types `marketsnap today` and knows in one screen what the world's markets did and who beat
//! whom; a script pipes the same facts as JSON. Every figure says which session it belongs to, settled
//! or live, against what, and from which source. A value that cannot be had is absent with a reason:
//! never 0, never another field's value, never an older one under a new name.
//!
//! # The line
//!
//! ```text
//! argv -> cli -> app::Plan -> fetch -> compute -> domain::Snapshot -> render -> stdout
//!                               |  ^
//!                               v  |
//!                              store
//! ```
//!
//! A [`app::Plan`] is everything a run needs, decided and validated before the first request. A
//! [`domain::Snapshot`] is the finished report; every format is a view of it.
//!
//! # The layers
//!
//! | layer | module | may use | never |
//! |---|---|---|---|
//! | 0 | [`domain`] | chrono, serde | I/O, clock, layout |
//! | 1 | [`compute`] | domain | I/O, clock, layout |
//! | 1 | [`catalogue`] | domain | I/O other than its own data files |
//! | 2 | [`fetch`] | domain | compute, store, render |
//! | 2 | [`store`] | domain | compute, fetch, render |
//! | 2 | [`render`] | domain | compute, fetch, store |
//! | 3 | [`app`] | all of the above | the command line's types |
//! | 4 | [`cli`] | app, domain | compute, fetch, store, render |
//! | 5 | `main` | cli, app | the rest |
//!
//! `tests/architecture.rs` fails on any other import. Only `main` knows the clock, the terminal and the
//! environment.

pub mod app;
pub mod catalogue;
pub mod cli;
pub mod compute;
pub mod config;
pub mod domain;
pub mod fetch;
pub mod render;
pub mod store;
