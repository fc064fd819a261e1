//! EODHD: daily closes of American indices and shares with the user's key.
//!
//! A free key reaches back a year, which its rows say themselves. `close` is as traded; `adjusted_close`
//! includes dividends and is not read. Not for: fundamentals, or exchanges that want a paid key.

use std::time::Duration;

use serde_json::Value;

use super::rows::{Rows, found};
use super::source::{
    JSON, KeyPlace, KeyRule, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded,
    symbol_of,
};
use super::{Query, Want, keyed};
use crate::domain::Kind;

/// What the symbol of an American share ends with.
const US: &str = ".US";

/// EODHD.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eodhd;

static INFO: SourceInfo = SourceInfo {
    name: "eodhd",
    title: "EODHD",
    services: &[&["https://eodhd.com"]],
    url_variable: "MARKETSNAP_EODHD_URL",
    page: "eodhd.com",
    closes: "closes of American indices; those of shares as traded, not adjusted for splits or dividends",
    terms: "with your own key; a free one is for personal use, 20 requests a day and a year of history",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: 20,
        a_day: Some(20),
        patience: Duration::from_secs(10),
    },
    headers: JSON,
    key: Some(KeyRule {
        variable: "MARKETSNAP_EODHD_KEY",
        place: KeyPlace::Query("api_token"),
        page: "eodhd.com/cp/settings",
    }),
};

impl Source for Eodhd {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        keyed::us_ticker(symbol).map(|ticker| format!("{ticker}{US}"))
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let (first, last) = keyed::window(query);
        let request = |&at: &usize| {
            let symbol = encoded(&symbol_of(&Eodhd, query.wants.get(at)?)?);
            let path = format!("/api/eod/{symbol}?fmt=json&period=d&from={first}&to={last}");
            Some(Request::get(0, path, vec![at]))
        };
        wants.iter().filter_map(request).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        if let Some(error) = refusal(response) {
            return keyed::refused(request, error);
        }
        let list = keyed::list(response)?;
        keyed::answered(self, query, request, response, |origin| {
            found(origin, rows(origin.want, origin.symbol, &list))
        })
    }
}

/// What a status or an error's text means here: 402 is the quota of the day, and 403 speaks of the key.
fn refusal(response: &Response) -> Option<SourceError> {
    let said = keyed::said(response);
    let head: String = said.trim_start().chars().take(40).collect::<String>().to_lowercase();
    if head.starts_with('<') {
        return None;
    }
    let text = if head.starts_with(['{', '[']) { String::new() } else { keyed::short(&said) };
    let text = if text.is_empty() { format!("status {}", response.status) } else { text };
    let denied = head.starts_with("ticker not found");
    let no_key = head.starts_with("unauthenticated") || head.starts_with("forbidden");
    match response.status {
        401 | 403 => Some(SourceError::Unauthorised(text)),
        402 => Some(keyed::day_quota(&text, response.received_at)),
        404 => Some(SourceError::UnknownSymbol),
        200..=299 if denied => Some(SourceError::UnknownSymbol),
        200..=299 if no_key => Some(SourceError::Unauthorised(text)),
        _ => None,
    }
}

fn rows(want: &Want, symbol: &str, list: &[Value]) -> Rows {
    let warning = |row: &Value| row.get("warning").and_then(Value::as_str).map(keyed::short);
    let mut remarks: Vec<String> =
        list.iter().find_map(warning).map(|w| format!("says: {w}")).into_iter().collect();
    let dated = |row: &Value| keyed::row(row.get("date")?.as_str()?, row, keyed::PLAIN);
    let kept: Vec<_> = list.iter().filter_map(dated).collect();
    // A warning may stand in a row of its own.
    let other = list.iter().filter(|row| dated(row).is_none() && warning(row).is_none()).count();
    remarks.extend(keyed::undated(other));
    let share = want.ad_hoc && symbol.strip_suffix(US).is_some_and(|s| keyed::us_ticker(s).is_some());
    Rows {
        rows: kept,
        raw: want.instrument.kind != Kind::Index,
        remarks,
        described: share.then(keyed::us_share),
        ..Rows::default()
    }
}
