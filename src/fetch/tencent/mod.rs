//! Tencent: daily rows of mainland China, Hong Kong and New York, one request for each instrument.
//!
//! Not for: its quotes alone (a row with a date is wanted), or the closes it adjusts for dividends. One
//! answer is asked for, and a request for more than 800 sessions may be answered with the newest 640 or
//! 800: what needs more than about three years of closes has to come from another source.

mod history;
mod payouts;

use std::time::Duration;

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use serde_json::Value;

use super::pace::REQUEST_TIME;
use super::rows::{Origin, first_kept, found};
use super::source::{
    Found, Headers, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded, symbol_of,
};
use super::{Query, Want, answer, china, wants};
use crate::domain::Instrument;
use crate::domain::text::sanitise;

const PATH: &str = "/appstock/app/newfqkline/get";
/// Numbers of rows to ask for: documented, seen to be answered in full, and asked for by some.
const COUNTS: [i64; 4] = [320, 640, 800, 2000];

/// Tencent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tencent;

static INFO: SourceInfo = SourceInfo {
    name: "tencent",
    title: "Tencent",
    services: &[&[
        "https://proxy.finance.qq.com/ifzqgtimg",
        "https://web.ifzq.gtimg.cn",
        "https://ifzq.gtimg.cn",
    ]],
    url_variable: "MARKETSNAP_TENCENT_URL",
    page: "gu.qq.com",
    closes: "exchange closes, not adjusted for dividends; shares of mainland China adjusted for the bonus \
             issues it tells of, other shares as traded",
    terms: "unofficial interface without published terms, for personal use at most",
    pace: Pace {
        burst: 2,
        every: Duration::from_millis(250),
        in_flight: 2,
        a_run: 60,
        a_day: None,
        patience: REQUEST_TIME,
    },
    headers: Headers { accept: "application/json", referer: Some("https://gu.qq.com/"), bare_agent: false },
    key: None,
};

/// A market, as the symbol's first letters name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Market {
    Mainland,
    HongKong,
    NewYork,
}

impl Market {
    /// The market of one of Tencent's own symbols. Symbols of mere quotes (`gzFTSE`, `hf_GC`) have none.
    fn of(symbol: &str) -> Option<Self> {
        let (market, code) = symbol.split_at_checked(2)?;
        let six = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
        match market {
            "sh" | "sz" if six => Some(Market::Mainland),
            "hk" if !code.is_empty() => Some(Market::HongKong),
            "us" if !code.is_empty() => Some(Market::NewYork),
            _ => None,
        }
    }

    /// The zone of its wall clock.
    fn zone(self) -> Tz {
        match self {
            Market::Mainland => Tz::Asia__Shanghai,
            Market::HongKong => Tz::Asia__Hong_Kong,
            Market::NewYork => Tz::America__New_York,
        }
    }
}

impl Source for Tencent {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn covers(&self, instrument: &Instrument) -> bool {
        instrument.symbol(INFO.name).is_some_and(|s| Market::of(s).is_some())
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        china::listing(symbol).map(china::Listing::prefixed)
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let request = |&at: &usize| {
            let symbol = own_symbol(query.wants.get(at)?)?;
            Some(Request::get(0, path(&symbol, query), vec![at]))
        };
        wants.iter().filter_map(request).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = answer::chinese(response)?;
        answer::success(response)?;
        let document = answer::json(answer::unwrapped(&text))?;
        refusal(&document)?;
        Ok(wants::each(self, query, request, response, |origin| read(origin, &document)))
    }
}

/// The symbol in Tencent's spelling.
fn own_symbol(want: &Want) -> Option<String> {
    let symbol = symbol_of(&Tencent, want)?;
    if Market::of(&symbol).is_some() { Some(symbol) } else { Tencent.spells(&symbol) }
}

/// The last part of the parameter is empty: closes as traded.
fn path(symbol: &str, query: &Query) -> String {
    let from = first_kept(query);
    let to = query.until.checked_add_days(Days::new(1)).unwrap_or(query.until);
    format!("{PATH}?param={},day,{from},{to},{},", encoded(symbol), count(from, to))
}

/// How many rows hold the window: five sessions a week, at most.
fn count(from: NaiveDate, to: NaiveDate) -> i64 {
    let sessions = (to - from).num_days() * 5 / 7 + 5;
    COUNTS.into_iter().find(|c| *c >= sessions).unwrap_or(2000)
}

/// # Errors
/// What it says instead of data.
fn refusal(document: &Value) -> Result<(), SourceError> {
    if !document.is_object() {
        return Err(SourceError::Malformed("it is no JSON object".to_owned()));
    }
    let code = document.get("code").and_then(answer::number).unwrap_or(0.0);
    if code.abs() > 0.0 {
        let said = document.get("msg").and_then(Value::as_str).unwrap_or_default();
        return Err(SourceError::Malformed(format!("code {code}: {}", sanitise(said, 60))));
    }
    Ok(())
}

/// The want's closes.
///
/// # Errors
/// Why there are none.
fn read(origin: &Origin<'_>, document: &Value) -> Result<Found, SourceError> {
    let want = origin.want;
    let symbol = own_symbol(want).ok_or(SourceError::NotCovered)?;
    let market = Market::of(&symbol).ok_or(SourceError::NotCovered)?;
    let listing = if want.ad_hoc { china::listing(want.instrument.id.as_str()) } else { None };
    let kind = listing.map_or(want.instrument.kind, |l| l.kind);
    let entry = history::entry(document, &symbol)?;
    let mut rows = entry.rows(market, kind)?;
    rows.described = listing.map(|l| super::Described { name: entry.name(), ..l.described() });
    rows.currency = rows.described.as_ref().and_then(|d| d.currency.clone());
    found(&Origin { symbol: &symbol, ..*origin }, rows)
}
