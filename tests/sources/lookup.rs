//! Searches at the sources: what is asked, what an answer means, and what becomes of one that fails.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::domain::{Kind, Mic};
use marketsnap::fetch::{
    Desk, Event, FailureKind, Gate, Hit, Looked, Settings, SourceError, searchable, source, source_names,
};
use proptest::prelude::*;

use crate::router::AMPLE;
use crate::support::server::{Server, Step};
use crate::support::{NOW, Recorder, Standing, fixture, instant, paths, response};

/// What Yahoo makes of an answer to a search.
fn read(status: u16, body: Vec<u8>) -> Result<Vec<Hit>, SourceError> {
    source("yahoo").unwrap().hits(&response(status, body))
}

/// A search at Yahoo, or at a stand-in for it.
pub fn run(base: Option<&str>, text: &str, deadline: Duration) -> (Vec<Looked>, Recorder) {
    let settings = Settings {
        sources: vec!["tencent".to_owned(), "yahoo".to_owned()],
        base_urls: base.map(|b| ("yahoo".to_owned(), b.to_owned())).into_iter().collect(),
        deadline,
        ..Settings::default()
    };
    run_with(&settings, text)
}

fn run_with(settings: &Settings, text: &str) -> (Vec<Looked>, Recorder) {
    let (clock, recorder) = (Standing(instant(NOW)), Recorder::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut desk = Desk::open(settings, &clock, &recorder);
    let looked = runtime.block_on(desk.look_up(text, 10));
    desk.close();
    (looked, recorder)
}

#[test]
fn a_text_is_asked_for_as_it_is_typed_and_escaped() {
    let request = source("yahoo").unwrap().lookup("S&P 500/中", 6).unwrap();
    assert_eq!(
        paths(&[request]),
        ["/v1/finance/search?q=S%26P%20500%2F%E4%B8%AD&quotesCount=6&newsCount=0&enableFuzzyQuery=false"]
    );
}

#[test]
fn what_has_a_usable_symbol_is_kept_best_first_and_is_safe_to_print() {
    let hits = read(200, fixture("search-hits-of-several-kinds.json")).unwrap();
    let symbols: Vec<&str> = hits.iter().map(|h| h.symbol.as_str()).collect();
    assert_eq!(symbols, ["0700.HK", "GC=F", "^GSPC", "NEWKIND", "EVIL"]);
    let names: Vec<Option<&str>> = hits.iter().map(|h| h.described.name.as_deref()).collect();
    let tencent = Some("Tencent Holdings Limited");
    assert_eq!(names, [tencent, Some("Gold Feb 26"), Some("S&P 500"), None, Some("Evil Corp")]);
    let kinds: Vec<Option<Kind>> = hits.iter().map(|h| h.described.kind).collect();
    let (stock, future, index) = (Some(Kind::Stock), Some(Kind::Future), Some(Kind::Index));
    assert_eq!(kinds, [stock, future, index, None, stock]);
    assert_eq!(hits[0].described.mic, Some(Mic::new("XHKG")));
    assert_eq!(hits[3].described.mic, None);
    let venues: Vec<Option<&str>> = hits.iter().map(|h| h.venue.as_deref()).collect();
    assert_eq!(venues[..3], [Some("Hong Kong"), Some("New York Commodity Exchange"), Some("SNP")]);
    assert_eq!(venues[4], Some("NASDAQ"));
}

#[test]
fn nothing_found_is_no_failure_and_an_answer_without_a_list_is() {
    assert_eq!(read(200, fixture("search-without-hits.json")).unwrap(), []);
    for body in ["{}", "[]", "1", r#"{"quotes":null}"#, r#"{"quotes":{}}"#] {
        assert!(matches!(read(200, body.into()), Err(SourceError::Malformed(_))), "{body}");
    }
    let told = read(400, fixture("http-400-search-without-text.json")).unwrap_err();
    assert!(told.to_string().contains("Missing required query parameter"), "{told}");
    // A symbol is denied with a 404; a search has none to deny.
    let gone = read(404, fixture("http-404-unknown.json")).unwrap_err();
    assert_eq!(gone, SourceError::Malformed("status 404".to_owned()));
}

#[test]
fn what_holds_for_closes_holds_for_searches() {
    for name in searchable() {
        let hits = |status, body: &[u8]| source(name).unwrap().hits(&response(status, body));
        for status in [403, 451, 999] {
            assert!(matches!(hits(status, b"no"), Err(SourceError::Blocked(_))), "{name} {status}");
        }
        assert!(matches!(hits(200, &fixture("html-consent.html")), Err(SourceError::Blocked(_))), "{name}");
        assert!(matches!(hits(429, b""), Err(SourceError::Throttled { .. })), "{name}");
        assert!(matches!(hits(401, b""), Err(SourceError::Unauthorised(_))), "{name}");
        for (status, body) in
            [(500, &b""[..]), (503, b""), (200, b""), (200, b"\x1f\x8b"), (200, b"\xff\xfe")]
        {
            assert!(hits(status, body).unwrap_err().worth_a_retry(), "{name} {status} {body:?}");
        }
    }
}

#[test]
fn a_source_without_a_search_is_not_asked() {
    assert!(searchable().eq(["yahoo"]));
    for name in source_names().filter(|n| *n != "yahoo") {
        assert_eq!(source(name).unwrap().lookup("x", 1), None, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_search_is_never_torn_by_bytes_of_any_sort(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..1000_usize) {
        let _ = read(200, bytes);
        let whole = fixture("search-hits-of-several-kinds.json");
        prop_assert!(read(200, whole[..cut].to_vec()).is_err());
    }

    #[test]
    fn no_text_leads_out_of_the_searchs_own_path(text in any::<String>()) {
        let request = source("yahoo").unwrap().lookup(&text, 3).unwrap();
        let path = paths(&[request])[0].to_owned();
        prop_assert!(path.starts_with("/v1/finance/search?q=") && path.matches('&').count() == 3, "{path}");
    }
}

#[test]
fn a_search_is_told_like_every_request_and_asked_once_more_where_that_may_help() {
    let found = Step::ok(fixture("search-hits-of-several-kinds.json"));
    let server = Server::script(vec![Step::status(502, ""), found]);
    let (looked, told) = run(Some(&server.url()), "tencent", AMPLE);
    assert_eq!((looked.len(), looked[0].source.as_str()), (1, "yahoo"));
    assert_eq!(looked[0].outcome.as_ref().unwrap().len(), 5);
    assert_eq!((server.count(), told.retries()), (2, 1));
    let last = told.events().pop().unwrap();
    let Event::Request { status, outcome, curl, .. } = last else { panic!("{last:?}") };
    assert_eq!((status, outcome.as_str()), (Some(200), "5 found"));
    assert!(curl.starts_with("curl ") && curl.contains("/v1/finance/search?q=tencent"), "{curl}");
}

#[test]
fn a_refusal_ends_the_search_and_is_remembered_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(|_, _| Step::status(429, "slow down").with("Retry-After", "3600"));
    let settings = Settings {
        sources: vec!["yahoo".to_owned()],
        base_urls: BTreeMap::from([("yahoo".to_owned(), server.url())]),
        memory: Some(folder.path().join("sources.json")),
        deadline: AMPLE,
        ..Settings::default()
    };
    for _ in 0..2 {
        let why = run_with(&settings, "x").0.remove(0).outcome.unwrap_err();
        // NOW and an hour.
        assert_eq!(why.kind, FailureKind::Throttled);
        assert!(why.hint.starts_with("try again after 09:30 UTC"), "{}", why.hint);
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn a_short_pause_is_kept_and_a_source_that_hangs_ends_in_time() {
    let found = Step::ok(fixture("search-without-hits.json"));
    let server = Server::script(vec![Step::status(429, "").with("Retry-After", "1"), found]);
    let (looked, told) = run(Some(&server.url()), "x", AMPLE);
    assert_eq!(looked[0].outcome, Ok(Vec::new()));
    assert!(told.events().iter().any(|e| matches!(e, Event::Throttled { .. })));
    let hanging = Server::new(|_, _| Step::Hang);
    let (looked, _) = run(Some(&hanging.url()), "x", Duration::from_millis(300));
    assert_eq!(looked[0].outcome.as_ref().unwrap_err().kind, FailureKind::Timeout);
}

#[test]
fn one_job_at_a_time_means_that_no_two_requests_are_under_way() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let most_with = |gate: Gate| {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (under_way, peak) = (Arc::clone(&now), Arc::clone(&most));
        let server = Server::new(move |_, path| {
            let count = under_way.fetch_add(1, Ordering::SeqCst) + 1;
            peak.fetch_max(count, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(150));
            under_way.fetch_sub(1, Ordering::SeqCst);
            crate::router::healthy(path)
        });
        let settings = Settings {
            sources: vec!["yahoo".to_owned()],
            base_urls: BTreeMap::from([("yahoo".to_owned(), server.url())]),
            deadline: AMPLE,
            gate,
            ..Settings::default()
        };
        let fetched =
            crate::support::run_with(&crate::support::query(crate::router::typed_many(3)), &settings).0;
        assert_eq!(fetched.series.len(), 3, "{:?}", fetched.failures);
        most.load(Ordering::SeqCst)
    };
    assert_eq!(most_with(Gate::of(1)), 1);
    // Without a gate the source's own burst of three goes out at once.
    assert!(most_with(Gate::default()) > 1);
}
