//! What FRED's answers mean, fixture by fixture.

use marketsnap::domain::Series;
use marketsnap::fetch::{Parsed, Query, Request, SourceError, Target, Want, source};

use crate::support::{Case, expect, fixture_of, listed, query, response, typed};

fn fixture(name: &str) -> Vec<u8> {
    fixture_of("fred", name)
}

/// For the contract: the S&P 500.
pub fn case() -> Case {
    Case {
        source: source("fred").unwrap(),
        want: listed("SP500"),
        path: None,
        body: fixture("one-series-with-dots.csv"),
        first: ("2026-01-16", 6940.01),
        last: ("2026-01-20", 6796.86),
        currency: "USD",
        unknown: (404, fixture("http-404-unknown.html")),
        empty: (200, fixture("header-only.csv")),
    }
}

fn requests(query: &Query) -> Vec<Request> {
    let all: Vec<usize> = (0..query.wants.len()).collect();
    source("fred").unwrap().requests(query, &all)
}

fn parsed(wants: Vec<Want>, status: u16, body: Vec<u8>) -> Result<Parsed, SourceError> {
    let query = query(wants);
    source("fred").unwrap().parse(&query, &requests(&query)[0], &response(status, body))
}

fn read(name: &str) -> Result<Series, SourceError> {
    parsed(vec![listed("SP500")], 200, fixture(name))?.answers.remove(0).outcome.map(|f| f.series)
}

fn paths(requests: &[Request]) -> Vec<String> {
    requests
        .iter()
        .map(|r| if let Target::Get(path) = &r.target { path.clone() } else { String::new() })
        .collect()
}

#[test]
fn each_index_is_read_from_its_own_column_whatever_their_order() {
    let wants = vec![listed("SP500"), listed("NASDAQ"), listed("DOW")];
    let answers = parsed(wants, 200, fixture("three-series.csv")).unwrap().answers;
    let newest = |at: usize| answers[at].outcome.as_ref().unwrap().series.last().unwrap().close.to_string();
    assert_eq!([newest(0), newest(1), newest(2)], ["6796.86", "22954.32", "48488.59"]);
    // Nothing on the 19th, a US holiday, and nothing is said of it.
    let series = &answers[0].outcome.as_ref().unwrap().series;
    expect(series, &[("2026-01-15", 6944.47), ("2026-01-16", 6940.01), ("2026-01-20", 6796.86)]);
    assert_eq!(series.warnings, []);
    assert_eq!((series.provenance.symbol.as_str(), series.provenance.raw), ("SP500", false));
}

#[test]
fn the_dates_are_the_first_column_whatever_its_name_and_a_dot_is_no_row() {
    let series = read("one-series-with-dots.csv").unwrap();
    expect(&series, &[("2026-01-16", 6940.01), ("2026-01-20", 6796.86)]);
    assert_eq!(series.warnings, []);
}

#[test]
fn a_last_line_that_was_cut_off_is_no_close() {
    expect(&read("cut-inside-a-number.csv").unwrap(), &[("2026-01-16", 6940.01)]);
}

#[test]
fn one_bad_row_costs_no_other() {
    let series = read("rows-that-are-none.csv").unwrap();
    expect(&series, &[("2026-01-15", 6944.47), ("2026-01-20", 6796.86)]);
    let told: Vec<&str> = series.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "SP500: 1 row without a close refused from fred: 2026-01-19",
            "SP500: 1 row with a close of zero or below refused from fred: 2026-01-21",
        ]
    );
}

#[test]
fn the_column_of_another_series_is_refused() {
    assert_eq!(read("another-series.csv").unwrap_err(), SourceError::Renamed("SP500TR".to_owned()));
    let wants = vec![listed("SP500"), listed("VIX")];
    let answers = parsed(wants, 200, fixture("three-series.csv")).unwrap().answers;
    assert!(answers[0].outcome.is_ok());
    assert_eq!(answers[1].outcome, Err(SourceError::Malformed("no column VIXCLS".to_owned())));
}

#[test]
fn a_header_alone_is_no_data_and_what_has_none_is_malformed() {
    assert_eq!(read("header-only.csv").unwrap_err(), SourceError::NoData("no rows".to_owned()));
    for other in ["Service unavailable\n", "PK\u{3}\u{4}archive\n1,2\n"] {
        let error = parsed(vec![listed("SP500")], 200, other.into()).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{other:?}: {error:?}");
    }
    assert!(matches!(
        parsed(vec![listed("SP500")], 200, fixture("http-404-unknown.html")),
        Err(SourceError::Blocked(_))
    ));
}

#[test]
fn all_indices_are_one_request_with_dates_for_each() {
    let query = query(vec![listed("SP500"), listed("DOW"), listed("SP500"), typed("AAPL")]);
    let requests = requests(&query);
    // A week before 2025-01-01.
    assert_eq!(
        paths(&requests),
        ["/graph/fredgraph.csv?id=DJIA,SP500&cosd=2024-12-25,2024-12-25&coed=2026-01-21,2026-01-21"]
    );
    assert_eq!(requests[0].wants, [0, 1, 2]);
}

#[test]
fn of_several_series_that_are_denied_each_is_asked_alone() {
    let wants = vec![listed("SP500"), listed("DOW")];
    let parsed = parsed(wants, 404, fixture("http-404-unknown.html")).unwrap();
    assert!(parsed.answers.iter().all(|a| a.outcome == Err(SourceError::UnknownSymbol)));
    assert_eq!(
        paths(&parsed.follow),
        [
            "/graph/fredgraph.csv?id=SP500&cosd=2024-12-25&coed=2026-01-21",
            "/graph/fredgraph.csv?id=DJIA&cosd=2024-12-25&coed=2026-01-21",
        ]
    );
}

#[test]
fn it_is_asked_by_a_bare_name_slowly_and_one_request_at_a_time() {
    let info = source("fred").unwrap().info();
    assert!(info.headers.bare_agent);
    assert_eq!((info.pace.in_flight, info.pace.every.as_secs(), info.pace.patience.as_secs()), (1, 1, 10));
}

#[test]
fn spot_oil_noon_rates_of_currencies_and_coins_are_not_among_its_closes() {
    let fred = source("fred").unwrap();
    for id in ["SP500", "DOW", "NASDAQ", "NDX", "NIKKEI225", "VIX"] {
        assert!(fred.covers(&listed(id).instrument), "{id}");
    }
    for id in ["WTI", "EURUSD", "USDCNY", "USDJPY", "BTC"] {
        assert!(!fred.covers(&listed(id).instrument), "{id}");
    }
}
