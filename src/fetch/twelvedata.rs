//! Twelve Data: daily closes of American shares and indices with the user's key, eight symbols at once.
//!
//! One answer reaches back 5000 sessions, about twenty years. Daily prices are adjusted for splits by
//! default, not for dividends (its support pages say so), and dated in the exchange's zone. A batch is
//! an object for each symbol, a single symbol comes without it, and each may be an error under status
//! 200. Not for: quotes, currencies, or what the plan of the key leaves out.

use std::time::Duration;

use chrono::{DateTime, Days, Utc};
use serde_json::Value;

use super::rows::{Rows, found};
use super::source::{
    Answer, JSON, KeyPlace, KeyRule, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo,
    encoded, symbol_of,
};
use super::{Described, Query, Want, answer, keyed, wants};
use crate::domain::text::sanitise;
use crate::domain::{Kind, Mic};

/// Symbols in a request: each costs a credit, and there are eight a minute.
const BATCH: usize = 8;
const PLAN: &str = "the plan of the key does not include it";

/// Twelve Data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TwelveData;

static INFO: SourceInfo = SourceInfo {
    name: "twelvedata",
    title: "Twelve Data",
    services: &[&["https://api.twelvedata.com"]],
    url_variable: "MARKETSNAP_TWELVEDATA_URL",
    page: "twelvedata.com",
    closes: "exchange closes adjusted for splits, not for dividends, of American shares and indices",
    terms: "with your own key; a free one is for personal use, 8 symbols a minute and 800 a day",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(60),
        in_flight: 1,
        a_run: 60,
        a_day: Some(800),
        patience: Duration::from_secs(15),
    },
    headers: JSON,
    key: Some(KeyRule {
        variable: "MARKETSNAP_TWELVEDATA_KEY",
        place: KeyPlace::Header("Authorization", "apikey "),
        page: "twelvedata.com/account/api-keys",
    }),
};

impl Source for TwelveData {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        keyed::us_ticker(symbol)
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let usable: Vec<usize> = wants.iter().copied().filter(|&at| symbol_at(query, at).is_some()).collect();
        usable.chunks(BATCH).map(|part| batch(query, part)).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let now = response.received_at;
        let said = serde_json::from_str::<Value>(keyed::said(response).trim()).ok();
        if let Some(error) = said.as_ref().and_then(|d| refusal(d, response.status, now)) {
            // What is said of a whole batch concerns its form: it is asked in parts.
            return match error {
                SourceError::UnknownSymbol if request.wants.len() > 1 => {
                    Err(SourceError::Malformed("it denies a whole batch".to_owned()))
                }
                error => keyed::refused(request, error),
            };
        }
        let document = answer::document(response)?;
        let parsed = wants::each(self, query, request, response, |origin| {
            found(origin, rows(origin.want, entry(&document, origin.symbol, now)?)?)
        });
        let answers = &parsed.answers;
        let outright = |a: &Answer| a.outcome.as_ref().err().is_some_and(|e| !keyed::of_one_symbol(e));
        if let Some(Answer { outcome: Err(error), .. }) =
            answers.first().filter(|_| answers.iter().all(outright))
        {
            return Err(error.clone());
        }
        Ok(parsed)
    }

    fn parts(&self, query: &Query, request: &Request, again: bool) -> Vec<Request> {
        if again || request.wants.len() < 2 {
            return Vec::new();
        }
        request.wants.iter().map(|&at| batch(query, &[at])).collect()
    }
}

fn symbol_at(query: &Query, at: usize) -> Option<String> {
    symbol_of(&TwelveData, query.wants.get(at)?)
}

fn batch(query: &Query, wants: &[usize]) -> Request {
    let symbols = wants.iter().filter_map(|&at| symbol_at(query, at));
    let symbols: Vec<String> = symbols.map(|s| encoded(&s)).collect();
    let (first, last) = keyed::window(query);
    // The last date is a midnight: a day more keeps the day itself.
    let last = last.checked_add_days(Days::new(1)).unwrap_or(last);
    let path = format!(
        "/time_series?symbol={}&interval=1day&start_date={first}&end_date={last}&outputsize=5000",
        symbols.join(",")
    );
    Request::get(0, path, wants.to_vec())
}

/// The error that an object is, with or without the status that belongs to it.
fn refusal(object: &Value, status: u16, now: DateTime<Utc>) -> Option<SourceError> {
    let message = object.get("message").and_then(Value::as_str);
    let is_error = object.get("status").and_then(Value::as_str) == Some("error");
    if !is_error && message.is_none_or(|_| object.get("code").is_none()) {
        return None;
    }
    let code = object.get("code").and_then(|c| c.as_u64().or_else(|| c.as_str()?.trim().parse().ok()));
    let code = code.and_then(|c| u16::try_from(c).ok()).unwrap_or(status);
    Some(meaning(code, message.unwrap_or_default(), now))
}

fn meaning(code: u16, message: &str, now: DateTime<Utc>) -> SourceError {
    let words = message.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|p| words.contains(p));
    let text = || keyed::short(message);
    match code {
        429 if has(&["for the day", "daily"]) => keyed::day_quota(message, now),
        429 => SourceError::Throttled { reason: text(), until: None, wait: true },
        401 => SourceError::Unauthorised(text()),
        500..=599 => SourceError::Fault(code),
        _ if has(&["available starting with", "upgrad", "plan"]) => SourceError::NoData(PLAN.to_owned()),
        403 => SourceError::Unauthorised(text()),
        _ if has(&["no data is available", "data not found"]) => SourceError::NoData("no rows".to_owned()),
        404 => SourceError::UnknownSymbol,
        _ if has(&["not found", "missing or invalid", "specify it correctly"]) => SourceError::UnknownSymbol,
        _ => SourceError::Malformed(text()),
    }
}

/// The entry of a symbol: the document itself, or the one under its name.
fn entry<'d>(document: &'d Value, symbol: &str, now: DateTime<Utc>) -> Result<&'d Value, SourceError> {
    let named = document
        .as_object()
        .and_then(|map| map.iter().find(|(name, _)| name.eq_ignore_ascii_case(symbol)))
        .map(|(_, entry)| entry);
    let flat = || document.get("values").or_else(|| document.get("meta")).map(|_| document);
    let Some(entry) = named.or_else(flat) else { return Err(SourceError::NoData("no rows".to_owned())) };
    if let Some(error) = refusal(entry, 200, now) {
        return Err(error);
    }
    let echo = meta(entry, "symbol").unwrap_or(symbol);
    let plain = symbol.split(':').next().unwrap_or(symbol);
    if !echo.eq_ignore_ascii_case(plain) && !echo.eq_ignore_ascii_case(symbol) {
        return Err(SourceError::Renamed(sanitise(echo, 32)));
    }
    match meta(entry, "interval") {
        Some(other) if other != "1day" => {
            Err(SourceError::Malformed(format!("rows of {} instead of days", sanitise(other, 16))))
        }
        _ => Ok(entry),
    }
}

fn meta<'d>(entry: &'d Value, name: &str) -> Option<&'d str> {
    entry.get("meta")?.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn rows(want: &Want, entry: &Value) -> Result<Rows, SourceError> {
    let currency = meta(entry, "currency");
    if let Some(minor) = currency.filter(|c| c.len() != 3 || !c.bytes().all(|b| b.is_ascii_uppercase())) {
        return Err(SourceError::Malformed(format!("closes in {}", sanitise(minor, 16))));
    }
    let list = entry.get("values").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let dated = |row: &Value| keyed::row(row.get("datetime")?.as_str()?, row, keyed::PLAIN);
    let kept: Vec<_> = list.iter().filter_map(dated).collect();
    let remarks = keyed::undated(list.len().saturating_sub(kept.len())).into_iter().collect();
    let described = want.ad_hoc.then(|| described(want, entry));
    Ok(Rows { rows: kept, remarks, currency: currency.map(str::to_owned), described, ..Rows::default() })
}

/// What it says of a symbol; of a plain ticker, what that itself says where it says nothing.
fn described(want: &Want, entry: &Value) -> Described {
    let ticker = keyed::us_ticker(want.instrument.id.as_str());
    let known = ticker.map(|_| keyed::us_share()).unwrap_or_default();
    let kind = match meta(entry, "type") {
        Some("Index") => Some(Kind::Index),
        Some("ETF") => Some(Kind::Etf),
        _ => known.kind,
    };
    Described {
        kind,
        mic: meta(entry, "mic_code").filter(|m| m.len() == 4 && m.is_ascii()).map(Mic::new),
        timezone: meta(entry, "exchange_timezone").and_then(|z| z.parse().ok()).or(known.timezone),
        currency: meta(entry, "currency").map(str::to_owned).or(known.currency),
        ..Described::default()
    }
}
