//! What Cboe's file means, fixture by fixture.

use marketsnap::domain::Series;
use marketsnap::fetch::{SourceError, Target, source};

use crate::support::{Case, asked, expect, fixture_of, listed, query};

fn fixture(name: &str) -> Vec<u8> {
    fixture_of("cboe", name)
}

/// For the contract: the VIX.
pub fn case() -> Case {
    Case {
        source: source("cboe").unwrap(),
        want: listed("VIX"),
        path: None,
        body: fixture("vix-four-sessions.csv"),
        first: ("2026-01-16", 15.86),
        last: ("2026-01-20", 20.09),
        currency: "",
        unknown: (404, fixture("http-404-no-such-key.xml")),
        empty: (200, fixture("only-rows-of-long-ago.csv")),
    }
}

fn read(name: &str) -> Result<Series, SourceError> {
    asked("cboe", listed("VIX"), 200, fixture(name)).map(|f| f.series)
}

#[test]
fn the_window_is_cut_out_of_all_of_its_history_and_months_come_first() {
    let series = read("vix-four-sessions.csv").unwrap();
    expect(&series, &[("2026-01-16", 15.86), ("2026-01-19", 18.84), ("2026-01-20", 20.09)]);
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((18.9, 20.99)));
    assert_eq!(series.warnings, []);
    assert_eq!((series.provenance.stamp, series.provenance.raw), (None, false));
}

#[test]
fn columns_are_found_by_name_and_one_bad_row_costs_no_other() {
    let series = read("columns-in-another-order.csv").unwrap();
    expect(&series, &[("2026-01-16", 15.86), ("2026-01-20", 20.09)]);
    assert!(series.bars().iter().all(|b| b.low.is_none() && b.high.is_none()));
}

#[test]
fn a_last_line_that_was_cut_off_is_no_close() {
    expect(&read("cut-inside-the-last-close.csv").unwrap(), &[("2026-01-16", 15.86)]);
}

#[test]
fn a_file_with_other_columns_is_malformed() {
    let error = read("another-index.csv").unwrap_err();
    assert_eq!(error, SourceError::Malformed("no column CLOSE".to_owned()));
}

#[test]
fn there_is_one_file_for_an_index() {
    let query = query(vec![listed("VIX")]);
    let requests = source("cboe").unwrap().requests(&query, &[0]);
    let file = "/api/global/us_indices/daily_prices/VIX_History.csv";
    assert_eq!(requests.iter().map(|r| &r.target).collect::<Vec<_>>(), [&Target::Get(file.to_owned())]);
}
