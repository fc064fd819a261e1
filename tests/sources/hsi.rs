//! What the Hang Seng Indexes Company's answers mean, fixture by fixture.

use marketsnap::domain::{Kind, Series};
use marketsnap::fetch::{Found, SourceError, Target, Want, covers, source};

use crate::support::{Case, asked, closes, fixture_of, listed, query, typed};

/// For the contract: the Hang Seng Tech.
pub fn case() -> Case {
    Case {
        source: source("hsi").unwrap(),
        want: listed("HSTECH"),
        path: None,
        body: fixture_of("hsi", "four-sessions.json"),
        first: ("2026-01-16", 5822.18),
        last: ("2026-01-21", 5746.3),
        currency: "HKD",
        unknown: (200, fixture_of("hsi", "no-index.json")),
        empty: (200, fixture_of("hsi", "no-values.json")),
    }
}

fn read_bytes(want: Want, body: Vec<u8>) -> Result<Found, SourceError> {
    asked("hsi", want, 200, body)
}

fn read(name: &str) -> Result<Series, SourceError> {
    read_bytes(listed("HSTECH"), fixture_of("hsi", name)).map(|f| f.series)
}

#[test]
fn one_request_asks_for_one_index_by_its_code() {
    let query = query(vec![listed("HSTECH")]);
    let request = source("hsi").unwrap().requests(&query, &[0]).remove(0);
    let Target::Get(path) = request.target else { panic!("nothing is sent") };
    assert!(path.starts_with("/api/wsit-hsi-ddoc-ea-public-website-proxy/v1/product-data/"), "{path}");
    assert!(path.ends_with("/v2?data=valueHistoryPub&language=en-hk&indexCodes=02083.00"), "{path}");
    // The code of the Hang Seng itself is not known for certain.
    assert!(!covers("hsi", &listed("HSI").instrument));
}

#[test]
fn closes_are_its_texts_and_there_are_no_ranges() {
    let series = read("four-sessions.json").unwrap();
    let expected =
        [("2026-01-16", 5822.18), ("2026-01-19", 5749.98), ("2026-01-20", 5683.44), ("2026-01-21", 5746.3)];
    assert_eq!(closes(&series), expected.map(|(d, c)| (d.to_owned(), c)));
    assert!(series.bars().iter().all(|b| b.low.is_none() && b.high.is_none()));
    assert!(series.warnings.is_empty() && !series.provenance.raw);
    assert_eq!(series.provenance.symbol, "02083.00");
}

#[test]
fn closes_of_a_total_return_index_are_refused_by_code_and_by_type() {
    let error = read("echoes-total-return.json").unwrap_err();
    assert_eq!(error, SourceError::Renamed("02083.02".to_owned()));
    let error = read("type-total-return.json").unwrap_err();
    assert_eq!(error, SourceError::Renamed("02083.00, TRI_Grs".to_owned()));
}

#[test]
fn of_two_indices_the_one_asked_for_is_read_and_a_bad_row_loses_only_itself() {
    let series = read("two-indices.json").unwrap();
    assert_eq!(closes(&series), [("2026-01-21".to_owned(), 5746.3)]);
    let told: Vec<&str> = series.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "HSTECH: 1 row without a close refused from hsi: 2026-01-20",
            "HSTECH: hsi sent 2 rows without a date, left out",
        ]
    );
}

#[test]
fn no_index_is_an_unknown_symbol_and_no_values_are_no_data() {
    assert_eq!(read("no-index.json").unwrap_err(), SourceError::UnknownSymbol);
    assert!(matches!(read("no-values.json").unwrap_err(), SourceError::NoData(_)));
}

#[test]
fn another_code_or_shape_is_not_what_was_asked_for() {
    let error = read("other-code.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("code E01: invalid language".to_owned()));
    let odd = r#"{"code":"0","data":[{"indexCode":"02083.00","valueHistory":{"a":1}}]}"#;
    for body in [odd, r#"{"code":"0","data":7}"#, "{}", "[]", "null"] {
        let error = read_bytes(listed("HSTECH"), body.into()).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{body}: {error:?}");
    }
}

#[test]
fn a_typed_code_of_its_own_is_an_index_dated_in_hong_kong() {
    assert_eq!(source("hsi").unwrap().spells("HSTECH.HK"), None);
    let mut own = typed("02083.00");
    own.instrument.symbols.insert("hsi".to_owned(), "02083.00".to_owned());
    let described = read_bytes(own, fixture_of("hsi", "four-sessions.json")).unwrap().described.unwrap();
    assert_eq!((described.kind, described.currency), (Some(Kind::Index), None));
    assert_eq!(described.timezone, Some(chrono_tz::Tz::Asia__Hong_Kong));
}
