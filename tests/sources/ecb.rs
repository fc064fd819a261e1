//! What the European Central Bank's file means, fixture by fixture.

use marketsnap::domain::{Mic, Series};
use marketsnap::fetch::{Found, Query, SourceError, Target, Want, source};
use proptest::prelude::*;

use crate::support::{Case, asked, day, expect, fixture_of, listed, query, typed};

fn fixture(name: &str) -> Vec<u8> {
    fixture_of("ecb", name)
}

/// For the contract: the euro in dollars.
pub fn case() -> Case {
    Case {
        source: source("ecb").unwrap(),
        want: listed("EURUSD"),
        path: None,
        body: fixture("hist-three-days.xml"),
        first: ("2026-01-16", 1.1617),
        last: ("2026-01-20", 1.1728),
        currency: "USD",
        unknown: (200, fixture("hist-without-dollars.xml")),
        empty: (200, fixture("hist-empty.xml")),
    }
}

fn read_bytes(want: Want, body: Vec<u8>) -> Result<Found, SourceError> {
    asked("ecb", want, 200, body)
}

fn read(id: &str, name: &str) -> Result<Series, SourceError> {
    read_bytes(listed(id), fixture(name)).map(|f| f.series)
}

fn path(from: &str, until: &str) -> String {
    let query =
        Query { from: day(from), until: day(until), ..query(vec![listed("EURUSD"), listed("USDCNY")]) };
    let requests = source("ecb").unwrap().requests(&query, &[0, 1]);
    assert_eq!((requests.len(), requests[0].wants.as_slice()), (1, &[0, 1][..]));
    let Target::Get(path) = &requests[0].target else { panic!("{requests:?}") };
    path.clone()
}

#[test]
fn days_come_newest_first_and_a_cross_is_a_quotient_of_its_days_rates() {
    let euro = read("EURUSD", "hist-three-days.xml").unwrap();
    expect(&euro, &[("2026-01-16", 1.1617), ("2026-01-19", 1.1631), ("2026-01-20", 1.1728)]);
    assert_eq!((euro.provenance.symbol.as_str(), &euro.provenance.venue), ("EURUSD", &Some(Mic::new("ECB"))));
    // 8 / 1.1617 = 6.886459499..., 8.1417 / 1.1631 = 7, 8.2096 / 1.1728 = 7.
    let yuan = read("USDCNY", "hist-three-days.xml").unwrap();
    expect(&yuan, &[("2026-01-16", 6.886_459_499_010_072), ("2026-01-19", 7.0), ("2026-01-20", 7.0)]);
    assert_eq!(yuan.provenance.symbol, "EUR/CNY : EUR/USD");
    assert_eq!((euro.warnings, yuan.warnings), (Vec::new(), Vec::new()));
}

#[test]
fn prefixes_quotes_order_and_blanks_do_not_matter() {
    let series = read("EURUSD", "hist-on-one-line-with-other-prefixes.xml").unwrap();
    expect(&series, &[("2026-01-19", 1.1631), ("2026-01-20", 1.1728)]);
}

#[test]
fn a_rate_that_is_no_number_is_none_and_one_outside_of_a_day_belongs_to_no_day() {
    let series = read("EURUSD", "hist-not-available.xml").unwrap();
    expect(&series, &[("2026-01-16", 1.25)]);
    // 8 / 1.25 = 6.4; on the 20th there is no dollar.
    expect(&read("USDCNY", "hist-not-available.xml").unwrap(), &[("2026-01-16", 6.4)]);
    assert!(matches!(read("USDJPY", "hist-not-available.xml"), Err(SourceError::NoData(_))));
}

#[test]
fn an_envelope_without_days_and_a_currency_without_rates_are_no_data() {
    assert_eq!(read("EURUSD", "hist-empty.xml").unwrap_err(), SourceError::NoData("no rows".to_owned()));
    let error = read("EURUSD", "hist-without-dollars.xml").unwrap_err();
    assert_eq!(error, SourceError::NoData("no fixing of USD".to_owned()));
}

#[test]
fn another_document_is_malformed_and_half_a_one_is_garbled() {
    assert!(matches!(read("EURUSD", "another-document.xml"), Err(SourceError::Malformed(_))));
    for half in [
        "<Cube><Cube time='2026-01-20'><Cube currency='USD' rate='1.17'/></Cube>",
        "<Cube",
        "Cube",
        "<a></b>",
    ] {
        let error = read_bytes(listed("EURUSD"), half.into()).unwrap_err();
        assert!(matches!(error, SourceError::Garbled(_)), "{half}: {error:?}");
    }
}

#[test]
fn entities_are_neither_expanded_nor_read_and_elements_within_elements_end() {
    expect(&read("EURUSD", "entities-that-grow.xml").unwrap(), &[("2026-01-19", 1.1631)]);
    let deep = "<Cube>".repeat(100_000);
    assert!(matches!(read_bytes(listed("EURUSD"), deep.into()), Err(SourceError::Malformed(_))));
}

#[test]
fn an_element_with_very_many_attributes_is_read_in_time() {
    let many = " currency='JPY'".repeat(200_000);
    let body =
        format!("<Cube><Cube time='2026-01-20'><Cube{many} currency='USD' rate='1.17'/></Cube></Cube>");
    expect(&read_bytes(listed("EURUSD"), body.into()).unwrap().series, &[("2026-01-20", 1.17)]);
}

#[test]
fn two_different_rates_of_one_day_are_both_refused() {
    let twice = |first: &str, second: &str| {
        let of = |rate: &str| format!("<Cube time='2026-01-20'><Cube currency='USD' rate='{rate}'/></Cube>");
        let other = "<Cube time='2026-01-19'><Cube currency='USD' rate='1.1631'/></Cube>";
        let body = format!("<Cube>{}{other}{}</Cube>", of(first), of(second));
        read_bytes(listed("EURUSD"), body.into()).unwrap().series
    };
    expect(&twice("1.17", "1.18"), &[("2026-01-19", 1.1631)]);
    expect(&twice("1.17", "1.17"), &[("2026-01-19", 1.1631), ("2026-01-20", 1.17)]);
}

#[test]
fn the_small_file_is_asked_where_the_window_fits_into_it() {
    // 2026-01-21 less 85 days is 2025-10-28; a week's margin asks from a week before the earliest close.
    assert_eq!(path("2025-11-04", "2026-01-21"), "/stats/eurofxref/eurofxref-hist-90d.xml");
    assert_eq!(path("2025-11-03", "2026-01-21"), "/stats/eurofxref/eurofxref-hist.xml");
}

#[test]
fn a_typed_pair_is_described_as_a_fixing() {
    let found = read_bytes(typed("EURJPY=X"), fixture("hist-three-days.xml")).unwrap();
    assert_eq!(found.described.unwrap().name.as_deref(), Some("EUR/JPY (ECB fixing)"));
    expect(&found.series, &[("2026-01-16", 183.75), ("2026-01-19", 183.85), ("2026-01-20", 185.74)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn markup_of_any_sort_never_panics(text in "[<>/=!?&;'\"a-c \\[\\]-]{0,60}") {
        let _ = read_bytes(listed("EURUSD"), format!("<Cube>{text}").into());
        let _ = read_bytes(listed("EURUSD"), format!("<{text}><Cube time='2026-01-20'/>").into());
    }
}
