//! marketsnap: a daily market snapshot reporter.
pub mod domain;
pub mod fetch;
