//! Hang Seng Indexes Company: the official closes of its indices, five years back.
//!
//! Not for: ranges within a session, its total-return indices (they have codes of their own, which are
//! refused), or the running session. One request holds one index, always all five years.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value;

use super::rows::{self, Rows};
use super::source::{
    JSON, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded, symbol_of,
};
use super::{Described, Query, answer, lists, wants};
use crate::domain::text::sanitise;
use crate::domain::{Kind, RawRow};

/// Where the history of values is.
const PATH: &str = "/api/wsit-hsi-ddoc-ea-public-website-proxy/v1/product-data/pub/indexes/metadata/v2";

/// Hang Seng Indexes Company.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hsi;

static INFO: SourceInfo = SourceInfo {
    name: "hsi",
    title: "Hang Seng Indexes",
    services: &[&["https://www.hsi.com.hk"]],
    url_variable: "MARKETSNAP_HSI_URL",
    page: "www.hsi.com.hk",
    closes: "official closes of price indices, without dividends, five years back",
    terms: "the index company's own web site; use of its data is subject to its licence",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: super::pace::BUDGET,
        a_day: None,
        patience: super::pace::REQUEST_TIME,
    },
    headers: JSON,
    key: None,
};

impl Source for Hsi {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let each = wants.iter().filter_map(|&at| {
            let code = encoded(&symbol_of(&Hsi, query.wants.get(at)?)?);
            let path = format!("{PATH}?data=valueHistoryPub&language=en-hk&indexCodes={code}");
            Some(Request::get(0, path, vec![at]))
        });
        each.collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let document = answer::document(response)?;
        let indices = lists::data(&document, "0", "message", "indices")?;
        Ok(wants::each(self, query, request, response, |origin| {
            let (rows, remarks) = history(indices, origin.symbol).and_then(read)?;
            let described = origin.want.ad_hoc.then(described);
            rows::found(origin, Rows { rows, remarks, described, ..Rows::default() })
        }))
    }
}

/// What is certain of any of its indices; their currencies differ.
fn described() -> Described {
    Described { kind: Some(Kind::Index), timezone: Some(Tz::Asia__Hong_Kong), ..Described::default() }
}

/// The history of the price index `code`, and of no other.
fn history<'a>(indices: &'a [Value], code: &str) -> Result<&'a Value, SourceError> {
    let named = |index: &'a Value| index.get("indexCode").and_then(Value::as_str);
    let Some(index) = indices.iter().find(|i| named(i) == Some(code)) else {
        let other = indices.iter().find_map(named);
        return Err(other.map_or(SourceError::UnknownSymbol, |o| SourceError::Renamed(sanitise(o, 20))));
    };
    // Left out as a rule; one that is told and is not "PI" is another index under the same code.
    let sort = index.get("indexType").and_then(Value::as_str).filter(|sort| *sort != "PI");
    match sort {
        Some(sort) => Err(SourceError::Renamed(format!("{code}, {}", sanitise(sort, 20)))),
        None => Ok(index.get("valueHistory").unwrap_or(&Value::Null)),
    }
}

fn read(history: &Value) -> Result<(Vec<RawRow>, Vec<String>), SourceError> {
    let list = match history {
        Value::Array(list) => list.as_slice(),
        Value::Null => &[],
        _ => return Err(SourceError::Malformed("it has no list of closes".to_owned())),
    };
    lists::dated(list, row)
}

fn row(row: &Value) -> Option<RawRow> {
    let date: NaiveDate = row.get("date")?.as_str()?.trim().parse().ok()?;
    Some(RawRow::close_only(date, row.get("close").and_then(answer::number)))
}
