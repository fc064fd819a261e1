//! The list of sources, in the order they are asked unless an instrument or the user has another.
//!
//! Not for: what any of them is (its own file), or which of them hold an instrument.

use super::source::Source;
use super::{
    alphavantage, cboe, coinbase, csindex, demo, eastmoney, ecb, eodhd, frankfurter, fred, hsi, sina, stooq,
    tencent, tiingo, twelvedata, yahoo,
};

/// Every source: fixings of currencies first, then batches of many instruments, then those that hold a region, official ones, those
/// with the user's key, the reserves, and the demo, which is asked only by its flag.
pub(crate) static ALL: [&dyn Source; 17] = [
    &frankfurter::Frankfurter,
    &ecb::Ecb,
    &yahoo::Yahoo,
    &tencent::Tencent,
    &sina::Sina,
    &cboe::Cboe,
    &fred::Fred,
    &coinbase::Coinbase,
    &csindex::Csindex,
    &hsi::Hsi,
    &twelvedata::TwelveData,
    &tiingo::Tiingo,
    &eodhd::Eodhd,
    &alphavantage::AlphaVantage,
    &eastmoney::Eastmoney,
    &stooq::Stooq,
    &demo::Demo,
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
