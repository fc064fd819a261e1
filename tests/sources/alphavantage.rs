//! What Alpha Vantage's answers mean, fixture by fixture.

use chrono::{Days, NaiveDate};
use marketsnap::domain::WarningKind;
use marketsnap::fetch::{SourceError, source};

use crate::keyed::{ends_at_midnight, error, fixture};
use crate::support::{Case, asked, day, expect, fixture_of, listed, paths, query, warnings};

const NAME: &str = "alphavantage";

/// For the contract: Nvidia.
pub fn case() -> Case {
    let body = |name: &str| fixture_of(NAME, name);
    let (unknown, empty) = ((200, body("unknown-symbol.json")), (200, body("empty-object.json")));
    crate::keyed::case(NAME, listed("NVIDIA"), body("four-sessions.json"), unknown, empty)
}

#[test]
fn a_share_and_a_coin_are_asked_by_their_functions() {
    let query = query(vec![listed("NVIDIA"), listed("BTC")]);
    let requests = source(NAME).unwrap().requests(&query, &[0, 1]);
    assert_eq!(
        paths(&requests),
        [
            "/query?function=TIME_SERIES_DAILY&symbol=NVDA&outputsize=compact",
            "/query?function=DIGITAL_CURRENCY_DAILY&symbol=BTC&market=USD",
        ]
    );
}

#[test]
fn closes_of_a_share_are_as_traded() {
    let series = fixture(NAME, listed("NVIDIA"), 200, "four-sessions.json").unwrap().series;
    expect(
        &series,
        &[("2026-01-14", 183.14), ("2026-01-15", 187.05), ("2026-01-16", 186.23), ("2026-01-20", 178.07)],
    );
    assert_eq!(series.bars()[0].low.zip(series.bars()[0].high), Some((180.8, 184.46)));
    assert!(series.provenance.raw);
    assert_eq!(warnings(&series), []);
}

#[test]
fn a_coin_has_no_splits_and_a_row_without_a_date_is_said() {
    let series = fixture(NAME, listed("BTC"), 200, "coin-days.json").unwrap().series;
    expect(&series, &[("2026-01-19", 92553.59), ("2026-01-20", 88310.91)]);
    assert!(!series.provenance.raw);
    assert_eq!(warnings(&series), [(WarningKind::Source, "BTC: alphavantage sent 1 row without a date")]);
}

#[test]
fn a_hundred_sessions_are_all_there_are_and_that_is_said() {
    let date = |n: u64| -> NaiveDate { day("2025-10-01") + Days::new(n) };
    let rows: Vec<String> = (0..100).map(|n| format!("\"{}\":{{\"4. close\":\"5\"}}", date(n))).collect();
    let body = format!("{{\"Time Series (Daily)\":{{{}}}}}", rows.join(","));
    let series = asked(NAME, listed("NVIDIA"), 200, body.into_bytes()).unwrap().series;
    assert_eq!(series.bars().len(), 100);
    let told = "NVIDIA: alphavantage gives the newest 100 sessions only, from 2025-10-01";
    assert_eq!(warnings(&series), [(WarningKind::Source, told)]);
}

#[test]
fn closes_of_another_symbol_are_refused() {
    assert_eq!(error(NAME, 200, "echoes-another-symbol.json"), SourceError::Renamed("NVDS".to_owned()));
}

#[test]
fn the_text_that_may_mean_a_quota_or_a_paid_key_is_a_quota_and_prints_no_key() {
    let error = error(NAME, 200, "quota-or-paid-key.json");
    assert!(ends_at_midnight(&error), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("SECRETKEY1"));
    let paid = b"{\"Information\":\"This is a premium endpoint.\"}".to_vec();
    let paid = asked(NAME, listed("NVIDIA"), 200, paid).unwrap_err();
    assert!(matches!(paid, SourceError::Throttled { until: None, wait: false, .. }), "{paid:?}");
}

#[test]
fn a_note_is_a_pause_and_a_key_that_is_not_accepted_is_said() {
    let note = error(NAME, 200, "note-of-the-minute.json");
    assert!(matches!(note, SourceError::Throttled { until: None, wait: true, .. }), "{note:?}");
    for file in ["key-of-the-demo.json", "key-not-accepted.json"] {
        assert!(matches!(error(NAME, 200, file), SourceError::Unauthorised(_)), "{file}");
    }
    assert_eq!(error(NAME, 200, "unknown-symbol.json"), SourceError::UnknownSymbol);
    assert_eq!(error(NAME, 200, "empty-object.json"), SourceError::NoData("no rows".to_owned()));
}
