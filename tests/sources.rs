//! The specification of the sources: what their answers mean, what they survive, and how they are
//! asked.
//!
//! `contract` holds for every source, `keyed` for those with a key of the user's; the file of each source
//! reads its fixtures; `router` asks a local server that misbehaves; `outage` counts the requests to one
//! that answers and brings nothing; `oddities` changes good answers; `fixtures` keeps the folders, their
//! descriptions and the list of survived answers together; `live` needs the network.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "sources/alphavantage.rs"]
mod alphavantage;
#[path = "sources/cboe.rs"]
mod cboe;
#[path = "sources/coinbase.rs"]
mod coinbase;
#[path = "sources/contract.rs"]
mod contract;
#[path = "sources/csindex.rs"]
mod csindex;
#[path = "sources/eastmoney.rs"]
mod eastmoney;
#[path = "sources/ecb.rs"]
mod ecb;
#[path = "sources/eodhd.rs"]
mod eodhd;
#[path = "sources/fixtures.rs"]
mod fixtures;
#[path = "sources/frankfurter.rs"]
mod frankfurter;
#[path = "sources/fred.rs"]
mod fred;
#[path = "sources/hsi.rs"]
mod hsi;
#[path = "sources/keyed.rs"]
mod keyed;
#[path = "sources/live.rs"]
mod live;
#[path = "sources/lookup.rs"]
mod lookup;
#[path = "sources/oddities.rs"]
mod oddities;
#[path = "sources/outage.rs"]
mod outage;
#[path = "sources/router.rs"]
mod router;
#[path = "sources/sina.rs"]
mod sina;
#[path = "sources/stooq.rs"]
mod stooq;
mod support;
#[path = "sources/tencent.rs"]
mod tencent;
#[path = "sources/tiingo.rs"]
mod tiingo;
#[path = "sources/twelvedata.rs"]
mod twelvedata;
#[path = "sources/yahoo.rs"]
mod yahoo;
