//! FRED: closes that the Federal Reserve Bank of St. Louis republishes, all series in one CSV.
//!
//! Not for: today's closes, which it has a day late; spot prices of oil, which are no closes of a
//! future; or its noon rates of currencies, which are no closes of a currency day.

use std::time::Duration;

use chrono::NaiveDate;

use super::answer::{decimal, text};
use super::columns::Table;
use super::rows::{Origin, Rows, first_kept, found};
use super::source::{
    Found, Headers, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded, symbol_of,
};
use super::{Query, wants};
use crate::domain::RawRow;
use crate::domain::text::sanitise;

/// Closes that FRED republishes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fred;

static INFO: SourceInfo = SourceInfo {
    name: "fred",
    title: "FRED",
    services: &[&["https://fred.stlouisfed.org"]],
    url_variable: "MARKETSNAP_FRED_URL",
    page: "fred.stlouisfed.org",
    closes: "official index closes, republished: those of US indices appear on the next US morning",
    terms: "copyright of the index owners, for personal use; S&P and Dow Jones for the last ten years only",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: 10,
        a_day: None,
        patience: Duration::from_secs(10),
    },
    headers: Headers { accept: "text/csv", referer: None, bare_agent: true },
    key: None,
};

impl Source for Fred {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let of = |at: usize| symbol_of(self, query.wants.get(at)?).map(|symbol| (encoded(&symbol), at));
        let (mut ids, wants): (Vec<String>, Vec<usize>) = wants.iter().filter_map(|&at| of(at)).unzip();
        if wants.is_empty() {
            return Vec::new();
        }
        ids.sort_unstable();
        ids.dedup();
        // Dates hold for the series in the same place; with one date for several it sends all of them.
        let for_each = |date: NaiveDate| vec![date.to_string(); ids.len()].join(",");
        let (first, last) = (for_each(first_kept(query)), for_each(query.until));
        let path = format!("/graph/fredgraph.csv?id={}&cosd={first}&coed={last}", ids.join(","));
        vec![Request::get(0, path, wants)]
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = text(response)?;
        match response.status {
            200..=299 => {}
            // One unknown series denies all that are asked for together.
            404 => return wants::denied(self, query, request),
            status => return Err(SourceError::Malformed(format!("status {status}"))),
        }
        let table = Table::read(text)?;
        Ok(wants::each(self, query, request, response, |origin| series(origin, &table)))
    }

    /// Each series alone.
    fn parts(&self, query: &Query, request: &Request, _again: bool) -> Vec<Request> {
        wants::alone(self, query, request)
    }
}

/// The series in the column that the symbol heads. The first column has the dates, whatever its name,
/// which has changed before.
fn series(origin: &Origin<'_>, table: &Table) -> Result<Found, SourceError> {
    let Some(column) = table.column(origin.symbol).filter(|at| *at > 0) else {
        let mut others = table.names().skip(1);
        return Err(match (others.next(), others.next()) {
            (Some(other), None) => SourceError::Renamed(sanitise(other, 32)),
            _ => SourceError::Malformed(format!("no column {}", origin.symbol)),
        });
    };
    let rows = table.rows().filter_map(|cell| {
        let close = Some(cell(column)).filter(|c| !matches!(*c, "." | ""))?;
        Some(RawRow::close_only(cell(0).parse().ok()?, decimal(close)))
    });
    found(origin, Rows { rows: rows.collect(), ..Rows::default() })
}
