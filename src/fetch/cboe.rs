//! Cboe: its own file of the VIX, from 1990 to the last session.
//!
//! Not for: any other index of the exchange, whose files have other columns.

use std::time::Duration;

use chrono::NaiveDate;

use super::answer::{decimal, text};
use super::columns::Table;
use super::rows::{Origin, Rows, found};
use super::source::{
    Headers, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded, symbol_of,
};
use super::{Query, wants};
use crate::domain::RawRow;

/// The exchange's file of an index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cboe;

static INFO: SourceInfo = SourceInfo {
    name: "cboe",
    title: "Cboe",
    services: &[&["https://cdn.cboe.com"]],
    url_variable: "MARKETSNAP_CBOE_URL",
    page: "www.cboe.com/tradable_products/vix/vix_historical_data",
    closes: "official closes of the VIX, published on the evening of the session",
    terms: "data of Cboe, offered for download and for personal use by its terms",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: 5,
        a_day: None,
        patience: super::pace::REQUEST_TIME,
    },
    headers: Headers { accept: "text/csv", referer: None, bare_agent: false },
    key: None,
};

impl Source for Cboe {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    /// One file for each index, which always holds all of its history.
    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let file = |&at: &usize| {
            let symbol = encoded(&symbol_of(self, query.wants.get(at)?)?);
            let path = format!("/api/global/us_indices/daily_prices/{symbol}_History.csv");
            Some(Request::get(0, path, vec![at]))
        };
        wants.iter().filter_map(file).collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = text(response)?;
        match response.status {
            200..=299 => {}
            404 => return Err(SourceError::UnknownSymbol),
            status => return Err(SourceError::Malformed(format!("status {status}"))),
        }
        let rows = rows(&Table::read(text)?)?;
        let read = |origin: &Origin<'_>| found(origin, Rows { rows: rows.clone(), ..Rows::default() });
        Ok(wants::each(self, query, request, response, read))
    }
}

/// The rows by the names of their columns; the range is left out where it is not told.
fn rows(table: &Table) -> Result<Vec<RawRow>, SourceError> {
    let needed =
        |name: &str| table.column(name).ok_or_else(|| SourceError::Malformed(format!("no column {name}")));
    let (date, close) = (needed("DATE")?, needed("CLOSE")?);
    let (low, high) = (table.column("LOW"), table.column("HIGH"));
    let rows = table.rows().filter_map(|cell| {
        let price = |at: Option<usize>| decimal(cell(at?)).filter(|x| *x > 0.0);
        let date = NaiveDate::parse_from_str(cell(date), "%m/%d/%Y").ok()?;
        Some(RawRow { low: price(low), high: price(high), ..RawRow::close_only(date, decimal(cell(close))) })
    });
    Ok(rows.collect())
}
