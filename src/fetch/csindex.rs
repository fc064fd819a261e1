//! China Securities Index Company: the official closes of its own and of Shanghai's indices.
//!
//! Not for: Shenzhen's indices (399xxx), shares, or the newest close, which it publishes late. One
//! request holds one index from any date to any other.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Value;

use super::rows::{self, Origin, Rows, first_kept};
use super::source::{
    Headers, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded, symbol_of,
};
use super::{Described, Query, answer, china, lists, wants};
use crate::domain::text::sanitise;
use crate::domain::{Kind, RawRow};

/// China Securities Index Company.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Csindex;

static INFO: SourceInfo = SourceInfo {
    name: "csindex",
    title: "China Securities Index",
    services: &[&["https://www.csindex.com.cn"]],
    url_variable: "MARKETSNAP_CSINDEX_URL",
    page: "www.csindex.com.cn",
    closes: "official closes of the CSI's and Shanghai's indices, the last session's often a day late",
    terms: "the index company's own web site; use of its data is subject to its licence",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: super::pace::BUDGET,
        a_day: None,
        patience: super::pace::REQUEST_TIME,
    },
    headers: Headers {
        accept: "application/json",
        referer: Some("https://www.csindex.com.cn/"),
        bare_agent: false,
    },
    key: None,
};

impl Source for Csindex {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    /// Shanghai's blocks of index codes; the CSI's own codes are on no exchange.
    fn spells(&self, symbol: &str) -> Option<String> {
        let listed = china::listing(symbol)?;
        let index = listed.market == china::Market::Shanghai && listed.kind == Kind::Index;
        index.then(|| listed.code.to_owned())
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let (first, last) = (first_kept(query).format("%Y%m%d"), query.until.format("%Y%m%d"));
        let each = wants.iter().filter_map(|&at| {
            let code = encoded(&own(&symbol_of(self, query.wants.get(at)?)?));
            let path =
                format!("/csindex-home/perf/index-perf?indexCode={code}&startDate={first}&endDate={last}");
            Some(Request::get(0, path, vec![at]))
        });
        each.collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let document = answer::document(response)?;
        let list = lists::data(&document, "200", "msg", "rows")?;
        Ok(wants::each(self, query, request, response, |origin| {
            let code = own(origin.symbol);
            let (rows, remarks) = read(list, &code)?;
            let described = origin.want.ad_hoc.then(|| described(&code));
            let currency = described.as_ref().and_then(|d| d.currency.clone());
            let origin = Origin { symbol: &code, ..*origin };
            rows::found(&origin, Rows { rows, remarks, described, currency, ..Rows::default() })
        }))
    }
}

/// The code of a symbol typed for this source, which may be spelled otherwise.
fn own(symbol: &str) -> String {
    Csindex.spells(symbol).unwrap_or_else(|| symbol.to_owned())
}

/// What is certain of an index by its code alone: that it is one, dated in Shanghai.
fn described(code: &str) -> Described {
    let listed = china::listing(&format!("sh{code}")).map(china::Listing::described);
    listed.filter(|d| d.kind == Some(Kind::Index)).unwrap_or(Described {
        kind: Some(Kind::Index),
        timezone: Some(Tz::Asia__Shanghai),
        ..Described::default()
    })
}

/// The rows of the index `code`, and of no other.
fn read(list: &[Value], code: &str) -> Result<(Vec<RawRow>, Vec<String>), SourceError> {
    let named = |row: &Value| row.get("indexCode").and_then(lists::written);
    match list.iter().filter_map(named).find(|name| !name.eq_ignore_ascii_case(code)) {
        Some(other) => Err(SourceError::Renamed(sanitise(&other, 20))),
        None => lists::dated(list, row),
    }
}

fn row(row: &Value) -> Option<RawRow> {
    let date = lists::written(row.get("tradeDate")?)?.replace('-', "");
    let date = NaiveDate::parse_from_str(&date, "%Y%m%d").ok()?;
    let value = |name: &str| row.get(name).and_then(answer::number);
    let end = |name: &str| value(name).filter(|x| *x > 0.0);
    Some(RawRow { date, close: value("close"), low: end("low"), high: end("high"), live: false })
}
