//! The specification of the sources: what their answers mean, what they survive, and how they are
//! asked.
//!
//! `contract` holds for every source; the files named after one read its fixtures; `router` asks a local server that
//! misbehaves; `outage` counts the requests to one that answers and brings nothing; `fixtures` keeps the folder and its description together; `live` needs the network.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "sources/contract.rs"]
mod contract;
#[path = "sources/eastmoney.rs"]
mod eastmoney;
#[path = "sources/csindex.rs"]
mod csindex;
#[path = "sources/fixtures.rs"]
mod fixtures;
#[path = "sources/hsi.rs"]
mod hsi;
#[path = "sources/live.rs"]
mod live;
#[path = "sources/outage.rs"]
mod outage;
#[path = "sources/router.rs"]
mod router;
#[path = "sources/sina.rs"]
mod sina;
mod support;
#[path = "sources/tencent.rs"]
mod tencent;
#[path = "sources/yahoo.rs"]
mod yahoo;
