//! What Frankfurter's answers mean, fixture by fixture.

use chrono_tz::Tz;
use marketsnap::domain::{Kind, Mic, WarningKind};
use marketsnap::fetch::{Found, Parsed, Request, SourceError, Target, Want, source};

use crate::support::{Case, expect, fixture_of, listed, query, response, typed};

fn fixture(name: &str) -> Vec<u8> {
    fixture_of("frankfurter", name)
}

/// For the contract: the euro in dollars.
pub fn case() -> Case {
    Case {
        source: source("frankfurter").unwrap(),
        want: listed("EURUSD"),
        path: None,
        body: fixture("range-two-currencies.json"),
        first: ("2026-01-16", 1.1617),
        last: ("2026-01-20", 1.1728),
        currency: "USD",
        unknown: (404, fixture("http-404-not-found.json")),
        empty: (200, fixture("range-empty.json")),
    }
}

/// Reads a fixture as the answer to the first request for these wants.
fn parsed(wants: Vec<Want>, status: u16, name: &str) -> Result<Parsed, SourceError> {
    let source = source("frankfurter").unwrap();
    let query = query(wants);
    let all: Vec<usize> = (0..query.wants.len()).collect();
    let request = source.requests(&query, &all).remove(0);
    source.parse(&query, &request, &response(status, fixture(name)))
}

fn found(want: Want, name: &str) -> Result<Found, SourceError> {
    parsed(vec![want], 200, name)?.answers.remove(0).outcome
}

fn paths(requests: &[Request]) -> Vec<String> {
    let path = |r: &Request| if let Target::Get(path) = &r.target { path.clone() } else { String::new() };
    requests.iter().map(path).collect()
}

#[test]
fn a_pair_with_the_euro_is_the_fixing_itself() {
    let series = found(listed("EURUSD"), "range-two-currencies.json").unwrap().series;
    expect(&series, &[("2026-01-16", 1.1617), ("2026-01-19", 1.1631), ("2026-01-20", 1.1728)]);
    let provenance = &series.provenance;
    assert_eq!((provenance.symbol.as_str(), provenance.raw), ("EURUSD", false));
    assert_eq!(provenance.venue, Some(Mic::new("ECB")));
    assert_eq!(provenance.stamp, None);
    assert_eq!(series.warnings, []);
}

#[test]
fn a_pair_without_the_euro_is_a_quotient_of_one_days_fixings_and_its_symbol_says_so() {
    let series = found(listed("USDCNY"), "range-two-currencies.json").unwrap().series;
    // 8 / 1.1617 = 6.886459499..., 8.1417 / 1.1631 = 7, 8.2096 / 1.1728 = 7.
    expect(&series, &[("2026-01-16", 6.886_459_499_010_072), ("2026-01-19", 7.0), ("2026-01-20", 7.0)]);
    assert_eq!(series.provenance.symbol, "EUR/CNY : EUR/USD");
    assert_eq!(series.provenance.currency.as_deref(), Some("CNY"));
    assert_eq!(series.warnings, []);
}

#[test]
fn a_day_on_which_either_rate_is_missing_has_no_cross() {
    let series = found(listed("USDCNY"), "range-one-leg-missing.json").unwrap().series;
    // 8.75 / 1.25 = 7 and 8 / 1.25 = 6.4; the 16th and 19th have no yuan.
    expect(&series, &[("2026-01-15", 7.0), ("2026-01-20", 6.4)]);
    let euro = found(listed("EURUSD"), "range-one-leg-missing.json").unwrap().series;
    assert_eq!(euro.bars().len(), 4);
}

#[test]
fn rates_that_are_none_cost_no_other_day() {
    let series = found(listed("EURUSD"), "range-rates-that-are-none.json").unwrap().series;
    expect(&series, &[("2026-01-15", 1.1624)]);
    let told = "EURUSD: 2 rows without a close refused from frankfurter: 2026-01-19, 2026-01-16";
    let warnings: Vec<(WarningKind, &str)> =
        series.warnings.iter().map(|w| (w.kind, w.message.as_str())).collect();
    assert_eq!(warnings, [(WarningKind::Refused, told)]);
}

#[test]
fn days_are_sorted_and_clipped_and_what_is_in_the_future_is_refused() {
    let series = found(listed("EURUSD"), "range-unsorted-and-in-the-future.json").unwrap().series;
    expect(&series, &[("2026-01-16", 1.1617), ("2026-01-20", 1.1728)]);
    assert!(series.warnings[0].message.ends_with("2031-05-01"), "{:?}", series.warnings);
}

#[test]
fn rates_per_anything_but_one_euro_are_refused() {
    for name in ["range-per-dollar.json", "range-of-a-hundred-euros.json"] {
        let error = found(listed("USDCNY"), name).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{name}: {error:?}");
    }
}

#[test]
fn a_currency_that_is_never_fixed_is_no_data_and_names_itself() {
    let outcome = found(listed("USDJPY"), "range-two-currencies.json");
    assert_eq!(outcome.unwrap_err(), SourceError::NoData("no fixing of JPY".to_owned()));
}

#[test]
fn a_refusal_is_told_in_words_that_are_safe_to_print() {
    let error = parsed(vec![listed("EURUSD")], 422, "http-422-bad-date.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("status 422: invalid date".to_owned()));
}

#[test]
fn all_pairs_are_one_request_for_each_currency_once() {
    let wants = vec![listed("EURUSD"), listed("USDCNY"), listed("USDJPY"), typed("GBPUSD=X"), typed("AAPL")];
    let query = query(wants);
    let requests = source("frankfurter").unwrap().requests(&query, &[0, 1, 2, 3, 4]);
    // A week before 2025-01-01.
    assert_eq!(paths(&requests), ["/v1/2024-12-25..2026-01-21?base=EUR&symbols=CNY,GBP,JPY,USD"]);
    assert_eq!(requests[0].wants, [0, 1, 2, 3]);
}

#[test]
fn of_several_pairs_that_are_not_found_each_is_asked_alone() {
    let parsed = parsed(vec![listed("EURUSD"), listed("USDCNY")], 404, "http-404-not-found.json").unwrap();
    assert!(parsed.answers.iter().all(|a| a.outcome == Err(SourceError::UnknownSymbol)));
    assert_eq!(
        paths(&parsed.follow),
        [
            "/v1/2024-12-25..2026-01-21?base=EUR&symbols=USD",
            "/v1/2024-12-25..2026-01-21?base=EUR&symbols=CNY,USD",
        ]
    );
    assert_eq!(parsed.follow.iter().map(|r| r.wants.clone()).collect::<Vec<_>>(), [[0], [1]]);
}

#[test]
fn a_404_that_is_not_in_its_own_words_denies_no_currency() {
    let source = source("frankfurter").unwrap();
    let query = query(vec![listed("EURUSD")]);
    let request = source.requests(&query, &[0]).remove(0);
    for body in ["<html>no such page</html>", "{}", "404"] {
        let error = source.parse(&query, &request, &response(404, body)).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{body}: {error:?}");
    }
}

#[test]
fn a_request_for_several_pairs_can_be_divided_and_one_for_a_single_pair_cannot() {
    let source = source("frankfurter").unwrap();
    let query = query(vec![listed("EURUSD"), listed("USDCNY")]);
    let request = source.requests(&query, &[0, 1]).remove(0);
    let parts = source.parts(&query, &request, false);
    assert_eq!(parts.len(), 2);
    assert!(source.parts(&query, &parts[0], true).is_empty());
}

#[test]
fn a_typed_pair_is_described_as_a_fixing() {
    let found = found(typed("CNY=X"), "range-two-currencies.json").unwrap();
    let described = found.described.unwrap();
    assert_eq!(described.name.as_deref(), Some("USD/CNY (ECB fixing)"));
    assert_eq!((described.kind, described.mic), (Some(Kind::Fx), Some(Mic::new("ECB"))));
    assert_eq!((described.timezone, described.decimals), (Some(Tz::Europe__Berlin), Some(4)));
    assert_eq!(described.currency.as_deref(), Some("CNY"));
    assert_eq!(found.series.provenance.currency.as_deref(), Some("CNY"));
}

#[test]
fn only_pairs_of_currencies_that_the_bank_fixes_are_covered() {
    let source = source("frankfurter").unwrap();
    assert_eq!(source.spells("JPY=X").as_deref(), Some("USDJPY"));
    for none in ["RUB=X", "BTC-USD", "600519.SS"] {
        assert_eq!(source.spells(none), None, "{none}");
    }
    let mut odd = listed("EURUSD").instrument;
    odd.symbols.insert("frankfurter".to_owned(), "USDRUB".to_owned());
    assert!(!source.covers(&odd));
}
