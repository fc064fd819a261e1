//! Eastmoney: daily rows of China, Hong Kong, the world's indices and US shares, one request for each
//! instrument and one at a time, as it shuts out networks that ask faster.
//!
//! Not for: its quotes (scaled whole numbers, and a time that is no trade's), its currency pairs (fixings
//! and closes of dealing hours) or its continuous futures. Its Nikkei 225 is missing on some of its hosts.

use std::time::Duration;

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::pace::REQUEST_TIME;
use super::rows::{Origin, Rows, first_kept, found};
use super::source::{
    Found, Headers, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded, symbol_of,
};
use super::{Query, Want, answer, china, wants};
use crate::domain::series::listed;
use crate::domain::text::sanitise;
use crate::domain::{Instrument, Kind, RawRow};

const PATH: &str = "/api/qt/stock/kline/get";
/// What a row holds, in the order its cells come in: date, close, high, low.
const COLUMNS: [&str; 4] = ["f51", "f53", "f54", "f55"];
/// First day of the Hang Seng Tech Index; what it has before that was computed afterwards.
const HSTECH: (&str, Option<NaiveDate>) = ("124.HSTECH", NaiveDate::from_ymd_opt(2020, 7, 27));

/// Eastmoney.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eastmoney;

static INFO: SourceInfo = SourceInfo {
    name: "eastmoney",
    title: "Eastmoney",
    services: &[&["https://push2his.eastmoney.com"]],
    url_variable: "MARKETSNAP_EASTMONEY_URL",
    page: "quote.eastmoney.com",
    closes: "exchange closes as traded: shares are adjusted neither for splits nor for dividends; the Nikkei 225 \
             is missing on some of its hosts",
    terms: "unofficial interface without published terms, for personal use at most",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: 60,
        a_day: None,
        patience: REQUEST_TIME,
    },
    headers: Headers {
        accept: "application/json",
        referer: Some("https://quote.eastmoney.com/"),
        bare_agent: false,
    },
    key: None,
};

impl Source for Eastmoney {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn covers(&self, instrument: &Instrument) -> bool {
        instrument.symbol(INFO.name).is_some_and(|s| parts(s).is_some())
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        let listing = china::listing(symbol)?;
        let (market, code) = (listing.market, listing.code);
        Some(match market {
            china::Market::Shanghai => format!("1.{code}"),
            china::Market::Shenzhen => format!("0.{code}"),
            china::Market::HongKong => format!("116.0{code}"),
        })
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let request = |&at: &usize| {
            let secid = secid(query.wants.get(at)?)?;
            Some(Request::get(0, path(&secid, query), vec![at]))
        };
        wants.iter().filter_map(request).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = answer::chinese(response)?;
        answer::success(response)?;
        let document = answer::json(answer::unwrapped(&text))?;
        if !document.is_object() {
            return Err(SourceError::Malformed("it is no JSON object".to_owned()));
        }
        Ok(wants::each(self, query, request, response, |origin| read(origin, &document)))
    }
}

/// Market and code of one of Eastmoney's own symbols.
fn parts(secid: &str) -> Option<(&str, &str)> {
    let (market, code) = secid.split_once('.')?;
    let usable = !market.is_empty() && market.bytes().all(|b| b.is_ascii_digit()) && !code.is_empty();
    // `600519.SS` is none of its own: no market has six digits.
    (usable && market.len() <= 3).then_some((market, code))
}

/// The symbol in Eastmoney's spelling.
fn secid(want: &Want) -> Option<String> {
    let symbol = symbol_of(&Eastmoney, want)?;
    if parts(&symbol).is_some() { Some(symbol) } else { Eastmoney.spells(&symbol) }
}

fn path(secid: &str, query: &Query) -> String {
    let from = first_kept(query);
    let to = query.until.checked_add_days(Days::new(1)).unwrap_or(query.until);
    // The last so many rows are sent: as many as there are days are enough.
    let days = (to - from).num_days().max(0) + 1;
    format!(
        "{PATH}?secid={}&klt=101&fqt=0&beg={}&end={}&lmt={days}&fields1=f1,f2,f3&fields2={}",
        encoded(secid),
        from.format("%Y%m%d"),
        to.format("%Y%m%d"),
        COLUMNS.join(",")
    )
}

/// The want's closes.
///
/// # Errors
/// Why there are none.
fn read(origin: &Origin<'_>, document: &Value) -> Result<Found, SourceError> {
    let want = origin.want;
    let secid = secid(want).ok_or(SourceError::NotCovered)?;
    let data = data(document)?;
    echoes(data, &secid)?;
    let listing = if want.ad_hoc { china::listing(want.instrument.id.as_str()) } else { None };
    let kind = listing.map_or(want.instrument.kind, |l| l.kind);
    let mut rows = rows(data, &secid)?;
    rows.raw = kind != Kind::Index;
    let name = data.get("name").and_then(Value::as_str).map(|n| sanitise(n, 60)).filter(|n| !n.is_empty());
    rows.described = listing.map(|l| super::Described { name, ..l.described() });
    rows.currency = rows.described.as_ref().and_then(|d| d.currency.clone());
    found(&Origin { symbol: &secid, ..*origin }, rows)
}

fn data(document: &Value) -> Result<&Value, SourceError> {
    match document.get("data") {
        Some(data @ Value::Object(_)) => Ok(data),
        None | Some(Value::Null) => {
            let code = document.get("rc").and_then(answer::number).unwrap_or(0.0);
            // 100 is what a secid that does not exist is answered with.
            let unknown = (code - 100.0).abs() < 0.5;
            Err(if unknown { SourceError::UnknownSymbol } else { SourceError::NoData(format!("rc {code}")) })
        }
        Some(_) => Err(SourceError::Malformed("its data is no object".to_owned())),
    }
}

/// # Errors
/// That market or code are not those asked for: one code is an index in Shanghai and a bank in Shenzhen.
fn echoes(data: &Value, secid: &str) -> Result<(), SourceError> {
    let Some((market, code)) = parts(secid) else { return Err(SourceError::NotCovered) };
    let told = |key: &str| match data.get(key) {
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let (own_market, own_code) = (told("market"), told("code"));
    let differs = |own: &Option<String>, asked: &str| {
        own.as_ref().is_some_and(|own| !own.eq_ignore_ascii_case(asked) && !own.is_empty())
    };
    if differs(&own_code, code) || differs(&own_market, market) {
        let market = own_market.unwrap_or_else(|| market.to_owned());
        let code = own_code.unwrap_or_else(|| code.to_owned());
        return Err(SourceError::Renamed(sanitise(&format!("{market}.{code}"), 32)));
    }
    Ok(())
}

/// The rows, without those that cannot be what was asked for.
fn rows(data: &Value, secid: &str) -> Result<Rows, SourceError> {
    let lines = data.get("klines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut rows = Rows::default();
    let (mut misshapen, mut crossed) = (0_usize, Vec::new());
    for line in lines {
        match line.as_str().and_then(row) {
            None => misshapen += 1,
            Some(row) if !in_range(&row) => crossed.push(row.date),
            Some(row) => rows.rows.push(row),
        }
    }
    if !lines.is_empty() && rows.rows.is_empty() {
        return Err(SourceError::Malformed("no row has the columns asked for".to_owned()));
    }
    if misshapen > 0 {
        rows.remarks.push(format!("sent {misshapen} rows without the columns asked for; they are left out"));
    }
    if !crossed.is_empty() {
        let dates = listed(&crossed);
        rows.remarks.push(format!(
            "sent closes that are not between their low and high ({dates}); they are left out"
        ));
    }
    if let (symbol, Some(first)) = HSTECH
        && secid == symbol
    {
        let all = rows.rows.len();
        rows.rows.retain(|r| r.date >= first);
        let left_out = all - rows.rows.len();
        if left_out > 0 {
            let text =
                format!("has {left_out} closes from before {first}, computed afterwards; they are left out");
            rows.remarks.push(text);
        }
    }
    Ok(rows)
}

/// A row of exactly the columns asked for; others may be in another order.
fn row(line: &str) -> Option<RawRow> {
    let cells: Vec<&str> = line.split(',').collect();
    let [date, close, high, low] = *cells.as_slice() else { return None };
    let date = date.trim().parse().ok()?;
    let close = answer::decimal(close);
    Some(RawRow { low: answer::decimal(low), high: answer::decimal(high), ..RawRow::close_only(date, close) })
}

/// Whether the close lies between low and high, which shows that the columns are what they should be. A
/// row without a close passes and is refused as such.
fn in_range(row: &RawRow) -> bool {
    match (row.low, row.close, row.high) {
        (_, None, _) => true,
        (Some(low), Some(close), Some(high)) => low <= close && close <= high,
        _ => false,
    }
}
