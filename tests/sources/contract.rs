//! What holds for every source.

use marketsnap::domain::Kind;
use marketsnap::fetch::{
    FailureKind, Fetched, Query, Request, Response, Settings, Source, SourceError, Want, covers,
    known_source, source,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::{day, fixture, query, run_with, star50, typed, want};
use crate::yahoo::response;

/// A source, an answer of its for STAR 50, and what that answer's closes have to be.
struct Case {
    source: &'static dyn Source,
    body: Vec<u8>,
    first: (&'static str, f64),
    last: (&'static str, f64),
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            source: source("yahoo").unwrap(),
            body: fixture("chart-four-sessions-far-previous-close.json"),
            first: ("2026-01-16", 1514.068),
            last: ("2026-01-21", 1535.393),
        },
        // The demo's answer is in the program; no body is read. Published: 2025-09-08 and, for a query up
        // to the 21st, the close of the 22nd.
        Case {
            source: source("demo").unwrap(),
            body: Vec::new(),
            first: ("2025-09-08", DEMO_FIRST),
            last: ("2026-01-22", DEMO_LAST),
        },
    ]
}

// Published closes of STAR 50 on these two dates.
const DEMO_FIRST: f64 = 1275.868;
const DEMO_LAST: f64 = 1541.638;

fn one(source: &dyn Source, query: &Query) -> Request {
    let mut request = source.requests(query, &[0]).remove(0);
    if let marketsnap::fetch::Target::Get(path) = &mut request.target {
        *path = "/v8/finance/chart/X".to_owned();
    }
    request
}

fn read(case: &Case, body: Vec<u8>) -> Result<marketsnap::domain::Series, SourceError> {
    let query = query(vec![star50()]);
    let response: Response = response(200, body);
    let parsed = case.source.parse(&query, &one(case.source, &query), &response)?;
    parsed.answers.into_iter().next().unwrap().outcome.map(|f| f.series)
}

#[test]
fn dates_increase_closes_are_finite_and_the_source_is_named() {
    for case in cases() {
        let name = case.source.info().name;
        let series = read(&case, case.body.clone()).unwrap();
        let bars = series.bars();
        assert!(bars.windows(2).all(|w| w[0].date < w[1].date), "{name}");
        assert!(bars.iter().all(|b| b.close.is_finite() && b.close > 0.0), "{name}");
        let ends = [bars[0], bars[bars.len() - 1]].map(|b| (b.date.to_string(), b.close));
        let expected = [case.first, case.last].map(|(d, c)| (d.to_owned(), c));
        assert_eq!(ends, expected, "{name}");
        assert_eq!(series.provenance.source, name);
        assert_eq!(series.provenance.instrument.as_str(), "STAR50");
        assert_eq!(series.provenance.currency.as_deref(), Some("CNY"), "{name}");
    }
}

#[test]
fn a_source_says_what_it_is_and_is_found_by_its_name() {
    for case in cases() {
        let info = case.source.info();
        assert!(known_source(info.name));
        assert!(!info.closes.is_empty());
        assert!(covers(info.name, &star50().instrument));
    }
    assert!(!known_source("nowhere"));
    assert!(!covers("nowhere", &star50().instrument));
    assert!(!covers("demo", &typed("NOSUCH").instrument));
    assert!(!covers("yahoo", &typed("NOSUCH").instrument));
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    for case in cases() {
        let marked = [b"\xef\xbb\xbf".to_vec(), case.body.clone()].concat();
        assert_eq!(read(&case, marked), read(&case, case.body.clone()));
    }
}

#[test]
fn a_web_page_instead_of_data_is_a_block_wherever_something_is_read() {
    for case in cases().into_iter().filter(|c| !c.body.is_empty()) {
        let error = read(&case, fixture("html-consent.html")).unwrap_err();
        assert!(matches!(error, SourceError::Blocked(_)), "{error:?}");
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
    fn an_answer_cut_short_is_an_error_and_never_fewer_or_other_closes(share in 0.0..1.0_f64) {
        for case in cases().into_iter().filter(|c| !c.body.is_empty()) {
            let whole = case.body.iter().rposition(|b| !b.is_ascii_whitespace()).unwrap();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let cut = (whole as f64 * share) as usize;
            prop_assert!(read(&case, case.body[..cut].to_vec()).is_err());
        }
    }
}

fn demo(wants: Vec<Want>, until: &str) -> Fetched {
    let settings = Settings {
        sources: vec!["demo".to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(5),
        user_agent: None,
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
