//! What EODHD's answers mean, fixture by fixture.

use marketsnap::domain::WarningKind;
use marketsnap::fetch::{SourceError, source};

use crate::keyed::{ends_at_midnight, error, fixture};
use crate::support::{Case, asked, expect, fixture_of, listed, paths, query, typed, warnings};

const NAME: &str = "eodhd";

/// For the contract: the S&P 500.
pub fn case() -> Case {
    let (unknown, empty) = ((404, fixture_of(NAME, "unknown-ticker.txt")), (200, b"[]".to_vec()));
    crate::keyed::case(NAME, listed("SP500"), fixture_of(NAME, "four-sessions.json"), unknown, empty)
}

#[test]
fn an_index_and_a_share_are_asked_by_their_exchange() {
    let query = query(vec![listed("SP500"), listed("NVIDIA"), typed("F")]);
    let requests = source(NAME).unwrap().requests(&query, &[0, 1, 2]);
    let rest = "?fmt=json&period=d&from=2024-12-25&to=2026-01-21";
    let path = |symbol: &str| format!("/api/eod/{symbol}{rest}");
    assert_eq!(paths(&requests), [path("GSPC.INDX"), path("NVDA.US"), path("F.US")]);
}

#[test]
fn closes_of_an_index_need_no_adjusting() {
    let series = fixture(NAME, listed("SP500"), 200, "four-sessions.json").unwrap().series;
    expect(
        &series,
        &[("2026-01-14", 6926.6), ("2026-01-15", 6944.47), ("2026-01-16", 6940.01), ("2026-01-20", 6796.86)],
    );
    assert!(!series.provenance.raw);
    assert_eq!(warnings(&series), []);
}

#[test]
fn closes_of_a_share_are_as_traded_and_a_warning_is_passed_on() {
    let series = fixture(NAME, listed("NVIDIA"), 200, "share-with-warning.json").unwrap().series;
    // The file has 186.2 as adjusted_close of the 16th.
    expect(&series, &[("2026-01-16", 186.23), ("2026-01-20", 178.07)]);
    assert!(series.provenance.raw);
    let limited = "NVIDIA: eodhd says: Data is limited by one year as you have free subscription";
    let undated = "NVIDIA: eodhd sent 1 row without a date";
    assert_eq!(warnings(&series), [(WarningKind::Source, limited), (WarningKind::Source, undated)]);
}

#[test]
fn sentences_instead_of_rows_are_told_apart_by_status() {
    assert_eq!(error(NAME, 404, "unknown-ticker.txt"), SourceError::UnknownSymbol);
    assert_eq!(error(NAME, 200, "unknown-ticker.txt"), SourceError::UnknownSymbol);
    let key = SourceError::Unauthorised("Unauthenticated".to_owned());
    assert_eq!(
        [error(NAME, 401, "key-not-accepted.txt"), error(NAME, 200, "key-not-accepted.txt")],
        [key.clone(), key]
    );
    assert_eq!(error(NAME, 403, "plan-without-it.txt"), SourceError::Unauthorised("Forbidden".to_owned()));
    assert!(ends_at_midnight(&error(NAME, 402, "quota-of-the-day.txt")));
    let page = asked(NAME, listed("SP500"), 403, b"<html>no</html>".to_vec()).unwrap_err();
    assert_eq!(page, SourceError::Blocked("status 403".to_owned()));
}
