//! Tiingo: daily closes of American shares and funds with the user's key.
//!
//! `close` is as traded and `adjClose` includes dividends; each row tells its split, so closes adjusted
//! for splits alone are made here: those before a row with a factor are divided by it. One request
//! reaches back as far as wanted. Not for: indices and currencies, which it does not hold as closes.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::rows::{Rows, found};
use super::source::{
    JSON, KeyPlace, KeyRule, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded,
    symbol_of,
};
use super::{Query, answer, keyed};
use crate::domain::{RawRow, Split};

/// Tiingo.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tiingo;

static INFO: SourceInfo = SourceInfo {
    name: "tiingo",
    title: "Tiingo",
    services: &[&["https://api.tiingo.com"]],
    url_variable: "MARKETSNAP_TIINGO_URL",
    page: "www.tiingo.com",
    closes: "exchange closes of American shares, adjusted here for the splits it tells, not for dividends",
    terms: "with your own key, for internal use only; a free one allows 50 requests an hour",
    pace: Pace {
        burst: 3,
        every: Duration::from_millis(500),
        in_flight: 2,
        a_run: 45,
        a_day: Some(1000),
        patience: Duration::from_secs(10),
    },
    headers: JSON,
    key: Some(KeyRule {
        variable: "MARKETSNAP_TIINGO_KEY",
        place: KeyPlace::Header("Authorization", "Token "),
        page: "www.tiingo.com/account/api/token",
    }),
};

impl Source for Tiingo {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        keyed::us_ticker(symbol)
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let (first, last) = keyed::window(query);
        let request = |&at: &usize| {
            let symbol = encoded(&symbol_of(&Tiingo, query.wants.get(at)?)?);
            let path = format!("/tiingo/daily/{symbol}/prices?startDate={first}&endDate={last}");
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
            let ticker = keyed::us_ticker(origin.symbol).filter(|_| origin.want.ad_hoc);
            found(origin, Rows { described: ticker.map(|_| keyed::us_share()), ..rows(&list) })
        })
    }
}

/// What an error's text means; it comes as `{"detail":..}` or, under status 200, bare.
fn refusal(response: &Response) -> Option<SourceError> {
    let said = keyed::said(response);
    let document: Option<Value> = serde_json::from_str(said.trim()).ok();
    let detail = match &document {
        Some(Value::String(text)) => text.as_str(),
        Some(document) => document.get("detail")?.as_str()?,
        None if said.to_lowercase().contains("run over your") => said.trim(),
        None => return None,
    };
    let words = detail.to_lowercase();
    Some(match response.status {
        status @ 500..=599 => SourceError::Fault(status),
        _ if words.contains("run over your") => used_up(detail, &words, response.received_at),
        401 | 403 => SourceError::Unauthorised(keyed::short(detail)),
        429 => SourceError::Throttled { reason: keyed::short(detail), until: None, wait: true },
        _ if words.contains("not found") => SourceError::UnknownSymbol,
        _ if words.contains("token") => SourceError::Unauthorised(keyed::short(detail)),
        _ => SourceError::Malformed(keyed::short(detail)),
    })
}

/// A quota of an hour, a day, or a month; the last ends with a month that is not ours to know.
fn used_up(detail: &str, words: &str, now: DateTime<Utc>) -> SourceError {
    if words.contains("hour") {
        keyed::quota(detail, now.checked_add_signed(TimeDelta::hours(1)))
    } else if words.contains("month") {
        keyed::quota(detail, None)
    } else {
        keyed::day_quota(detail, now)
    }
}

/// Rows adjusted for the splits that they tell, and those splits. Where a row tells no factor that can
/// be one, the closes count as they were traded.
fn rows(list: &[Value]) -> Rows {
    let dated = |row: &Value| {
        let bar = keyed::row(row.get("date")?.as_str()?, row, keyed::PLAIN)?;
        Some((bar, row.get("splitFactor").and_then(answer::number).filter(|f| *f > 0.0)))
    };
    let mut kept: Vec<(RawRow, Option<f64>)> = list.iter().filter_map(dated).collect();
    let remarks = keyed::undated(list.len().saturating_sub(kept.len())).into_iter().collect();
    kept.sort_by_key(|(bar, _)| bar.date);
    kept.dedup();
    let raw = kept.iter().any(|(_, factor)| factor.is_none());
    let mut splits: Vec<Split> = Vec::new();
    let mut later = 1.0;
    for (bar, factor) in kept.iter_mut().rev() {
        for price in [&mut bar.close, &mut bar.low, &mut bar.high] {
            *price = price.map(|p| divided(p, later));
        }
        let told = splits.last().is_some_and(|s| s.date == bar.date);
        if let Some(factor) = factor.filter(|f| (f - 1.0).abs() > f64::EPSILON && !told) {
            splits.push(Split { date: bar.date, factor });
            later *= factor;
        }
    }
    splits.reverse();
    Rows { rows: kept.into_iter().map(|(bar, _)| bar).collect(), splits, raw, remarks, ..Rows::default() }
}

/// A price on the basis of `factor` shares for one, as a decimal of at most eight digits.
fn divided(price: f64, factor: f64) -> f64 {
    if (factor - 1.0).abs() <= f64::EPSILON {
        return price;
    }
    format!("{:.8}", price / factor).parse().unwrap_or(price / factor)
}
