//! What holds for every source.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use marketsnap::domain::{Instrument, Kind};
use marketsnap::fetch::{
    FailureKind, Fetched, Query, Settings, SourceError, Want, covers, known_source, source, source_names,
};
use proptest::prelude::*;

use crate::support::{Case, day, fixture, query, run_with, star50, typed, want};

fn cases() -> Vec<Case> {
    vec![
        crate::yahoo::case(),
        crate::tencent::case(),
        crate::eastmoney::case(),
        crate::sina::case(),
        crate::csindex::case(),
        crate::hsi::case(),
        crate::twelvedata::case(),
        crate::tiingo::case(),
        crate::alphavantage::case(),
        crate::eodhd::case(),
        crate::stooq::case(),
        crate::frankfurter::case(),
        crate::ecb::case(),
        crate::coinbase::case(),
        crate::fred::case(),
        crate::cboe::case(),
        // The demo's answer is in the program; no body is read. Published: 2025-09-08 and, for a query up
        // to the 21st, the close of the 22nd.
        Case {
            source: source("demo").unwrap(),
            want: star50(),
            path: None,
            body: Vec::new(),
            first: ("2025-09-08", DEMO_FIRST),
            last: ("2026-01-22", DEMO_LAST),
            currency: "CNY",
            unknown: (404, Vec::new()),
            empty: (200, Vec::new()),
        },
    ]
}

// Published closes of STAR 50 on these two dates.
const DEMO_FIRST: f64 = 1275.868;
const DEMO_LAST: f64 = 1541.638;

/// The cases in which something is read.
fn read_cases() -> Vec<Case> {
    cases().into_iter().filter(|c| !c.body.is_empty()).collect()
}

#[test]
fn every_source_has_a_case() {
    let cases: BTreeSet<&str> = cases().iter().map(|c| c.source.info().name).collect();
    assert_eq!(cases, source_names().collect());
}

#[test]
fn dates_increase_closes_are_finite_and_the_source_is_named() {
    for case in cases() {
        let name = case.source.info().name;
        let series = case.read(case.body.clone()).unwrap();
        let bars = series.bars();
        assert!(bars.windows(2).all(|w| w[0].date < w[1].date), "{name}");
        assert!(bars.iter().all(|b| b.close.is_finite() && b.close > 0.0), "{name}");
        let ends = [bars[0], bars[bars.len() - 1]].map(|b| (b.date.to_string(), b.close));
        let expected = [case.first, case.last].map(|(d, c)| (d.to_owned(), c));
        assert_eq!(ends, expected, "{name}");
        assert_eq!(series.provenance.source, name);
        assert_eq!(series.provenance.instrument, case.want.instrument.id);
        assert_eq!(series.provenance.currency.as_deref().unwrap_or_default(), case.currency, "{name}");
    }
}

#[test]
fn a_source_says_what_it_is_and_is_found_by_its_name() {
    for case in cases() {
        let info = case.source.info();
        assert!(known_source(info.name));
        for said in [info.title, info.closes, info.terms] {
            assert!(!said.is_empty(), "{}", info.name);
        }
        assert!(covers(info.name, &case.want.instrument), "{}", info.name);
        assert!(!covers(info.name, &Instrument::unlisted("NOSUCH", "")), "{}", info.name);
    }
    assert!(!known_source("nowhere"));
    assert!(!covers("nowhere", &star50().instrument));
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    for case in cases() {
        let marked = [b"\xef\xbb\xbf".to_vec(), case.body.clone()].concat();
        assert_eq!(case.read(marked), case.read(case.body.clone()));
    }
}

#[test]
fn a_web_page_instead_of_data_is_a_block_wherever_something_is_read() {
    for case in read_cases() {
        let error = case.read(fixture("html-consent.html")).unwrap_err();
        assert!(matches!(error, SourceError::Blocked(_)), "{}: {error:?}", case.source.info().name);
    }
}

#[test]
fn statuses_mean_the_same_everywhere() {
    for case in read_cases() {
        let name = case.source.info().name;
        for status in [403, 451, 999] {
            let error = case.answer(status, b"refused".to_vec()).unwrap_err();
            // Where there is a key, 403 may speak of it.
            let of_key = status == 403
                && case.source.info().key.is_some()
                && matches!(error, SourceError::Unauthorised(_));
            assert!(of_key || matches!(error, SourceError::Blocked(_)), "{name} {status}: {error:?}");
        }
        let error = case.answer(429, b"Too Many Requests".to_vec()).unwrap_err();
        assert!(matches!(error, SourceError::Throttled { .. }), "{name}: {error:?}");
        let error = case.answer(401, b"who?".to_vec()).unwrap_err();
        assert!(matches!(error, SourceError::Unauthorised(_)), "{name}: {error:?}");
        for status in [500, 502, 503, 520] {
            let error = case.answer(status, b"".to_vec()).unwrap_err();
            assert!(error.worth_a_retry(), "{name} {status}: {error:?}");
        }
    }
}

#[test]
fn an_empty_or_compressed_or_random_body_is_worth_a_retry_and_no_panic() {
    for case in read_cases() {
        let name = case.source.info().name;
        let compressed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00".to_vec();
        for body in [Vec::new(), b"  \n".to_vec(), compressed, vec![0xff, 0xfe, 0x00, 0x80, 0x81]] {
            let error = case.read(body).unwrap_err();
            assert!(error.worth_a_retry(), "{name}: {error:?}");
        }
    }
}

#[test]
fn a_symbol_that_is_unknown_and_a_window_without_closes_are_no_fault_of_the_source() {
    for case in read_cases() {
        let name = case.source.info().name;
        for (status, body) in [case.unknown.clone(), case.empty.clone()] {
            let error = case.answer(status, body).unwrap_err();
            assert!(
                matches!(error, SourceError::UnknownSymbol | SourceError::NoData(_)),
                "{name}: {error:?}"
            );
        }
    }
}

#[test]
fn a_query_for_nothing_asks_nothing() {
    for case in cases() {
        assert!(case.source.requests(&query(Vec::new()), &[]).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_cut_short_is_an_error_or_where_it_is_lines_has_fewer_and_no_other_closes(share in 0.0..1.0_f64) {
        for case in read_cases() {
            let end = case.body.iter().rposition(|b| !b.is_ascii_whitespace()).unwrap();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let cut = (end as f64 * share) as usize;
            let whole = case.read(case.body.clone()).unwrap();
            if let Ok(part) = case.read(case.body[..cut].to_vec()) {
                let lines = !matches!(case.body.first(), Some(b'{' | b'[' | b'<'));
                let same = part.bars().iter().all(|b| whole.bars().contains(b));
                prop_assert!(lines && same, "{} cut at {cut}: {part:?}", case.source.info().name);
            }
        }
    }

    #[test]
    fn bytes_of_any_sort_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for case in read_cases() {
            let _ = case.read(bytes.clone());
        }
    }
}

fn demo(wants: Vec<Want>, until: &str) -> Fetched {
    let settings = Settings {
        sources: vec!["demo".to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(5),
        user_agent: None,
        ..Settings::default()
    };
    run_with(&Query { until: day(until), ..query(wants) }, &settings).0
}

#[test]
fn the_demo_answers_in_the_order_of_the_wants_without_a_request() {
    let wants = vec![
        want("VIX", "^VIX", Kind::Index, "USD"),
        want("NOSUCH", "NOSUCH", Kind::Stock, "USD"),
        want("EURUSD", "EURUSD=X", Kind::Fx, "USD"),
    ];
    let fetched = demo(wants, "2026-11-22");
    assert_eq!(fetched.requests, 0);
    let ids: Vec<&str> = fetched.series.iter().map(|s| s.provenance.instrument.as_str()).collect();
    assert_eq!(ids, ["VIX", "EURUSD"]);
    let eurusd = &fetched.series[1];
    // Fixing of 8 September 2025: 1.1728.
    assert_eq!(eurusd.bars()[0].close.to_bits(), 1.1728_f64.to_bits());
    assert_eq!(eurusd.provenance.venue.as_ref().map(|v| v.as_str()), Some("ECB"));
    assert_eq!(fetched.series[0].provenance.venue, None);
    let failure = &fetched.failures[0];
    assert_eq!((failure.instrument.as_str(), failure.kind), ("NOSUCH", FailureKind::NotCovered));
    assert_eq!(failure.message, "the demo holds no closes of NOSUCH from 2025-09-08 to 2026-01-23");
    assert!(failure.hint.contains("without --demo"));
}

#[test]
fn a_typed_word_that_the_demo_does_not_hold_is_sent_to_the_network_and_to_no_other_source() {
    let mut word = typed("FOO");
    word.instrument.symbols.insert("demo".to_owned(), "FOO".to_owned());
    for word in [word, typed("..")] {
        let failure = demo(vec![word], "2026-11-22").failures.remove(0);
        assert_eq!(failure.kind, FailureKind::NotCovered);
        assert!(failure.message.starts_with("the demo holds no closes of "), "{}", failure.message);
        assert_eq!(failure.reason, "the demo holds no closes of it");
        assert!(failure.hint.starts_with("run without --demo"), "{}", failure.hint);
    }
}

#[test]
fn the_demo_gives_nothing_that_lies_after_the_query() {
    let fetched = demo(vec![star50()], "2026-01-20");
    assert_eq!(fetched.series[0].last().unwrap().date, day("2026-01-21"));
    let before = demo(vec![star50()], "2025-01-01");
    assert_eq!(before.failures[0].kind, FailureKind::NoData);
    assert_eq!(before.failures[0].hint, "the demo reaches from 2025-09-08 to 2026-01-23");
}
