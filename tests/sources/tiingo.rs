//! What Tiingo's answers mean, fixture by fixture.

use marketsnap::domain::{Split, WarningKind};
use marketsnap::fetch::{SourceError, source};

use crate::keyed::{error, fixture};
use crate::support::{Case, asked, day, expect, fixture_of, instant, listed, paths, query, warnings};

const NAME: &str = "tiingo";

/// For the contract: Nvidia.
pub fn case() -> Case {
    let (unknown, empty) = ((404, fixture_of(NAME, "unknown-ticker.json")), (200, b"[]".to_vec()));
    crate::keyed::case(NAME, listed("NVIDIA"), fixture_of(NAME, "four-sessions.json"), unknown, empty)
}

#[test]
fn one_request_for_each_share_reaches_back_as_far_as_wanted() {
    let query = query(vec![listed("NVIDIA"), listed("MICRON")]);
    let requests = source(NAME).unwrap().requests(&query, &[0, 1]);
    let dates = "startDate=2024-12-25&endDate=2026-01-21";
    assert_eq!(
        paths(&requests),
        [format!("/tiingo/daily/NVDA/prices?{dates}"), format!("/tiingo/daily/MU/prices?{dates}")]
    );
}

#[test]
fn closes_are_those_traded_and_never_those_with_dividends() {
    let series = fixture(NAME, listed("NVIDIA"), 200, "four-sessions.json").unwrap().series;
    // The file has 178.06 as adjClose of the 20th.
    expect(
        &series,
        &[("2026-01-14", 183.14), ("2026-01-15", 187.05), ("2026-01-16", 186.23), ("2026-01-20", 178.07)],
    );
    assert!(!series.provenance.raw && series.splits.is_empty());
    assert_eq!(warnings(&series), []);
}

#[test]
fn closes_before_a_split_are_divided_by_it_and_the_split_is_told() {
    let series = fixture(NAME, listed("NVIDIA"), 200, "two-splits.json").unwrap().series;
    // 1200 / 10 / 3 = 40; 122 / 3 = 40.66666667 and 125 / 3 = 41.66666667; from the 15th on as traded.
    expect(
        &series,
        &[
            ("2026-01-12", 40.0),
            ("2026-01-13", 40.666_666_67),
            ("2026-01-14", 41.666_666_67),
            ("2026-01-15", 41.0),
            ("2026-01-16", 41.5),
        ],
    );
    // 1188 / 30 = 39.6 and 1230 / 30 = 41.
    assert_eq!(series.bars()[0].low.zip(series.bars()[0].high), Some((39.6, 41.0)));
    let ten = Split { date: day("2026-01-13"), factor: 10.0 };
    assert_eq!(series.splits, [ten, Split { date: day("2026-01-15"), factor: 3.0 }]);
    assert!(!series.provenance.raw);
}

#[test]
fn without_a_factor_the_closes_count_as_traded() {
    let series = fixture(NAME, listed("NVIDIA"), 200, "factor-missing.json").unwrap().series;
    expect(&series, &[("2026-01-16", 186.23), ("2026-01-20", 178.07)]);
    assert!(series.provenance.raw);
    assert_eq!(
        warnings(&series),
        [
            (WarningKind::Refused, "NVIDIA: 1 row without a close refused from tiingo: 2026-01-15"),
            (WarningKind::Source, "NVIDIA: tiingo sent 1 row without a date"),
        ]
    );
}

#[test]
fn quotas_are_not_waited_for() {
    for status in [200, 429] {
        // Received at 08:30.
        let expected = Some(instant("2026-01-21T09:30:00Z"));
        let hour = error(NAME, status, "quota-of-the-hour.json");
        assert!(
            matches!(&hour, SourceError::Throttled { until, wait: false, .. } if *until == expected),
            "{hour:?}"
        );
        let month = error(NAME, status, "quota-of-the-month.txt");
        assert!(matches!(&month, SourceError::Throttled { until: None, wait: false, .. }), "{month:?}");
    }
    let day = b"{\"detail\":\"Error: You have run over your daily request allocation.\"}".to_vec();
    assert!(crate::keyed::ends_at_midnight(&asked(NAME, listed("NVIDIA"), 429, day).unwrap_err()));
}

#[test]
fn a_wrong_key_and_an_unknown_ticker_are_told_apart() {
    for status in [401, 403] {
        let error = error(NAME, status, "key-not-accepted.json");
        assert_eq!(error, SourceError::Unauthorised("Invalid token.".to_owned()));
    }
    assert_eq!(error(NAME, 404, "unknown-ticker.json"), SourceError::UnknownSymbol);
    let other = asked(NAME, listed("NVIDIA"), 200, b"{}".to_vec()).unwrap_err();
    assert!(matches!(other, SourceError::Malformed(_)), "{other:?}");
}
