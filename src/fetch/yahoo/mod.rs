//! Yahoo Finance: batches of twenty from the spark endpoint, and charts for what they leave out.
//!
//! Not for: quotes, the previous closes and changes it publishes (they are relative to the window
//! asked for), or anything that needs its cookies. Its closes are adjusted for splits, not for
//! dividends; those of currency pairs are the day's opens and are moved by `fx`.

mod dating;
mod fx;
mod history;
mod lenient;
mod lookup;
mod money;
mod overflow;
mod status;
pub(super) mod venues;
mod wire;

use chrono::{Days, Months, NaiveDate, NaiveTime};

use super::lookup::Hit;
use super::rows::first_kept;
use super::source::{
    Answer, Found, Parsed, Request, Response, Source, SourceError, SourceInfo, Target, encoded, is_symbol,
};
use super::{Query, Want};
use crate::domain::Kind;
use status::Verdict;

/// The most symbols that one batch may have.
const BATCH: usize = 20;
const BATCH_PATH: &str = "/v7/finance/spark";
const CHART_PATH: &str = "/v8/finance/chart/";

/// Yahoo Finance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Yahoo;

static INFO: SourceInfo = SourceInfo {
    name: "yahoo",
    title: "Yahoo Finance",
    services: &[&["https://query1.finance.yahoo.com", "https://query2.finance.yahoo.com"]],
    url_variable: "MARKETSNAP_YAHOO_URL",
    page: "finance.yahoo.com",
    closes: "exchange closes adjusted for splits, not for dividends; currency pairs at London midnight",
    terms: "unofficial interface, for personal use by Yahoo's terms of service",
    pace: super::pace::PLAIN,
    headers: super::source::JSON,
    key: None,
};

impl Source for Yahoo {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        Some(symbol.to_owned())
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let usable = |at: &&usize| query.wants.get(**at).is_some_and(|w| is_symbol(symbol_of(w)));
        let (batched, single): (Vec<usize>, Vec<usize>) = wants.iter().filter(usable).partition(|&&at| {
            let plain = |w: &Want| !w.ad_hoc && w.instrument.kind != Kind::Fx;
            query.wants.get(at).is_some_and(plain) && matches!(Window::of(query), Window::Range(_))
        });
        let mut requests: Vec<Request> = batched.chunks(BATCH).map(|part| batch(query, part)).collect();
        requests.extend(single.iter().map(|&at| chart(query, at, false)));
        requests
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let batched = is_batch(request);
        let mut spare = String::new();
        let document = match status::judge(response, batched, &mut spare)? {
            Verdict::Data(document) => document,
            Verdict::Halve => return Ok(Parsed { answers: Vec::new(), follow: halves(query, request) }),
            Verdict::Singly => {
                return Ok(Parsed { answers: Vec::new(), follow: charts(query, &request.wants, false) });
            }
            Verdict::AllDenied => return Ok(denied(query, request)),
        };
        let entries = wire::entries(&document)?;
        let mut parsed = Parsed::default();
        let mut left_out = Vec::new();
        for &at in &request.wants {
            let Some(want) = query.wants.get(at) else { continue };
            let asked = history::Asked { want, symbol: symbol_of(want), received_at: response.received_at };
            let outcome = history::read(&asked, &entries, batched);
            let open = batched && incomplete(want, &outcome);
            if open {
                parsed.follow.push(chart(query, at, false));
            }
            // What a chart will tell better is not said of the batch.
            let answers = if open && outcome.is_err() { &mut left_out } else { &mut parsed.answers };
            answers.push(Answer { want: at, outcome });
        }
        if parsed.answers.is_empty() {
            // A batch without anything: one chart tells whether it is worth asking for the others.
            parsed.answers = left_out;
            parsed.follow.iter_mut().skip(1).for_each(|r| r.only_if_alive = true);
        }
        Ok(parsed)
    }

    /// A chart of the first symbol tells whether charts are any better, and two batches of half the
    /// size ask for the others; what a part does not bring either is left to charts.
    fn parts(&self, query: &Query, request: &Request, again: bool) -> Vec<Request> {
        let (&[first, ref others @ ..], true) = (request.wants.as_slice(), is_batch(request)) else {
            return Vec::new();
        };
        if again || others.is_empty() {
            return charts(query, &request.wants, true);
        }
        let halves = others.chunks(others.len().div_ceil(2)).map(|part| batch(query, part));
        let parts = std::iter::once(chart(query, first, true)).chain(halves);
        parts.map(|part| Request { only_if_alive: true, ..part }).collect()
    }

    fn lookup(&self, text: &str, most: usize) -> Option<Request> {
        Some(lookup::request(text, most))
    }

    fn hits(&self, response: &Response) -> Result<Vec<Hit>, SourceError> {
        lookup::read(response)
    }
}

/// How far back to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Window {
    Range(&'static str),
    /// Both ends, in seconds since 1970.
    Period(i64, i64),
}

impl Window {
    /// The smallest of three months and 2, 5 and 10 years that reaches the earliest close needed, with a margin; the
    /// dates themselves where none does.
    fn of(query: &Query) -> Self {
        let first = first_kept(query);
        for (months, range) in [(3, "3mo"), (24, "2y"), (60, "5y"), (120, "10y")] {
            if query.until.checked_sub_months(Months::new(months)).is_some_and(|d| d <= first) {
                return Window::Range(range);
            }
        }
        let last = query.until.checked_add_days(Days::new(1)).unwrap_or(query.until);
        Window::Period(midnight(first), midnight(last))
    }
}

fn midnight(date: NaiveDate) -> i64 {
    date.and_time(NaiveTime::MIN).and_utc().timestamp()
}

fn symbol_of(want: &Want) -> &str {
    want.instrument.symbol(INFO.name).unwrap_or_else(|| want.instrument.id.as_str())
}

fn is_batch(request: &Request) -> bool {
    matches!(&request.target, Target::Get(path) if path.starts_with(BATCH_PATH))
}

fn batch(query: &Query, wants: &[usize]) -> Request {
    let symbols: Vec<String> =
        wants.iter().filter_map(|&at| query.wants.get(at)).map(|w| encoded(symbol_of(w))).collect();
    let range = match Window::of(query) {
        Window::Range(range) => range,
        Window::Period(..) => "10y",
    };
    let path = format!("{BATCH_PATH}?symbols={}&range={range}&interval=1d", symbols.join(","));
    Request { target: Target::Get(path), service: 0, wants: wants.to_vec(), only_if_alive: false }
}

fn chart(query: &Query, at: usize, only_if_alive: bool) -> Request {
    let symbol = query.wants.get(at).map(|w| encoded(symbol_of(w))).unwrap_or_default();
    let window = match Window::of(query) {
        Window::Range(range) => format!("range={range}"),
        Window::Period(first, last) => format!("period1={first}&period2={last}"),
    };
    let path = format!("{CHART_PATH}{symbol}?{window}&interval=1d&events=div%7Csplit&includePrePost=false");
    Request { target: Target::Get(path), service: 0, wants: vec![at], only_if_alive }
}

fn charts(query: &Query, wants: &[usize], only_if_alive: bool) -> Vec<Request> {
    wants.iter().map(|&at| chart(query, at, only_if_alive)).collect()
}

fn halves(query: &Query, request: &Request) -> Vec<Request> {
    if request.wants.len() < 2 {
        return charts(query, &request.wants, false);
    }
    let size = request.wants.len().div_ceil(2);
    request.wants.chunks(size).map(|part| batch(query, part)).collect()
}

/// A batch of which every symbol is denied: the first is asked alone, and the others once the source
/// has answered for any symbol, so that an outage does not cost a request for each.
fn denied(query: &Query, request: &Request) -> Parsed {
    let answer = |&want: &usize| Answer { want, outcome: Err(SourceError::UnknownSymbol) };
    let mut follow = charts(query, &request.wants, false);
    follow.iter_mut().skip(1).for_each(|r| r.only_if_alive = true);
    Parsed { answers: request.wants.iter().map(answer).collect(), follow }
}

/// Whether a batch's answer has to be completed by a chart: nothing, a single close, or a move that
/// may be a split, which only a chart tells.
fn incomplete(want: &Want, outcome: &Result<Found, SourceError>) -> bool {
    let Ok(found) = outcome else { return true };
    let bars = found.series.bars();
    if bars.len() < 2 {
        return true;
    }
    let limit = match want.instrument.kind {
        Kind::Index | Kind::Etf if !want.instrument.in_points => 0.35,
        Kind::Stock => 0.60,
        _ => return false,
    };
    let newest = bars.get(bars.len().saturating_sub(11)..).unwrap_or_default();
    let jump = |pair: &[crate::domain::Bar]| match pair {
        [before, after] => (after.close / before.close - 1.0).abs() > limit,
        _ => false,
    };
    found.series.splits.is_empty() && newest.windows(2).any(jump)
}
