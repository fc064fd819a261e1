//! marketsnap: a daily market snapshot reporter.
pub mod app;
pub mod catalogue;
pub mod cli;
pub mod compute;
pub mod domain;
pub mod fetch;
pub mod render;
