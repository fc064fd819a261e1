//! What holds for the sources that want a key of the user's, and what their tests share.

use chrono_tz::Tz;
use marketsnap::domain::Kind;
use marketsnap::fetch::{Found, Source, SourceError, Want, source};

use crate::support::{Case, asked, fixture_of, instant, listed, paths, query, typed};

pub const NAMES: [&str; 5] = ["twelvedata", "tiingo", "alphavantage", "eodhd", "stooq"];

/// What a source makes of a fixture of its folder.
pub fn fixture(name: &str, want: Want, status: u16, file: &str) -> Result<Found, SourceError> {
    asked(name, want, status, fixture_of(name, file))
}

/// The error that a fixture is.
pub fn error(name: &str, status: u16, file: &str) -> SourceError {
    fixture(name, of(name), status, file).unwrap_err()
}

/// An instrument of the catalogue that the source holds.
fn of(name: &str) -> Want {
    listed(if name == "stooq" { "SP500" } else { "NVIDIA" })
}

/// A case for the contract, of four sessions from 14 to 20 January 2026.
pub fn case(name: &str, want: Want, body: Vec<u8>, unknown: (u16, Vec<u8>), empty: (u16, Vec<u8>)) -> Case {
    let share = want.instrument.kind == Kind::Stock;
    // Published closes of Nvidia and of the S&P 500 on the two days.
    let (first, last) = if share { (183.14, 178.07) } else { (6926.6, 6796.86) };
    Case {
        source: source(name).unwrap(),
        want,
        path: None,
        body,
        first: ("2026-01-14", first),
        last: ("2026-01-20", last),
        currency: "USD",
        unknown,
        empty,
    }
}

/// The refusal of a quota that ends at the midnight after `NOW`.
pub fn ends_at_midnight(error: &SourceError) -> bool {
    let midnight = Some(instant("2026-01-22T00:00:00Z"));
    matches!(error, SourceError::Throttled { until, wait: false, .. } if *until == midnight)
}

fn all() -> impl Iterator<Item = &'static dyn Source> {
    NAMES.iter().map(|name| source(name).unwrap())
}

#[test]
fn each_says_where_its_key_comes_from_and_none_puts_one_into_a_request() {
    for source in all() {
        let info = source.info();
        let key = info.key.unwrap();
        assert_eq!(key.variable, format!("MARKETSNAP_{}_KEY", info.name.to_uppercase()));
        assert_eq!(info.url_variable, format!("MARKETSNAP_{}_URL", info.name.to_uppercase()));
        assert!(!key.page.is_empty());
        let query = query(vec![of(info.name)]);
        let requests = source.requests(&query, &[0]);
        assert_eq!(requests.len(), 1);
        for word in ["apikey", "api_token", "token", "key="] {
            assert!(!paths(&requests)[0].contains(word), "{}", info.name);
        }
    }
}

#[test]
fn a_typed_american_ticker_is_spelt_and_described_and_nothing_else_is() {
    for (name, file, spelt) in [
        ("twelvedata", "rows-with-faults.json", "NVDA"),
        ("tiingo", "four-sessions.json", "NVDA"),
        ("alphavantage", "four-sessions.json", "NVDA"),
        ("eodhd", "share-with-warning.json", "NVDA.US"),
    ] {
        let source = source(name).unwrap();
        assert_eq!(source.spells("NVDA").as_deref(), Some(spelt), "{name}");
        for other in ["BRK-B", "^GSPC", "EURUSD=X", "GC=F", "0700.HK", "600519.SS", "GOOGLE"] {
            assert_eq!(source.spells(other), None, "{name} {other}");
        }
        let found = fixture(name, typed("NVDA"), 200, file).unwrap();
        assert_eq!(found.series.provenance.symbol, spelt);
        let said = found.described.unwrap();
        assert_eq!(said.kind, Some(Kind::Stock), "{name}");
        assert_eq!(said.currency.as_deref(), Some("USD"), "{name}");
        assert_eq!(said.timezone, Some(Tz::America__New_York), "{name}");
        assert_eq!(said.mic, None, "{name}");
        assert_eq!(fixture(name, listed("NVIDIA"), 200, file).unwrap().described, None);
    }
    assert_eq!(source("stooq").unwrap().spells("NVDA"), None);
}

#[test]
fn a_status_without_a_text_means_what_it_means_everywhere() {
    for source in all() {
        let name = source.info().name;
        let of_status = |status: u16| asked(name, of(name), status, Vec::new()).unwrap_err();
        assert!(matches!(of_status(429), SourceError::Throttled { wait: true, .. }), "{name}");
        assert_eq!(of_status(503), SourceError::Fault(503), "{name}");
        assert!(matches!(of_status(400), SourceError::Malformed(_)), "{name}");
    }
}
