//! What is held of one instrument, as `history` shows it. Field names are those of the JSON
//! `marketsnap.history/1`.
//!
//! Not for: reports of the market (`snapshot`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::instrument::{Basis, InstrumentId, Kind};

/// A settled close.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct HeldClose {
    /// The session's exchange-local date.
    pub date: NaiveDate,
    /// The close.
    pub close: f64,
    /// When it was first seen.
    pub fetched_at: DateTime<Utc>,
}

/// A version of a close that a source has changed since.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Revised {
    /// The session's exchange-local date.
    pub date: NaiveDate,
    /// The close as it was.
    pub close: f64,
    /// When it was first seen.
    pub fetched_at: DateTime<Utc>,
    /// When another version took its place.
    pub replaced_at: DateTime<Utc>,
    /// The close that is used now; null where the session was not fetched again.
    pub now: Option<f64>,
}

/// The closes of one source.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct HeldSeries {
    /// The source's short name.
    pub source: String,
    /// The symbol it was asked for by.
    pub symbol: String,
    /// What the closes include.
    pub basis: Basis,
    /// The closes are as they were traded, not adjusted for splits.
    pub as_traded: bool,
    /// ISO 4217 currency of the closes.
    pub currency: Option<String>,
    /// When the series was last fetched.
    pub fetched_at: DateTime<Utc>,
    /// The closes, oldest first.
    pub closes: Vec<HeldClose>,
    /// Earlier versions, oldest session first; null unless asked for.
    pub revisions: Option<Vec<Revised>>,
}

/// One series as prices for an accounting program: what one of a commodity costs in a currency.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceList {
    /// The instrument.
    pub id: InstrumentId,
    /// Its name.
    pub name: String,
    /// What is priced: the instrument, or the first currency of a pair.
    pub commodity: String,
    /// ISO 4217 currency it is priced in.
    pub currency: String,
    /// What sort of thing the instrument is; a share where nothing tells.
    pub kind: Kind,
    /// The closes, and whose they are.
    pub series: HeldSeries,
    /// Series that are held too and not told, each with its symbol.
    pub others: Vec<String>,
}

/// Everything held of an instrument between two dates.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct History {
    /// `marketsnap.history/1`.
    pub schema: &'static str,
    /// When it was read.
    pub generated_at: DateTime<Utc>,
    /// These are the closes built into the program, and not what a store holds.
    pub demo: bool,
    /// The instrument.
    pub id: InstrumentId,
    /// Its name.
    pub name: String,
    /// The first date asked for, if one was.
    pub from: Option<NaiveDate>,
    /// The last date asked for, if one was.
    pub to: Option<NaiveDate>,
    /// The series held, in the order in which their sources are asked.
    pub series: Vec<HeldSeries>,
}
