//! Alpha Vantage: the newest hundred daily closes of an American share, and of Bitcoin, with the user's
//! key.
//!
//! Every answer has status 200; errors are named by their keys, which are looked at before the data's.
//! One text stands both for a used-up quota and for what only paid keys may ask; it echoes the key, so
//! it is never quoted. Longer and adjusted histories are for paid keys: closes of shares are as traded.
//! Not for: currency pairs (other closes than the fixings) and indices, which it does not hold.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

use super::keyed::Fields;
use super::rows::{Rows, found};
use super::source::{
    JSON, KeyPlace, KeyRule, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded,
    symbol_of,
};
use super::{Query, answer, keyed};
use crate::domain::Kind;
use crate::domain::text::sanitise;

const FIELDS: Fields = Fields { close: "4. close", low: "3. low", high: "2. high" };
/// Sessions of a share in an answer.
const SESSIONS: usize = 100;

/// Alpha Vantage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AlphaVantage;

static INFO: SourceInfo = SourceInfo {
    name: "alphavantage",
    title: "Alpha Vantage",
    services: &[&["https://www.alphavantage.co"]],
    url_variable: "MARKETSNAP_ALPHAVANTAGE_URL",
    page: "www.alphavantage.co",
    closes: "the newest 100 closes of American shares as traded, not adjusted for splits; coins at UTC midnight",
    terms: "with your own key; a free one is for personal use, 25 requests a day",
    pace: Pace {
        burst: 1,
        every: Duration::from_millis(1200),
        in_flight: 1,
        a_run: 25,
        a_day: Some(25),
        patience: Duration::from_secs(10),
    },
    headers: JSON,
    key: Some(KeyRule {
        variable: "MARKETSNAP_ALPHAVANTAGE_KEY",
        place: KeyPlace::Query("apikey"),
        page: "www.alphavantage.co/support/#api-key",
    }),
};

impl Source for AlphaVantage {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        keyed::us_ticker(symbol)
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let request = |&at: &usize| {
            let symbol = symbol_of(&AlphaVantage, query.wants.get(at)?)?;
            Some(Request::get(0, path(&symbol), vec![at]))
        };
        wants.iter().filter_map(request).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let document = answer::document(response)?;
        let object =
            document.as_object().ok_or_else(|| SourceError::Malformed("no object of rows".to_owned()))?;
        if let Some(error) = refusal(object, response.received_at) {
            return keyed::refused(request, error);
        }
        keyed::answered(self, query, request, response, |origin| {
            checked(object, origin.symbol)?;
            let ticker = keyed::us_ticker(origin.symbol).filter(|_| origin.want.ad_hoc);
            let rows = rows(object, query.from, origin.want.instrument.kind != Kind::Coin);
            found(origin, Rows { described: ticker.map(|_| keyed::us_share()), ..rows })
        })
    }
}

/// The request for a share, or for a coin, whose symbol names its market too (`BTC/USD`).
fn path(symbol: &str) -> String {
    if let Some((coin, market)) = symbol.split_once('/') {
        let (coin, market) = (encoded(coin), encoded(market));
        return format!("/query?function=DIGITAL_CURRENCY_DAILY&symbol={coin}&market={market}");
    }
    format!("/query?function=TIME_SERIES_DAILY&symbol={}&outputsize=compact", encoded(symbol))
}

/// What a document without rows says.
fn refusal(object: &Map<String, Value>, now: DateTime<Utc>) -> Option<SourceError> {
    let text = |name: &str| object.get(name).map(|v| v.as_str().unwrap_or_default().to_lowercase());
    if let Some(words) = text("Error Message") {
        let of_key = words.contains("apikey") || words.contains("api key");
        let invalid = SourceError::Unauthorised("it does not accept the key".to_owned());
        return Some(if of_key { invalid } else { SourceError::UnknownSymbol });
    }
    let words = text("Information").or_else(|| text("Note"))?;
    let both = "its quota is used up or the question is for paid keys: it answers both alike";
    Some(if words.contains("demo") && words.contains("claim your free") {
        SourceError::Unauthorised("the demo key is for its own examples only".to_owned())
    } else if object.contains_key("Note") {
        SourceError::Throttled { reason: "too many requests in a minute".to_owned(), until: None, wait: true }
    } else if words.contains("per day") {
        keyed::day_quota(both, now)
    } else {
        keyed::quota(both, None)
    })
}

/// Whether the answer is of the symbol asked for.
fn checked(object: &Map<String, Value>, symbol: &str) -> Result<(), SourceError> {
    let Some(meta) = object.get("Meta Data").and_then(Value::as_object) else { return Ok(()) };
    let coin = symbol.split('/').next().unwrap_or(symbol);
    let echo = ["2. Symbol", "2. Digital Currency Code"].iter().find_map(|name| meta.get(*name)?.as_str());
    match echo.map(str::trim) {
        Some(other) if !other.eq_ignore_ascii_case(coin) => Err(SourceError::Renamed(sanitise(other, 32))),
        _ => Ok(()),
    }
}

/// The rows under the first key that begins like a series of time.
fn rows(object: &Map<String, Value>, from: NaiveDate, raw: bool) -> Rows {
    let series = object.iter().find(|(name, _)| name.starts_with("Time Series")).map(|(_, rows)| rows);
    let none = Map::new();
    let list = series.and_then(Value::as_object).unwrap_or(&none);
    let kept: Vec<_> = list.iter().filter_map(|(date, row)| keyed::row(date, row, FIELDS)).collect();
    let mut remarks: Vec<String> =
        keyed::undated(list.len().saturating_sub(kept.len())).into_iter().collect();
    let first = kept.iter().map(|r| r.date).min();
    if let Some(first) = first.filter(|first| raw && kept.len() >= SESSIONS && *first > from) {
        remarks.push(format!("gives the newest {SESSIONS} sessions only, from {first}"));
    }
    Rows { rows: kept, raw, remarks, ..Rows::default() }
}
