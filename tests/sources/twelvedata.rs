//! What Twelve Data's answers mean, fixture by fixture.

use chrono_tz::Tz;
use marketsnap::domain::WarningKind;
use marketsnap::fetch::{SourceError, source};

use crate::keyed::{ends_at_midnight, error, fixture};
use crate::support::{Case, asked, expect, fixture_of, listed, paths, query, response, typed, warnings};

const NAME: &str = "twelvedata";

/// For the contract: Nvidia, asked alone.
pub fn case() -> Case {
    let body = |name: &str| fixture_of(NAME, name);
    let (unknown, empty) = ((404, body("unknown-symbol.json")), (200, body("no-data-for-window.json")));
    crate::keyed::case(NAME, listed("NVIDIA"), body("one-symbol-newest-first.json"), unknown, empty)
}

#[test]
fn rows_come_newest_first_as_text_and_are_sorted() {
    let found = fixture(NAME, listed("NVIDIA"), 200, "one-symbol-newest-first.json").unwrap();
    expect(
        &found.series,
        &[("2026-01-14", 183.14), ("2026-01-15", 187.05), ("2026-01-16", 186.23), ("2026-01-20", 178.07)],
    );
    assert_eq!(found.series.last().and_then(|b| b.low.zip(b.high)), Some((177.61, 182.38)));
    assert!(!found.series.provenance.raw);
    assert_eq!(warnings(&found.series), []);
}

#[test]
fn eight_symbols_make_a_request_and_a_ninth_another() {
    let ids = ["NVIDIA", "MICRON", "AMD", "AAXJ", "SP500", "NASDAQ", "NDX", "DOW", "NVIDIA"];
    let query = query(ids.map(listed).to_vec());
    let all: Vec<usize> = (0..ids.len()).collect();
    let requests = source(NAME).unwrap().requests(&query, &all);
    // The query begins on 2025-01-01 and ends on 2026-01-21: a week before, and a midnight after.
    let rest = "&interval=1day&start_date=2024-12-25&end_date=2026-01-22&outputsize=5000";
    let first = format!("/time_series?symbol=NVDA,MU,AMD,AAXJ,SPX,IXIC,NDX,DJI{rest}");
    assert_eq!(paths(&requests), [first, format!("/time_series?symbol=NVDA{rest}")]);
    assert_eq!((requests[0].wants.len(), requests[1].wants.clone()), (8, vec![8]));
}

#[test]
fn in_a_batch_an_error_of_one_symbol_is_its_own() {
    let query = query(vec![listed("AMD"), listed("NVIDIA"), listed("MICRON")]);
    let source = source(NAME).unwrap();
    let request = source.requests(&query, &[0, 1, 2]).remove(0);
    let body = fixture_of(NAME, "two-symbols-one-unknown.json");
    let answers = source.parse(&query, &request, &response(200, body)).unwrap().answers;
    assert_eq!(answers[0].outcome, Err(SourceError::UnknownSymbol));
    // 178.07 on 20 January, 186.23 on the 16th.
    expect(&answers[1].outcome.as_ref().unwrap().series, &[("2026-01-16", 186.23), ("2026-01-20", 178.07)]);
    assert_eq!(answers[2].outcome, Err(SourceError::NoData("no rows".to_owned())));
}

#[test]
fn a_batch_that_is_denied_as_a_whole_is_asked_one_by_one_and_those_are_not_divided() {
    let query = query(vec![listed("AMD"), listed("NVIDIA")]);
    let source = source(NAME).unwrap();
    let request = source.requests(&query, &[0, 1]).remove(0);
    let answer = response(404, fixture_of(NAME, "unknown-symbol.json"));
    let error = source.parse(&query, &request, &answer).unwrap_err();
    assert!(matches!(error, SourceError::Malformed(_)), "{error:?}");
    let parts = source.parts(&query, &request, false);
    assert_eq!(parts.iter().map(|p| p.wants.clone()).collect::<Vec<_>>(), [[0], [1]]);
    assert!(source.parts(&query, &parts[0], true).is_empty());
}

#[test]
fn a_batch_of_which_every_symbol_is_refused_for_credits_is_refused() {
    let query = query(vec![listed("AMD"), listed("NVIDIA")]);
    let source = source(NAME).unwrap();
    let request = source.requests(&query, &[0, 1]).remove(0);
    let one = String::from_utf8(fixture_of(NAME, "credits-of-the-minute.json")).unwrap();
    let body = format!("{{\"AMD\":{one},\"NVDA\":{one}}}");
    let error = source.parse(&query, &request, &response(200, body)).unwrap_err();
    assert!(matches!(error, SourceError::Throttled { wait: true, .. }), "{error:?}");
}

#[test]
fn one_bad_row_does_not_lose_the_others() {
    let found = fixture(NAME, listed("NVIDIA"), 200, "rows-with-faults.json").unwrap();
    expect(&found.series, &[("2026-01-14", 183.14), ("2026-01-20", 178.07)]);
    assert_eq!(found.series.bars()[0].high, None);
    assert_eq!(
        warnings(&found.series),
        [
            (WarningKind::Refused, "NVIDIA: 1 row without a close refused from twelvedata: 2026-01-16"),
            (
                WarningKind::Refused,
                "NVIDIA: 1 row with a close of zero or below refused from twelvedata: 2026-01-15"
            ),
            (WarningKind::Source, "NVIDIA: twelvedata sent 2 rows without a date"),
        ]
    );
}

#[test]
fn a_date_that_comes_twice_with_two_closes_has_none() {
    let text = String::from_utf8(fixture_of(NAME, "one-symbol-newest-first.json")).unwrap();
    let body = text.replace("2026-01-15", "2026-01-16").into_bytes();
    let series = asked(NAME, listed("NVIDIA"), 200, body).unwrap().series;
    expect(&series, &[("2026-01-14", 183.14), ("2026-01-20", 178.07)]);
    assert!(warnings(&series)[0].1.contains("twice with different closes"));
}

#[test]
fn closes_of_another_symbol_or_of_minutes_or_in_pence_are_refused() {
    let error = error(NAME, 200, "echoes-another-symbol.json");
    assert_eq!(error, SourceError::Renamed("NVDS".to_owned()));
    let text = String::from_utf8(fixture_of(NAME, "one-symbol-newest-first.json")).unwrap();
    for (from, to) in [("1day", "5min"), ("USD", "GBp")] {
        let body = text.replace(from, to).into_bytes();
        let error = asked(NAME, listed("NVIDIA"), 200, body).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{error:?}");
    }
}

#[test]
fn credits_come_back_in_a_minute_or_at_midnight() {
    for status in [200, 429] {
        let minute = error(NAME, status, "credits-of-the-minute.json");
        assert!(matches!(&minute, SourceError::Throttled { until: None, wait: true, .. }), "{minute:?}");
        assert!(ends_at_midnight(&error(NAME, status, "credits-of-the-day.json")));
    }
}

#[test]
fn a_key_that_is_not_accepted_is_told_from_a_plan_that_leaves_a_symbol_out() {
    for status in [200, 401] {
        assert!(matches!(error(NAME, status, "key-not-accepted.json"), SourceError::Unauthorised(_)));
    }
    for status in [200, 403] {
        let plan = error(NAME, status, "plan-without-it.json");
        assert_eq!(plan, SourceError::NoData("the plan of the key does not include it".to_owned()));
    }
    assert_eq!(error(NAME, 200, "unknown-symbol.json"), SourceError::UnknownSymbol);
    assert_eq!(error(NAME, 400, "no-data-for-window.json"), SourceError::NoData("no rows".to_owned()));
}

#[test]
fn what_it_says_of_a_typed_symbol_is_taken_over() {
    let found = fixture(NAME, typed("NVDA"), 200, "one-symbol-newest-first.json").unwrap();
    let said = found.described.unwrap();
    assert_eq!(said.mic.as_ref().map(|m| m.as_str()), Some("XNGS"));
    assert_eq!(said.timezone, Some(Tz::America__New_York));
}
