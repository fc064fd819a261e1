//! What Coinbase's answers mean, fixture by fixture.

use chrono_tz::Tz;
use marketsnap::domain::{Kind, Mic, Series};
use marketsnap::fetch::{Found, Query, Request, SourceError, Target, Want, source};

use crate::support::{Case, day, expect, fixture_of, listed, query, response, typed};

fn fixture(name: &str) -> Vec<u8> {
    fixture_of("coinbase", name)
}

/// For the contract: Bitcoin in dollars.
pub fn case() -> Case {
    Case {
        source: source("coinbase").unwrap(),
        want: listed("BTC"),
        path: None,
        body: fixture("candles-four-days.json"),
        first: ("2026-01-18", 93630.21),
        last: ("2026-01-21", 89910.4),
        currency: "USD",
        unknown: (404, fixture("http-404-unknown.json")),
        empty: (200, fixture("candles-none.json")),
    }
}

fn requests(query: &Query) -> Vec<Request> {
    let all: Vec<usize> = (0..query.wants.len()).collect();
    source("coinbase").unwrap().requests(query, &all)
}

fn read_bytes(want: Want, status: u16, body: Vec<u8>) -> Result<Found, SourceError> {
    let query = query(vec![want]);
    let request = &requests(&query)[0];
    source("coinbase").unwrap().parse(&query, request, &response(status, body))?.answers.remove(0).outcome
}

fn read(name: &str) -> Result<Series, SourceError> {
    read_bytes(listed("BTC"), 200, fixture(name)).map(|f| f.series)
}

/// First and last day of each request's window, with its symbol.
fn windows(requests: &[Request]) -> Vec<String> {
    let path = |r: &Request| if let Target::Get(path) = &r.target { path.clone() } else { String::new() };
    let short = |p: String| p.replace("/candles?granularity=86400&start=", " ").replace("T00:00:00Z", "");
    requests.iter().map(|r| short(path(r)).replace("/products/", "").replace("&end=", " ")).collect()
}

/// All requests for the first want, where each is answered with this.
fn all_pages(query: &Query, body: &[u8]) -> Vec<Request> {
    let mut open = requests(query);
    open.truncate(1);
    let mut pages = Vec::new();
    while let Some(page) = open.pop() {
        let parsed = source("coinbase").unwrap().parse(query, &page, &response(200, body));
        pages.push(page);
        open.extend(parsed.unwrap().follow);
    }
    pages
}

#[test]
fn the_fifth_number_is_the_close_of_a_utc_day_and_the_running_day_is_kept() {
    let series = read("candles-four-days.json").unwrap();
    // 1768867200 is 2026-01-20T00:00:00Z.
    let closes =
        [("2026-01-18", 93630.21), ("2026-01-19", 92550.3), ("2026-01-20", 88420.1), ("2026-01-21", 89910.4)];
    expect(&series, &closes);
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((89000.5, 90100.0)));
    assert_eq!((series.provenance.stamp, series.provenance.raw), (None, false));
    assert_eq!(series.warnings, []);
}

#[test]
fn numbers_may_be_text_and_one_bad_row_costs_no_other() {
    let series = read("candles-lenient.json").unwrap();
    expect(&series, &[("2026-01-18", 93630.0), ("2026-01-19", 92550.3), ("2026-01-20", 88420.1)]);
    assert_eq!(series.bars()[1].low.or(series.bars()[1].high), None);
    let told: Vec<&str> = series.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "BTC: 2 rows without a close refused from coinbase: 2026-01-17, 2026-01-15",
            "BTC: 1 row with a close of zero or below refused from coinbase: 2026-01-16",
        ]
    );
}

#[test]
fn times_that_are_no_seconds_of_this_century_are_no_days() {
    let series = read("candles-impossible-times.json").unwrap();
    expect(&series, &[("2026-01-20", 88420.1)]);
    assert!(series.warnings[0].message.contains("in the future"), "{:?}", series.warnings);
}

#[test]
fn two_candles_of_one_day_are_both_refused() {
    let series = read("candles-of-hours.json").unwrap();
    expect(&series, &[("2026-01-19", 92550.3)]);
    assert!(series.warnings[0].message.contains("twice with different closes"), "{:?}", series.warnings);
}

#[test]
fn refusals_are_told_apart() {
    let told = |status, name| read_bytes(listed("BTC"), status, fixture(name)).unwrap_err();
    assert_eq!(told(404, "http-404-unknown.json"), SourceError::UnknownSymbol);
    assert!(matches!(told(400, "http-400-too-many.json"), SourceError::Malformed(_)));
    assert_eq!(told(200, "candles-none.json"), SourceError::NoData("no rows".to_owned()));
    for status in [200, 400, 429] {
        let error = told(status, "message-rate-limit.json");
        assert!(matches!(error, SourceError::Throttled { wait: true, .. }), "{status}: {error:?}");
    }
    // A list under a status of failure, and an object that says nothing.
    assert!(matches!(told(404, "candles-four-days.json"), SourceError::Malformed(_)));
    let silent = read_bytes(listed("BTC"), 200, b"{}".to_vec()).unwrap_err();
    assert!(matches!(silent, SourceError::Malformed(_)));
}

#[test]
fn a_window_of_more_than_300_days_is_asked_in_pages_that_share_a_day() {
    let query = query(vec![listed("BTC"), typed("ETH-USD")]);
    assert_eq!(
        windows(&requests(&query)),
        ["BTC-USD 2025-03-29 2026-01-22", "ETH-USD 2025-03-29 2026-01-22"]
    );
    // From a week before 2025-01-01 to the day after 2026-01-21; 299 days before 2026-01-22 is
    // 2025-03-29 (272 days to 2025-12-26, and 27 more).
    let pages = all_pages(&query, &fixture("candles-four-days.json"));
    assert_eq!(windows(&pages), ["BTC-USD 2025-03-29 2026-01-22", "BTC-USD 2024-12-25 2025-03-29"]);
    assert!(pages.iter().all(|r| r.wants == [0]));
    assert!(source("coinbase").unwrap().in_parts());
    assert!(!source("yahoo").unwrap().in_parts());
}

#[test]
fn a_page_without_candles_asks_for_none_before_it() {
    let query = query(vec![listed("BTC")]);
    assert_eq!(all_pages(&query, &fixture("candles-none.json")).len(), 1);
}

#[test]
fn a_window_never_begins_before_its_first_day_and_one_before_that_is_still_asked() {
    let of = |from: &str, until: &str| {
        let query = Query { from: day(from), until: day(until), ..query(vec![listed("BTC")]) };
        windows(&all_pages(&query, &fixture("candles-four-days.json")))
    };
    let all = of("1990-01-01", "2026-01-21");
    // 3839 days from 2015-07-20 to 2026-01-22 are 12.8 times 299.
    assert_eq!((all.len(), all.last().map(|w| w.contains(" 2015-07-20 "))), (13, Some(true)));
    assert_eq!(of("2025-12-01", "2026-01-21"), ["BTC-USD 2025-11-24 2026-01-22"]);
    assert_eq!(of("2010-01-01", "2011-01-01").len(), 1);
}

#[test]
fn pages_join_to_one_series() {
    let newer = read("candles-four-days.json").unwrap();
    let older = read_bytes(
        listed("BTC"),
        200,
        b"[[1768694400,1,2,1,93630.21,1],[1768608000,1,2,1,95000,1]]".to_vec(),
    );
    let joined = Series::joined(newer, older.unwrap().series);
    let first = joined.bars().iter().take(2).map(|b| (b.date.to_string(), b.close)).collect::<Vec<_>>();
    assert_eq!(first, [("2026-01-17".to_owned(), 95000.0), ("2026-01-18".to_owned(), 93630.21)]);
    assert_eq!((joined.bars().len(), joined.bars()[1].low), (5, Some(93100.0)));
}

#[test]
fn a_typed_coin_is_described_and_only_where_its_letters_mean_the_same_coin() {
    let found = read_bytes(typed("eth-usd"), 200, fixture("candles-four-days.json")).unwrap();
    let described = found.described.unwrap();
    assert_eq!((described.kind, described.mic), (Some(Kind::Coin), Some(Mic::new("COIN"))));
    assert_eq!((described.timezone, described.currency.as_deref()), (Some(Tz::UTC), Some("USD")));
    assert_eq!((described.name.as_deref(), described.decimals), (Some("ETH/USD"), Some(2)));
    assert_eq!(found.series.provenance.symbol, "ETH-USD");
    let source = source("coinbase").unwrap();
    for none in ["UNI-USD", "BTC-EUR", "USD", "-USD", "AAPL", "EURUSD=X"] {
        assert_eq!(source.spells(none), None, "{none}");
    }
}
