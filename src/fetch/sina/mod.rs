//! Sina Finance: world indices, mainland indices and shares, and two front futures, each from its own
//! service and one symbol a request.
//!
//! Not for: quotes (half of Sina's are frozen), US and Hong Kong indices, which it serves only
//! scrambled, or currency pairs, whose closes are of another hour. None of the services knows dates:
//! each is asked for so many rows up to the newest. World indices reach back 1000 rows, mainland ones
//! 1023, about four years; futures come whole.

mod script;
mod wire;

use std::time::Duration;

use super::rows::{self, Origin, Rows};
use super::source::{
    Answer, Found, Headers, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo, encoded,
    symbol_of,
};
use super::{Described, Query, Want, answer, china};
use crate::domain::Kind;
use wire::Service;

/// Days asked for beyond the earliest close needed.
const MARGIN: i64 = 7;
/// Rows asked for beyond the weekdays of the window.
const SPARE: i64 = 15;

/// Sina Finance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sina;

static INFO: SourceInfo = SourceInfo {
    name: "sina",
    title: "Sina Finance",
    // In the order of `Service`.
    services: &[
        &["https://gi.finance.sina.com.cn"],
        &["https://quotes.sina.cn"],
        &["https://stock2.finance.sina.com.cn"],
    ],
    url_variable: "MARKETSNAP_SINA_URL",
    page: "finance.sina.com.cn",
    closes: "exchange closes, mainland shares and funds as traded, without adjustment for splits or \
             dividends; those of futures are the site's own and may not be the settlement",
    terms: "unofficial interface of a web site, without published terms for programs",
    pace: Pace {
        burst: 3,
        every: Duration::from_millis(334),
        in_flight: 3,
        a_run: super::pace::BUDGET,
        a_day: None,
        patience: super::pace::REQUEST_TIME,
    },
    // Without the referer some of its hosts answer 403.
    headers: Headers { accept: "*/*", referer: Some("https://finance.sina.com.cn/"), bare_agent: false },
    key: None,
};

impl Source for Sina {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        mainland(symbol).map(china::Listing::prefixed)
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let each = wants.iter().filter_map(|&at| {
            let asked = Asked::of(query.wants.get(at)?)?;
            Some(Request::get(asked.service as usize, asked.path(query), vec![at]))
        });
        each.collect()
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        if response.status == 456 {
            return Err(SourceError::Blocked("status 456".to_owned()));
        }
        let text = answer::chinese(response)?;
        answer::success(response)?;
        let mut parsed = Parsed::default();
        for &at in &request.wants {
            let Some((want, asked)) = query.wants.get(at).and_then(|w| Some((w, Asked::of(w)?))) else {
                continue;
            };
            let outcome = wire::rows(asked.service, &text).and_then(|(rows, remarks)| {
                let (source, symbol) = (INFO.name, asked.symbol.as_str());
                let origin = Origin { source, symbol, query, want, received_at: response.received_at };
                found(&origin, &asked, Rows { rows, remarks, ..Rows::default() })
            });
            match outcome {
                Err(error) if error.worth_a_retry() => return Err(error),
                outcome => parsed.answers.push(Answer { want: at, outcome }),
            }
        }
        Ok(parsed)
    }
}

/// What is asked for a want, and where.
#[derive(Debug, Clone)]
struct Asked {
    service: Service,
    symbol: String,
    /// Of the mainland, what is certain by the digits.
    listed: Option<Described>,
}

/// The listing in Shanghai or Shenzhen that a symbol names.
fn mainland(symbol: &str) -> Option<china::Listing<'_>> {
    china::listing(symbol).filter(|listed| listed.market != china::Market::HongKong)
}

impl Asked {
    fn of(want: &Want) -> Option<Self> {
        let symbol = symbol_of(&Sina, want)?;
        if let Some(of) = mainland(&symbol) {
            let (service, symbol) = (Service::Mainland, of.prefixed());
            return Some(Self { service, symbol, listed: Some(of.described()) });
        }
        let future = want.instrument.kind == Kind::Future;
        let service = if future { Service::Futures } else { Service::World };
        Some(Self { service, symbol, listed: None })
    }

    /// What is certain by service and symbol.
    fn described(&self) -> Described {
        let kind = if self.service == Service::Futures { Kind::Future } else { Kind::Index };
        self.listed.clone().unwrap_or_else(|| Described { kind: Some(kind), ..Described::default() })
    }

    fn path(&self, query: &Query) -> String {
        let symbol = encoded(&self.symbol);
        match self.service {
            Service::World => format!("/hq/daily?symbol={symbol}&num={}", rows_for(query, 1000)),
            Service::Mainland => format!(
                "/cn/api/json_v2.php/CN_MarketDataService.getKLineData?symbol={symbol}&scale=240&ma=no&datalen={}",
                rows_for(query, 1023)
            ),
            Service::Futures => format!(
                "/futures/api/jsonp.php/var%20_x=/GlobalFuturesService.getGlobalFuturesDailyKLine?symbol={symbol}"
            ),
        }
    }
}

/// So many rows as the window has weekdays, and some to spare; never more than `most`.
fn rows_for(query: &Query, most: i64) -> i64 {
    let days = (query.until - query.from).num_days().max(0).saturating_add(MARGIN);
    (days.saturating_mul(5) / 7 + SPARE).min(most)
}

/// The series, with what is certain of a symbol that is not in the catalogue.
fn found(origin: &Origin<'_>, asked: &Asked, mut rows: Rows) -> Result<Found, SourceError> {
    if origin.want.ad_hoc {
        rows.described = Some(asked.described());
        rows.currency = asked.described().currency;
    }
    let told = rows.described.as_ref().and_then(|d| d.kind);
    rows.raw = matches!(told.unwrap_or(origin.want.instrument.kind), Kind::Stock | Kind::Etf);
    rows::found(origin, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(from: &str) -> (i64, i64) {
        let query =
            Query { wants: Vec::new(), from: from.parse().unwrap(), until: "2026-01-21".parse().unwrap() };
        (rows_for(&query, 1000), rows_for(&query, 1023))
    }

    #[test]
    fn as_many_rows_are_asked_for_as_the_window_has_weekdays_and_some_to_spare() {
        // 20 days and a margin of 7 are 27; 27 * 5 / 7 = 19, and 15.
        assert_eq!(rows("2026-01-01"), (34, 34));
        // 385 + 7 = 392 days, 280 weekdays, and 15.
        assert_eq!(rows("2025-01-01"), (295, 295));
        assert_eq!(rows("2020-01-01"), (1000, 1023));
        // A window that ends before it begins.
        assert_eq!(rows("2026-02-01"), (20, 20));
    }
}
