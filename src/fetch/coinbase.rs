//! Coinbase: daily candles of coins in dollars, 300 days a request.
//!
//! Not for: coins in other currencies or prices of other exchanges, which differ. A day is a UTC day,
//! and the newest candle is the running one. It reaches back to July 2015.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate};
use chrono_tz::Tz;
use serde_json::Value;

use super::answer::{json, number, text};
use super::rows::{Rows, first_kept, found};
use super::source::{
    JSON, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded, symbol_of,
};
use super::{Described, Query, wants};
use crate::domain::text::sanitise;
use crate::domain::{Kind, Mic, RawRow};

/// Days from a page's first candle to its last; an answer holds 300 candles, and pages share a day.
const PAGE: u64 = 299;

/// The first day of its oldest coin.
const FIRST: NaiveDate = match NaiveDate::from_ymd_opt(2015, 7, 20) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// Coins whose letters mean the same coin there and on finance.yahoo.com; many others do not.
const COINS: [&str; 24] = [
    "AAVE", "ADA", "ALGO", "ATOM", "AVAX", "BCH", "BTC", "DASH", "DOGE", "DOT", "ETC", "ETH", "FIL", "HBAR",
    "ICP", "LINK", "LTC", "NEAR", "SHIB", "SOL", "XLM", "XRP", "XTZ", "ZEC",
];

/// Candles of Coinbase Exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coinbase;

static INFO: SourceInfo = SourceInfo {
    name: "coinbase",
    title: "Coinbase",
    services: &[&["https://api.exchange.coinbase.com"]],
    url_variable: "MARKETSNAP_COINBASE_URL",
    page: "exchange.coinbase.com",
    closes: "last trades on Coinbase before 24:00 UTC, no average of exchanges",
    terms: "public market data of Coinbase Exchange, for personal use by its terms",
    pace: Pace {
        burst: 3,
        every: Duration::from_millis(250),
        in_flight: 3,
        a_run: 40,
        a_day: None,
        patience: super::pace::REQUEST_TIME,
    },
    headers: JSON,
    key: None,
};

impl Source for Coinbase {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        let upper = symbol.to_uppercase();
        upper.strip_suffix("-USD").is_some_and(|coin| COINS.contains(&coin)).then_some(upper)
    }

    /// The newest page of each coin; each page that has candles asks for the one before it, so that no
    /// page is ever missing between two.
    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let newest = pages(query).into_iter().next();
        wants.iter().filter_map(|&at| self.page(query, at, newest?)).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = text(response)?;
        let document = json(text)?;
        let rows = rows(response.status, &document)?;
        let mut parsed = wants::each(self, query, request, response, |origin| {
            let described = origin.want.ad_hoc.then(|| described(origin.symbol, &rows));
            let currency = origin.symbol.ends_with("-USD").then(|| "USD".to_owned());
            found(origin, Rows { rows: rows.clone(), described, currency, ..Rows::default() })
        });
        let with_closes = parsed.answers.iter().filter(|a| a.outcome.is_ok());
        parsed.follow = with_closes.filter_map(|a| self.page_before(query, a.want, request)).collect();
        Ok(parsed)
    }

    fn in_parts(&self) -> bool {
        true
    }
}

impl Coinbase {
    /// The request for a page, from its first day to its last.
    fn page(self, query: &Query, at: usize, (from, to): (NaiveDate, NaiveDate)) -> Option<Request> {
        let symbol = encoded(&symbol_of(&self, query.wants.get(at)?)?);
        let window = format!("start={from}T00:00:00Z&end={to}T00:00:00Z");
        Some(Request::get(0, format!("/products/{symbol}/candles?granularity=86400&{window}"), vec![at]))
    }

    /// The request for the page before the one that was asked for.
    fn page_before(self, query: &Query, at: usize, asked: &Request) -> Option<Request> {
        let mut requests = pages(query).into_iter().filter_map(|days| self.page(query, at, days));
        requests.find(|r| r.target == asked.target)?;
        requests.next()
    }
}

/// First and last day of each page, newest first. Whether a day at a page's end is in it does not
/// matter: it is in the next one, and tomorrow is in none.
fn pages(query: &Query) -> Vec<(NaiveDate, NaiveDate)> {
    let first = first_kept(query).max(FIRST);
    let mut pages = Vec::new();
    let mut to = query.until.checked_add_days(Days::new(1)).unwrap_or(query.until);
    loop {
        let from = to.checked_sub_days(Days::new(PAGE)).unwrap_or(first).max(first.min(to));
        pages.push((from, to));
        if from <= first || from >= to {
            return pages;
        }
        to = from;
    }
}

/// The candles: seconds since 1970, low, high, open, close, volume.
fn rows(status: u16, document: &Value) -> Result<Vec<RawRow>, SourceError> {
    if let Some(candles) = document.as_array().filter(|_| (200..=299).contains(&status)) {
        return Ok(candles.iter().filter_map(row).collect());
    }
    let said = document.get("message").and_then(Value::as_str).map(|m| sanitise(m, 80));
    let reason = format!("status {status}: {}", said.as_deref().unwrap_or("no candles"));
    match said {
        Some(_) if status == 404 => Err(SourceError::UnknownSymbol),
        Some(said) if said.to_ascii_lowercase().contains("rate limit") => {
            Err(SourceError::Throttled { reason, until: None, wait: true })
        }
        _ => Err(SourceError::Malformed(reason)),
    }
}

fn row(candle: &Value) -> Option<RawRow> {
    let at = |position: usize| candle.get(position).and_then(number);
    // What is too large to be a time saturates, and is no date.
    let date = DateTime::from_timestamp(at(0)? as i64, 0)?.date_naive();
    let price = |position: usize| at(position).filter(|x| *x > 0.0);
    Some(RawRow { low: price(1), high: price(2), ..RawRow::close_only(date, at(4)) })
}

/// What is certain of a coin from its symbol, and the digits that its price needs.
fn described(symbol: &str, rows: &[RawRow]) -> Described {
    let newest = rows.iter().max_by_key(|r| r.date).and_then(|r| r.close);
    let decimals = match newest {
        Some(close) if close < 0.01 => 8,
        Some(close) if close < 10.0 => 4,
        _ => 2,
    };
    Described {
        name: Some(sanitise(&symbol.replace('-', "/"), 20)),
        kind: Some(Kind::Coin),
        mic: Some(Mic::new("COIN")),
        timezone: Some(Tz::UTC),
        currency: Some("USD".to_owned()),
        decimals: Some(decimals),
    }
}
