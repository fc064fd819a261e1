//! marketsnap: a daily market snapshot reporter.
pub mod catalogue;
pub mod compute;
pub mod domain;
pub mod fetch;
pub mod render;
