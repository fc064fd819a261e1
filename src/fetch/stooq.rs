//! Stooq: daily closes of indices as CSV, with a key that a person gets by solving a captcha.
//!
//! Everything comes with status 200, so what is no table is told apart before the CSV is read; its wall
//! of scripts is an access control and is never worked around. Not for: shares, whose prices include
//! dividends there; currencies, which close at another hour than the fixings; futures, which have no
//! history; a last line that does not end, which may be cut.

use std::time::Duration;

use super::columns::Table;
use super::rows::{Rows, found};
use super::source::{
    Headers, KeyPlace, KeyRule, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded,
    is_symbol, symbol_of,
};
use super::{Query, answer, keyed};
use crate::domain::{Instrument, Kind, RawRow};

/// Stooq.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stooq;

static INFO: SourceInfo = SourceInfo {
    name: "stooq",
    title: "Stooq",
    services: &[&["https://stooq.com"]],
    url_variable: "MARKETSNAP_STOOQ_URL",
    page: "stooq.com",
    closes: "closes of indices; not of shares, as those are adjusted for dividends there",
    terms: "with your own key, which a person gets by a captcha; no terms for programs are published",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: 30,
        a_day: None,
        patience: Duration::from_secs(10),
    },
    headers: Headers { accept: "text/csv", referer: None, bare_agent: false },
    key: Some(KeyRule {
        variable: "MARKETSNAP_STOOQ_KEY",
        place: KeyPlace::Query("apikey"),
        page: "stooq.com/q/d/?s=^spx&get_apikey",
    }),
};

impl Source for Stooq {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn covers(&self, instrument: &Instrument) -> bool {
        instrument.kind == Kind::Index && instrument.symbol(INFO.name).is_some_and(is_symbol)
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let (first, last) = keyed::window(query);
        let (first, last) = (first.format("%Y%m%d"), last.format("%Y%m%d"));
        let request = |&at: &usize| {
            let symbol = encoded(&symbol_of(&Stooq, query.wants.get(at)?)?);
            let path = format!("/q/d/l/?s={symbol}&i=d&d1={first}&d2={last}");
            Some(Request::get(0, path, vec![at]))
        };
        wants.iter().filter_map(request).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = answer::text(response)?;
        answer::success(response)?;
        if let Some(error) = refusal(text, response) {
            return keyed::refused(request, error);
        }
        keyed::answered(self, query, request, response, |origin| found(origin, rows(&Table::read(text)?)?))
    }
}

/// What a body that is no table means.
fn refusal(text: &str, response: &Response) -> Option<SourceError> {
    let words = text.trim_start().get(..256).unwrap_or_else(|| text.trim_start()).to_lowercase();
    if words.starts_with("no data") || words.starts_with("brak danych") {
        return Some(SourceError::NoData("no rows".to_owned()));
    }
    if words.contains("exceeded the daily hits limit") {
        return Some(keyed::day_quota("its daily hits limit is exceeded", response.received_at));
    }
    if words.contains("apikey") {
        return Some(SourceError::Unauthorised("it asks for a key, or does not accept this one".to_owned()));
    }
    let wall = ["javascript", "/__verify", "captcha"].iter().any(|w| words.contains(w));
    wall.then(|| SourceError::Blocked("it wants to verify a browser".to_owned()))
}

/// Names of the columns, as stooq.com and stooq.pl write them.
const DATE: [&str; 2] = ["date", "data"];
const CLOSE: [&str; 2] = ["close", "zamkniecie"];
const LOW: [&str; 2] = ["low", "najnizszy"];
const HIGH: [&str; 2] = ["high", "najwyzszy"];

/// The rows, by the names of their columns; a line of nothing is none.
fn rows(table: &Table) -> Result<Rows, SourceError> {
    let column = |names: [&str; 2]| table.names().position(|cell| names.contains(&plain(cell).as_str()));
    let Some((date, close)) = column(DATE).zip(column(CLOSE)) else {
        return Err(SourceError::Malformed("no table with dates and closes".to_owned()));
    };
    let (low, high) = (column(LOW), column(HIGH));
    let mut rows = Vec::new();
    let mut undated = 0;
    for cell in table.rows() {
        let number = |at: Option<usize>| answer::decimal(cell(at?));
        let Ok(date) = cell(date).parse() else {
            undated += usize::from(table.names().enumerate().any(|(at, _)| !cell(at).is_empty()));
            continue;
        };
        rows.push(RawRow {
            date,
            close: number(Some(close)),
            low: number(low),
            high: number(high),
            live: false,
        });
    }
    Ok(Rows { rows, remarks: keyed::undated(undated).into_iter().collect(), ..Rows::default() })
}

/// A column's name in small letters, without accents that the Polish page may have.
fn plain(cell: &str) -> String {
    cell.trim().to_lowercase().replace('ę', "e").replace('ż', "z")
}
