//! What has a daily close, and how it is named.
//!
//! Not for: prices (`series`) or trading hours (`exchange`).

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use super::limit::PriceLimit;

/// Our own stable name of an instrument, composite or group, upper case (`STAR50`); a source's
/// symbol is never used as identity, except for instruments outside the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct InstrumentId(String);

impl InstrumentId {
    /// An id from any spelling; letters become upper case.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.trim().to_uppercase())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Market identifier of a venue: an ISO 10383 code (`XNYS`), or one of our own for venues without
/// an exchange (`FX`, `ECB`, `COIN`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Mic(String);

impl Mic {
    /// A code from any spelling; letters become upper case.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self(code.trim().to_uppercase())
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What sort of thing an instrument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A stock index.
    #[default]
    Index,
    /// A share of one company.
    Stock,
    /// An exchange-traded fund.
    Etf,
    /// A currency pair.
    Fx,
    /// A futures contract; its close may be zero or negative.
    Future,
    /// An interest rate or yield, in percent; its close may be zero or negative.
    Rate,
    /// A crypto coin, traded every day.
    Coin,
    /// A weighted basket of instruments that is quoted like one.
    Composite,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Index,
        Self::Stock,
        Self::Etf,
        Self::Fx,
        Self::Future,
        Self::Rate,
        Self::Coin,
        Self::Composite,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Stock => "stock",
            Self::Etf => "etf",
            Self::Fx => "fx",
            Self::Future => "future",
            Self::Rate => "rate",
            Self::Coin => "coin",
            Self::Composite => "composite",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether a close of zero or below is a price and not a fault (crude oil on 2020-04-20).
    #[must_use]
    pub fn allows_non_positive(self) -> bool {
        matches!(self, Kind::Future | Kind::Rate)
    }
}

/// What a close includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Adjusted for splits, not for dividends.
    #[default]
    Price,
    /// Dividends reinvested, by the index's own rules (DAX).
    TotalReturn,
    /// A composite of both.
    Mixed,
}

/// One thing with a daily close.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Our stable id.
    pub id: InstrumentId,
    /// English name, as the table prints it.
    pub name: String,
    /// Chinese name, where it has one.
    pub name_zh: Option<String>,
    /// Other words that mean this instrument on the command line.
    pub aliases: Vec<String>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// The table's section it belongs to.
    pub section: String,
    /// ISO 3166 country of the listing, where it has one.
    pub country: Option<String>,
    /// The venue whose hours and calendar date its sessions.
    pub exchange: Mic,
    /// ISO 4217 currency of its close.
    pub currency: Option<String>,
    /// Whether its closes include dividends by design.
    pub basis: Basis,
    /// Daily price limits, where the exchange sets some.
    pub price_limit: Option<PriceLimit>,
    /// First session of its listing, where price limits depend on it.
    pub listed: Option<NaiveDate>,
    /// A volatility index or a rate: its change is told in points, and large percent moves are
    /// normal.
    pub in_points: bool,
    /// Digits after the point that its close is quoted with.
    pub decimals: u8,
    /// Whether `today` shows it without being asked.
    pub shown: bool,
    /// What the instrument stands in for, said in the notes (`a proxy: ETF on TOPIX`).
    pub note: Option<String>,
    /// Its symbol in each source.
    pub symbols: BTreeMap<String, String>,
    /// Sources to be asked before all others, in order.
    pub sources: Vec<String>,
}

impl Instrument {
    /// An instrument of which only a symbol is known: a share, until its source says otherwise.
    #[must_use]
    pub fn unlisted(symbol: &str, section: &str) -> Self {
        Self {
            id: InstrumentId::new(symbol),
            name: symbol.to_owned(),
            name_zh: None,
            aliases: Vec::new(),
            kind: Kind::Stock,
            section: section.to_owned(),
            country: None,
            exchange: Mic::new("UNKNOWN"),
            currency: None,
            basis: Basis::Price,
            price_limit: None,
            listed: None,
            in_points: false,
            decimals: 2,
            shown: true,
            note: None,
            symbols: BTreeMap::new(),
            sources: Vec::new(),
        }
    }

    /// The instrument's symbol in `source`.
    #[must_use]
    pub fn symbol(&self, source: &str) -> Option<&str> {
        self.symbols.get(source).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_kind_is_the_one_in_json_and_leads_back_to_it() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
        assert_eq!(Kind::named("no such"), None);
    }
}
