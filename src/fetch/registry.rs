//! The list of sources, in the order they are asked unless a region has its own.
//!
//! Not for: what any of them is (its own file), or the order for an instrument (`order`).

use super::source::Source;

/// Every source; the demo last, which is asked only by name.
pub(crate) static ALL: [&dyn Source; 7] = [
    &super::yahoo::Yahoo,
    &super::frankfurter::Frankfurter,
    &super::ecb::Ecb,
    &super::coinbase::Coinbase,
    &super::fred::Fred,
    &super::cboe::Cboe,
    &super::demo::Demo,
];

/// Short names of all sources.
pub fn source_names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|s| s.info().name)
}

/// The source of this short name.
#[must_use]
pub fn source(name: &str) -> Option<&'static dyn Source> {
    ALL.into_iter().find(|s| s.info().name == name)
}
